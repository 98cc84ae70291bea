package workdays

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

func day(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAdd(t *testing.T) {
	c := New(Builtin()...)
	for _, tc := range []struct {
		name, from  string
		n           int
		due         string
		provisional bool
	}{
		{"an ordinary week", "2026-11-16", 5, "2026-11-23", false},
		{"asked on a Saturday", "2026-11-14", 1, "2026-11-16", false},
		{"asked on a Sunday night", "2026-11-15", 5, "2026-11-20", false},
		{"the Friday before a make-up Saturday", "2026-02-13", 1, "2026-02-14", false},
		{"over the Spring Festival", "2026-02-13", 2, "2026-02-24", false},
		{"asked on New Year's Eve", "2026-02-16", 1, "2026-02-24", false},
		{"five days over the Spring Festival and its second make-up day", "2026-02-14", 5, "2026-02-28", false},
		{"seven days, mailbox letter", "2026-02-11", 7, "2026-02-27", false},
		{"a make-up Sunday after New Year", "2025-12-31", 1, "2026-01-04", false},
		{"across the end of a known year", "2025-12-30", 5, "2026-01-07", false},
		{"National Day 2025", "2025-09-26", 3, "2025-09-30", false},
		{"National Day 2025, one more", "2025-09-26", 4, "2025-10-09", false},
		{"make-up Saturday after National Day", "2026-10-09", 1, "2026-10-10", false},
		{"last working day of 2026", "2026-12-30", 1, "2026-12-31", false},
		{"into 2027, not announced: 1 January counts as a Friday", "2026-12-31", 1, "2027-01-01", true},
		{"into 2027 by its weekend only", "2026-12-28", 5, "2027-01-04", true},
		{"twenty days into 2027", "2026-12-14", 20, "2027-01-11", true},
		{"leap day", "2024-02-28", 2, "2024-03-01", false},
		{"no days at all", "2026-02-16", 0, "2026-02-16", false},
		{"fewer than none", "2026-02-16", -3, "2026-02-16", false},
		{"a year nobody knows", "2031-01-03", 1, "2031-01-06", true},
	} {
		got := c.Add(day(t, tc.from), tc.n)
		if got.Due != day(t, tc.due) || got.Provisional != tc.provisional {
			t.Errorf("%s: %v (provisional %v), want %s (%v)", tc.name, got, got.Provisional, tc.due, tc.provisional)
		}
		if got.N != max(tc.n, 0) || got.Count() != got.N {
			t.Errorf("%s: counted %d of %d", tc.name, got.Count(), tc.n)
		}
	}
}

func TestMarks(t *testing.T) {
	c := New(Builtin()...)
	for s, want := range map[string]DayMark{
		"2026-02-14": {Counted: true, Why: Makeup},
		"2026-02-15": {Why: Holiday, Name: "春节"}, // a Sunday, and the first day off
		"2026-02-23": {Why: Holiday, Name: "春节"},
		"2026-02-24": {Counted: true, Why: WorkingDay},
		"2026-03-01": {Why: Weekend},
		"2025-01-26": {Counted: true, Why: Makeup},
		"2024-02-09": {Counted: true, Why: WorkingDay},
		"2027-02-06": {Why: Weekend, Unknown: true},
		"2027-02-08": {Counted: true, Why: WorkingDay, Unknown: true},
	} {
		want.Date = day(t, s)
		if got := c.Mark(want.Date); got != want {
			t.Errorf("%s: %+v, want %+v", s, got, want)
		}
		working, known := c.IsWorking(want.Date)
		if working != want.Counted || known == want.Unknown {
			t.Errorf("%s: working %v, known %v", s, working, known)
		}
	}
	if !slices.Equal(c.Years(), []int{2024, 2025, 2026}) || c.Knows(2027) || !c.Knows(2024) {
		t.Errorf("years %v", c.Years())
	}
}

// Whole years, counted apart from this package.
func TestWorkingDaysOfTheYears(t *testing.T) {
	c := New(Builtin()...)
	for year, want := range map[int]int{2024: 251, 2025: 248, 2026: 248} {
		got := c.Between(Date{year - 1, 12, 31}, Date{year, 12, 31})
		if got != want {
			t.Errorf("%d: %d working days, want %d", year, got, want)
		}
	}
}

func TestDeadline(t *testing.T) {
	c := New(Builtin()...)
	for _, tc := range []struct {
		name, act string
		n         int
		unit      Unit
		due       string
	}{
		{"in the morning", "2026-11-16T01:12:00Z", 5, Working, "2026-11-23T15:59:59.999Z"},
		{"late in the UTC day it is tomorrow in the city", "2026-11-16T16:00:00Z", 5, Working, "2026-11-24T15:59:59.999Z"},
		{"a millisecond before", "2026-11-16T15:59:59.999Z", 5, Working, "2026-11-23T15:59:59.999Z"},
		{"natural days run through holidays", "2026-02-10T02:00:00Z", 7, Natural, "2026-02-17T15:59:59.999Z"},
		{"natural days over a year's end", "2026-12-20T02:00:00Z", 15, Natural, "2027-01-04T15:59:59.999Z"},
	} {
		act, err := time.Parse(time.RFC3339Nano, tc.act)
		if err != nil {
			t.Fatal(err)
		}
		due, how := c.Deadline(act, tc.n, tc.unit, shanghai)
		if got := due.Format(time.RFC3339Nano); got != tc.due {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.due)
		}
		if how.Unit == Natural && (how.Provisional || len(how.Days) != tc.n || how.Days[0].Why != NaturalDay) {
			t.Errorf("%s: natural days depend on no announcement: %+v", tc.name, how)
		}
	}
}

