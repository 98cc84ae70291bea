// Package calendar knows the city's working days: it computes deadlines, tells how each was computed, and keeps the years of
// public holidays that an administrator imports.
//
// It must not know what a deadline is for: it is given an instant and a number of days. The counting itself is in
// internal/workdays.
package calendar

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fresh"
	"huiyin/internal/i18n"
	"huiyin/internal/outbox"
	"huiyin/internal/workdays"
	"huiyin/models"
	"huiyin/services/audit"
)

// Recompute is the kind of the outbox task that follows a change of a year: deadlines with a day in it may move. Its ref is a Ref.
const Recompute = "calendar.recompute"

// Settled is how long after a change the task is due: by then no process counts on its copy of the old calendar any more, and what was
// counted on one is committed. A deadline that came later would keep a wrong date for good.
const Settled = 30 * time.Second

// Ref is the year and the id behind which the next portion of the work begins, 0 for its beginning, in the one number a task has.
func Ref(year int, after int64) int64 { return after*10_000 + int64(year) }

// ReadRef reads a Ref.
func ReadRef(ref int64) (year int, after int64) { return int(ref % 10_000), ref / 10_000 }

const (
	ttl = 2 * time.Second
	// maxDays bounds a period, so that the computation of the longest fits beside its matter (about 30 kB).
	maxDays = 366
)

// Service is the calendar of one city.
type Service struct {
	db    *database.DB
	clock clock.Clock
	audit *audit.Log
	box   *outbox.Box
	zone  func(ctx context.Context) *time.Location
	years *fresh.Value[*known]
}

// known is the years as they stand: those that the product ships with under those in the database.
type known struct {
	calendar *workdays.Calendar
	rows     []models.CalendarYear
	years    map[int]workdays.Year
}

// New returns the calendar kept in db; zone tells the city's time zone.
func New(db *database.DB, c clock.Clock, log *audit.Log, box *outbox.Box, zone func(ctx context.Context) *time.Location) *Service {
	s := &Service{db: db, clock: c, audit: log, box: box, zone: zone}
	s.years = fresh.New(db, c, ttl, s.load)
	return s
}

func (s *Service) load(ctx context.Context) (*known, error) {
	rows, err := s.rows(ctx)
	if err != nil {
		return nil, err
	}
	k := &known{rows: rows, years: map[int]workdays.Year{}}
	all := workdays.Builtin()
	for _, row := range rows {
		y, err := workdays.ParseYear([]byte(row.Data))
		if err != nil {
			return nil, fmt.Errorf("calendar of %d: %w", row.Year, err)
		}
		all = append(all[:len(all):len(all)], y)
	}
	for _, y := range all {
		k.years[y.Year] = y
	}
	k.calendar = workdays.New(all...)
	return k, nil
}

// Deadline returns the last millisecond, in UTC, of the n-th day (0 to 366) after the day of act in the city's zone; unit is
// "working" or "natural". basis is the computation as JSON, for Explain and for Recomputed; provisional says that it passes
// through a year whose holidays are not known yet.
func (s *Service) Deadline(ctx context.Context, act time.Time, n int, unit string) (due time.Time, basis string, provisional bool, err error) {
	if n < 0 || n > maxDays || !workdays.Unit(unit).Valid() {
		return time.Time{}, "", false, fmt.Errorf("calendar: no period of %d %q days", n, unit)
	}
	k, err := s.years.Get(ctx)
	if err != nil {
		return time.Time{}, "", false, err
	}
	due, how := k.calendar.Deadline(act, n, workdays.Unit(unit), s.zone(ctx))
	basis, err = encode(how)
	return due, basis, how.Provisional, err
}

// Recomputed counts the period of a stored computation again on the calendar as it stands now in the database, whatever this process
// remembers; moved says that it ends on another day than it did.
func (s *Service) Recomputed(ctx context.Context, basis string) (due time.Time, fresh string, provisional, moved bool, err error) {
	var old workdays.Computation
	if err := json.Unmarshal([]byte(basis), &old); err != nil {
		return time.Time{}, "", false, false, fmt.Errorf("calendar: stored computation: %w", err)
	}
	k, err := s.load(ctx)
	if err != nil {
		return time.Time{}, "", false, false, err
	}
	how, moved := k.calendar.Recompute(old)
	_, due = how.Due.In(s.zone(ctx))
	fresh, err = encode(how)
	return due, fresh, how.Provisional, moved, err
}

func encode(how workdays.Computation) (string, error) {
	text, err := json.Marshal(how)
	return string(text), err
}

// WorkingDays counts the working days after the day of from up to and with the day of to; negative when to is earlier.
func (s *Service) WorkingDays(ctx context.Context, from, to time.Time) (int, error) {
	k, err := s.years.Get(ctx)
	if err != nil {
		return 0, err
	}
	zone := s.zone(ctx)
	return k.calendar.Between(workdays.DateOf(from, zone), workdays.DateOf(to, zone)), nil
}

// Left returns how the deadline stands now, counted in the days that its rule counts: those of basis, the computation stored with
// the matter; working days where that cannot be read.
func (s *Service) Left(ctx context.Context, due time.Time, basis string) (i18n.Left, error) {
	k, err := s.years.Get(ctx)
	if err != nil {
		return i18n.Left{}, err
	}
	var how workdays.Computation
	if json.Unmarshal([]byte(basis), &how) != nil || !how.Unit.Valid() {
		how = workdays.Computation{Unit: workdays.Working}
	}
	moving := false
	if how.N > 0 {
		_, moving = k.calendar.Recompute(how)
	}
	zone := s.zone(ctx)
	n, late := k.calendar.Left(workdays.DateOf(s.clock.Now(), zone), workdays.DateOf(due, zone), how.Unit)
	return i18n.Left{N: n, Working: how.Unit == workdays.Working, Late: late, Moving: moving}, nil
}

// SoonUntil returns the end of the n-th working day after the day of now: what is due by then is due soon.
func (s *Service) SoonUntil(ctx context.Context, now time.Time, n int) (time.Time, error) {
	due, _, _, err := s.Deadline(ctx, now, n, string(workdays.Working))
	return due, err
}
