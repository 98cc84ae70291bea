package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/workdays"
	"huiyin/services/calendar"
)

const calendarPath = settingsPath + "/calendar"

func (s *Console) calendarRoutes(g *kit.Group) {
	g.GET(calendarPath, systemAdmin, s.showCalendar)
	g.GET(calendarPath+"/day", systemAdmin, s.showDay)
	g.POST(calendarPath+"/day", systemAdmin, s.saveDay)
	g.POST(calendarPath+"/start", systemAdmin, s.startYear)
	g.GET(calendarPath+"/import", systemAdmin, s.newYear)
	g.POST(calendarPath+"/import", systemAdmin, s.importYear)
}

type monthGrid struct {
	calendar.Grid
	Name string
}

type calendarData struct {
	frame
	Year, Before, After int
	Known               bool   // announced
	Started             bool   // there is data: days can be marked
	Mark                string // what a click on a day makes of it: a kind of SetDay, "" opens the day
	Marks               []dayMark
	WorkingDays         int
	Source, By          string
	ImportedAt          time.Time
	Months              []monthGrid
	Weekdays            []string
	History             []string
	Unknown             int // the next year, when its holidays are not known yet; 0 otherwise
}

// dayMark is one way of marking days by a click; the empty one opens a day instead.
type dayMark struct {
	Label, Href string
	Present     bool
}

// marks are the ways of marking days, and the one that the address asks for.
func marks(c *kit.Ctx, year int) (list []dayMark, present string) {
	if k := c.Query("mark"); k == calendar.Off || k == calendar.Working || k == calendar.Default {
		present = k
	}
	for _, m := range []struct{ kind, label string }{
		{"", c.T("逐日查看")}, {calendar.Off, c.T("标为放假")}, {calendar.Working, c.T("标为上班")}, {calendar.Default, c.T("恢复按星期")},
	} {
		to := calendarPath + "?year=" + strconv.Itoa(year)
		if m.kind != "" {
			to += "&mark=" + m.kind
		}
		list = append(list, dayMark{m.label, to, m.kind == present})
	}
	return list, present
}

// yearAsked is the year of the address, or the present one.
func yearAsked(c *kit.Ctx) int {
	if y, err := strconv.Atoi(c.Query("year")); err == nil && y >= 2000 && y <= 2199 {
		return y
	}
	return c.Now.In(c.Zone).Year()
}

func (s *Console) showCalendar(c *kit.Ctx) error {
	ctx := c.Request.Context()
	year := yearAsked(c)
	d := calendarData{frame: newFrame(c, "calendar", c.T("工作日历")), Year: year, Before: year - 1, After: year + 1}
	for i := range 7 { // 5 January 2026 is a Monday
		d.Weekdays = append(d.Weekdays, c.L.Weekday(time.Date(2026, 1, 5+i, 12, 0, 0, 0, c.Zone)))
	}
	for m := time.January; m <= time.December; m++ {
		g, err := s.Calendar.Month(ctx, year, m)
		if err != nil {
			return err
		}
		d.Known = g.Known
		for _, week := range g.Weeks {
			for _, cell := range week {
				if cell.Inside && cell.Why.Counts() {
					d.WorkingDays++
				}
			}
		}
		d.Months = append(d.Months, monthGrid{g, c.L.Month(m)})
	}
	years, err := s.Calendar.Years(ctx)
	if err != nil {
		return err
	}
	known := func(y int) bool {
		return slices.ContainsFunc(years, func(k calendar.Year) bool { return k.Year.Year == y && !k.Provisional })
	}
	if next := c.Now.In(c.Zone).Year() + 1; d.Known && !known(next) {
		d.Unknown = next
	}
	for _, y := range years {
		if y.Year.Year != year {
			continue
		}
		d.Started, d.Source, d.ImportedAt = true, y.Source, y.ImportedAt
		d.Marks, d.Mark = marks(c, year)
		if d.By, err = s.importedBy(c, y); err != nil {
			return err
		}
	}
	if d.History, err = s.yearHistory(c, year); err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/calendar", d)
}