func TestBetweenAndLeft(t *testing.T) {
	c := New(Builtin()...)
	for _, tc := range []struct {
		from, to            string
		between, left, days int
		late                bool
	}{
		{"2026-11-16", "2026-11-16", 0, 0, 0, false},
		{"2026-11-16", "2026-11-18", 2, 2, 2, false},
		{"2026-11-20", "2026-11-23", 1, 1, 3, false},
		{"2026-11-21", "2026-11-20", 0, 0, 1, true}, // Saturday: no working day late, yet late
		{"2026-11-23", "2026-11-20", -1, 1, 3, true},
		{"2026-11-24", "2026-11-20", -2, 2, 4, true},
		{"2026-10-09", "2026-09-30", -2, 2, 9, true}, // after the holidays
		{"2026-02-13", "2026-02-28", 6, 6, 15, false},
		{"2026-12-31", "2027-01-04", 2, 2, 4, false},
	} {
		from, to := day(t, tc.from), day(t, tc.to)
		if got := c.Between(from, to); got != tc.between {
			t.Errorf("Between %s %s: %d, want %d", from, to, got, tc.between)
		}
		if got, late := c.Left(from, to, Working); got != tc.left || late != tc.late {
			t.Errorf("Left %s %s working: %d %v, want %d %v", from, to, got, late, tc.left, tc.late)
		}
		if got, late := c.Left(from, to, Natural); got != tc.days || late != tc.late {
			t.Errorf("Left %s %s natural: %d %v, want %d %v", from, to, got, late, tc.days, tc.late)
		}
	}
}

func TestRecomputeWhenAYearArrives(t *testing.T) {
	before := New(Builtin()...)
	old := before.Add(day(t, "2026-12-31"), 1)
	if same, moved := before.Recompute(old); moved || !reflect.DeepEqual(same, old) {
		t.Fatalf("the same calendar counts differently: %+v", same)
	}
	y, err := ParseYear([]byte(`{"year":2027,"off":["2027-01-01..2027-01-03"],"work":[],"source":"通知"}`))
	if err != nil {
		t.Fatal(err)
	}
	fresh, moved := New(append(slices.Clone(Builtin()), y)...).Recompute(old)
	if !moved || fresh.Provisional || fresh.Due != day(t, "2027-01-04") {
		t.Fatalf("%v, moved %v, provisional %v", fresh, moved, fresh.Provisional)
	}
}

