package calendar

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/workdays"
	"huiyin/models"
)

// Year is one year that there is data for, for the settings page.
type Year struct {
	workdays.Year
	OffDays    int       // days off as announced, with the weekend days among them
	ImportedAt time.Time // zero for a year that came with the product and that nobody touched
	ImportedBy int64     // staff, 0 for the program itself
}

// Years lists the years that there is data for, in order, provisional ones among them.
func (s *Service) Years(ctx context.Context) ([]Year, error) {
	k, err := s.years.Get(ctx)
	if err != nil {
		return nil, err
	}
	var out []Year
	for _, year := range slices.Sorted(maps.Keys(k.years)) {
		y := Year{Year: k.years[year]}
		for _, r := range y.Off {
			y.OffDays += r.To.Sub(r.From) + 1
		}
		for _, row := range k.rows {
			if int(row.Year) == year {
				y.ImportedAt, y.ImportedBy = row.ImportedAt, row.ImportedBy
			}
		}
		out = append(out, y)
	}
	return out, nil
}

// Cell is one day of a month's grid.
type Cell struct {
	workdays.DayMark
	Inside bool // of the month; the others fill its first and last week
	Today  bool
}

// Grid is a month in weeks from Monday to Sunday.
type Grid struct {
	Year  int
	Month time.Month
	Known bool // the year's holidays are announced
	Weeks [][7]Cell
}

// Month returns the grid of a month; month 0 and 13 are of the years beside it.
func (s *Service) Month(ctx context.Context, year int, month time.Month) (Grid, error) {
	k, err := s.years.Get(ctx)
	if err != nil {
		return Grid{}, err
	}
	first := workdays.DateOf(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC), time.UTC)
	today := workdays.DateOf(s.clock.Now(), s.zone(ctx))
	g := Grid{Year: first.Year, Month: first.Month, Known: k.calendar.Knows(first.Year)}
	monday := first.AddDays(-((int(first.Weekday()) + 6) % 7))
	for d := monday; d == monday || d.Month == first.Month; {
		var week [7]Cell
		for i := range week {
			week[i] = Cell{DayMark: k.calendar.Mark(d), Inside: d.Month == first.Month, Today: d == today}
			d = d.AddDays(1)
		}
		g.Weeks = append(g.Weeks, week)
	}
	return g, nil
}

func mayEdit(actor models.Actor) error {
	if actor.Has(models.SystemAdmin) || actor.Kind == models.SystemActor {
		return nil
	}
	return fault.New(fault.Forbidden, i18n.N("只有系统管理员可以修改工作日历。"))
}

// Seed stores the years that the product ships with and the database does not have, or has as provisional only. A year that an update of the product
// brought along has deadlines recomputed as if it had been imported. Call it at every start.
func (s *Service) Seed(ctx context.Context) error {
	rows, err := s.rows(ctx)
	if err != nil {
		return err
	}
	for _, y := range workdays.Builtin() {
		old := ""
		if i := slices.IndexFunc(rows, func(r models.CalendarYear) bool { return int(r.Year) == y.Year }); i >= 0 {
			is, err := workdays.ParseYear([]byte(rows[i].Data))
			if err != nil {
				return err
			}
			if !is.Provisional {
				continue
			}
			old = rows[i].Data
		}
		err := s.db.Tx(ctx, func(ctx context.Context) error {
			return s.store(ctx, models.System(), y, old, "calendar.seed", nil, len(rows) > 0)
		})
		if err != nil && !fault.Is(err, fault.Conflict) { // a conflict: another replica was faster
			return err
		}
	}
	return nil
}

// ImportYear takes one year in any form of workdays.ReadYear, in place of what was known of it; base is that of the Preview that was
// looked at, "" when nobody looked: where the year is another by now, it is fault.Conflict; what is wrong with the text
// comes back as fault.Invalid. Deadlines are then recomputed. It needs a system administrator.
func (s *Service) ImportYear(ctx context.Context, actor models.Actor, text []byte, source, base string) (workdays.Reading, error) {
	if err := mayEdit(actor); err != nil {
		return workdays.Reading{}, err
	}
	r, err := workdays.ReadYear(text, source)
	if err != nil {
		return workdays.Reading{}, err
	}
	return r, s.db.Tx(ctx, func(ctx context.Context) error {
		k, err := s.load(ctx)
		if err != nil {
			return err
		}
		years, err := k.with(r)
		if err != nil {
			return err
		}
		now, err := k.base(years)
		if err != nil {
			return err
		}
		if base != "" && base != now {
			return faster(r.Year.Year)
		}
		for _, y := range years {
			if err := s.store(ctx, actor, y, k.stored(y.Year), "calendar.import", nil, true); err != nil {
				return err
			}
		}
		return nil
	})
}