func (s *Console) importedBy(c *kit.Ctx, y calendar.Year) (string, error) {
	if y.ImportedBy == 0 {
		return c.T("系统"), nil
	}
	names, err := s.Accounts.StaffNames(c.Request.Context(), []int64{y.ImportedBy})
	return names[y.ImportedBy].Name, err
}

func dayFields(c *kit.Ctx, date workdays.Date) []field {
	return []field{
		{Name: "date", Label: c.T("日期"), Kind: "date", Value: date.String(), Required: true},
		{Name: "kind", Label: c.T("这一天"), Kind: selectField, Value: calendar.Default, Required: true, Options: []option{
			{calendar.Default, c.T("按星期：周一到周五上班")}, {calendar.Working, c.T("上班")}, {calendar.Off, c.T("放假")}}},
	}
}

func dayPage(c *kit.Ctx, date workdays.Date) *formPage {
	p := &formPage{frame: newFrame(c, "calendar", c.T("设置一天")), Action: calendarPath + "/day", Back: calendarPath, Fields: dayFields(c, date)}
	p.Intro = c.T("用来改正个别日子，例如地方上的临时调休。暂定的期限会按新的日历重算。")
	return p
}

func (s *Console) showDay(c *kit.Ctx) error {
	date, err := workdays.ParseDate(c.Query("date"))
	if err != nil {
		date = workdays.DateOf(c.Now, c.Zone)
	}
	p := dayPage(c, date)
	grid, err := s.Calendar.Month(c.Request.Context(), date.Year, date.Month)
	if err != nil {
		return err
	}
	for _, week := range grid.Weeks {
		for _, cell := range week {
			if cell.Date == date {
				p.Fields[1].Value = kindOf(cell)
			}
		}
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

// kindOf says what an administrator would have to choose for the day to be as it is.
func kindOf(cell calendar.Cell) string {
	switch cell.Why {
	case workdays.Holiday:
		return calendar.Off
	case workdays.Makeup:
		return calendar.Working
	}
	return calendar.Default
}

func (s *Console) saveDay(c *kit.Ctx) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	date, err := workdays.ParseDate(f.text("date"))
	if err != nil {
		f.wrong.Add("date", "请选择一个日期。")
		err = f.wrong.Err()
	} else {
		err = s.Calendar.SetDay(c.Request.Context(), c.Actor, date, f.text("kind"))
	}
	if err == nil {
		return s.yearChanged(c, date.Year, f.text("mark"), date)
	}
	p := dayPage(c, date)
	p.Fields = typed(c, p.Fields)
	return again(c, err, "settings/form", p, p, nil)
}

// startYear begins a year that nobody has announced yet.
func (s *Console) startYear(c *kit.Ctx) error {
	year := yearAsked(c)
	if err := s.Calendar.StartYear(c.Request.Context(), c.Actor, year); err != nil {
		return err
	}
	to := calendarPath + "?year=" + strconv.Itoa(year) + "&mark=" + calendar.Off
	return c.Done(to, "%[1]s 年已按周末开始，标为“暂定”。点一天就标为放假。", strconv.Itoa(year))
}

// yearChanged says what follows from another calendar: how many open cases are due then or later, whose deadline is counted anew. Whoever
// marks days stays at the month they are at.
func (s *Console) yearChanged(c *kit.Ctx, year int, mark string, at workdays.Date) error {
	n, err := s.Cases.OpenFrom(c.Request.Context(), year, openLimit)
	if err != nil {
		return err
	}
	to := calendarPath + "?year=" + strconv.Itoa(year)
	if mark == calendar.Off || mark == calendar.Working || mark == calendar.Default {
		to += "&mark=" + mark + "#m" + strconv.Itoa(int(at.Month))
	}
	switch {
	case n == 0:
		return c.Done(to, "%[1]s 年的日历已保存。没有在这一年或以后到期的诉求，不用重算。", strconv.Itoa(year))
	case n >= openLimit:
		return c.Done(to, "%[1]s 年的日历已保存。正在重算 %[2]d 件以上诉求的期限；已办结的不变。", strconv.Itoa(year), openLimit)
	}
	return c.Done(to, "%[1]s 年的日历已保存。正在重算 %[2]d 件诉求的期限；已办结的不变。", strconv.Itoa(year), n)
}

// openLimit is where counting cases stops.
const openLimit = 1000
