package cases_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/test/fixture"
)

// meeting is the city's policy, at which two actions that have read the case wait for each other before they go on to write. SQLite
// lets only one into a transaction at a time: there the first goes on alone after a moment.
type meeting struct {
	*city.Service
	mu      sync.Mutex
	arrived int
	both    chan struct{}
}

func (m *meeting) next() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.arrived, m.both = 0, make(chan struct{})
}

func (m *meeting) CaseNumbers(ctx context.Context) (cases.Numbers, error) {
	m.wait()
	return m.Service.CaseNumbers(ctx)
}

func (m *meeting) wait() {
	m.mu.Lock()
	both := m.both
	if both == nil {
		m.mu.Unlock()
		return
	}
	m.arrived++
	switch m.arrived {
	case 1:
		m.mu.Unlock()
		select {
		case <-both:
		case <-time.After(100 * time.Millisecond):
		}
	case 2:
		close(both)
		m.mu.Unlock()
	default:
		m.mu.Unlock()
	}
}

// elsewhere are the actions without a race in the list, and the test that has theirs.
var elsewhere = map[cases.Action]string{cases.ActClose: "TestJobsOfTwoReplicasDoThingsOnce"}

// TestEveryActionIsRaced: a new action comes with its race.
func TestEveryActionIsRaced(t *testing.T) {
	raced := map[cases.Action]bool{}
	for _, r := range races() {
		raced[r.action] = true
	}
	for _, action := range cases.Actions() {
		if _, known := elsewhere[action]; raced[action] == known {
			t.Errorf("%s: its race stands in races() or in another test, and in one of them", action)
		}
	}
}

// TestOnlyOneWins: two people take the same action at once, both having read the case as it was. One succeeds and leaves one history
// row; the other is told that somebody was faster, and leaves nothing. Notes and looks change nothing, so both go through.
func TestOnlyOneWins(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ring := newRing(c)
		for _, r := range races() {
			t.Run(string(r.action), func(t *testing.T) {
				for _, wrong := range ring.fight(c, r) {
					t.Error(wrong)
				}
			})
		}
	})
}

// TestRacesFailWithoutTheGuard proves the races: with the version taken out of the WHERE of what writes cases, replies and public
// versions, every one that has a winner has two, or something else that keeps them apart is named and does. SQLite lets transactions in
// one by one, so nothing races there.
func TestRacesFailWithoutTheGuard(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		if c.DB.Dialect() == database.SQLite {
			return
		}
		unguard(t, c.DB)
		ring := newRing(c)
		for _, r := range races() {
			if r.action == cases.ActNote || r.action == cases.ActReveal {
				continue // both go through anyway
			}
			t.Run(string(r.action), func(t *testing.T) {
				for range 10 { // the two may miss each other
					if wrong := ring.fight(c, r); len(wrong) > 0 {
						if r.also != "" {
							t.Errorf("%s: %v", r.also, wrong)
						}
						return
					}
				}
				if r.also != "" {
					return
				}
				t.Error("passes without the guard: it proves nothing")
			})
		}
	})
}

