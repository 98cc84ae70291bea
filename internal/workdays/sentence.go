package workdays

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

var (
	// A day, or the first and last of several: the last may leave out what it shares with the first.
	// A weekday behind it has been made "@3" before.
	datePattern = regexp.MustCompile(`(?:(\d{4})\s*[-/.年]\s*)?\b(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*日)?(?:\s*@(\d))?(?:\s*(?:至|到|~|～|—+|–|\.\.|-)\s*(?:(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*)?(\d{1,2})(?:\s*日)?(?:\s*@(\d))?)?`)
	weekdays    = regexp.MustCompile(`[（(][^（()）\n]{0,20}(?:周|星期)([一二三四五六日天])[^（()）\n]{0,20}[）)]|(?:周|星期)([一二三四五六日天])`)
	marks       = regexp.MustCompile(`@[0-6]`)
	together    = regexp.MustCompile(`共\s*(\d{1,3})\s*天`)
	kindPattern = regexp.MustCompile(`(?i)放假|休|\boff\b|\bholiday\b|上班|班|\bwork(?:ing)?\b|\bon\b`)
	yearPattern = regexp.MustCompile(`(\d{4})\s*年|(?i)\byear\s+(\d{4})`)
	inBrackets  = regexp.MustCompile(`（[^）]*）|\([^)]*\)|〔[^〕]*〕|\[[^\]]*\]`)
	fromPattern = regexp.MustCompile(`^\s*(?:依据|来源|source)\s*[:：,]\s*(.+)$`)
	nameBefore  = regexp.MustCompile(`^\s*(?:[一二三四五六七八九十]+、)?\s*(\p{Han}{2,8})\s*[:：]`)
	nameAfter   = regexp.MustCompile(`^[\s,，]*(\p{Han}{1,8}|[A-Za-z][A-Za-z' ]{0,15})\s*$`)
	sentenceEnd = regexp.MustCompile(`[。；;\n]`)
)

// markWeekdays writes "（农历正月初十、周一）" and "周一" as "@1", to be compared with the date before it.
func markWeekdays(text string) string {
	return weekdays.ReplaceAllStringFunc(text, func(s string) string {
		m := weekdays.FindStringSubmatch(s)
		return " @" + strconv.Itoa(strings.IndexRune("日一二三四五六", []rune(strings.Replace(m[1]+m[2], "天", "日", 1))[0])/len("日"))
	})
}

// sentence is one sentence of a text, or one line.
type sentence struct {
	text  string
	line  int
	wrong *fault.Fields
}

func (s *sentence) add(msgid string, args ...any) {
	s.wrong.Add("json", msgid, append([]any{s.line}, args...)...)
}

// take takes the days that one sentence names. Each is of the kind that is said next, or was said last. year is that of the days that
// do not say theirs. A day without a kind is a mistake, unless it is of another year: the day the notice was signed. It is false when
// nobody has said a year.
func (n *notice) take(s *sentence, year *int) bool {
	kinds := kindPattern.FindAllStringIndex(s.text, -1)
	off, first := 0, len(n.days)
	for _, at := range datePattern.FindAllStringSubmatchIndex(s.text, -1) {
		d := datesAt(s.text, at)
		y := cmp.Or(d.fromYear, *year)
		if y == 0 {
			s.add(i18n.N("第 %[1]d 行没有写是哪一年。请在第一行写上年份，如“2027 年”，或在“依据”里写通知的名称。"))
			return false
		}
		*year = cmp.Or(*year, y)
		span := d.span(y)
		word := kindOf(s.text, kinds, at[1])
		switch {
		case word == "" && y != *year:
			continue
		case word != "" && span.From.exists() && span.To.exists() && span.To.Before(span.From):
			s.add(i18n.N("第 %[1]d 行的结束日在开始日之前：%[2]s"), quote(strings.TrimSpace(unmarked(s.text))))
			return true
		case word == "" || !span.From.exists() || !span.To.exists():
			s.add(i18n.N("第 %[1]d 行看不出放假还是上班，或日期不存在：%[2]s"), quote(strings.TrimSpace(unmarked(s.text))))
			return true
		}
		s.compare(span.From, d.fromDay)
		s.compare(span.To, d.toDay)
		span.Name = holidayName(s.text, kinds)
		work := strings.Contains(word, "班") || strings.HasPrefix(strings.ToLower(word), "work") || strings.EqualFold(word, "on")
		n.days = append(n.days, marked{span, work})
		if !work {
			off += span.To.Sub(span.From) + 1
		}
	}
	if m := together.FindStringSubmatch(s.text); m != nil && len(n.days) > first {
		if said, _ := strconv.Atoi(m[1]); said != off {
			s.add(i18n.N("第 %[1]d 行写的是共 %[2]d 天，列出的放假日却有 %[3]d 天，请核对：%[4]s"), said, off, quote(strings.TrimSpace(unmarked(s.text))))
		}
	}
	return true
}

