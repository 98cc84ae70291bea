package workdays

import (
	"bytes"
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/internal/fault"
)

// ReadYear reads one year as people have it: the form of ParseYear, lines ("2027-01-01 休 元旦", "2027-02-06 班"), a table saved as CSV,
// or the words of the official notice ("春节：2月15日至23日放假调休，共9天。2月14日上班。"). source, when it is given, is said to be
// where the year was announced; otherwise the text is looked through for it. It fails with fault.Invalid: "json" for what is wrong with
// a line, "source" when nobody says where it was announced.
func ReadYear(text []byte, source string) (Year, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return ParseYear(text)
	}
	var wrong fault.Fields
	if len(text) > maxImport {
		wrong.Add("json", "内容太长：一个年份的日历不会超过 %[1]d KB。", maxImport>>10)
		return Year{}, wrong.Err()
	}
	if !utf8.Valid(text) {
		wrong.Add("json", "这份文字的编码不对，请另存为 UTF-8 再试。")
		return Year{}, wrong.Err()
	}
	n := notice{source: strings.TrimSpace(source)}
	n.read(string(text), &wrong)
	if len(n.days) == 0 && len(wrong) == 0 {
		wrong.Add("json", "没有读到日期。请一行写一天，如“2027-01-01 休 元旦”“2027-02-06 班”，或粘贴放假通知的原文。")
	}
	if wrong.Err() != nil {
		return Year{}, wrong.Err()
	}
	y := n.year()
	return y, y.Validate()
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

var (
	// A day, or the first and last of several: the last may leave out what it shares with the first.
	datePattern = regexp.MustCompile(`(?:(\d{4})\s*[-/.年]\s*)?\b(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*日)?(?:\s*(?:至|到|~|～|—+|–|\.\.|-)\s*(?:(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*)?(\d{1,2})(?:\s*日)?)?`)
	kindPattern = regexp.MustCompile(`(?i)放假|休|\boff\b|\bholiday\b|上班|班|\bwork(?:ing)?\b|\bon\b`)
	yearPattern = regexp.MustCompile(`(\d{4})\s*年`)
	inBrackets  = regexp.MustCompile(`（[^）]*）|\([^)]*\)|〔[^〕]*〕|\[[^\]]*\]`)
	fromPattern = regexp.MustCompile(`^\s*(?:依据|来源|source)\s*[:：,]\s*(.+)$`)
	nameBefore  = regexp.MustCompile(`^\s*(?:[一二三四五六七八九十]+、)?\s*(\p{Han}{2,8})\s*[:：]`)
	nameAfter   = regexp.MustCompile(`^[\s,，]*(\p{Han}{1,8}|[A-Za-z][A-Za-z' ]{0,15})\s*$`)
	sentenceEnd = regexp.MustCompile(`[。；;\n]`)
)

func (n *notice) read(text string, wrong *fault.Fields) {
	plain := strings.NewReplacer("调休", "", "\r", "", `"`, "", "　", " ").Replace(inBrackets.ReplaceAllString(text, ""))
	year := 0
	if m := yearPattern.FindStringSubmatch(plain); m != nil {
		year, _ = strconv.Atoi(m[1])
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
		for _, sentence := range sentenceEnd.Split(line, -1) {
			if !n.sentence(sentence, &year) {
				wrong.Add("json", "第 %[1]d 行看不出放假还是上班，或日期不存在：%[2]s", i+1, quote(strings.TrimSpace(sentence)))
			}
		}
	}
}

// sentence takes the days that one sentence names. Each is of the kind that is said next, or was said last. year is that of the days
// that do not say theirs. A day without a kind is a mistake, unless it is of another year: the day the notice was signed.
func (n *notice) sentence(s string, year *int) bool {
	kinds := kindPattern.FindAllStringIndex(s, -1)
	for _, at := range datePattern.FindAllStringSubmatchIndex(s, -1) {
		part := func(i int) int {
			if at[2*i] < 0 {
				return 0
			}
			v, _ := strconv.Atoi(s[at[2*i]:at[2*i+1]])
			return v
		}
		y := cmp.Or(part(1), *year)
		if *year == 0 {
			*year = y
		}
		from := Date{y, time.Month(part(2)), part(3)}
		to := from
		if part(6) != 0 {
			to = Date{cmp.Or(part(4), y), time.Month(cmp.Or(part(5), part(2))), part(6)}
		}
		word := ""
		for _, k := range kinds {
			if k[0] >= at[1] || word == "" {
				word = s[k[0]:k[1]]
			}
			if k[0] >= at[1] {
				break
			}
		}
		switch {
		case word == "" && y != *year:
			continue
		case word == "" || !from.exists() || !to.exists() || to.Before(from):
			return false
		}
		n.days = append(n.days, marked{Range{from, to, holidayName(s, kinds)}, strings.Contains(word, "班") || strings.HasPrefix(strings.ToLower(word), "work") || strings.EqualFold(word, "on")})
	}
	return true
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

func (d Date) exists() bool { return d == DateOf(d.noon(), time.UTC) }

// year joins the days: of the year that most of them are in, so that the others are told as mistakes.
func (n *notice) year() Year {
	count := map[int]int{}
	off, work := map[Date]string{}, map[Date]bool{}
	for _, m := range n.days {
		count[m.From.Year]++
		for d := m.From; !d.After(m.To) && d.Sub(m.From) < maxEntries; d = d.AddDays(1) {
			if m.work {
				work[d] = true
			} else {
				off[d] = cmp.Or(m.Name, off[d])
			}
		}
	}
	y := Year{Source: n.source, Off: []Range{}, Work: slices.SortedFunc(maps.Keys(work), Date.Compare)}
	for candidate, c := range count {
		if c > count[y.Year] || c == count[y.Year] && candidate < y.Year {
			y.Year = candidate
		}
	}
	if y.Work == nil {
		y.Work = []Date{}
	}
	for _, d := range slices.SortedFunc(maps.Keys(off), Date.Compare) {
		last, name := len(y.Off)-1, off[d]
		if last >= 0 && y.Off[last].To.AddDays(1) == d && (name == "" || y.Off[last].Name == "" || name == y.Off[last].Name) {
			y.Off[last].To, y.Off[last].Name = d, cmp.Or(y.Off[last].Name, name)
		} else {
			y.Off = append(y.Off, Range{d, d, name})
		}
	}
	return y
}
