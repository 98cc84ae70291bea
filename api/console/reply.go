package console

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

func (s *Console) replyRoutes(g *kit.Group) {
	const at = "/console/cases/:number/"
	g.GET("/console/answers", kit.CaseWork, s.answers)
	g.POST(at+"draft", kit.CaseWork, s.saveDraft)
	g.POST(at+"submit", kit.CaseWork, s.act(i18n.N("已提交审核。"), s.submit))
	g.POST(at+"send", kit.CaseWork, s.act(i18n.N("答复已发送，来信人会收到短信。"), s.send))
	g.POST(at+"recall", kit.CaseWork, s.act(i18n.N("已撤回，可以继续修改。"), s.recall))
	g.POST(at+"approve", kit.CaseWork, s.approve)
	g.POST(at+"return", kit.CaseWork, s.act(i18n.N("已退回修改，起草人会收到提醒。"), s.giveBack))
	g.POST(at+"files/:id/remove", kit.CaseWork, s.act(i18n.N("附件已去掉。"), s.removeFile))
}

// editorView is the reply that somebody writes.
type editorView struct {
	Body         string
	ReplyVersion int64
	SavedAt      time.Time
	By           string // who saved it last, when that was somebody else
	Comment      string // the reviewer's, when it came back
	CommentBy    string
	Reviewed     bool // submit for review; otherwise the handler sends
	Files        []fileView
	Templates    []reuseView
	Similar      reuse
	Others       []accounts.StaffCard // who is writing too
	Other        *otherView
}

type reuseView struct{ Title, Body string }

// otherView is a colleague's draft that came first.
type otherView struct {
	Body, By string
	At       time.Time
	Version  int64
}

// draftView is a reply that the viewer does not write: under way, under review or approved.
type draftView struct {
	Body, By, Comment string
	At                time.Time
	Files             []fileView
	Returned          bool        // and nothing has been written since
	Before            *remarkView // why an earlier text of it came back, while it is under review again
}

// remarkView is what a reviewer wrote when returning a reply.
type remarkView struct{ By, Text string }

func (s *Console) fillReply(c *kit.Ctx, v *caseView, typed *caseForm) error {
	ctx, r := c.Request.Context(), v.T.Reply
	var staged []models.Attachment
	var err error
	if r != nil {
		if staged, err = s.Files.Staged(ctx, models.OwnerReply, r.ID); err != nil {
			return err
		}
	}
	if !v.T.Can(cases.ActDraft) {
		if r != nil && r.SentAt == nil {
			v.Draft = &draftView{Body: r.Body, By: v.T.Staff[r.AuthorID].Name, Comment: r.Comment, At: r.SavedAt, Files: fileViews(staged)}
			if r.Comment == "" && v.T.Case.Status == models.Reviewing {
				v.Draft.Before = v.returned()
			}
			v.Draft.Returned = v.T.Case.ReturnedAt != nil && !r.SavedAt.After(*v.T.Case.ReturnedAt)
		}
		return nil
	}
	e := &editorView{Reviewed: v.T.Desk.Review != models.ReviewNone, Files: fileViews(staged), Similar: s.similar(c, v.T.Case), Others: v.T.Writing}
	if r != nil {
		e.Body, e.ReplyVersion, e.SavedAt, e.Comment = r.Body, r.Version, r.SavedAt, r.Comment
		if r.AuthorID != c.Actor.ID {
			e.By = v.T.Staff[r.AuthorID].Name
		}
		if last := v.returned(); last != nil {
			e.CommentBy = last.By
		}
	}
	if typed != nil && (typed.Body != "" || typed.ReplyVersion != 0) {
		e.Body = typed.Body
		if r == nil || textrule.Text(typed.Body) != r.Body { // otherwise these words are already what is stored
			e.ReplyVersion = typed.ReplyVersion
		}
	}
	v.Editor = e
	return s.fillTemplates(c, v)
}

// returned is the last time that this round's reply came back, nil when it never did.
func (v *caseView) returned() *remarkView {
	for _, e := range slices.Backward(v.T.Events) {
		if e.Action == string(cases.ActReturn) && e.Round == v.T.Case.Round {
			return &remarkView{v.T.Staff[e.ActorID].Name, e.Note}
		}
	}
	return nil
}

func (s *Console) fillTemplates(c *kit.Ctx, v *caseView) error {
	list, err := s.Cases.TemplatesFor(c.Request.Context(), c.Actor, v.T.Case.Number)
	for _, t := range list {
		v.Editor.Templates = append(v.Editor.Templates, reuseView{t.Title, t.Body})
	}
	return err
}

func (s *Console) replyInput(c *kit.Ctx) (cases.ReplyInput, error) {
	var in caseForm
	err := c.Bind(&in)
	reply := cases.ReplyInput{Body: in.Body, ReplyVersion: in.ReplyVersion, Version: in.Version}
	if in.Over != 0 {
		reply.ReplyVersion = in.Over
	}
	return reply, err
}

func (s *Console) submit(c *kit.Ctx, number string) error {
	in, err := s.replyInput(c)
	if err == nil {
		err = s.withFiles(c, number, &in)
	}
	if err != nil {
		return err
	}
	_, err = s.Cases.SubmitReview(c.Request.Context(), c.Actor, number, in)
	return err
}

func (s *Console) send(c *kit.Ctx, number string) error {
	in, err := s.replyInput(c)
	if err == nil && strings.TrimSpace(in.Body) != "" {
		err = s.withFiles(c, number, &in)
	}
	if err != nil {
		return err
	}
	_, err = s.Cases.Send(c.Request.Context(), c.Actor, number, in)
	return err
}

func (s *Console) recall(c *kit.Ctx, number string) error {
	var in caseForm
	if err := c.Bind(&in); err != nil {
		return err
	}
	_, err := s.Cases.Recall(c.Request.Context(), c.Actor, number, in.Version)
	return err
}

// approve says what became of the reply: approved is not yet sent, unless the desk sends by itself.
func (s *Console) approve(c *kit.Ctx) error {
	number := c.Param("number")
	var in cases.ReviewInput
	err := c.Bind(&in)
	var k *models.Case
	if err == nil {
		k, err = s.Cases.Approve(c.Request.Context(), c.Actor, number, in)
	}
	if err != nil {
		return s.caseAgain(c, err, number)
	}
	if k.Status == models.Answered {
		return c.Done(originOf(c).Case(number), i18n.N("审核通过，答复已发送，来信人会收到短信。"))
	}
	t, err := s.Cases.Open(c.Request.Context(), c.Actor, number)
	if err != nil {
		return err
	}
	switch name := cmp.Or(t.Staff[k.HandlerID].Name, c.T("本部门经办人")); {
	case !t.Can(cases.ActSend):
		return c.Done(originOf(c).Case(number), i18n.N("审核通过，还没有发送。已提醒%[1]s发送。"), name)
	case k.HandlerID != c.Actor.ID:
		return c.Done(originOf(c).Case(number), i18n.N("审核通过，还没有发送。已提醒%[1]s发送，您也可以在下面发送。"), name)
	}
	return c.Done(originOf(c).Case(number), i18n.N("审核通过，还没有发送。请在下面发送。"))
}

func (s *Console) giveBack(c *kit.Ctx, number string) error {
	var in cases.ReviewInput
	if err := c.Bind(&in); err != nil {
		return err
	}
	_, err := s.Cases.Return(c.Request.Context(), c.Actor, number, in)
	return err
}

func (s *Console) removeFile(c *kit.Ctx, number string) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	return s.Cases.RemoveReplyFile(c.Request.Context(), c.Actor, number, id)
}
