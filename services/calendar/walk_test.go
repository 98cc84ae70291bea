package calendar_test

import (
	"strings"
	"testing"

	"huiyin/internal/i18n"
	"huiyin/services/calendar"
	"huiyin/test/testenv"
	"huiyin/web"
)

func TestTell(t *testing.T) {
	c := open(t, testenv.SQLite(t))
	all, err := i18n.Load(web.FS)
	if err != nil {
		t.Fatal(err)
	}
	told := func(locale, act string, n int, unit string) (string, calendar.Account) {
		_, basis, _, err := c.Deadline(t.Context(), at(act+" 09:12"), n, unit)
		if err != nil {
			t.Fatal(err)
		}
		a := calendar.Tell(basis, all.For(locale).At(at(act+" 10:00"), shanghai))
		var b strings.Builder
		for _, d := range a.Days {
			b.WriteString(d.Date + " " + d.Week + " " + d.Word + " " + d.Kind + "\n")
		}
		return b.String(), a
	}
	for _, tc := range []struct {
		locale, act string
		n           int
		unit, want  string
	}{
		{"zh-CN", "2026-11-19", 2, "working", "11 月 19 日 周四 提交，不计 start\n11 月 20 日 周五 第 1 天 work\n11 月 21 日 周六 周末，不计 off\n11 月 22 日 周日 周末，不计 off\n11 月 23 日 周一 第 2 天 end\n"},
		{"zh-CN", "2026-09-24", 2, "working", "9 月 24 日 周四 提交，不计 start\n9 月 25 日 周五 中秋节，不计 off\n9 月 26 日 周六 中秋节，不计 off\n9 月 27 日 周日 中秋节，不计 off\n9 月 28 日 周一 第 1 天 work\n9 月 29 日 周二 第 2 天 end\n"},
		{"en", "2026-09-19", 1, "working", "19 Sep Sat asked, not counted start\n20 Sep Sun worked instead, day 1 end\n"},
		{"en", "2026-09-30", 2, "natural", "30 Sep Wed asked, not counted start\n1 Oct Thu day 1 work\n2 Oct Fri day 2 end\n"},
	} {
		if got, _ := told(tc.locale, tc.act, tc.n, tc.unit); got != tc.want {
			t.Errorf("%s %s: %s", tc.locale, tc.act, got)
		}
	}
	if _, a := told("zh-CN", "2026-12-30", 3, "working"); len(a.Notes) != 1 || !strings.Contains(a.Notes[0], "2027") || !strings.Contains(a.From, "当天不计") {
		t.Errorf("a year that is not known: %+v", a)
	}
	if got, a := told("zh-CN", "2026-12-30", 0, "working"); got != "" || len(a.Notes) != 1 {
		t.Errorf("no days: %q %+v", got, a)
	}
	if a := calendar.Tell("nonsense", all.For("zh-CN")); a.From != "" || a.Days != nil || a.Notes != nil {
		t.Errorf("nonsense: %+v", a)
	}
}
