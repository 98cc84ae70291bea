package pii

import "strings"

// numbers finds identity cards, bank cards and phones. Each start tries a bounded number of characters.
func (s *scanner) numbers() {
	for i := 0; i < len(s.r); {
		if (digit(s.r[i]) || s.r[i] == '+' || s.r[i] == '(') && !digit(s.get(i-1)) {
			if end := s.number(i); end > i {
				i = end
				continue
			}
		}
		i++
	}
}

func (s *scanner) number(i int) int {
	for _, try := range []struct {
		kind Kind
		f    func(int) int
	}{{IDCard, s.idCard}, {BankCard, s.bankCard}, {Phone, s.mobile}, {Phone, s.landline}} {
		if end := try.f(i); end > i {
			s.add(try.kind, i, end)
			return end
		}
	}
	return i
}

func separator(r rune) bool { return r == ' ' || r == '-' || r == '.' || r == '·' }

// gap returns how many characters at i stand between two digits of one number: a separator, or one with a space on either side.
func (s *scanner) gap(i int) int {
	j := i
	if s.get(j) == ' ' {
		j++
	}
	if r := s.get(j); separator(r) {
		j++
		if r != ' ' && j-i == 2 && s.get(j) == ' ' {
			j++
		}
	}
	return j - i
}

// run returns the digits from i on, at most limit, with what separates them passed over, and where each stands.
func (s *scanner) run(i, limit int) (digits []byte, where []int) {
	digits, where = make([]byte, 0, limit), make([]int, 0, limit)
	for len(digits) < limit {
		if len(digits) > 0 {
			i += s.gap(i)
		}
		if r := s.get(i); !digit(r) && (len(digits) != 17 || r != 'x') {
			break
		}
		digits, where = append(digits, byte(s.r[i])), append(where, i)
		i++
	}
	return digits, where
}

// ends reports whether a number may end before i: no digit goes on, no decimals, no amount of something.
func (s *scanner) ends(i int) bool {
	r := s.get(i)
	return !digit(r) && (r != '.' || !digit(s.get(i+1))) && !strings.ContainsRune("元万亿吨㎡", r)
}

// cue reports whether one of the words stands within the n characters before i.
func (s *scanner) cue(i, n int, words ...string) bool {
	before := s.slice(i-n, i)
	for _, w := range words {
		if strings.Contains(before, w) {
			return true
		}
	}
	return false
}

// GB 11643: region, date of birth, serial, and (18 digits) a check character by ISO 7064 MOD 11-2.
const regions = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91"

func plausible(region, year, month, day string) bool {
	return strings.Contains(regions, region) && year >= "1900" && year < "2100" && month >= "01" && month <= "12" && day >= "01" && day <= monthDays[month]
}

var monthDays = map[string]string{"01": "31", "02": "29", "03": "31", "04": "30", "05": "31", "06": "30",
	"07": "31", "08": "31", "09": "30", "10": "31", "11": "30", "12": "31"}

func checksum(d []byte) bool {
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		if !digit(rune(d[i])) {
			return false
		}
		sum += int(d[i]-'0') * w
	}
	return "10x98765432"[sum%11] == d[17]
}

func (s *scanner) idCard(i int) int {
	if !digit(s.r[i]) {
		return i
	}
	d, where := s.run(i, 18)
	said := s.cue(i, 10, "身份证", "证件号", "身份号")
	if len(d) == 18 && s.ends(where[17]+1) && !alnum(s.get(where[17]+1)) {
		t := string(d)
		born := plausible(t[:2], t[6:10], t[10:12], t[12:14])
		// A mistyped number is still somebody's, unless it is said to be that of a paper.
		if born && (checksum(d) || !s.labelled(i, notPhones)) || said {
			return where[17] + 1
		}
	}
	if len(d) >= 15 && where[14] == i+14 && s.ends(where[14]+1) && !alnum(s.get(where[14]+1)) && !separatedDigit(s, where[14]+1) {
		t := string(d)
		if plausible(t[:2], "19"+t[6:8], t[8:10], t[10:12]) || said {
			return where[14] + 1
		}
	}
	return i
}

func separatedDigit(s *scanner, i int) bool { return s.get(i) == '-' && digit(s.get(i+1)) }

// Prefixes of cards issued in China: UnionPay 62, older ones 60 and 955, VISA 4, Mastercard 51–55, JCB 35.
var cardPrefixes = []string{"62", "60", "955", "4", "51", "52", "53", "54", "55", "35"}

