package console

import (
	"net/http"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/services/cases"
)

type bulkForm struct {
	Numbers   []string `form:"number"`
	HandlerID int64    `form:"handler_id"`
	Back      string   `form:"back"`
}

type bulkView struct {
	Done   int
	To     string
	Failed []bulkFailure
	Back   string
}

type bulkFailure struct{ Number, Title, Why string } // Title "" of what the person may not see

func (s *Console) assignMany(c *kit.Ctx) error {
	var in bulkForm
	if err := c.Bind(&in); err != nil {
		return err
	}
	back := kit.Back(in.Back, viewAddress(cases.ViewUnassigned))
	outcomes, err := s.Cases.AssignMany(c.Request.Context(), c.Actor, in.Numbers, cases.AssignInput{HandlerID: in.HandlerID})
	if err != nil {
		kind, text := kit.SafeFace(c.L, err)
		if kit.Status(kind) >= http.StatusInternalServerError {
			return err
		}
		c.SetFlash("warn", text)
		return c.Redirect(back)
	}
	v := bulkView{Back: back}
	for _, o := range outcomes {
		if o.Err == nil {
			v.Done++
			continue
		}
		v.Failed = append(v.Failed, bulkFailure{Number: o.Number, Why: whyNot(c, o.Err)})
	}
	v.To = s.nameOf(c, in.HandlerID)
	if len(v.Failed) == 0 {
		return c.Done(back, i18n.N("已把 %[1]d 件分派给%[2]s。"), v.Done, v.To)
	}
	numbers := make([]string, 0, len(v.Failed))
	for _, f := range v.Failed {
		numbers = append(numbers, f.Number)
	}
	titles, err := s.Cases.Titles(c.Request.Context(), c.Actor, numbers)
	if err != nil {
		return err
	}
	for i := range v.Failed {
		v.Failed[i].Title = titles[v.Failed[i].Number]
	}
	return c.Page(http.StatusOK, "bulk", v)
}

// whyNot is a refusal in one sentence: that of its field, where it has one.
func whyNot(c *kit.Ctx, err error) string {
	if fields := c.FieldErrors(err); len(fields) > 0 {
		return fields[0].Text
	}
	_, text := kit.SafeFace(c.L, err)
	return text
}
