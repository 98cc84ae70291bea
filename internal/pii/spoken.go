package pii

// Digits written as words, by those who hope that no machine reads them: everyday, telephone (幺, 两) and formal ones.
var spokenDigits = map[rune]byte{
	'零': '0', '〇': '0', '○': '0', '一': '1', '幺': '1', '壹': '1', '二': '2', '两': '2', '贰': '2', '三': '3', '叁': '3', '四': '4', '肆': '4',
	'五': '5', '伍': '5', '六': '6', '陆': '6', '七': '7', '柒': '7', '八': '8', '捌': '8', '九': '9', '玖': '9',
}

// minSpoken is how many of a number's digits are words; with fewer it is a number with a word beside it.
const minSpoken = 4

// maxSpoken is more digits than any number that is looked for has.
const maxSpoken = 20

// spoken finds phones and identity cards whose digits are written as words, or partly so. No date or sum has as many digits in a row
// without 年, 百 or the like among them.
func (s *scanner) spoken() {
	for i := 0; i < len(s.r); i++ {
		if s.spokenDigit(i) == 0 || s.spokenDigit(i-1) != 0 {
			continue
		}
		digits, words, end := s.spokenRun(i)
		if words >= minSpoken && s.spokenDigit(end) == 0 && !s.labelled(i, notPhones) {
			if kind := kindOf(digits); kind != "" {
				s.add(kind, i, end)
			}
		}
		i = end - 1
	}
}

// spokenDigit is the digit that stands at i in either writing, 0 for none.
func (s *scanner) spokenDigit(i int) byte {
	r := s.get(i)
	if digit(r) {
		return byte(r)
	}
	return spokenDigits[r]
}

func (s *scanner) spokenRun(i int) (digits []byte, words, end int) {
	for end = i; len(digits) < maxSpoken; i++ {
		if len(digits) > 0 {
			i += s.gap(i)
		}
		d := s.spokenDigit(i)
		if d == 0 && len(digits) == 17 && s.get(i) == 'x' {
			d = 'x'
		}
		if d == 0 {
			break
		}
		if !digit(s.r[i]) {
			words++
		}
		digits, end = append(digits, d), i+1
	}
	return digits, words, end
}

// kindOf says what a whole number is: a mobile phone, a landline with its area code, an identity card.
func kindOf(d []byte) Kind {
	t := string(d)
	switch n := len(d); {
	case n == 11 && d[0] == '1' && d[1] >= '3', n == 13 && t[:3] == "861" && d[3] >= '3':
		return Phone
	case n >= 10 && n <= 12 && d[0] == '0' && d[1] != '0':
		return Phone
	case n == 18 && plausible(t[:2], t[6:10], t[10:12], t[12:14]) && checksum(d):
		return IDCard
	}
	return ""
}