// unguard makes this database handle write whatever has happened since the row was read.
func unguard(t *testing.T, db *database.DB) {
	t.Helper()
	err := db.Conn(t.Context()).Callback().Update().Before("gorm:update").Register("test:unguarded", func(tx *gorm.DB) {
		where, _ := tx.Statement.Clauses["WHERE"].Expression.(clause.Where)
		for i, e := range where.Exprs {
			if expr, ok := e.(clause.Expr); ok && strings.HasPrefix(expr.SQL, "id = ?") && strings.HasSuffix(expr.SQL, "version = ?") {
				where.Exprs[i] = clause.Expr{SQL: "id = ?", Vars: expr.Vars[:1]}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ring is where two meet.
type ring struct {
	policy    *meeting
	contested *cases.Service
}

func newRing(c *fixture.City) ring {
	policy := &meeting{Service: c.City}
	deps := c.Cases.Deps
	deps.Policy = policy
	return ring{policy, cases.New(deps)}
}

// fight has two people take the action on a fresh case and tells what is wrong with the outcome.
func (g ring) fight(c *fixture.City, r raced) []string {
	c.Clock.Advance(time.Minute)
	receipt := c.Submit(fixture.Phone)
	n := receipt.Case.Number
	r.prepare(c, n)
	history := len(c.Open(n).Events)
	actors := [2]models.Actor{}
	for i, who := range r.actors {
		switch who {
		case "owner":
			actors[i] = c.Resident(fixture.Phone)
		case "receipt":
			actors[i] = c.Holder(n, receipt.Code)
		default:
			actors[i] = c.Actor(who)
		}
	}
	var wg sync.WaitGroup
	errs := [2]error{}
	g.policy.next()
	for i := range actors {
		wg.Go(func() { errs[i] = r.take(g.contested, c, actors[i], n) })
	}
	wg.Wait()
	return oneWon(c, n, r.action, history, errs)
}

func oneWon(c *fixture.City, number string, action cases.Action, history int, errs [2]error) (wrong []string) {
	again := action == cases.ActAssign || action == cases.ActSupplement
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case fault.Is(err, fault.Internal): // mostly a conflict; else what the winner did took the right or the reason away
			wrong = append(wrong, fmt.Sprintf("the loser was told: %v", err))
		}
	}
	added := c.Open(number).Events[history:]
	switch action {
	case cases.ActNote, cases.ActReveal:
		if won != 2 || len(added) != 2 { // they change nothing that the other looked at
			wrong = append(wrong, fmt.Sprintf("%d of two went through, %d history rows: %v", won, len(added), errs))
		}
		return wrong
	case cases.ActDraft: // what is saved while it is written is no step
		if won != 1 || len(added) != 0 || c.ReplyVersion(number) != 2 {
			wrong = append(wrong, fmt.Sprintf("%d saved, %d history rows, version %d: %v", won, len(added), c.ReplyVersion(number), errs))
		}
		return wrong
	}
	if again && c.DB.Dialect() == database.SQLite && won == 2 && len(added) == 2 && added[1].CaseVersion == added[0].CaseVersion+1 {
		return wrong // one after the other, each on what it saw: that is fine
	}
	if won != 1 || len(added) != 1 || added[0].Action != string(action) {
		wrong = append(wrong, fmt.Sprintf("%d won, %d history rows: %v; %v", won, len(added), added, errs))
	}
	if k := c.Case(number); won == 1 && len(added) == 1 && k.Version != added[0].CaseVersion {
		wrong = append(wrong, fmt.Sprintf("the case has version %d, its history says %d", k.Version, added[0].CaseVersion))
	}
	return wrong
}

// counted is the calendar, at which two counts of the same deadline wait for each other.
type counted struct {
	cases.Deadlines
	gate *meeting
}

func (d counted) Recomputed(ctx context.Context, basis string) (due time.Time, fresh string, provisional, moved bool, err error) {
	d.gate.wait()
	return d.Deadlines.Recomputed(ctx, basis)
}

// TestDeadlinesAreCountedAnewOnce: two replicas hear of the same change of the calendar. The date moves once, with one history row.
func TestDeadlinesAreCountedAnewOnce(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		if got := recounts(t, c, "2026-11-18"); got != 1 {
			t.Errorf("%d history rows", got)
		}
		if c.DB.Dialect() == database.SQLite {
			return
		}
		unguard(t, c.DB)
		for _, day := range []string{"2026-11-17", "2026-11-19", "2026-11-20", "2026-11-23"} {
			if recounts(t, c, day) > 1 {
				return
			}
		}
		t.Error("passes without the guard: it proves nothing")
	})
}

// recounts takes a day off while two replicas look on, and counts the history rows.
func recounts(t *testing.T, c *fixture.City, off string) int {
	t.Helper()
	n := c.Submit(fixture.Phone).Case.Number
	history := len(c.Open(n).Events)
	if err := c.Calendar.SetDay(c.Context(), c.Actor(fixture.SystemAdmin), date(t, off), "off"); err != nil {
		t.Fatal(err)
	}
	gate := &meeting{Service: c.City}
	deps := c.Cases.Deps
	deps.Deadlines = counted{deps.Deadlines, gate}
	gate.next()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := cases.New(deps).Recompute(c.Context(), 0, calendar.Ref(2026, 0)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	added := 0
	for _, e := range c.Open(n).Events[history:] {
		if e.Action == string(cases.ActRecompute) {
			added++
		}
	}
	if _, err := c.Cases.Withdraw(c.Context(), c.Resident(fixture.Phone), n, ""); err != nil { // the next count is of its own case
		t.Fatal(err)
	}
	return added
}

// Both jobs of two replicas close, both warn: once each.
func TestJobsOfTwoReplicasDoThingsOnce(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		var answered []string
		for range 3 {
			n := c.Submit(fixture.Phone).Case.Number
			c.Answer(n)
			answered = append(answered, n)
		}
		waiting := c.Submit(fixture.Phone).Case.Number
		c.Clock.Advance(16 * 24 * time.Hour)
		var wg sync.WaitGroup
		for _, s := range []*cases.Service{c.Cases, c.NewCases()} {
			wg.Go(func() {
				for _, job := range []func(context.Context, int) (int, error){s.CloseAnswered, s.WarnDeadlines} {
					if _, err := job(c.Context(), 50); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, n := range answered {
			wantStatus(t, c.Case(n), models.Closed)
			wantActions(t, c, n, "submit", "accept", "submit_review", "approve", "send", "close")
		}
		c.RunJobs()
		if mails := c.Mail.To(fixture.Handler + "@qingxi.example.cn"); countAbout(mails, waiting) != 1 {
			t.Errorf("warned %d times of %s: %s", countAbout(mails, waiting), waiting, fmt.Sprint(mails))
		}
	})
}
