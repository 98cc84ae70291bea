package calendar

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/internal/i18n"
	"huiyin/internal/workdays"
)

// Explain tells how a deadline was computed, a sentence a line, from the computation stored with its matter: the day it starts
// from, every day that counted, the weekends and holidays that did not, the make-up days that did, and whether the year's
// holidays were still unknown. A text that is no computation yields nothing.
func Explain(basis string, l *i18n.Localizer) []string {
	var how workdays.Computation
	if json.Unmarshal([]byte(basis), &how) != nil || how.From.IsZero() || !how.Unit.Valid() {
		return nil
	}
	if len(how.Days) == 0 {
		return []string{l.T(i18n.N("%[1]s当天办结。"), how.From)}
	}
	out := []string{l.T(i18n.N("%[1]s提交，当天不计。"), how.From)}
	if how.Unit == workdays.Natural {
		out = append(out, l.N(i18n.N("%[1]d 天，周末和节假日都算：到 %[2]s为止。"), how.N, how.Due))
	} else {
		out = append(out, l.N(i18n.N("%[1]d 个工作日：%[2]s。"), how.N, strings.Join(runs(how, l), between(l))))
	}
	var unknown []int
	for _, d := range how.Days {
		if d.Unknown && !slices.Contains(unknown, d.Date.Year) {
			unknown = append(unknown, d.Date.Year)
			out = append(out, l.T(i18n.N("%[1]s 年的放假安排还没有公布，先只按周末计算；公布后会重新计算。"), strconv.Itoa(d.Date.Year)))
		}
	}
	return out
}

// runs says the days in order, those that follow each other for the same reason together.
func runs(how workdays.Computation, l *i18n.Localizer) []string {
	var out []string
	told := how.From // the month that the reader has in mind
	for days := how.Days; len(days) > 0; {
		n := 1
		for n < len(days) && together(days[0], days[n]) {
			n++
		}
		first, last := days[0].Date, days[n-1].Date
		switch days[0].Why {
		case workdays.Weekend:
			if n >= 2 {
				out = append(out, l.T(i18n.N("周末不计")))
			} else {
				out = append(out, l.T(i18n.N("%[1]s不计"), weekday(l, first)))
			}
		case workdays.Holiday:
			out = append(out, l.T(i18n.N("%[1]s放假不计"), span(l, told, first, last)))
			told = last
		case workdays.Makeup:
			out = append(out, l.T(i18n.N("%[1]s调休上班"), listed(l, told, days[:n])))
			told = last
		default:
			out = append(out, listed(l, told, days[:n]))
			told = last
		}
		days = days[n:]
	}
	return out
}

// together reports whether two days may stand in one run; days that counted are listed month by month.
func together(a, b workdays.DayMark) bool {
	return a.Why == b.Why && (!a.Counted || a.Date.Month == b.Date.Month)
}

// How each language writes several days at once is a rule, not a sentence, so it is not in the catalog (as in i18n).

func between(l *i18n.Localizer) string {
	if l.Locale() == i18n.English {
		return "; "
	}
	return "，"
}

func weekday(l *i18n.Localizer, d workdays.Date) string {
	return l.Weekday(time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, l.Zone()))
}

// listed is "17、18、19 日" or "17, 18, 19 Nov": every day by itself, all in one month. Chinese names the month when told is in another.
func listed(l *i18n.Localizer, told workdays.Date, days []workdays.DayMark) string {
	numbers := make([]string, len(days))
	for i, d := range days {
		numbers[i] = strconv.Itoa(d.Date.Day)
	}
	first := days[0].Date
	if l.Locale() == i18n.English {
		return strings.Join(numbers, ", ") + " " + first.Month.String()[:3] + yearIn(" ", told, first, "")
	}
	return yearIn("", told, first, " 年 ") + monthIn(told, first) + strings.Join(numbers, "、") + " 日"
}

// span is "10 月 1 日至 7 日" or "1–7 Oct".
func span(l *i18n.Localizer, told, first, last workdays.Date) string {
	one := []workdays.DayMark{{Date: first}}
	if first == last {
		return listed(l, told, one)
	}
	if l.Locale() == i18n.English {
		end := listed(l, first, []workdays.DayMark{{Date: last}})
		if first.Month == last.Month {
			end += yearIn(" ", told, first, "")
			return strconv.Itoa(first.Day) + "–" + end
		}
		return listed(l, told, one) + " – " + end
	}
	return listed(l, told, one) + "至 " + yearIn("", first, last, " 年 ") + monthIn(first, last) + strconv.Itoa(last.Day) + " 日"
}

func monthIn(told, d workdays.Date) string {
	if told.Month == d.Month && told.Year == d.Year {
		return ""
	}
	return strconv.Itoa(int(d.Month)) + " 月 "
}

func yearIn(before string, told, d workdays.Date, after string) string {
	if told.Year == d.Year {
		return ""
	}
	return before + strconv.Itoa(d.Year) + after
}
