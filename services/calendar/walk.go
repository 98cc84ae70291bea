package calendar

import (
	"encoding/json"
	"slices"
	"time"

	"huiyin/internal/i18n"
	"huiyin/internal/workdays"
)

// WalkDay is one day on the way to a deadline, in the reader's words.
type WalkDay struct {
	Date string // "11 月 18 日"
	Week string // "周三"
	Word string // what is said of it: the how manieth it is, or why it does not count
	Kind string // start, work, off; end for the last
}

// Account is how a deadline was computed, to be shown: a sentence that says where it starts, every day from there to its end, and
// sentences about what the days do not show.
type Account struct {
	From  string
	Days  []WalkDay
	Notes []string
}

// Tell gives account of the computation stored with a matter. A text that is no computation yields nothing.
func Tell(basis string, l *i18n.Localizer) Account {
	lines := Explain(basis, l)
	if len(lines) < 2 {
		return Account{Notes: lines}
	}
	var how workdays.Computation
	_ = json.Unmarshal([]byte(basis), &how) // Explain has read it
	told := Account{From: lines[0], Days: walk(how, l), Notes: lines[2:]}
	if how.Unit == workdays.Natural {
		told.Notes = lines[1:]
	}
	return told
}

func walk(how workdays.Computation, l *i18n.Localizer) []WalkDay {
	out := []WalkDay{walkDay(l, how.From, "start", l.T(i18n.N("提交，不计")))}
	n := 0
	for _, d := range how.Days {
		if !d.Counted {
			out = append(out, walkDay(l, d.Date, "off", notCounted(l, d)))
			continue
		}
		n++
		word := l.T(i18n.N("第 %[1]d 天"), n)
		if d.Why == workdays.Makeup {
			word = l.T(i18n.N("调休上班，第 %[1]d 天"), n)
		}
		out = append(out, walkDay(l, d.Date, "work", word))
	}
	last := &out[len(out)-1]
	last.Kind = "end"
	return out
}

func walkDay(l *i18n.Localizer, d workdays.Date, kind, word string) WalkDay {
	noon := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, l.Zone())
	return WalkDay{Date: l.Day(noon), Week: l.Weekday(noon), Kind: kind, Word: word}
}

// holidays are the names that we can say in other languages; any other is said as it was announced.
var holidays = []string{
	i18n.N("元旦"), i18n.N("春节"), i18n.N("清明节"), i18n.N("劳动节"), i18n.N("端午节"), i18n.N("中秋节"), i18n.N("国庆节"), i18n.N("国庆节、中秋节"),
}

func notCounted(l *i18n.Localizer, d workdays.DayMark) string {
	switch {
	case d.Why == workdays.Weekend:
		return l.T(i18n.N("周末，不计"))
	case d.Name == "":
		return l.T(i18n.N("放假，不计"))
	case slices.Contains(holidays, d.Name):
		return l.T(i18n.N("%[1]s，不计"), l.T(d.Name))
	}
	return l.T(i18n.N("%[1]s，不计"), d.Name)
}
