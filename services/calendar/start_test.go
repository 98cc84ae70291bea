package calendar_test

import (
	"testing"

	"huiyin/internal/fault"
	"huiyin/internal/workdays"
	"huiyin/models"
	"huiyin/services/calendar"
)

// A year that nobody has announced can be begun: its weekends are off, single days can be marked, and all of it stays provisional until an
// import takes its place.
func TestAYearIsBegunEmpty(t *testing.T) {
	each(t, func(t *testing.T, c city) {
		ctx := t.Context()
		if err := c.StartYear(ctx, models.Actor{Kind: models.StaffActor, ID: 8, Roles: []models.Role{models.Handler}}, 2027); !fault.Is(err, fault.Forbidden) {
			t.Fatal(err)
		}
		if err := c.SetDay(ctx, admin, day("2027-05-04"), calendar.Off); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		if err := c.StartYear(ctx, admin, 2027); err != nil {
			t.Fatal(err)
		}
		if n := len(c.tasks(t)); n != 0 {
			t.Errorf("%d tasks, though no deadline moves", n)
		}
		for _, year := range []int{2027, 2026} {
			if err := c.StartYear(ctx, admin, year); !fault.Is(err, fault.Conflict) {
				t.Fatalf("%d is begun twice: %v", year, err)
			}
		}
		if err := c.StartYear(ctx, admin, 1800); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		for i, step := range []struct{ date, kind, due string }{
			{"2027-05-04", calendar.Off, "2027-05-11"},     // a Tuesday
			{"2027-05-08", calendar.Working, "2027-05-10"}, // a Saturday
			{"2027-05-04", calendar.Default, "2027-05-08"},
			{"2027-05-08", calendar.Default, "2027-05-10"}, // nothing is marked any more
		} {
			if err := c.SetDay(ctx, admin, day(step.date), step.kind); err != nil {
				t.Fatal(err)
			}
			due, _, provisional := c.due(t, "2027-05-03 09:12", 5)
			if due[:10] != step.due || !provisional {
				t.Errorf("%v: due %s, provisional %v", step, due, provisional)
			}
			if got := len(c.tasks(t)); got != i+1 {
				t.Errorf("%v: owes %d", step, got)
			}
		}
		g, err := c.Month(ctx, 2027, 5)
		if err != nil || g.Known {
			t.Errorf("announced? %v %v", g.Known, err)
		}
		if _, err := c.ImportYear(ctx, admin, []byte(`{"year":2027,"off":["2027-05-04"],"source":"通知"}`), "", ""); err != nil {
			t.Fatal(err)
		}
		if due, _, provisional := c.due(t, "2027-05-03 09:12", 5); due[:10] != "2027-05-11" || provisional {
			t.Errorf("imported: due %s, provisional %v", due, provisional)
		}
	})
}

// A year that came with the product meanwhile takes the place of one that was only begun.
func TestAnAnnouncedYearReplacesOneThatWasBegun(t *testing.T) {
	each(t, func(t *testing.T, c city) {
		ctx := t.Context()
		row := models.CalendarYear{Year: 2026, Data: `{"year":2026,"off":[],"work":[],"source":"","provisional":true}`, ImportedAt: c.clock.Now()}
		if err := c.db.Conn(ctx).Save(&row).Error; err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := c.Seed(ctx); err != nil {
				t.Fatal(err)
			}
		}
		years, err := c.Years(ctx)
		if err != nil || years[len(years)-1].Provisional || len(years[len(years)-1].Off) == 0 {
			t.Errorf("%+v %v", years[len(years)-1], err)
		}
	})
}

// A New Year that begins in December changes the calendar of both years at once, and only where the earlier one is known.
func TestImportReachesIntoTheYearBefore(t *testing.T) {
	each(t, func(t *testing.T, c city) {
		ctx := t.Context()
		notice := []byte("国务院办公厅关于2027年部分节假日安排的通知\n元旦：2026年12月31日（周四）至2027年1月3日（周日）放假，共4天。\n春节：2月5日至11日放假")
		p, err := c.PreviewYear(ctx, admin, notice, "")
		if err != nil || p.Year.Year != 2027 || p.Changes[0].Date.String() != "2026-12-31" || p.Changes[0].Now != workdays.Holiday {
			t.Fatalf("preview: %+v %v", p, err)
		}
		if _, err := c.ImportYear(ctx, admin, notice, "", p.Base); err != nil {
			t.Fatal(err)
		}
		if due, _, provisional := c.due(t, "2026-12-30 09:12", 1); due[:10] != "2027-01-04" || provisional {
			t.Errorf("over New Year: due %s, provisional %v", due, provisional)
		}
		if _, err := c.ImportYear(ctx, admin, notice, "", p.Base); !fault.Is(err, fault.Conflict) {
			t.Errorf("imported twice with one preview: %v", err)
		}
		unknown := []byte("2029年\n元旦：2028年12月31日至2029年1月2日放假，共3天")
		if _, err := c.PreviewYear(ctx, admin, unknown, "通知"); !fault.Is(err, fault.Invalid) {
			t.Errorf("into a year without a calendar: %v", err)
		}
	})
}
