package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"huiyin/internal/workdays"
	"huiyin/services/calendar"
)

// days knows the city's working days and hours while a build plans when things happened.
type days struct {
	ctx      context.Context // of the one build that plans with it
	calendar *calendar.Service
	zone     *time.Location
	known    map[workdays.Date]bool
	err      error // the first failure; what was answered after it is worthless
}

// The hours in which staff work, in minutes of the day.
var hours = [][2]int{{8*60 + 40, 12 * 60}, {14 * 60, 17*60 + 40}}

func (d *days) date(t time.Time) workdays.Date { return workdays.DateOf(t, d.zone) }

func (d *days) at(date workdays.Date, minute int) time.Time {
	return time.Date(date.Year, date.Month, date.Day, 0, minute, 0, 0, d.zone)
}

// works reports whether the date is a working day.
func (d *days) works(date workdays.Date) bool {
	if is, ok := d.known[date]; ok {
		return is
	}
	n, err := d.calendar.WorkingDays(d.ctx, d.at(date.AddDays(-1), 720), d.at(date, 720))
	if err != nil && d.err == nil {
		d.err = err
	}
	d.known[date] = n == 1
	return n == 1
}

// back is the n-th working day before the date; 0 is the date itself, or the last working day before it.
func (d *days) back(date workdays.Date, n int) workdays.Date {
	for d.err == nil {
		if d.works(date) {
			if n == 0 {
				break
			}
			n--
		}
		date = date.AddDays(-1)
	}
	return date
}

// due is the n-th working day after the date.
func (d *days) due(date workdays.Date, n int) workdays.Date {
	for n > 0 && d.err == nil {
		date = date.AddDays(1)
		if d.works(date) {
			n--
		}
	}
	return date
}

// earliest is the first date on which a question must have come for its answer not to be late today.
func (d *days) earliest(today workdays.Date, n int) workdays.Date {
	date := today
	for d.err == nil && !d.due(date.AddDays(-1), n).Before(today) {
		date = date.AddDays(-1)
	}
	return date
}

// later is so many minutes of working time after t.
func (d *days) later(t time.Time, minutes int) time.Time {
	left := time.Duration(minutes) * time.Minute
	for date := d.date(t); d.err == nil; date = date.AddDays(1) {
		if !d.works(date) {
			continue
		}
		for _, span := range hours {
			from, to := d.at(date, span[0]), d.at(date, span[1])
			if t.After(from) {
				from = t
			}
			if !from.Before(to) {
				continue
			}
			if left <= to.Sub(from) {
				return from.Add(left)
			}
			left -= to.Sub(from)
		}
	}
	return t
}

// home is a moment of the date at which residents write: some in the day, many in the evening.
func (d *days) home(r *rand.Rand, date workdays.Date) time.Time {
	minute := between(r, 7*60+30, 18*60)
	if r.IntN(10) < 4 {
		minute = between(r, 18*60+30, 22*60+20)
	}
	return d.at(date, minute).Add(time.Duration(r.IntN(60_000)) * time.Millisecond)
}

func between(r *rand.Rand, from, to int) int { return from + r.IntN(to-from+1) }
