package cases_test

import (
	"strconv"
	"testing"
	"time"

	"huiyin/internal/outbox"
	"huiyin/models"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

func dayOff(t *testing.T, c *fixture.City, day string) {
	t.Helper()
	if err := c.Calendar.SetDay(t.Context(), c.Actor(fixture.SystemAdmin), date(t, day), calendar.Off); err != nil {
		t.Fatal(err)
	}
}

func wantDue(t *testing.T, c *fixture.City, number string, want time.Time) {
	t.Helper()
	if k := c.Case(number); !k.DueAt.Equal(want) {
		t.Errorf("%s is due %v, want %v", number, k.DueAt, want)
	}
}

// Another process may still remember the calendar as it was: neither the deadlines that it counts anew nor those that it promises after
// the change stay on the old one.
func TestDeadlinesFollowTheCalendarAcrossProcesses(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		other := c.NewCases()
		ask := func(key string) *models.Case {
			t.Helper()
			return must[cases.Receipt](t)(other.Submit(t.Context(), c.Resident(fixture.Phone), c.Ask(), cases.Submission{Key: key, Channel: "web"})).Case
		}
		early := ask("early") // the other process has its calendar from now on
		dayOff(t, c, "2026-11-18")
		c.RunJobsBy(other)
		late := ask("late")
		if !late.DueAt.Equal(early.DueAt) {
			t.Fatalf("the other process knows the new calendar at once, and the test nothing to find: %v", late.DueAt)
		}
		c.Clock.Advance(calendar.Settled)
		c.RunJobsBy(other)
		want := early.DueAt.AddDate(0, 0, 1)
		wantDue(t, c, early.Number, want)
		wantDue(t, c, late.Number, want)
	})
}

// The worker that counts anew may have looked at the calendar a moment before it changed.
func TestRecomputeLooksPastWhatItRemembers(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		other := c.NewCases()
		k := must[cases.Receipt](t)(other.Submit(t.Context(), c.Resident(fixture.Phone), c.Ask(), cases.Submission{Key: "k", Channel: "web"})).Case
		dayOff(t, c, "2026-11-18")
		if err := other.Recompute(t.Context(), 0, calendar.Ref(2026, 0)); err != nil {
			t.Fatal(err)
		}
		wantDue(t, c, k.Number, k.DueAt.AddDate(0, 0, 1))
	})
}

// A case that cannot be counted holds up neither those behind it nor the portions after its own; it is tried again by itself.
func TestRecomputeGoesOnInPortions(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		first := c.Submit(fixture.Phone).Case
		broken, kept := first, first.DueBasis
		many := make([]models.Case, cases.Portion+20)
		for i := range many {
			many[i] = *first
			many[i].ID, many[i].Number, many[i].SubmissionKey = 0, "20261116-9"+strconv.Itoa(i), "copy"+strconv.Itoa(i)
		}
		if err := c.DB.Conn(t.Context()).CreateInBatches(many, 100).Error; err != nil {
			t.Fatal(err)
		}
		basis := func(text string) {
			t.Helper()
			if err := c.DB.Conn(t.Context()).Model(&models.Case{}).Where("id = ?", broken.ID).UpdateColumn("due_basis", text).Error; err != nil {
				t.Fatal(err)
			}
		}
		basis("{")
		dayOff(t, c, "2026-11-18")
		c.Clock.Advance(calendar.Settled)
		one := func(kind string, run func(task outbox.Task) error) {
			t.Helper()
			for _, task := range must[[]outbox.Task](t)(c.Outbox.Due(t.Context(), 100, 0)) {
				if task.Kind == kind {
					if err := run(task); err != nil {
						t.Fatal(err)
					}
					return
				}
			}
			t.Fatalf("no task of kind %s", kind)
		}
		moved := func() (n int64) {
			t.Helper()
			if err := c.DB.Conn(t.Context()).Model(&models.Case{}).Where("due_at > ?", first.DueAt).Count(&n).Error; err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, want := range []int64{cases.Portion - 1, cases.Portion + 20} {
			one(calendar.Recompute, func(task outbox.Task) error { return c.Cases.Recompute(t.Context(), task.ID, task.Ref) })
			if n := moved(); n != want {
				t.Fatalf("%d deadlines moved, want %d", n, want)
			}
		}
		one(cases.TaskRecount, func(task outbox.Task) error {
			if err := c.Cases.Recount(t.Context(), task.ID, task.Ref); err == nil {
				t.Error("a computation that cannot be read was counted")
			}
			return nil
		})
		basis(kept)
		c.RunJobs()
		if n := moved(); n != cases.Portion+21 {
			t.Errorf("%d deadlines moved in the end", n)
		}
	})
}
