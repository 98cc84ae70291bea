package calendar_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"huiyin/internal/i18n"
	"huiyin/services/calendar"
	"huiyin/test/testenv"
	"huiyin/web"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestExplain(t *testing.T) {
	c := open(t, testenv.SQLite(t))
	all, err := i18n.Load(web.FS)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, tc := range []struct {
		name, now, act string
		n              int
		unit           string
	}{
		{"an ordinary week", "2026-11-20", "2026-11-16", 5, "working"},
		{"one day", "2026-11-20", "2026-11-16", 1, "working"},
		{"over a weekend, no more", "2026-11-20", "2026-11-20", 1, "working"},
		{"asked on a Saturday", "2026-11-20", "2026-11-14", 1, "working"},
		{"from one month into the next", "2026-11-20", "2026-11-25", 5, "working"},
		{"a make-up Saturday, then the Spring Festival", "2026-02-14", "2026-02-12", 3, "working"},
		{"into the second make-up day", "2026-02-24", "2026-02-14", 6, "working"},
		{"National Day from one month into the next", "2025-10-10", "2025-09-26", 5, "working"},
		{"a holiday across two months", "2025-02-10", "2025-01-24", 6, "working"},
		{"fifteen working days", "2026-11-20", "2026-11-16", 15, "working"},
		{"into a year not announced", "2026-12-30", "2026-12-28", 5, "working"},
		{"over New Year, both years known", "2025-12-31", "2025-12-30", 3, "working"},
		{"read a year later", "2027-03-01", "2026-11-16", 5, "working"},
		{"natural days", "2026-11-20", "2026-11-16", 15, "natural"},
		{"no days", "2026-11-20", "2026-11-16", 0, "working"},
	} {
		_, basis, _, err := c.Deadline(t.Context(), at(tc.act+" 09:12"), tc.n, tc.unit)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("# " + tc.name + "\n")
		for _, locale := range i18n.Locales() {
			l := all.For(locale).At(at(tc.now+" 08:00"), shanghai)
			b.WriteString(strings.Join(calendar.Explain(basis, l), "\n") + "\n")
		}
	}
	const golden = "testdata/explain.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	l := all.For(i18n.Source).At(time.Now(), shanghai)
	for _, bad := range []string{"", "{}", "[]", `{"from":"2026-11-16","unit":"weeks"}`} {
		if got := calendar.Explain(bad, l); got != nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}
