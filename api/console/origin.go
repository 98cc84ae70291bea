package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/cases"
)

// originKeys are what makes a list of cases the one it is. A case's page carries them in its address and in those of its forms, so that
// whoever came from a list stays in it.
var originKeys = []string{"view", "department", "topic", "status", "channel", "q", "same", "after"}

// origin is the list that a case was opened from; without one, all cases.
type origin struct {
	query url.Values
	View  cases.View
}

func originOf(c *kit.Ctx) origin {
	o := origin{query: url.Values{}, View: cases.View(c.Query("view"))}
	if !slices.Contains(cases.Views, o.View) {
		o.View = cases.ViewAll
		return o
	}
	for _, key := range originKeys {
		if v := c.Query(key); v != "" && len(v) <= 200 {
			o.query.Set(key, v)
		}
	}
	return o
}

// Known reports whether the case was opened from a list at all.
func (o origin) Known() bool { return len(o.query) > 0 }

// List is the list's address.
func (o origin) List() string {
	if !o.Known() {
		return viewAddress(o.View)
	}
	return o.on("/console/cases")
}

// Case is a case's page, or with parts the address of something on it, within the list.
func (o origin) Case(number string, parts ...string) string {
	return o.on(caseAddress(strings.Join(append([]string{number}, parts...), "/")))
}

func (o origin) on(path string) string {
	if !o.Known() {
		return path
	}
	return path + "?" + o.query.Encode()
}

// asked is the list as the service takes it.
func (o origin) asked() cases.InboxQuery {
	topic, _ := strconv.ParseInt(o.query.Get("topic"), 10, 64) // what is no number narrows nothing
	department, _ := strconv.ParseInt(o.query.Get("department"), 10, 64)
	return cases.InboxQuery{
		View: o.View, TopicID: topic, DepartmentID: department, Status: models.CaseStatus(o.query.Get("status")),
		Channel: o.query.Get("channel"), Search: o.query.Get("q"), Same: o.query.Get("same"),
	}
}

// onward leads on after a step: to the case that follows in the list, or back to the list.
type onward struct{ Href, Title, List, Label string }

// onwardFrom is nil for a case that was opened from no list. It is a courtesy: what fails here hinders no page.
func (s *Console) onwardFrom(c *kit.Ctx, o origin, number string) *onward {
	if !o.Known() {
		return nil
	}
	on := &onward{List: o.List(), Label: c.T(viewNames[o.View])}
	row, err := s.Cases.Following(c.Request.Context(), c.Actor, o.asked(), number)
	if err != nil || row == nil {
		return on
	}
	o.query.Del("after") // the page it stood on is not the next one's
	on.Title, on.Href = row.Title, o.Case(row.Number)
	if o.View == cases.ViewPublish {
		on.Href = o.Case(row.Number, "publication")
	}
	return on
}

// backToCase leads from the address of an act, which a browser keeps after a form that had to be mended, to the case itself.
func (s *Console) backToCase(c *kit.Ctx) error {
	return c.Redirect(originOf(c).Case(c.Param("number")))
}
