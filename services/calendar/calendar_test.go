package calendar_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/outbox"
	"huiyin/internal/workdays"
	"huiyin/models"
	"huiyin/services/audit"
	"huiyin/services/calendar"
	"huiyin/test/testenv"
)

var (
	shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)
	admin    = models.Actor{Kind: models.StaffActor, ID: 7, Roles: []models.Role{models.SystemAdmin}}
)

type city struct {
	*calendar.Service
	db    *database.DB
	clock *clock.Fake
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) workdays.Date {
	d, err := workdays.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func open(t *testing.T, db *database.DB) city {
	c := clock.NewFake(at("2026-11-16 09:12"))
	s := calendar.New(db, c, audit.New(db, c), outbox.New(db, c), func(context.Context) *time.Location { return shanghai })
	if err := s.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return city{s, db, c}
}

func each(t *testing.T, test func(t *testing.T, c city)) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) { test(t, open(t, db)) })
}

// tasks is what the calendar owes once everybody has forgotten the old one.
func (c city) tasks(t *testing.T) []outbox.Task {
	t.Helper()
	tasks, err := outbox.New(c.db, clock.NewFake(c.clock.Now().Add(calendar.Settled))).Due(t.Context(), 10, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return tasks
}

func (c city) due(t *testing.T, act string, n int) (string, string, bool) {
	t.Helper()
	due, basis, provisional, err := c.Deadline(t.Context(), at(act), n, "working")
	if err != nil {
		t.Fatal(err)
	}
	return due.In(shanghai).Format("2006-01-02 15:04:05.000"), basis, provisional
}

func TestDeadlines(t *testing.T) {
	ctx := t.Context()
	c := open(t, testenv.SQLite(t))
	if due, _, provisional := c.due(t, "2026-11-16 09:12", 5); due != "2026-11-23 23:59:59.999" || provisional {
		t.Error(due, provisional)
	}
	if due, _, provisional := c.due(t, "2026-12-30 09:12", 5); due != "2027-01-06 23:59:59.999" || !provisional {
		t.Error(due, provisional)
	}
	for _, bad := range []struct {
		n    int
		unit string
	}{{-1, "working"}, {367, "natural"}, {5, "weeks"}} {
		if _, _, _, err := c.Deadline(ctx, c.clock.Now(), bad.n, bad.unit); err == nil {
			t.Errorf("%v: computed", bad)
		}
	}
	if n, err := c.WorkingDays(ctx, at("2026-11-13 23:59"), at("2026-11-17 00:00")); err != nil || n != 2 {
		t.Error(n, err)
	}
	if n, err := c.WorkingDays(ctx, at("2026-11-17 00:00"), at("2026-11-13 23:59")); err != nil || n != -2 {
		t.Error(n, err)
	}
	if soon, err := c.SoonUntil(ctx, at("2026-11-20 18:00"), 1); err != nil || !soon.Equal(at("2026-11-24 00:00").Add(-time.Millisecond)) {
		t.Error(soon, err)
	}
	due := at("2026-11-24 00:00").Add(-time.Millisecond)
	for now, want := range map[string]i18n.Left{
		"2026-11-16 09:12": {N: 5, Working: true},
		"2026-11-21 12:00": {N: 1, Working: true},
		"2026-11-23 23:59": {N: 0, Working: true},
		"2026-11-24 00:00": {N: 1, Working: true, Late: true},
		"2026-11-29 00:00": {N: 4, Working: true, Late: true}, // a Sunday: the four days before the weekend
	} {
		c.clock.Set(at(now))
		if got, err := c.Left(ctx, due, `{"unit":"working"}`); err != nil || got != want {
			t.Errorf("%s: %+v, %v", now, got, err)
		}
	}
	c.clock.Set(at("2026-11-29 00:00"))
	if got, err := c.Left(ctx, due, `{"unit":"natural"}`); err != nil || got != (i18n.Left{N: 6, Late: true}) {
		t.Errorf("in natural days: %+v, %v", got, err)
	}
}

const y2027 = `{"year":2027,"off":["2027-01-01..2027-01-03","2027-02-06..2027-02-12"],"work":["2027-01-30"],"source":"通知"}`

func TestImport(t *testing.T) {
	each(t, func(t *testing.T, c city) {
		ctx := t.Context()
		if got := c.tasks(t); len(got) != 0 {
			t.Fatalf("a first start recomputes %v", got)
		}
		_, basis, _ := c.due(t, "2026-12-30 09:12", 2)
		if _, err := c.ImportYear(ctx, admin, []byte(y2027), "", ""); err != nil {
			t.Fatal(err)
		}
		due, fresh, provisional, moved, err := c.Recomputed(ctx, basis)
		if err != nil || provisional || !moved || due.In(shanghai).Format(time.DateOnly) != "2027-01-04" || fresh == basis {
			t.Errorf("%s moved %v provisional %v: %v", due, moved, provisional, err)
		}
		if got := c.tasks(t); len(got) != 1 || got[0].Kind != calendar.Recompute || got[0].Ref != 2027 || got[0].DueAt.Before(c.clock.Now().Add(calendar.Settled)) {
			t.Errorf("owes %v", got)
		}
		// The same again changes nothing, and owes nothing.
		if _, err := c.ImportYear(ctx, admin, []byte(y2027), "", ""); err != nil || len(c.tasks(t)) != 1 {
			t.Error("imported twice: ", err)
		}
		if _, err := c.ImportYear(ctx, admin, []byte(strings.Replace(y2027, "02-12", "02-13", 1)), "", ""); err != nil || len(c.tasks(t)) != 2 {
			t.Error("a correction: ", err)
		}
		years, err := c.Years(ctx)
		if err != nil || len(years) != 4 || years[3].Year.Year != 2027 || years[3].ImportedBy != 7 || years[3].OffDays != 11 || years[0].ImportedBy != 0 {
			t.Errorf("%+v, %v", years, err)
		}
		// Another process sees it when its copy is too old.
		other := open(t, c.db)
		if y, err := other.Years(ctx); err != nil || len(y) != 4 {
			t.Error(len(y), err)
		}
	})
}

func TestRefusals(t *testing.T) {
	ctx := t.Context()
	c := open(t, testenv.SQLite(t))
	for _, who := range []models.Actor{{}, {Kind: models.StaffActor, Roles: []models.Role{models.SecurityAdmin, models.Handler}}} {
		if _, err := c.ImportYear(ctx, who, []byte(y2027), "", ""); !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
		if err := c.SetDay(ctx, who, day("2026-11-17"), calendar.Off); !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
	}
	if _, err := c.ImportYear(ctx, admin, []byte(`{"year":2027}`), "", ""); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	for _, tc := range []struct{ date, kind, field string }{
		{"2026-11-17", "holiday", "kind"},
		{"2027-11-17", calendar.Off, "date"},
	} {
		err := c.SetDay(ctx, admin, day(tc.date), tc.kind)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Invalid || f.Fields[0].Name != tc.field {
			t.Error(tc, err)
		}
	}
	if len(c.tasks(t)) != 0 {
		t.Error("a refusal owes something")
	}
}

func TestSetDay(t *testing.T) {
	each(t, func(t *testing.T, c city) {
		ctx := t.Context()
		for i, step := range []struct{ date, kind, due string }{
			{"2026-11-17", calendar.Off, "2026-11-24"},     // a snow day
			{"2026-11-18", calendar.Off, "2026-11-25"},     // joins it
			{"2026-11-21", calendar.Working, "2026-11-24"}, // a Saturday
			{"2026-11-17", calendar.Working, "2026-11-23"},
			{"2026-11-21", calendar.Default, "2026-11-24"},
			{"2026-11-18", calendar.Default, "2026-11-23"},
		} {
			if err := c.SetDay(ctx, admin, day(step.date), step.kind); err != nil {
				t.Fatal(err)
			}
			if due, _, _ := c.due(t, "2026-11-16 09:12", 5); due[:10] != step.due {
				t.Errorf("%v: due %s", step, due)
			}
			if got := len(c.tasks(t)); got != i+1 {
				t.Errorf("%v: owes %d", step, got)
			}
		}
		// Out of the middle of a holiday, and back.
		if err := c.SetDay(ctx, admin, day("2026-10-04"), calendar.Working); err != nil {
			t.Fatal(err)
		}
		years, err := c.Years(ctx)
		if err != nil || len(years[2].Off) != 8 || len(years[2].Work) != 7 {
			t.Errorf("%+v, %v", years[2], err)
		}
		if err := c.SetDay(ctx, admin, day("2026-10-04"), calendar.Off); err != nil {
			t.Fatal(err)
		}
		if years, err = c.Years(ctx); err != nil || len(years[2].Off) != 7 || len(years[2].Work) != 6 || years[2].ImportedBy != 7 {
			t.Errorf("%+v, %v", years[2], err)
		}
	})
}

// Several change the same year at once: who is not told of a conflict finds their day in it.
func TestTwoEditors(t *testing.T) { each(t, editAtOnce) }

func editAtOnce(t *testing.T, c city) {
	ctx := t.Context()
	type outcome struct {
		date workdays.Date
		err  error
	}
	done := make(chan outcome, 5)
	for i := range cap(done) {
		go func() {
			d := workdays.Date{Year: 2026, Month: 11, Day: 2 + i}
			done <- outcome{d, c.SetDay(ctx, admin, d, calendar.Off)}
		}()
	}
	won := map[workdays.Date]bool{}
	for range cap(done) {
		o := <-done
		if o.err != nil && !fault.Is(o.err, fault.Conflict) {
			t.Error(o.err)
		}
		won[o.date] = o.err == nil
	}
	g, err := c.Month(ctx, 2026, 11)
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range g.Weeks[1] {
		if won[cell.Date] != (cell.Why == workdays.Holiday) && cell.Why != workdays.Weekend {
			t.Errorf("%s is %s, told it was set: %v", cell.Date, cell.Why, won[cell.Date])
		}
	}
}

func TestMonth(t *testing.T) {
	c := open(t, testenv.SQLite(t))
	for _, tc := range []struct {
		year       int
		month      time.Month
		weeks      int
		first      string
		last       string
		known      bool
		markOn     string
		why        workdays.Why
		todayShown bool
	}{
		{2026, time.November, 6, "2026-10-26", "2026-12-06", true, "2026-11-16", workdays.WorkingDay, true},
		{2026, time.February, 5, "2026-01-26", "2026-03-01", true, "2026-02-14", workdays.Makeup, false},
		{2027, time.February, 4, "2027-02-01", "2027-02-28", false, "2027-02-08", workdays.WorkingDay, false},
		{2026, 13, 5, "2026-12-28", "2027-01-31", false, "2026-12-31", workdays.WorkingDay, false},
		{2026, 0, 5, "2025-12-01", "2026-01-04", true, "2026-01-01", workdays.Holiday, false},
	} {
		g, err := c.Month(t.Context(), tc.year, tc.month)
		if err != nil || len(g.Weeks) != tc.weeks {
			t.Fatalf("%v: %d weeks, %v", tc, len(g.Weeks), err)
		}
		if first, last := g.Weeks[0][0].Date, g.Weeks[tc.weeks-1][6].Date; first != day(tc.first) || last != day(tc.last) || g.Known != tc.known {
			t.Errorf("%v: %s to %s, known %v", tc, first, last, g.Known)
		}
		today := false
		for _, week := range g.Weeks {
			for _, cell := range week {
				if cell.Date == day(tc.markOn) && cell.Why != tc.why {
					t.Errorf("%s is %s", cell.Date, cell.Why)
				}
				if cell.Inside != (cell.Date.Month == g.Month) {
					t.Errorf("%s inside %v", cell.Date, cell.Inside)
				}
				today = today || cell.Today
			}
		}
		if today != tc.todayShown {
			t.Errorf("%v: today %v", tc, today)
		}
	}
}

// An update of the product that brings a year has what was computed without it computed again.
func TestSeedAfterAnUpdate(t *testing.T) {
	ctx := t.Context()
	c := open(t, testenv.SQLite(t))
	if err := c.db.Conn(ctx).Exec("DELETE FROM calendar_years WHERE year = 2026").Error; err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Seed(ctx); err != nil {
			t.Fatal(err)
		}
		if got := c.tasks(t); len(got) != 1 || got[0].Ref != 2026 {
			t.Fatalf("owes %v", got)
		}
	}
}
