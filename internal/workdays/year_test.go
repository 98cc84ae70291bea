package workdays

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/internal/fault"
)

func TestBuiltin(t *testing.T) {
	for _, y := range Builtin() {
		text, err := json.Marshal(y)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseYear(text)
		if err != nil || !reflect.DeepEqual(back, y) {
			t.Errorf("%d does not survive its own format: %+v, %v", y.Year, back, err)
		}
	}
}

func TestParseYearWithoutWork(t *testing.T) {
	y, err := ParseYear([]byte(` {"year":2027,"off":["2027-01-01","2027-10-01..2027-10-07"],"source":"通知"} `))
	if err != nil || len(y.Off) != 2 || y.Off[0].From != y.Off[0].To || y.Work == nil {
		t.Fatalf("%+v, %v", y, err)
	}
}

func TestParseYearRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want string // the names of the fields that are wrong
	}{
		"empty":                  {``, "json"},
		"not an object":          {`[]`, "json"},
		"broken":                 {`{"year":2027,`, "json"},
		"unclosed":               {`{"year":2027`, "json"},
		"trailing text":          {`{"year":2027} {}`, "json"},
		"trailing bracket":       {`{"year":2027}]`, "json"},
		"bad UTF-8":              {"{\"year\":2027,\"source\":\"\xff\"}", "json"},
		"too long":               {`{"source":"` + strings.Repeat("长", maxImport) + `"}`, "json"},
		"nothing in it":          {`{}`, "off source year"},
		"unknown field":          {`{"year":2027,"off":["2027-01-01"],"source":"s","Work":[]}`, "Work"},
		"field twice":            {`{"year":2027,"year":2027,"off":["2027-01-01"],"source":"s"}`, "year"},
		"wrong types":            {`{"year":"2027","off":"2027-01-01","work":[1],"source":3}`, "off source work work[0] year"},
		"null":                   {`{"year":null,"off":["2027-01-01"],"source":"s"}`, "year"},
		"fraction":               {`{"year":2027.5,"off":["2027-01-01"],"source":"s"}`, "year"},
		"year out of reach":      {`{"year":20270,"off":["2027-01-01"],"source":"s"}`, "year"},
		"no dates":               {`{"year":2027,"off":["2027-02-30","",null,"2027-01-01...2027-01-02"],"work":["1/4"],"source":"s"}`, "off[0] off[1] off[2] off[3] work[0]"},
		"too many":               {`{"year":2027,"off":["2027-01-01"` + strings.Repeat(`,"2027-01-01"`, maxEntries) + `],"source":"s"}`, "json"},
		"outside the year":       {`{"year":2027,"off":["2026-12-30..2027-01-01"],"work":["2026-12-26"],"source":"s"}`, "off[0] work[0]"},
		"backwards":              {`{"year":2027,"off":["2027-01-03..2027-01-01"],"source":"s"}`, "off[0]"},
		"off twice":              {`{"year":2027,"off":["2027-01-01..2027-01-03","2027-01-03"],"source":"s"}`, "off[1]"},
		"work twice":             {`{"year":2027,"off":["2027-01-01"],"work":["2027-01-09","2027-01-09"],"source":"s"}`, "work[1]"},
		"off and work":           {`{"year":2027,"off":["2027-01-01..2027-01-03"],"work":["2027-01-03"],"source":"s"}`, "work[0]"},
		"make-up on a weekday":   {`{"year":2027,"off":["2027-01-01"],"work":["2027-01-04"],"source":"s"}`, "work[0]"},
		"no source":              {`{"year":2027,"off":["2027-01-01"],"source":""}`, "source"},
		"no end of source":       {`{"year":2027,"off":["2027-01-01"],"source":"` + strings.Repeat("源", maxSource+1) + `"}`, "source"},
		"no holiday in the year": {`{"year":2027,"off":[],"source":"s"}`, "off"},
	} {
		y, err := ParseYear([]byte(tc.text))
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid {
			t.Errorf("%s: %+v, %v", name, y, err)
			continue
		}
		var names []string
		for _, field := range f.Fields {
			names = append(names, field.Name)
			if field.Msg == "" {
				t.Errorf("%s: %s has no words", name, field.Name)
			}
		}
		slices.Sort(names)
		if got := strings.Join(slices.Compact(names), " "); got != tc.want {
			t.Errorf("%s: wrong are %q, want %q", name, got, tc.want)
		}
	}
}

func FuzzParseYear(f *testing.F) {
	for _, y := range Builtin() {
		text, err := json.Marshal(y)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"year":2027,"off":["2027-01-01..2027-01-03"],"work":["2027-01-09"],"source":"s"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		y, err := ParseYear(text)
		if err == nil && New(y).Between(Date{y.Year - 1, 12, 31}, Date{y.Year, 12, 31}) > 366 {
			t.Fatal("more working days than days")
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("not classified: %v", err)
		}
	})
}

func TestDate(t *testing.T) {
	for _, s := range []string{"", "2026-2-1", "2026-02-30", "2026-13-01", "26-01-01", "2026-01-01T00:00:00Z", "２０２６-01-01"} {
		if _, err := ParseDate(s); !errors.Is(err, ErrDate) {
			t.Errorf("%q: %v", s, err)
		}
	}
	d := day(t, "2024-02-29")
	if d.AddDays(366).String() != "2025-03-01" || d.AddDays(-60).String() != "2023-12-31" || d.Sub(day(t, "2023-12-31")) != 60 {
		t.Error("days do not add up")
	}
	if d.Weekday() != time.Thursday || !d.Before(d.AddDays(1)) || !d.After(d.AddDays(-1)) || d.Compare(d) != 0 {
		t.Error("days are not in order")
	}
	var back struct{ A, B Date }
	if err := json.Unmarshal([]byte(`{"A":"2024-02-29","B":""}`), &back); err != nil || back.A != d || !back.B.IsZero() {
		t.Errorf("%+v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"A":"2023-02-29"}`), &back); !errors.Is(err, ErrDate) {
		t.Errorf("a day that is none: %v", err)
	}
	start, end := d.In(shanghai)
	if start.Format(time.RFC3339Nano) != "2024-02-28T16:00:00Z" || end.Format(time.RFC3339Nano) != "2024-02-29T15:59:59.999Z" {
		t.Errorf("%s to %s", start, end)
	}
	if DateOf(start, shanghai) != d || DateOf(end, shanghai) != d || DateOf(end.Add(time.Millisecond), shanghai) == d {
		t.Error("the day's ends are not its own")
	}
}
