package console

import (
	"net/url"
	"slices"

	"huiyin/api/kit"
	"huiyin/services/cases"
)

// byPhone leads to the cases of whoever has that phone, for when they are on the line.
func (s *Console) byPhone(c *kit.Ctx) error {
	var in struct {
		View  cases.View `form:"view"`
		Phone string     `form:"phone"`
	}
	err := c.Bind(&in)
	if err == nil {
		err = c.Limit("track")
	}
	number := ""
	if err == nil {
		number, err = s.Cases.FindByPhone(c.Request.Context(), c.Actor, in.Phone)
	}
	if err == nil {
		return c.Redirect(address("/console/cases", url.Values{"view": {string(cases.ViewAll)}}, "same", number))
	}
	if !slices.Contains(cases.Views, in.View) {
		in.View = cases.ViewAll
	}
	v, failed := s.inboxView(c, cases.InboxQuery{View: in.View})
	if failed != nil {
		return failed
	}
	return c.FormAgain(err, "inbox", func(errs []kit.FieldError) any {
		v.Phone, v.PhoneOpen, v.Errors = in.Phone, true, errs
		return v
	})
}
