package console

import (
	"net/http"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/library"
)

func (s *Console) publicationRoutes(g *kit.Group) {
	const at = "/console/cases/:number/publication"
	g.GET(at, kit.CaseWork, s.publicationPage)
	g.POST(at, kit.CaseWork, s.savePublication)
	g.POST(at+"/confirm", kit.CaseWork, s.confirmPublication)
	g.POST(at+"/publish", kit.CaseWork, asked(s.publicationAct(i18n.N("已公开，公开库里可以看到了。"), s.publish)))
	g.POST(at+"/return", kit.CaseWork, s.publicationAct(i18n.N("已退回，准备的人会收到提醒。"), s.returnPublication))
	g.POST(at+"/recall", kit.CaseWork, s.publicationAct(i18n.N("已收回，改好后再提交。"), s.recallPublication))
	g.POST(at+"/unpublish", kit.CaseWork, asked(s.publicationAct(i18n.N("已撤下，公开库里看不到了。"), s.unpublish)))
}

type publicationForm struct {
	Title    string   `form:"title"`
	Question string   `form:"question"`
	Answer   string   `form:"answer"`
	Version  int64    `form:"version"`
	Keys     []string `form:"key"`
	All      string   `form:"all"` // the choice for every place that has none
	Comment  string   `form:"comment"`
	Reason   string   `form:"reason"`
}

var publicationLabels = map[string]string{"title": "标题", "question": "问题", "answer": "答复", "comment": "退回意见", "reason": "撤下的原因"}

func (s *Console) publicationPage(c *kit.Ctx) error {
	v, err := s.publicationView(c, c.Param("number"), nil)
	if err != nil {
		return err
	}
	if err := s.seen(c, v.T.Case); err != nil {
		return err
	}
	return c.Page(http.StatusOK, "publication", v)
}

// prepareInput reads the three texts and the decisions of the form.
func prepareInput(c *kit.Ctx) (library.PrepareInput, error) {
	var in publicationForm
	if err := c.Bind(&in); err != nil {
		return library.PrepareInput{}, err
	}
	out := library.PrepareInput{Title: in.Title, Question: in.Question, Answer: in.Answer, Version: in.Version}
	for _, key := range in.Keys {
		choice := c.PostForm("choice:" + key)
		if choice == "" {
			choice = in.All
		}
		if choice != "" {
			out.Decisions = append(out.Decisions, library.Decision{Key: key, Choice: library.Choice(choice), Replacement: c.PostForm("with:" + key)})
		}
	}
	return out, nil
}

// publicationAt is the public version's page within the list that it was opened from.
func publicationAt(c *kit.Ctx, number string) string { return originOf(c).Case(number, "publication") }

func (s *Console) savePublication(c *kit.Ctx) error {
	number := c.Param("number")
	in, err := prepareInput(c)
	if err == nil {
		_, err = s.Cases.Prepare(c.Request.Context(), c.Actor, number, in)
	}
	if err != nil {
		return s.publicationAgain(c, err, number)
	}
	return c.Done(publicationAt(c, number), i18n.N("公开版本已保存。"))
}

// confirmPublication saves what the person sees and hands it on. Places that are still open keep it a draft, and the page says how many.
func (s *Console) confirmPublication(c *kit.Ctx) error {
	ctx, number := c.Request.Context(), c.Param("number")
	in, err := prepareInput(c)
	if err != nil {
		return s.publicationAgain(c, err, number)
	}
	saved, err := s.Cases.Prepare(ctx, c.Actor, number, in)
	if err != nil {
		return s.publicationAgain(c, err, number)
	}
	if _, err := s.Cases.Confirm(ctx, c.Actor, number, saved.Version); err != nil {
		kind, text := kit.SafeFace(c.L, err)
		if kind != fault.Conflict {
			return err
		}
		c.SetFlash("warn", text)
		return c.Redirect(publicationAt(c, number) + "#findings")
	}
	return c.Done(publicationAt(c, number), i18n.N("已提交，由另一位同事发布。"))
}

func (s *Console) publicationAct(done string, step func(c *kit.Ctx, number string, in publicationForm) error) kit.Handler {
	return func(c *kit.Ctx) error {
		number := c.Param("number")
		var in publicationForm
		err := c.Bind(&in)
		if err == nil {
			err = step(c, number, in)
		}
		if err != nil {
			return s.publicationAgain(c, err, number)
		}
		return c.Done(publicationAt(c, number), done)
	}
}

func (s *Console) publish(c *kit.Ctx, number string, in publicationForm) error {
	_, err := s.Cases.Publish(c.Request.Context(), c.Actor, number, in.Version)
	return err
}

func (s *Console) returnPublication(c *kit.Ctx, number string, in publicationForm) error {
	_, err := s.Cases.ReturnPublication(c.Request.Context(), c.Actor, number, in.Version, in.Comment)
	return err
}

func (s *Console) recallPublication(c *kit.Ctx, number string, in publicationForm) error {
	_, err := s.Cases.RecallPublication(c.Request.Context(), c.Actor, number, in.Version)
	return err
}

func (s *Console) unpublish(c *kit.Ctx, number string, in publicationForm) error {
	_, err := s.Cases.Unpublish(c.Request.Context(), c.Actor, number, in.Reason)
	return err
}

// publicationAgain shows the page again with what was typed, and beside it what a colleague saved first.
func (s *Console) publicationAgain(c *kit.Ctx, failed error, number string) error {
	var typed publicationForm
	if err := c.Bind(&typed); err != nil {
		return failed
	}
	v, err := s.publicationView(c, number, &typed)
	if err != nil {
		return failed
	}
	if e, ok := asFault(failed); ok {
		if theirs, ok := e.Detail.(models.Publication); ok {
			v.Theirs = &theirs
		}
	}
	return c.FormAgain(failed, "publication", func(errs []kit.FieldError) any { v.Errors = labelled(c, errs, publicationLabels); return v })
}