func (s *scanner) bankCard(i int) int {
	if !digit(s.r[i]) {
		return i
	}
	d, where := s.run(i, 19)
	n := len(d)
	for ; n >= 16; n-- {
		if s.ends(where[n-1]+1) && !separatedDigit(s, where[n-1]+1) && s.inFours(where[:n]) {
			break
		}
	}
	if n < 16 || strings.ContainsRune(string(d[:n]), 'x') {
		return i
	}
	if s.cue(i, 8, "银行卡", "卡号", "存折", "社保卡") {
		return where[n-1] + 1
	}
	for _, p := range cardPrefixes {
		if strings.HasPrefix(string(d), p) && luhn(d[:n]) {
			return where[n-1] + 1
		}
	}
	return i
}

// inFours reports whether the digits stand together, or in groups of four as on the card (6-13 is also in use).
func (s *scanner) inFours(where []int) bool {
	for k := 1; k < len(where); k++ {
		if where[k] != where[k-1]+1 && k%4 != 0 && k != 6 {
			return false
		}
	}
	return true
}

func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// Before the number of a document or a sum of money stand these.
var notPhones = []string{"案号", "编号", "单号", "文号", "流水号", "流水", "工单", "合同号", "凭证号", "受理号", "批号", "¥", "￥", "$", "人民币"}

// labelled reports whether one of the words names what stands at i: right before it, or with ":", "为", "是" between.
func (s *scanner) labelled(i int, words []string) bool {
	for n := 0; n < 3 && s.get(i-1) != 0 && strings.ContainsRune(": 为是(", s.get(i-1)); n++ {
		i--
	}
	for _, w := range words {
		if n := len([]rune(w)); i >= n && s.has(i-n, w) {
			return true
		}
	}
	return false
}

// mobile matches 1[3-9] and nine more digits, however they are grouped by spaces or hyphens, after an optional +86.
func (s *scanner) mobile(i int) int {
	start := i
	if s.get(i-1) == '.' && digit(s.get(i-2)) || s.labelled(i, notPhones) {
		return start
	}
	if n := s.hasAny(i, []string{"+86", "(+86)", "0086", "86"}); n > 0 {
		for i += n; separator(s.get(i)); i++ {
		}
	}
	if s.get(i) != '1' || s.get(i+1) == '1' || s.get(i+1) == '2' {
		return start
	}
	d, where := s.run(i, 11)
	if len(d) < 11 || d[1] < '3' || strings.ContainsRune(string(d), 'x') || !s.ends(where[10]+1) {
		return start
	}
	for k := 1; k < 11; k++ {
		if r := s.get(where[k] - 1); k != 3 && k != 4 && k != 7 && r == '.' {
			return start // "135.7 123.4567" are measurements
		}
	}
	return where[10] + 1
}

// landline matches an area code and seven or eight digits, or these alone after the word for telephone.
func (s *scanner) landline(i int) int {
	if prev := s.get(i - 1); prev == '-' && digit(s.get(i-2)) || letter(prev) || prev == '.' {
		return i
	}
	j, paren := i, s.r[i] == '('
	if paren {
		j++
	}
	area := 0
	if s.get(j) == '0' && digit(s.get(j+1)) && s.get(j+1) != '0' && digit(s.get(j+2)) {
		area = 4
		if s.get(j+1) <= '2' {
			area = 3
		}
	}
	switch {
	case area > 0:
		for k := j; k < j+area; k++ {
			if !digit(s.get(k)) {
				return i
			}
		}
		j += area
		if paren && s.get(j) != ')' {
			return i
		}
		for n := 0; n < 2 && (separator(s.get(j)) || s.get(j) == ')'); n++ {
			j++
		}
	case paren || !s.cue(i, 6, "电话", "座机", "宅电", "tel"):
		return i
	}
	d, where := s.run(j, 9)
	if len(d) < 7 || d[0] < '2' || d[0] > '8' {
		return i
	}
	n := min(len(d), 8)
	for ; n >= 7; n-- {
		next := where[n-1] + 1
		if s.ends(next) && s.inGroups(where[:n]) && (!separatedDigit(s, next) || len(d) > n) {
			return s.extension(next)
		}
	}
	return i
}

func (s *scanner) inGroups(where []int) bool {
	for k := 1; k < len(where); k++ {
		if where[k] != where[k-1]+1 && k != 3 && k != 4 {
			return false
		}
	}
	return true
}

// extension passes over "-801" and "转801".
func (s *scanner) extension(i int) int {
	if r := s.get(i); r != '-' && r != '转' {
		return i
	}
	j := i + 1
	for j < i+6 && digit(s.get(j)) {
		j++
	}
	if j == i+1 || digit(s.get(j)) {
		return i
	}
	return j
}
