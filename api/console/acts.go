package console

import (
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/cases"
)

func (s *Console) actRoutes(g *kit.Group) {
	const at = "/console/cases/:number/"
	g.POST(at+"accept", kit.CaseWork, s.act(i18n.N("已受理。"), s.accept))
	g.POST(at+"assign", kit.CaseWork, s.act(i18n.N("已分派。"), s.assign))
	g.POST(at+"transfer", kit.CaseWork, s.transfer)
	g.POST(at+"note", kit.CaseWork, s.act(i18n.N("备注已保存，来信人看不到。"), s.note))
	g.POST(at+"reveal", kit.CaseWork, s.reveal)
	g.POST(at+"deliveries/:id/resend", kit.CaseWork, asked(s.act(i18n.N("已重新发送。"), s.resend)))
}

// act is a handler that takes one step on a case and goes back to its page.
func (s *Console) act(done string, step func(c *kit.Ctx, number string) error) kit.Handler {
	return func(c *kit.Ctx) error {
		number := c.Param("number")
		if err := step(c, number); err != nil {
			return s.caseAgain(c, err, number)
		}
		return c.Done(originOf(c).Case(number), done)
	}
}

func (s *Console) accept(c *kit.Ctx, number string) error {
	var in caseForm
	if err := c.Bind(&in); err != nil {
		return err
	}
	_, err := s.Cases.Accept(c.Request.Context(), c.Actor, number, in.Version)
	return err
}

func (s *Console) assign(c *kit.Ctx, number string) error {
	var in cases.AssignInput
	if err := c.Bind(&in); err != nil {
		return err
	}
	_, err := s.Cases.Assign(c.Request.Context(), c.Actor, number, in)
	return err
}

// transfer sends the case on; whoever loses it by that goes back to their list.
func (s *Console) transfer(c *kit.Ctx) error {
	number := c.Param("number")
	var in cases.TransferInput
	if err := c.Bind(&in); err != nil {
		return err
	}
	moved, err := s.Cases.Transfer(c.Request.Context(), c.Actor, number, in)
	if err != nil {
		return s.caseAgain(c, err, number)
	}
	d, err := s.Accounts.Department(c.Request.Context(), moved.DepartmentID)
	if err != nil {
		return err
	}
	to := originOf(c).Case(number)
	if !c.Actor.Has(models.Overseer) {
		to = homeOf(c.Actor)
	}
	return c.Done(to, i18n.N("已转给%[1]s，期限不变。"), c.Name(d))
}

func (s *Console) note(c *kit.Ctx, number string) error {
	var in cases.NoteInput
	if err := c.Bind(&in); err != nil {
		return err
	}
	_, err := s.Cases.AddNote(c.Request.Context(), c.Actor, number, in)
	return err
}

// lookCookie carries contact details, sealed, from the act that opens them to the one page that shows them.
const lookCookie = "hy_look"

// reveal opens the contact details for the next page: to load that again covers them, and opens and records nothing.
func (s *Console) reveal(c *kit.Ctx) error {
	number := c.Param("number")
	contact, err := s.Cases.Reveal(c.Request.Context(), c.Actor, number)
	if err != nil {
		return s.caseAgain(c, err, number)
	}
	ticket, err := s.Cases.SealLook(c.Actor, number, contact.Contact)
	if err != nil {
		return err
	}
	c.SetCookie(lookCookie, ticket, time.Minute)
	return c.Redirect(originOf(c).Case(number) + "#contact")
}

// takeLook returns the contact details that an act has just opened, once.
func (s *Console) takeLook(c *kit.Ctx, number string) *cases.Contact {
	ticket := c.CookieValue(lookCookie)
	if ticket == "" || c.IsHTMX() {
		return nil
	}
	c.SetCookie(lookCookie, "", -1)
	return s.Cases.OpenLook(c.Actor, number, ticket)
}

func (s *Console) resend(c *kit.Ctx, number string) error {
	var in caseForm
	if err := c.Bind(&in); err != nil {
		return err
	}
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	caseID, err := s.Cases.IDOf(c.Request.Context(), number)
	if err != nil {
		return err
	}
	if caseID == 0 {
		return kit.NotFound()
	}
	_, err = s.Notices.Resend(c.Request.Context(), c.Actor, caseID, id, in.Version)
	return err
}