func TestComputationAsJSON(t *testing.T) {
	want := New(Builtin()...).Add(day(t, "2026-12-31"), 2)
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const golden = `{"from":"2026-12-31","n":2,"unit":"working","days":[{"date":"2027-01-01","counted":true,"why":"working","unknown":true},` +
		`{"date":"2027-01-02","counted":false,"why":"weekend","unknown":true},{"date":"2027-01-03","counted":false,"why":"weekend","unknown":true},` +
		`{"date":"2027-01-04","counted":true,"why":"working","unknown":true}],"due":"2027-01-04","provisional":true}`
	if string(text) != golden {
		t.Errorf("got  %s\nwant %s", text, golden)
	}
	var got Computation
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("came back as %+v, %v", got, err)
	}
}

// naive judges days from the rows of rules.md as they are written there, a year at a time, with the standard library only.
var naive = map[int][2]string{
	2024: {"01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07", "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"},
	2025: {"01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08", "01-26 02-08 04-27 09-28 10-11"},
	2026: {"01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07", "01-04 02-14 02-28 05-09 09-20 10-10"},
}

func naiveWorking(t time.Time) bool {
	md := t.Format("01-02")
	row := naive[t.Year()]
	if slices.Contains(strings.Fields(row[1]), md) {
		return true
	}
	for _, r := range strings.Fields(row[0]) {
		first, last, two := strings.Cut(r, "..")
		if md == first || two && first <= md && md <= last {
			return false
		}
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

func TestAgainstNaive(t *testing.T) {
	c := New(Builtin()...)
	rng := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2023, 6, 1, 0, 0, 0, 0, time.UTC)
	for range 3000 {
		from := start.AddDate(0, 0, rng.IntN(1700))
		n := rng.IntN(40)
		want, unknown := from, false
		for left := n; left > 0; {
			want = want.AddDate(0, 0, 1)
			unknown = unknown || naive[want.Year()][0] == ""
			if naiveWorking(want) {
				left--
			}
		}
		a, b := DateOf(from, time.UTC), DateOf(want, time.UTC)
		got := c.Add(a, n)
		if got.Due != b || got.Provisional != unknown {
			t.Fatalf("%v (provisional %v), want %s (%v)", got, got.Provisional, b, unknown)
		}
		if back := c.Between(a, b); back != n {
			t.Fatalf("Between %s %s is %d, want %d", a, b, back, n)
		}
		if back := c.Between(b, a); back != -n {
			t.Fatalf("Between %s %s is %d, want %d", b, a, back, -n)
		}
		if b.Sub(a) != len(got.Days) || a.AddDays(len(got.Days)) != b {
			t.Fatalf("%s to %s are %d days, shown are %d", a, b, b.Sub(a), len(got.Days))
		}
	}
}

func BenchmarkDeadline(b *testing.B) {
	c := New(Builtin()...)
	act := time.Date(2026, 2, 11, 1, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		c.Deadline(act, 7, Working, shanghai)
	}
}

func TestMonths(t *testing.T) {
	for _, tc := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-08-31", -6, "2026-02-28"},
		{"2028-08-31", -6, "2028-02-29"},
		{"2026-08-28", -6, "2026-02-28"},
		{"2026-12-31", -6, "2026-06-30"},
		{"2026-01-31", -2, "2025-11-30"},
		{"2026-03-15", -3, "2025-12-15"},
		{"2028-02-29", -12, "2027-02-28"},
		{"2026-01-31", 1, "2026-02-28"},
		{"2026-11-30", 15, "2028-02-29"},
		{"2026-05-31", 0, "2026-05-31"},
	} {
		if got := day(t, tc.from).AddMonths(tc.n); got != day(t, tc.want) {
			t.Errorf("%s %+d months: %s, want %s", tc.from, tc.n, got, tc.want)
		}
	}
	late := time.Date(2026, 8, 30, 16, 30, 0, 0, time.UTC) // the 31st in Shanghai
	if got, want := MonthsBefore(late, 6, shanghai), time.Date(2026, 2, 27, 16, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
}
