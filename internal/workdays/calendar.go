package workdays

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Unit is the clock a period runs on.
type Unit string

// The two clocks of rules.md: 工作日 and 自然日.
const (
	Working Unit = "working"
	Natural Unit = "natural"
)

// Valid reports whether u is one of the two.
func (u Unit) Valid() bool { return u == Working || u == Natural }

// Why says what sort of day it is, and so why it counts or not.
type Why string

// The sorts of days. NaturalDay is every day of a period in natural days: there the calendar has no say.
const (
	Weekend    Why = "weekend"
	Holiday    Why = "holiday"
	Makeup     Why = "makeup" // a weekend day worked in exchange for a holiday, 调休
	WorkingDay Why = "working"
	NaturalDay Why = "natural"
)

// Counts reports whether a day of that sort is a working day.
func (w Why) Counts() bool { return w == Makeup || w == WorkingDay || w == NaturalDay }

// DayMark is one day of a computation. Unknown marks a day of a year without data, judged by its weekday alone.
type DayMark struct {
	Date    Date   `json:"date"`
	Counted bool   `json:"counted"`
	Why     Why    `json:"why"`
	Unknown bool   `json:"unknown,omitempty"`
	Name    string `json:"name,omitempty"` // of a holiday, as it was announced
}

// Computation is a period with every day of it, as it is stored with a matter and shown under "how was this computed?".
// Days are the days after From up to and with Due. Provisional: some day lies in a year without data, so that the
// arrival of that year may move Due.
type Computation struct {
	From        Date      `json:"from"`
	N           int       `json:"n"`
	Unit        Unit      `json:"unit"`
	Days        []DayMark `json:"days"`
	Due         Date      `json:"due"`
	Provisional bool      `json:"provisional"`
}

// Calendar knows the public holidays of some years; in any other, weekends are off and nothing else. It is immutable.
type Calendar struct {
	years     map[int]map[Date]special
	announced map[int]bool
}

// special is a day that is not what its weekday says.
type special struct {
	why  Why
	name string
}

// New returns a calendar of the years; a year that is there twice is as in its last place. Years are taken as valid: they
// come from ParseYear, or their Validate said nothing.
func New(years ...Year) *Calendar {
	c := &Calendar{years: make(map[int]map[Date]special, len(years)), announced: make(map[int]bool, len(years))}
	for _, y := range years {
		c.years[y.Year], c.announced[y.Year] = y.marks(), !y.Provisional
	}
	return c
}

// Years lists the years that there is data for, in order, provisional ones among them.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// Knows reports whether the year's holidays are announced.
func (c *Calendar) Knows(year int) bool { return c.announced[year] }

// IsWorking reports whether people work on that day, and whether the year's holidays are known.
func (c *Calendar) IsWorking(d Date) (working, known bool) {
	day, known := c.sort(d)
	return day.why.Counts(), known
}

// Mark says what sort of day it is.
func (c *Calendar) Mark(d Date) DayMark {
	day, known := c.sort(d)
	return DayMark{Date: d, Counted: day.why.Counts(), Why: day.why, Unknown: !known, Name: day.name}
}

func (c *Calendar) sort(d Date) (day special, known bool) {
	known = c.announced[d.Year]
	if day, ok := c.years[d.Year][d]; ok {
		return day, known
	}
	if d.isWeekend() {
		return special{Weekend, ""}, known
	}
	return special{WorkingDay, ""}, known
}

// Add counts n working days after from: day zero is from itself, whatever sort of day it is. With n ≤ 0 Due is from.
func (c *Calendar) Add(from Date, n int) Computation { return c.Compute(from, n, Working) }

// Compute counts n days of the unit after from.
func (c *Calendar) Compute(from Date, n int, unit Unit) Computation {
	n = max(n, 0)
	out := Computation{From: from, N: n, Unit: unit, Days: make([]DayMark, 0, n+n/2), Due: from}
	for left := n; left > 0; {
		out.Due = out.Due.AddDays(1)
		mark := DayMark{Date: out.Due, Counted: true, Why: NaturalDay}
		if unit == Working {
			mark = c.Mark(out.Due)
		}
		if mark.Counted {
			left--
		}
		out.Provisional = out.Provisional || mark.Unknown
		out.Days = append(out.Days, mark)
	}
	return out
}

// Deadline returns the last millisecond, as UTC, of the n-th day after the day of the act in the city's zone.
func (c *Calendar) Deadline(act time.Time, n int, unit Unit, zone *time.Location) (time.Time, Computation) {
	out := c.Compute(DateOf(act, zone), n, unit)
	_, end := out.Due.In(zone)
	return end, out
}

// Recompute counts the same period again on this calendar, and reports whether it ends on another day than before.
func (c *Calendar) Recompute(old Computation) (fresh Computation, moved bool) {
	fresh = c.Compute(old.From, old.N, old.Unit)
	return fresh, fresh.Due != old.Due
}

// Between returns how many working days come after from up to and with to; when to is the earlier one, the negative of
// the count the other way round. Asked on the day it came in and answered on the next working day: 1.
func (c *Calendar) Between(from, to Date) int {
	if to.Before(from) {
		return -c.Between(to, from)
	}
	n := 0
	for d := from; d.Before(to); {
		d = d.AddDays(1)
		if working, _ := c.IsWorking(d); working {
			n++
		}
	}
	return n
}

// Left returns how many days of the unit are left on the day today, 0 on the last day; once due is over, late, how many of the
// unit have begun since. On the Saturday after a Friday that is no working day yet, and late all the same.
func (c *Calendar) Left(today, due Date, unit Unit) (n int, late bool) {
	late = due.Before(today)
	if n = due.Sub(today); unit == Working {
		n = c.Between(today, due)
	}
	if late {
		n = -n
	}
	return n, late
}

// Count returns how many days of the computation counted; it is N.
func (c Computation) Count() int {
	n := 0
	for _, d := range c.Days {
		if d.Counted {
			n++
		}
	}
	return n
}

func (c Computation) String() string {
	return fmt.Sprintf("%s + %d %s = %s", c.From, c.N, c.Unit, c.Due)
}
