// Package workdays counts working days and natural days on the civil calendar, and shows how it counted.
//
// It is pure: no clock, no database, no language. What it returns is made of plain pieces that can be stored as JSON with
// a matter and recomputed by anyone; the words around them belong to the callers.
package workdays

import (
	"errors"
	"fmt"
	"time"
)

// Date is a day of the civil calendar, without a zone. It is comparable; the zero value is no day.
// Its text and JSON form is "2026-02-14".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ErrDate is what a text that is not a day of the calendar yields.
var ErrDate = errors.New("workdays: not a date")

// ParseDate reads "2026-02-14"; 30 February is ErrDate.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%w: %q", ErrDate, s)
	}
	return DateOf(t, time.UTC), nil
}

// DateOf returns the day on which the instant falls in that zone.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// noon stands for the day itself; UTC has no summer time.
func (d Date) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// AddDays returns the day n days later, or earlier for a negative n.
func (d Date) AddDays(n int) Date { return DateOf(d.noon().AddDate(0, 0, n), time.UTC) }

// AddMonths returns the same day n months later, or earlier for a negative n: the last day of a month that is too short to have it.
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 12, 0, 0, 0, time.UTC)
	last := DateOf(first.AddDate(0, 1, -1), time.UTC)
	return Date{last.Year, last.Month, min(d.Day, last.Day)}
}

// MonthsBefore returns the beginning, as UTC, of the day n months before that of the instant in that zone: what is older has been kept for
// n months at the least.
func MonthsBefore(t time.Time, n int, zone *time.Location) time.Time {
	start, _ := DateOf(t, zone).AddMonths(-n).In(zone)
	return start
}

// Sub returns the number of days from e to d: positive when d is later.
func (d Date) Sub(e Date) int { return int(d.noon().Unix()/86400 - e.noon().Unix()/86400) }

// Compare returns -1, 0 or 1 as d is before, the same as or after e.
func (d Date) Compare(e Date) int { return d.noon().Compare(e.noon()) }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// IsZero reports whether d is no day at all.
func (d Date) IsZero() bool { return d == Date{} }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.noon().Weekday() }

func (d Date) isWeekend() bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// In returns the first and the last millisecond of the day in that zone, both as UTC.
func (d Date) In(zone *time.Location) (start, end time.Time) {
	next := time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, zone)
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone).UTC(), next.Add(-time.Millisecond).UTC()
}

// Civil returns the parts, for whoever formats days without knowing this package.
func (d Date) Civil() (year int, month time.Month, day int) { return d.Year, d.Month, d.Day }

func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// MarshalText writes "2026-02-14", and "" for the zero value.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
