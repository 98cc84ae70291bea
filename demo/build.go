package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/outbox"
	"huiyin/internal/workdays"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/services/library"
	"huiyin/services/notices"
)

// Services are the use cases that the demo city is built through. All of them must stand on the clock that Build is given; Accounts
// must take Codes{}, and Notices a provider that carries nothing.
type Services struct {
	DB       *database.DB
	Outbox   *outbox.Box
	Audit    *audit.Log
	Accounts *accounts.Service
	Calendar *calendar.Service
	Cases    *cases.Service
	City     *city.Service
	Library  *library.Library
	Notices  *notices.Service
}

// ErrNotEmpty: the database holds people already, of a real city or of a build that was interrupted; State tells which.
var ErrNotEmpty = errors.New("demo: the database is not empty")

// The founding lies this many days back; the oldest question of the content is 120 days old.
const (
	history = 140
	chunk   = 40 // steps a transaction
	early   = 10 // before this hour of the day nothing happens today
)

// Founded is a moment before everything that Build makes happen: what the program seeds by itself (pages, calendar, desk) should be of
// that time, or residents agree to a privacy notice of their future.
func Founded(now time.Time) time.Time { return now.AddDate(0, 0, -history-15) }

// builder is one build under way.
type builder struct {
	Services
	clock   *clock.Fake
	content *Content
	days    *days
	now     time.Time
	anchor  time.Time // nothing happens after it; at an early hour it is the evening before

	departments map[string]models.Department
	topics      map[string]topic
	people      map[models.Role][]colleague
	residents   register
	readers     []*story // what was published

	steps    []step
	progress func(done, total int, what string)
	done     int
}

type topic struct {
	Topic
	id int64
}

type colleague struct {
	models.Actor
	office string
}

// step is one thing that happened at its moment.
type step struct {
	at    time.Time
	quiet bool // sends no message
	do    func(ctx context.Context) error
}

// Build fills an empty, migrated database with the demo city as it stands at the clock's present moment, to which the clock returns at
// the end. progress may be nil; what is one English word or two. It fails with ErrNotEmpty where somebody is. A build that was
// interrupted leaves State Partial: the database must then be emptied before the next.
func Build(ctx context.Context, s Services, c *clock.Fake, progress func(done, total int, what string)) error {
	if progress == nil {
		progress = func(int, int, string) {}
	}
	content, err := Load()
	if err != nil {
		return err
	}
	if empty, err := Empty(ctx, s.DB); err != nil || !empty {
		return cmp.Or(err, ErrNotEmpty)
	}
	if err := begun(ctx, s.DB); err != nil {
		if database.IsDuplicate(err) {
			return ErrNotEmpty
		}
		return err
	}
	b := &builder{
		Services: s, clock: c, content: content, now: c.Now(), progress: progress,
		departments: map[string]models.Department{}, topics: map[string]topic{}, people: map[models.Role][]colleague{},
	}
	defer c.Set(b.now)
	if err := b.build(ctx); err != nil {
		return err
	}
	c.Set(b.now)
	return completed(ctx, s.DB)
}

func (b *builder) build(ctx context.Context) error {
	b.days = &days{ctx: ctx, calendar: b.Calendar, zone: b.City.Zone(ctx), known: map[workdays.Date]bool{}}
	today := b.days.date(b.now)
	b.anchor = b.now.Add(-time.Minute)
	if b.now.In(b.days.zone).Hour() < early {
		b.anchor = b.days.at(today.AddDays(-1), 21*60+30)
	}
	founded := b.days.back(today.AddDays(-history), 0)
	b.clock.Set(b.days.at(founded, 9*60))
	if err := b.found(ctx); err != nil {
		return err
	}
	b.clock.Set(b.now)
	if err := b.plan(founded, today); err != nil {
		return err
	}
	if err := b.run(ctx); err != nil {
		return err
	}
	b.clock.Set(b.now)
	if err := b.read(ctx); err != nil {
		return err
	}
	return b.seal(ctx)
}

// plan lays out every step of every case and of the nightly jobs.
func (b *builder) plan(founded, today workdays.Date) error {
	b.residents = newRegister(b.content.Cases)
	for i, k := range b.content.Cases {
		s := b.story(i, k)
		if err := s.plan(today); err != nil {
			return fmt.Errorf("demo: case %q: %w", k.Title, err)
		}
		b.steps = append(b.steps, s.steps...)
	}
	for night := founded.AddDays(1); !night.After(today); night = night.AddDays(1) {
		if at := b.days.at(night, 7); at.Before(b.anchor) {
			b.steps = append(b.steps, step{at: at, do: b.jobs})
		}
	}
	b.steps = append(b.steps, step{at: b.now, do: b.jobs})
	slices.SortStableFunc(b.steps, func(x, y step) int { return cmp.Compare(x.at.UnixMilli(), y.at.UnixMilli()) })
	return b.days.err
}

// jobs are the schedules that touch cases.
func (b *builder) jobs(ctx context.Context) error {
	if _, err := b.Cases.CloseAnswered(ctx, 1000); err != nil {
		return err
	}
	_, err := b.Cases.WarnDeadlines(ctx, 1000)
	return err
}

// run takes the steps in the order of time, many in one transaction: nobody else is here, and a flush a step would take minutes.
func (b *builder) run(ctx context.Context) error {
	for part := range slices.Chunk(b.steps, chunk) {
		err := b.DB.Tx(ctx, func(ctx context.Context) error {
			for _, s := range part {
				if s.at.After(b.clock.Now()) || b.clock.Now().Equal(b.now) {
					b.clock.Set(s.at)
				}
				if err := s.do(ctx); err != nil {
					return fmt.Errorf("demo: at %s: %w", s.at.In(b.days.zone).Format(time.DateTime), err)
				}
				if s.quiet {
					continue
				}
				if err := b.deliver(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		b.done += len(part)
		b.progress(b.done, b.total(), "cases")
	}
	return nil
}

// deliver sends what is due, a moment after it was owed.
func (b *builder) deliver(ctx context.Context) error {
	tasks, err := b.Outbox.Due(ctx, 100, 0)
	if err != nil || len(tasks) == 0 {
		return err
	}
	if soon := b.clock.Now().Add(1200 * time.Millisecond); !soon.After(b.now) {
		b.clock.Set(soon)
	}
	for _, t := range tasks {
		if t.Kind != notices.TaskDeliver && t.Kind != notices.TaskCode {
			continue
		}
		if err := b.Notices.Deliver(ctx, t.ID, t.Ref); err != nil {
			return fmt.Errorf("demo: delivery %d: %w", t.Ref, err)
		}
	}
	return nil
}

func (b *builder) seal(ctx context.Context) error {
	for {
		n, err := b.Audit.Seal(ctx)
		if err != nil || n == 0 {
			return err
		}
		b.tick("audit log")
	}
}

// parts is about how many ticks there are beside the cases' steps.
const parts = 11

func (b *builder) total() int { return max(len(b.steps), len(b.content.Cases)*14) + parts }

func (b *builder) tick(what string) {
	b.done = min(b.done+1, b.total())
	b.progress(b.done, b.total(), what)
}
