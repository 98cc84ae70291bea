// Package i18n turns message ids into the reader's language and formats dates and figures as that language does.
//
// A message id is the zh-CN source text itself, so Chinese needs no catalog entry and a missing translation still shows a
// true sentence. Verbs carry explicit indexes ("还有 %[1]d 个工作日"). The package knows nothing of requests, templates or
// the domain; the edge picks a Localizer and hands it on.
package i18n

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The locales the product speaks. Source is the language of the message ids.
const (
	Source  = "zh-CN"
	English = "en"
)

// Locales lists them, the source first.
func Locales() []string { return []string{Source, English} }

// N marks a text as a message id, for the test that looks for missing translations; it returns s.
func N(s string) string { return s }

// Either is a text in a locale, of those that data holds in both languages: the source's where the other is not given.
func Either(locale, source, english string) string {
	if locale == English && english != "" {
		return english
	}
	return source
}

// Match returns the first explicit choice (a query parameter, a cookie) that names a locale, else zh-CN.
//
// Accept-Language is deliberately no choice: the phones of residents who read only Chinese often report English.
func Match(choices ...string) string {
	for _, c := range choices {
		switch lang, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(c), "_", "-"), "-"); lang {
		case "zh":
			return Source
		case "en":
			return English
		}
	}
	return Source
}

// Localizable is an argument that says itself in the reader's language.
type Localizable interface {
	Localize(l *Localizer) string
}

// Msg is a message with its arguments, to be translated later or inside another message.
type Msg struct {
	ID   string
	Args []any
}

// M builds a Msg.
func M(id string, args ...any) Msg { return Msg{ID: id, Args: args} }

// Localize translates the message.
func (m Msg) Localize(l *Localizer) string { return l.T(m.ID, m.Args...) }

// OnDay is an instant of which only the day is told; a bare time.Time argument is told with its hour and minute.
type OnDay time.Time

// Localize tells the day with its weekday.
func (d OnDay) Localize(l *Localizer) string { return l.Date(time.Time(d)) }

// civil is a day of the calendar without a zone, such as workdays.Date.
type civil interface {
	Civil() (year int, month time.Month, day int)
}

// Localizer speaks one language, in one time zone, at one present moment. It is immutable; any number may read it at once.
type Localizer struct {
	catalog *catalog
	style   *style
	zone    *time.Location
	now     time.Time
}

// At returns a Localizer for the city's zone at the present moment; the moment decides which years are left out of dates.
// Without it dates always carry their year, in China's zone.
func (l *Localizer) At(now time.Time, zone *time.Location) *Localizer {
	c := *l
	c.now, c.zone = now, zone
	return &c
}

// Locale returns "zh-CN" or "en", as it belongs into <html lang>.
func (l *Localizer) Locale() string { return l.catalog.locale }

// Zone returns the zone dates are told in.
func (l *Localizer) Zone() *time.Location { return l.zone }

// T translates msgid and fills in args. Without args the text is taken as it is; with args it is a fmt format.
// Arguments of type Localizable, time.Time (date and time) and civil dates are translated first. Where the catalog
// has plural forms, the first integer argument picks one. An unknown msgid is shown itself.
func (l *Localizer) T(msgid string, args ...any) string {
	if len(args) == 0 {
		return l.catalog.text(msgid, 0, false)
	}
	n, counted := firstInt(args)
	return l.fill(l.catalog.text(msgid, n, counted), args)
}

// N is T with the number that picks the plural form; the number is %[1]d, args follow from %[2].
func (l *Localizer) N(msgid string, n int, args ...any) string {
	return l.fill(l.catalog.text(msgid, n, true), append([]any{n}, args...))
}

func (l *Localizer) fill(format string, args []any) string {
	if !strings.Contains(format, "%[") {
		// fmt would complain about unused arguments: a singular may well do without its number.
		return strings.ReplaceAll(format, "%%", "%")
	}
	return fmt.Sprintf(format, l.resolve(args)...)
}

// resolve translates those args that need it; it copies only when there is one.
func (l *Localizer) resolve(args []any) []any {
	out, copied := args, false
	for i, a := range args {
		s, ok := l.say(a)
		if !ok {
			continue
		}
		if !copied {
			out, copied = slices.Clone(args), true
		}
		out[i] = s
	}
	return out
}

func (l *Localizer) say(a any) (string, bool) {
	switch v := a.(type) {
	case string, int, int64:
		return "", false
	case Localizable:
		return v.Localize(l), true
	case time.Time:
		return l.DateTime(v), true
	case civil:
		y, m, d := v.Civil()
		return l.date(y, m, d), true
	}
	return "", false
}

func firstInt(args []any) (int, bool) {
	for _, a := range args {
		switch v := a.(type) {
		case int:
			return v, true
		case int64:
			return int(v), true
		case int32:
			return int(v), true
		case uint:
			return int(v), true
		case uint64:
			return int(v), true
		}
	}
	return 0, false
}