// compare tells when a date has another weekday than the text says; said is "" where it says none.
func (s *sentence) compare(d Date, said string) {
	if said == "" || said == strconv.Itoa(int(d.Weekday())) {
		return
	}
	is, _ := strconv.Atoi(said)
	s.add(i18n.N("第 %[1]d 行写的是%[2]s，%[3]s却是%[4]s，请核对。"), i18n.M(weekdayNames[is]), d.String(), i18n.M(weekdayNames[d.Weekday()]))
}

//i18n:keys
var weekdayNames = [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// unmarked is the sentence as it was typed, but for brackets.
func unmarked(text string) string {
	return marks.ReplaceAllStringFunc(text, func(s string) string {
		day, _ := strconv.Atoi(s[len(s)-1:])
		return weekdayNames[day]
	})
}

// dates is what stands at one place of a text: a day, or the first and last of several. 0 and "" where it is not said.
type dates struct {
	fromYear, fromMonth, from int
	toYear, toMonth, to       int
	fromDay, toDay            string // weekdays, "0" to "6"
}

func datesAt(text string, at []int) dates {
	part := func(i int) string {
		if at[2*i] < 0 {
			return ""
		}
		return text[at[2*i]:at[2*i+1]]
	}
	number := func(i int) int {
		v, _ := strconv.Atoi(part(i))
		return v
	}
	return dates{number(1), number(2), number(3), number(5), number(6), number(7), part(4), part(8)}
}

// span is the days, in that year where they do not say theirs. From 31 December to 2 January is from the end of the year before: a notice
// speaks of its own year's New Year.
func (d dates) span(year int) Range {
	from := Date{year, time.Month(d.fromMonth), d.from}
	if d.to == 0 {
		return Range{From: from, To: from}
	}
	to := Date{cmp.Or(d.toYear, year), time.Month(cmp.Or(d.toMonth, d.fromMonth)), d.to}
	if d.toYear == 0 && from.Month == time.December && to.Month == time.January {
		if d.fromYear == 0 {
			from.Year--
		} else {
			to.Year++
		}
	}
	return Range{From: from, To: to}
}

// kindOf is the word for off or worked that stands first behind a place of the sentence, or else last before it.
func kindOf(text string, kinds [][]int, end int) string {
	word := ""
	for _, k := range kinds {
		if k[0] >= end || word == "" {
			word = text[k[0]:k[1]]
		}
		if k[0] >= end {
			break
		}
	}
	return word
}

// holidayName is what stands before the colon ("一、元旦：1月1日…"), or what is left after the last kind ("2027-01-01 休 元旦").
func holidayName(s string, kinds [][]int) string {
	if m := nameBefore.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	if len(kinds) > 0 {
		if m := nameAfter.FindStringSubmatch(s[kinds[len(kinds)-1][1]:]); m != nil {
			return strings.TrimSpace(m[1])
		}
	}
	return ""
}
