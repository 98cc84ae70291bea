package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// style is how one language writes dates and rates. These are rules, not sentences, so they are not in the catalog.
type style struct {
	month    func(m time.Month) string
	day      func(m time.Month, d int) string
	year     func(y int, day string) string
	weekday  [7]string
	withWeek func(day, weekday string) string
	rate     string // percentage, part, whole
}

var styles = map[string]*style{
	Source: {
		month:    func(m time.Month) string { return strconv.Itoa(int(m)) + " 月" },
		day:      func(m time.Month, d int) string { return strconv.Itoa(int(m)) + " 月 " + strconv.Itoa(d) + " 日" },
		year:     func(y int, day string) string { return strconv.Itoa(y) + " 年 " + day },
		weekday:  [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"},
		withWeek: func(day, weekday string) string { return day + "（" + weekday + "）" },
		rate:     "%s（%s/%s）",
	},
	English: {
		month:    time.Month.String,
		day:      func(m time.Month, d int) string { return strconv.Itoa(d) + " " + m.String()[:3] },
		year:     func(y int, day string) string { return day + " " + strconv.Itoa(y) },
		weekday:  [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		withWeek: func(day, weekday string) string { return weekday + " " + day },
		rate:     "%s (%s/%s)",
	},
}

// Date is "11 月 23 日（周一）" or "Mon 23 Nov", with the year when it is not the present one. A zero time is "".
func (l *Localizer) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.date(t.In(l.zone).Date())
}

func (l *Localizer) date(y int, m time.Month, d int) string {
	weekday := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Weekday()
	return l.style.withWeek(l.civilDay(y, m, d), l.style.weekday[weekday])
}

// DateTime is "11 月 16 日 09:12" or "16 Nov 09:12", with the year when it is not the present one. A zero time is "".
func (l *Localizer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.Day(t) + " " + l.Clock(t)
}

// Day is "11 月 23 日" or "23 Nov", with the year when it is not the present one. A zero time is "".
func (l *Localizer) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.civilDay(t.In(l.zone).Date())
}

func (l *Localizer) civilDay(y int, m time.Month, d int) string {
	s := l.style.day(m, d)
	if l.now.IsZero() || l.now.In(l.zone).Year() != y {
		s = l.style.year(y, s)
	}
	return s
}

// Dated writes every date with its year, as a document does that is read in another one.
func (l *Localizer) Dated() *Localizer { return l.At(time.Time{}, l.zone) }

// Clock is "09:12".
func (l *Localizer) Clock(t time.Time) string { return t.In(l.zone).Format("15:04") }

// Weekday is "周一" or "Mon".
func (l *Localizer) Weekday(t time.Time) string { return l.style.weekday[t.In(l.zone).Weekday()] }

// Month is "11 月" or "November".
func (l *Localizer) Month(m time.Month) string { return l.style.month(m) }

// Number groups thousands: 1,284.
func (l *Localizer) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(s[i])
	}
	return sign + b.String()
}

// Rate is "97.4%（304/312）": a share of whole with its fraction beside it. Rounding never makes a share that falls short
// look complete, nor one that exists look like none. With nothing to count it says so instead of a percentage.
func (l *Localizer) Rate(part, whole int64) string {
	if whole <= 0 {
		return l.T(noRate)
	}
	tenths := (part*2000 + whole) / (2 * whole)
	switch {
	case part < whole && tenths >= 1000:
		tenths = 999
	case part > 0 && tenths == 0:
		tenths = 1
	}
	percent := strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10) + "%"
	return fmt.Sprintf(l.style.rate, percent, l.Number(part), l.Number(whole))
}

var (
	noRate      = N("暂无数据")
	workingLeft = N("还有 %[1]d 个工作日")
	naturalLeft = N("还有 %[1]d 天")
	dueToday    = N("今天到期")
	workingLate = N("已超期 %[1]d 个工作日")
	naturalLate = N("已超期 %[1]d 天")
	justLate    = N("已超期，不到 1 个工作日")
	counting    = N("正在按新日历重新计算")
)

// Left is how a deadline stands: N days until it or, once it is Late, since it; Working says that only working days count. Moving is one
// that the calendar has changed for and that is being counted anew: its day and N are no longer of one calendar.
type Left struct {
	N                     int
	Working, Late, Moving bool
}

// Localize says it in the unit of the rule: "还有 2 个工作日", "今天到期", "已超期 3 个工作日", or in days where the rule counts them all.
func (d Left) Localize(l *Localizer) string {
	switch {
	case d.Moving:
		return l.T(counting)
	case d.Late && d.N == 0:
		return l.T(justLate) // the weekend after the last day
	case d.Late && d.Working:
		return l.N(workingLate, d.N)
	case d.Late:
		return l.N(naturalLate, d.N)
	case d.N == 0:
		return l.T(dueToday)
	case d.Working:
		return l.N(workingLeft, d.N)
	}
	return l.N(naturalLeft, d.N)
}
