package workdays

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"huiyin/internal/fault"
)

// Range is the days From to To, both in it, and what the holiday is called, which may be empty. Its text is
// "2027-01-01..2027-01-03 元旦", or the one day.
type Range struct {
	From, To Date
	Name     string
}

// MarshalText writes the range as an import file has it.
func (r Range) MarshalText() ([]byte, error) {
	return []byte(strings.TrimSpace(r.String() + " " + r.Name)), nil
}

// UnmarshalText reads one day or two with ".." between, and a name after a blank; whether they are in order is for Validate to say.
func (r *Range) UnmarshalText(text []byte) error {
	days, name, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	name = strings.TrimSpace(name)
	first, last, two := strings.Cut(days, "..")
	if !two {
		last = first
	}
	from, err1 := ParseDate(strings.TrimSpace(first))
	to, err2 := ParseDate(strings.TrimSpace(last))
	*r = Range{from, to, name}
	if utf8.RuneCountInString(name) > maxName {
		return errors.New("workdays: a long name")
	}
	return errors.Join(err1, err2)
}

func (r Range) String() string {
	if r.From == r.To {
		return r.From.String()
	}
	return r.From.String() + ".." + r.To.String()
}

// Year is the holidays of one year: days off, and weekend days worked in exchange. Its JSON is the import format. A provisional year is
// not announced yet: it is what its weekdays say but for the days that somebody has marked, and deadlines in it stay provisional.
type Year struct {
	Year   int     `json:"year"`
	Off    []Range `json:"off"`
	Work   []Date  `json:"work"`
	Source string  `json:"source"` // where it was announced, shown beside the calendar; may be empty while the year is provisional

	Provisional bool `json:"provisional,omitempty"`
}

// The bounds of what an import may say. The weekend of two days is in force nationwide since 1995.
const (
	firstYear  = 1995
	lastYear   = 2199
	maxImport  = 64 << 10 // bytes
	maxSource  = 300      // characters
	maxName    = 20
	maxEntries = 200 // ranges or days in one list
)

// ParseYear reads one year: {"year":2027,"off":["2027-01-01..2027-01-03 元旦"],"work":["2027-01-04"],"source":"…"}.
// It fails with fault.Invalid that names every field that is wrong ("off[2]", "work[0]"; "json" for the text itself).
func ParseYear(text []byte) (Year, error) {
	var wrong fault.Fields
	if len(text) > maxImport {
		wrong.Add("json", "内容太长：一个年份的日历不会超过 %[1]d KB。", maxImport>>10)
		return Year{}, wrong.Err()
	}
	members, ok := object(text, &wrong)
	if !ok {
		return Year{}, wrong.Err()
	}
	var y Year
	var off, work []string
	into := map[string]any{"year": &y.Year, "off": &off, "work": &work, "source": &y.Source, "provisional": &y.Provisional}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		target, known := into[name]
		if !known {
			wrong.Add(name, "不认识的字段，只能有 year、off、work、source。")
		} else if string(members[name]) == "null" || json.Unmarshal(members[name], target) != nil {
			wrong.Add(name, shapes[name])
		}
	}
	for _, name := range []string{"year", "off", "source"} {
		if _, there := members[name]; !there {
			wrong.Add(name, "缺少这一项。")
		}
	}
	y.readDays(off, work, &wrong)
	if wrong.Err() != nil {
		return Year{}, wrong.Err()
	}
	return y, y.Validate()
}

var shapes = map[string]string{
	"provisional": provisionalShape,
	"year":        yearShape,
	"off":         daysShape,
	"work":        daysShape,
	"source":      sourceShape,
}

// object splits a JSON object into its members; the decoder of the standard library would let a name come twice.
func object(text []byte, wrong *fault.Fields) (map[string]json.RawMessage, bool) {
	const shape = "不是有效的 JSON 对象，请检查括号、引号和逗号。"
	dec := json.NewDecoder(bytes.NewReader(text))
	if t, err := dec.Token(); !utf8.Valid(text) || err != nil || t != json.Delim('{') {
		wrong.Add("json", shape)
		return nil, false
	}
	members := map[string]json.RawMessage{}
	for dec.More() {
		t, err := dec.Token()
		name, _ := t.(string)
		var value json.RawMessage
		if err != nil || dec.Decode(&value) != nil {
			wrong.Add("json", shape)
			return nil, false
		}
		if _, twice := members[name]; twice {
			wrong.Add(name, "这一项写了两次。")
		}
		members[name] = value
	}
	if _, err := dec.Token(); err != nil {
		wrong.Add("json", shape)
		return nil, false
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		wrong.Add("json", "JSON 对象之后还有多余的内容。")
		return nil, false
	}
	return members, true
}

func (y *Year) readDays(off, work []string, wrong *fault.Fields) {
	if len(off) > maxEntries || len(work) > maxEntries {
		wrong.Add("json", "日期太多：每一项最多 %[1]d 条。", maxEntries)
		return
	}
	y.Work = make([]Date, 0, len(work))
	for i, s := range off {
		var r Range
		if r.UnmarshalText([]byte(s)) != nil {
			wrong.Add(item("off", i), "%[1]s不是日期。请写成 2027-01-01，或 2027-01-01..2027-01-03，后面可以空一格写节日名。", quote(s))
		}
		y.Off = append(y.Off, r)
	}
	for i, s := range work {
		d, err := ParseDate(s)
		if err != nil {
			wrong.Add(item("work", i), "%[1]s不是日期。请写成 2027-01-04。", quote(s))
		}
		y.Work = append(y.Work, d)
	}
}

func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// quote cuts what was typed to what an error can hold.
func quote(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return "“" + s + "”"
}

//go:embed years/*.json
var builtin embed.FS

// Builtin returns the years whose announcements the product ships with: 2024, 2025 and 2026.
var Builtin = sync.OnceValue(func() []Year {
	files, err := builtin.ReadDir("years")
	if err != nil {
		panic(err)
	}
	var out []Year
	for _, f := range files {
		text, err := builtin.ReadFile("years/" + f.Name())
		if err != nil {
			panic(err)
		}
		y, err := ParseYear(text)
		if err != nil {
			panic(err) // a test parses every file
		}
		out = append(out, y)
	}
	return out
})
