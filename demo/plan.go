package demo

import (
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"huiyin/internal/workdays"
	"huiyin/models"
	"huiyin/services/cases"
)

// story is one case from its question to where the content says it shall stand.
type story struct {
	b        *builder
	k        Case
	index    int
	r        *rand.Rand
	topic    topic
	limit    int // working days to answer
	handler  models.Actor
	reviewer models.Actor

	steps []step
	last  time.Time

	// known once it runs
	who         *resident
	number      string
	publication int64
}

func (s *story) simple() bool { return s.topic.Kind == string(models.Simple) }

func (b *builder) story(i int, k Case) *story {
	s := &story{b: b, k: k, index: i, topic: b.topics[k.Topic], limit: int(cases.StandardDesk().OrdinaryDays)}
	if s.simple() {
		s.limit = int(cases.StandardDesk().SimpleDays)
	}
	s.restart()
	d := b.departments[s.topic.Department].ID
	s.handler = s.pick(models.Handler, d, k.Office)
	s.reviewer = s.pick(models.Reviewer, d, "")
	return s
}

// restart forgets the plan; the same case always gets the same chances.
func (s *story) restart() {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s.k.Title))
	s.r = rand.New(rand.NewPCG(h.Sum64(), 12345)) //nolint:gosec // chances of an invented story
	s.steps, s.last = nil, time.Time{}
}

// pick is a colleague of the department with the role, the one of the office where there is one.
func (s *story) pick(role models.Role, department int64, office string) models.Actor {
	var all []models.Actor
	for _, p := range s.b.people[role] {
		if p.DepartmentID != department {
			continue
		}
		if p.office == office {
			return p.Actor
		}
		all = append(all, p.Actor)
	}
	if len(all) == 0 {
		return s.b.people[models.Overseer][0].Actor
	}
	return all[s.index%len(all)]
}

// then adds the next step, never before the one planned last.
func (s *story) then(at time.Time, do func(ctx context.Context) error) {
	if !at.After(s.last) {
		at = s.last.Add(time.Duration(between(s.r, 20, 240)) * time.Second)
	}
	s.steps, s.last = append(s.steps, step{at: at, do: do}), at
}

// atWork adds a step after from to to minutes of working time.
func (s *story) atWork(from, to int, do func(ctx context.Context) error) {
	at := s.b.days.later(s.last, between(s.r, from, to))
	s.then(at.Add(time.Duration(s.r.IntN(60_000))*time.Millisecond), do)
}

// atHome adds a step of the resident so many days after the last step.
func (s *story) atHome(from, to int, do func(ctx context.Context) error) {
	date := s.b.days.date(s.last).AddDays(between(s.r, from, to))
	at := s.b.days.home(s.r, date)
	if !at.After(s.last.Add(10 * time.Minute)) {
		at = s.b.days.home(s.r, date.AddDays(1))
	}
	s.then(at, do)
}

var errNoRoom = errors.New("its steps do not fit into the past")

// furthest is how many days a case may move back to fit, longer than any holiday.
const furthest = 40

// plan finds the day of the question from which everything fits before now.
func (s *story) plan(today workdays.Date) error {
	switch s.k.State {
	case "submitted", "handling", "reviewing", "returned", "approved":
		s.planOpen(today)
		return nil
	case "followed_up", "reopened":
		return s.planAgain(today)
	}
	ago := s.k.DaysAgo
	if s.k.State == "answered" {
		ago = min(ago, 11) // later the job would close it
	}
	for ago := ago; ago < s.k.DaysAgo+furthest; ago++ {
		s.restart()
		s.ask(s.b.days.home(s.r, today.AddDays(-ago)))
		if s.k.State == "withdrawn" {
			s.withdraw()
		} else {
			s.answerAll()
			s.end()
		}
		if !s.last.After(s.b.anchor) {
			return nil
		}
		if s.b.days.err != nil {
			return s.b.days.err
		}
	}
	return errNoRoom
}

// planOpen places a case that still owes its first answer within its deadline, or clearly beyond it.
func (s *story) planOpen(today workdays.Date) {
	d := s.b.days
	last := d.date(s.b.anchor)
	first := d.earliest(today, s.limit)
	ago := s.k.DaysAgo
	if ago > 2 && s.index%2 == 1 { // not everything is due on one day
		ago -= 2
	}
	date := d.back(last, ago)
	if s.k.State == "submitted" {
		date = last.AddDays(-s.k.DaysAgo)
	}
	switch {
	case s.k.Overdue:
		date = d.back(first.AddDays(-1), 1+s.k.DaysAgo%4)
	case date.Before(first):
		date = first
	}
	at, spare := d.home(s.r, date), 5*time.Minute
	if s.k.State != "submitted" {
		spare = 90 * time.Minute
		if date == d.back(last, 0) { // staff were at it on that very day
			at = d.at(date, between(s.r, 7*60, 9*60))
		}
	}
	if latest := s.b.anchor.Add(-spare); at.After(latest) {
		from := d.at(d.date(latest), 6*60+30)
		at = from.Add(time.Duration(s.r.Float64() * float64(latest.Sub(from))))
	}
	s.ask(at)
	s.handleOpen(d.date(s.b.anchor).Sub(date))
	s.squeeze()
}

// handleOpen takes an open case as far as its state says; age is in days.
func (s *story) handleOpen(age int) {
	if s.k.State == "submitted" {
		s.notes()
		return
	}
	s.accept()
	s.notes()
	if s.k.Reply == "" {
		return
	}
	if s.k.State == "handling" {
		s.atWork(30, 200, s.saveDraft(s.k.Reply))
		return
	}
	s.atWork(30+60*min(age, 3), 90+150*min(age, 4), s.submitReview(s.k.Reply))
	switch s.k.State {
	case "returned":
		s.atWork(15, 120, s.giveBack(s.k.ReturnComment))
	case "approved":
		s.atWork(15, 120, s.approve)
	}
}

// squeeze brings steps that would lie in the future into the hours of the last day on which people worked.
func (s *story) squeeze() {
	d := s.b.days
	for i, one := range s.steps {
		if !one.at.After(s.b.anchor) {
			continue
		}
		day := d.back(d.date(s.b.anchor), 0)
		from, to := d.at(day, hours[0][0]), d.at(day, hours[1][1])
		if i > 0 && from.Before(s.steps[i-1].at) {
			from = s.steps[i-1].at
		}
		if to.After(s.b.anchor) || !to.After(from) {
			to = s.b.anchor
		}
		rest := s.steps[i:]
		gap := to.Sub(from) / time.Duration(len(rest)+1)
		for j := range rest {
			rest[j].at = from.Add(gap * time.Duration(j+1))
		}
		return
	}
}

// planAgain places a case that was answered and asked about again: the new question within its own deadline.
func (s *story) planAgain(today workdays.Date) error {
	d := s.b.days
	again := d.back(d.date(s.b.anchor), s.index%s.limit)
	if first := d.earliest(today, s.limit); again.Before(first) {
		again = first
	}
	at := d.home(s.r, again)
	if latest := s.b.anchor.Add(-15 * time.Minute); at.After(latest) {
		at = latest.Add(-time.Duration(s.r.IntN(120)) * time.Minute)
	}
	for back := s.limit; back < s.limit+furthest; back++ {
		s.restart()
		s.ask(d.home(s.r, again.AddDays(-back)))
		s.answerAll()
		if s.last.Before(at.Add(-2 * time.Hour)) {
			s.askAgain(at)
			return d.err
		}
		if d.err != nil {
			return d.err
		}
	}
	return errNoRoom
}
