package pii

import "strings"

// Papers that are numbered by person, other than the identity card; "…证号" and the like follow.
var papers = []string{"护照", "军官证", "士兵证", "警官证", "通行证", "居住证", "驾驶证", "残疾证", "残疾人证", "学籍号", "社会保障号", "社保号", "医保号"}

// documents finds the numbers of such papers right behind their names: six characters or more, five digits at least.
func (s *scanner) documents() {
	for i := range s.r {
		n := s.hasAny(i, papers)
		if n == 0 {
			continue
		}
		from := i + n
		for k := 0; k < 8 && s.get(from) != 0 && strings.ContainsRune("证件号码编: 为是(军警武字第", s.r[from]); k++ {
			from++
		}
		to, digits := from, 0
		for to < len(s.r) && to-from < 20 && (alnum(s.r[to]) || s.r[to] == '-' && to > from) {
			if digit(s.r[to]) {
				digits++
			}
			to++
		}
		if to-from >= 6 && digits >= 5 && !alnum(s.get(to)) {
			s.add(IDCard, from, to)
		}
	}
}

// births finds dates of birth: a day that "born" stands before or behind.
func (s *scanner) births() {
	for i := range s.r {
		if !digit(s.r[i]) || digit(s.get(i-1)) {
			continue
		}
		end := s.day(i)
		if end > i && (s.labelled(i, []string{"出生日期", "出生年月", "出生", "生于", "生日"}) || s.hasAny(end, []string{"出生", "生人", "生,", "生。", "生，"}) > 0) {
			s.add(Birth, i, end)
		}
	}
}

// day returns where the day that is written at i ends ("1990年3月7日", "1990-03-07", "19900307"), i when there is none.
func (s *scanner) day(i int) int {
	year, at := s.upTo(i, 4)
	if len(year) != 4 || year < "1900" || year > "2099" {
		return i
	}
	for _, part := range []struct {
		before, after string
		most          int
	}{{"年-./", "", 12}, {"月-./", "日号", 31}} {
		if strings.ContainsRune(part.before, s.get(at)) {
			at++
		}
		number, next := s.upTo(at, 2)
		if number == "" || atoi(number) < 1 || atoi(number) > part.most {
			return i
		}
		if at = next; part.after != "" && s.get(at) != 0 && strings.ContainsRune(part.after, s.get(at)) {
			at++
		}
	}
	if digit(s.get(at)) {
		return i
	}
	return at
}

// upTo returns the digits at i, at most so many, and where they end.
func (s *scanner) upTo(i, most int) (string, int) {
	to := i
	for to < i+most && digit(s.get(to)) {
		to++
	}
	return s.slice(i, to), to
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}
