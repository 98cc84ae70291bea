package workdays

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/internal/fault"
)

// Reading is what a text says: a year, and the days beside it that its holidays reach into, at most maxBeside.
type Reading struct {
	Year   Year
	Beside []BesideDay
}

// BesideDay is a day of the year before or after that is not what its weekday says: off, or worked.
type BesideDay struct {
	Date Date
	Work bool
}

const maxBeside = 10

// ReadYear reads one year as people have it: the form of ParseYear, lines ("2027-01-01 休 元旦", "2027-02-06 班"), a table saved as CSV,
// or the words of the official notice ("春节：2月15日至23日放假调休，共9天。2月14日上班。"). source, when it is given, is said to be
// where the year was announced; otherwise the text is looked through for it. It fails with fault.Invalid: "json" for what is wrong with
// a line, "source" when nobody says where it was announced. Weekdays and numbers of days that stand beside the dates must be true of them.
func ReadYear(text []byte, source string) (Reading, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		y, err := ParseYear(text)
		return Reading{Year: y}, err
	}
	var wrong fault.Fields
	if len(text) > maxImport {
		wrong.Add("json", "内容太长：一个年份的日历不会超过 %[1]d KB。", maxImport>>10)
		return Reading{}, wrong.Err()
	}
	if !utf8.Valid(text) {
		wrong.Add("json", "这份文字的编码不对，请另存为 UTF-8 再试。")
		return Reading{}, wrong.Err()
	}
	n := notice{source: strings.TrimSpace(source)}
	n.read(string(text), &wrong)
	if len(n.days) == 0 && len(wrong) == 0 {
		wrong.Add("json", "没有读到日期。请一行写一天，如“2027-01-01 休 元旦”“2027-02-06 班”，或粘贴放假通知的原文。")
	}
	if wrong.Err() != nil {
		return Reading{}, wrong.Err()
	}
	r := n.reading()
	return r, r.Year.Validate()
}

// notice is what was understood of a text.
type notice struct {
	source string
	days   []marked
}

type marked struct {
	Range
	work bool
}

func (n *notice) read(text string, wrong *fault.Fields) {
	plain := strings.NewReplacer("调休", "", "\r", "", `"`, "", "　", " ").Replace(inBrackets.ReplaceAllString(markWeekdays(text), ""))
	year := yearIn(plain)
	if year == 0 {
		year = yearIn(n.source)
	}
	for i, line := range strings.Split(plain, "\n") {
		if m := fromPattern.FindStringSubmatch(line); m != nil {
			n.source = cmp.Or(n.source, strings.TrimSpace(m[1]))
			continue
		}
		if strings.HasSuffix(strings.TrimSpace(line), "通知") && n.source == "" {
			n.source = strings.TrimSpace(line)
			continue
		}
		for _, text := range sentenceEnd.Split(line, -1) {
			s := sentence{text: text, line: i + 1, wrong: wrong}
			if !n.take(&s, &year) {
				return // without a year nothing that follows can be read
			}
		}
	}
}

func yearIn(text string) int {
	year := 0
	if m := yearPattern.FindStringSubmatch(text); m != nil {
		year, _ = strconv.Atoi(m[1] + m[2])
	}
	return year
}

func (d Date) exists() bool { return d == DateOf(d.noon(), time.UTC) }

// reading joins the days: the year that most of them are in, and a few of the years beside it. Others stay, to be told as mistakes.
func (n *notice) reading() Reading {
	count := map[int]int{}
	off, work := map[Date]string{}, map[Date]bool{}
	for _, m := range n.days {
		for d := m.From; !d.After(m.To) && d.Sub(m.From) < maxEntries; d = d.AddDays(1) {
			count[d.Year]++
			if m.work {
				work[d] = true
			} else {
				off[d] = cmp.Or(m.Name, off[d])
			}
		}
	}
	r := Reading{Year: Year{Source: n.source, Off: []Range{}, Work: []Date{}}}
	y := &r.Year
	for candidate, c := range count {
		if c > count[y.Year] || c == count[y.Year] && candidate < y.Year {
			y.Year = candidate
		}
	}
	beside := func(d Date) bool { return max(d.Year-y.Year, y.Year-d.Year) == 1 && len(r.Beside) < maxBeside }
	for _, d := range slices.SortedFunc(maps.Keys(work), Date.Compare) {
		if beside(d) {
			r.Beside = append(r.Beside, BesideDay{d, true})
		} else {
			y.Work = append(y.Work, d)
		}
	}
	for _, d := range slices.SortedFunc(maps.Keys(off), Date.Compare) {
		if beside(d) {
			r.Beside = append(r.Beside, BesideDay{d, false})
			continue
		}
		last, name := len(y.Off)-1, off[d]
		if last >= 0 && y.Off[last].To.AddDays(1) == d && (name == "" || y.Off[last].Name == "" || name == y.Off[last].Name) {
			y.Off[last].To, y.Off[last].Name = d, cmp.Or(y.Off[last].Name, name)
		} else {
			y.Off = append(y.Off, Range{d, d, name})
		}
	}
	return r
}