// with returns the years as they would be after the reading, the one it is of first. A day beside it needs its year to be known.
func (k *known) with(r workdays.Reading) ([]workdays.Year, error) {
	years := []workdays.Year{r.Year}
	for _, d := range r.Beside {
		i := slices.IndexFunc(years, func(y workdays.Year) bool { return y.Year == d.Date.Year })
		if i < 0 {
			y, there := k.years[d.Date.Year]
			if !there {
				var wrong fault.Fields
				wrong.Add("json", "%[1]s 属于 %[2]s 年，那一年还没有日历。请先导入那一年，或在那一年的日历上按周末开始。", d.Date.String(), strconv.Itoa(d.Date.Year))
				return nil, wrong.Err()
			}
			i, years = len(years), append(years, y)
		}
		kind := Off
		if d.Work {
			kind = Working
		}
		years[i] = withDay(years[i], d.Date, kind)
		if err := years[i].Validate(); err != nil {
			return nil, err
		}
	}
	return years, nil
}

// StartYear begins a year that nobody has announced: weekends are off, and single days may be marked. Its deadlines stay provisional until
// an import takes its place. It needs a system administrator; Conflict when there is such a year already.
func (s *Service) StartYear(ctx context.Context, actor models.Actor, year int) error {
	if err := mayEdit(actor); err != nil {
		return err
	}
	y := workdays.Year{Year: year, Provisional: true}
	if err := y.Validate(); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		k, err := s.load(ctx)
		if err != nil {
			return err
		}
		if _, there := k.years[year]; there {
			return faster(year)
		}
		return s.store(ctx, actor, y, "", "calendar.start", map[string]any{"year": year}, false) // no deadline moves
	})
}

// The kinds of day that SetDay sets. Default is what the weekday says.
const (
	Working = "working"
	Off     = "off"
	Default = "default"
)

// SetDay corrects one day of a year that there is data for: works, is off, or is as its weekday says. It needs a system administrator.
func (s *Service) SetDay(ctx context.Context, actor models.Actor, date workdays.Date, kind string) error {
	if err := mayEdit(actor); err != nil {
		return err
	}
	var wrong fault.Fields
	if kind != Working && kind != Off && kind != Default {
		wrong.Add("kind", "请选择“上班”“放假”或“按星期”。")
		return wrong.Err()
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		k, err := s.load(ctx)
		if err != nil {
			return err
		}
		y, ok := k.years[date.Year]
		if !ok {
			wrong.Add("date", "还没有 %[1]d 年的日历，请先导入这一年，或先按周末开始。", date.Year)
			return wrong.Err()
		}
		y = withDay(y, date, kind)
		if err := y.Validate(); err != nil {
			return err
		}
		return s.store(ctx, actor, y, k.stored(y.Year), "calendar.day", map[string]any{"date": date.String(), "kind": kind}, true)
	})
}

// withDay returns the year with that one day changed; a holiday that loses a day in its middle becomes two.
func withDay(y workdays.Year, date workdays.Date, kind string) workdays.Year {
	var off []workdays.Range
	for _, r := range y.Off {
		if date.Before(r.From) || date.After(r.To) {
			off = append(off, r)
			continue
		}
		if r.From.Before(date) {
			off = append(off, workdays.Range{From: r.From, To: date.AddDays(-1), Name: r.Name})
		}
		if r.To.After(date) {
			off = append(off, workdays.Range{From: date.AddDays(1), To: r.To, Name: r.Name})
		}
	}
	work := slices.DeleteFunc(slices.Clone(y.Work), func(d workdays.Date) bool { return d == date })
	weekend := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday
	switch {
	case kind == Off:
		off = append(off, workdays.Range{From: date, To: date})
	case kind == Working && weekend:
		work = append(work, date)
	}
	slices.SortFunc(off, func(a, b workdays.Range) int { return a.From.Compare(b.From) })
	slices.SortFunc(work, workdays.Date.Compare)
	y.Off, y.Work = joined(off), work
	return y
}

// joined makes one range of those that follow each other without a gap; a day without a name takes that of its neighbour.
func joined(off []workdays.Range) []workdays.Range {
	var out []workdays.Range
	for _, r := range off {
		if n := len(out); n > 0 && out[n-1].To.AddDays(1) == r.From && (out[n-1].Name == r.Name || out[n-1].Name == "" || r.Name == "") {
			out[n-1].To, out[n-1].Name = r.To, cmp.Or(out[n-1].Name, r.Name)
			continue
		}
		out = append(out, r)
	}
	return out
}

// store writes the year over the old data ("" for none), with its audit entry and, when asked, the task to recompute.
func (s *Service) store(ctx context.Context, actor models.Actor, y workdays.Year, old, action string, detail map[string]any, recompute bool) error {
	if y.Off == nil { // a list that is empty, not one that is missing
		y.Off = []workdays.Range{}
	}
	if y.Work == nil {
		y.Work = []workdays.Date{}
	}
	data, err := json.Marshal(y)
	if err != nil {
		return err
	}
	if string(data) == old {
		return nil
	}
	row := models.CalendarYear{Year: int64(y.Year), Data: string(data), Source: y.Source, ImportedAt: s.clock.Now(), ImportedBy: actor.ID}
	if err := s.put(ctx, row, old); err != nil {
		return err
	}
	if detail == nil {
		detail = map[string]any{"off": y.Off, "work": y.Work, "source": y.Source}
	}
	if err := s.audit.Record(ctx, actor, action, "calendar_year", int64(y.Year), detail); err != nil {
		return err
	}
	s.years.Changed(ctx)
	if !recompute {
		return nil
	}
	return s.box.Add(ctx, Recompute, Ref(y.Year, 0), s.clock.Now().Add(Settled))
}
