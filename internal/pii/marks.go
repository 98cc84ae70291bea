package pii

import "strings"

func localPart(r rune) bool { return alnum(r) || strings.ContainsRune("._%+-", r) }
func hostPart(r rune) bool  { return alnum(r) || r == '.' || r == '-' }

// Labels that may follow a dot with spaces around it: elsewhere such a dot ends a sentence.
var hostEnds = map[string]bool{"com": true, "cn": true, "net": true, "org": true, "gov": true, "edu": true, "vip": true, "hk": true, "tw": true, "me": true}

// emails looks around each @, 64 characters to the left and 100 to the right (RFC 5321 allows no longer local part); "a @ b . cn" too.
func (s *scanner) emails() {
	for i, r := range s.r {
		if r != '@' {
			continue
		}
		from := s.spaces(i, -1)
		for end := from; from > 0 && end-from < 64 && localPart(s.r[from-1]); {
			from--
		}
		for from < i && !alnum(s.r[from]) {
			from++
		}
		if to := s.host(s.spaces(i+1, 1)); from < i && to > 0 {
			s.add(Email, from, to)
		}
	}
}

// spaces passes over at most two spaces from i, forwards or, with step -1, backwards.
func (s *scanner) spaces(i, step int) int {
	at := i
	if step < 0 {
		at--
	}
	for n := 0; n < 2 && s.get(at) == ' '; n++ {
		i, at = i+step, at+step
	}
	return i
}

// host returns where the host name at i ends, 0 when there is none.
func (s *scanner) host(i int) int {
	from, to := i, i
	for to < len(s.r) && to-from < 100 && hostPart(s.r[to]) {
		to++
	}
	for to > from && (s.r[to-1] == '.' || s.r[to-1] == '-') {
		to--
	}
	if to == from {
		return 0
	}
	host := s.slice(from, to)
	for {
		dot := s.spaces(to, 1)
		label := s.spaces(dot+1, 1)
		end := label
		for letter(s.get(end)) {
			end++
		}
		if s.get(dot) != '.' && s.get(dot) != '。' || !hostEnds[s.slice(label, end)] {
			break
		}
		host, to = host+"."+s.slice(label, end), end
	}
	dot := strings.LastIndexByte(host, '.')
	if dot <= 0 || len(host)-dot <= 2 || !letter(rune(host[dot+1])) {
		return 0
	}
	return to
}

const plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

func plateChar(r rune) bool { return digit(r) || letter(r) && r != 'i' && r != 'o' }

// plates finds number plates (GA 36): province, letter, five characters, or six for new energy; the last may be 挂学警港澳.
func (s *scanner) plates() {
	for i := 0; i+6 < len(s.r); i++ {
		if !letter(s.r[i+1]) || !strings.ContainsRune(plateProvinces, s.r[i]) || !plateChar(s.r[i+1]) {
			continue
		}
		j := i + 2
		if strings.ContainsRune(" ·•.-", s.get(j)) {
			j++
		}
		body, digits := j, 0
		for plateChar(s.get(j)) && j-body < 7 {
			if digit(s.r[j]) {
				digits++
			}
			j++
		}
		if j-body == 4 && s.get(j) != 0 && strings.ContainsRune("挂学警港澳", s.r[j]) {
			j++
		}
		if n := j - body; (n == 5 || n == 6) && digits >= 2 && !alnum(s.get(j)) {
			s.add(Plate, i, j)
		}
	}
}

var (
	wechatCues = []string{"微信", "v信", "威信", "wechat", "vx", "wx"}
	qqCues     = []string{"qq", "扣扣", "企鹅号"}
	connectors = []string{"号码", "账号", "帐号", "同号", "号", "是", "为", ":", " ", "(", "加"}
)

// handles finds WeChat and QQ ids after the words for them.
func (s *scanner) handles() {
	for i := range s.r {
		if n := s.hasAny(i, wechatCues); n > 0 && !letter(s.get(i-1)) {
			from := s.skip(i+n, connectors)
			to := from
			for to < len(s.r) && to-from < 21 && (alnum(s.r[to]) || s.r[to] == '_' || s.r[to] == '-') {
				to++
			}
			if letter(s.get(from)) && to-from >= 6 && to-from <= 20 {
				s.add(WeChat, from, to)
			} else if s.allDigits(from, to) && to-from >= 5 && to-from <= 12 {
				s.add(WeChat, from, to) // an id made from a phone or a QQ number
			}
		}
		if n := s.hasAny(i, qqCues); n > 0 && !letter(s.get(i-1)) {
			from := s.skip(i+n, connectors)
			to := from
			for digit(s.get(to)) && to-from < 13 {
				to++
			}
			if to-from >= 5 && to-from <= 11 && s.r[from] != '0' && s.get(to) != '@' {
				s.add(QQ, from, to)
			}
		}
	}
}

func (s *scanner) allDigits(from, to int) bool {
	for ; from < to; from++ {
		if !digit(s.r[from]) {
			return false
		}
	}
	return true
}

// skip passes over at most four of the words at i.
func (s *scanner) skip(i int, words []string) int {
	for range 4 {
		n := s.hasAny(i, words)
		if n == 0 {
			break
		}
		i += n
	}
	return i
}
