package console

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/notices"
)

func (s *Console) caseRoutes(g *kit.Group) {
	g.GET("/console/cases/:number", kit.CaseWork, s.casePage)
	g.GET("/console/cases/:number/live", kit.CaseWork, s.caseLive)
	g.GET("/console/cases/:number/watch", kit.CaseWork, s.watch)
	g.GET("/console/cases/:number/:act", kit.CaseWork, s.backToCase)
	g.GET("/console/files/:id", kit.CaseWork, s.download)
	s.actRoutes(g)
	s.replyRoutes(g)
}

// caseView is one case on its page.
type caseView struct {
	asking
	T          *cases.Thread
	From       origin
	List       string  // what the list it was opened from is called
	Onward     *onward // where to go on, when it is nobody's turn here
	Name       string
	Stage      tagView
	Next       nextView
	Due        *dueView
	DueHow     []string
	Messages   []messageView
	Events     []stepView
	Why        map[string]string // action → why its button is disabled
	Contact    *cases.Contact
	Handler    string
	Topic      string
	Department string
	Channel    string
	Reviewers  string
	Colleagues []option
	Topics     []optionGroup
	Deliveries []notices.Record
	Editor     *editorView
	Draft      *draftView // of somebody else, or waiting
	Public     *publicHint
	Typed      caseForm
	Errors     []kit.FieldError
	Changes    []stepView // what happened since the page was opened
	Orphan     string     // words that have no form any more

	departments map[int64]string
}

type messageView struct {
	Kind, From, Text, Stamp, ID string
	Parts                       []segment // of a text in which something is covered
	At                          time.Time
	Files                       []fileView
}

// stepView is one line of a history.
type stepView struct {
	At              time.Time
	Text, Who, Kind string // Who is empty: the sentence names them
}

// nextView is the line that says what has to happen next; Href and Button lead to where the viewer does it.
type nextView struct {
	Text, Href, Button string
	Mine, Accept       bool
}

// caseForm is everything a form of the page may send: it comes back when something has to be mended.
type caseForm struct {
	Body         string `form:"body"`
	ReplyVersion int64  `form:"reply_version"`
	Over         int64  `form:"over"` // the colleague's draft that is to be replaced
	Version      int64  `form:"version"`
	Comment      string `form:"comment"`
	Text         string `form:"text"`
	Key          string `form:"key"` // of the note's form: sent twice, it makes one note
	HandlerID    int64  `form:"handler_id"`
	Note         string `form:"note"`
	TopicID      int64  `form:"topic_id"`
	Reason       string `form:"reason"`
}

var caseLabels = map[string]string{
	"body": "答复", "attachments": "附件", "comment": "审核意见", "text": "内部备注", "note": "给经办人的话", "handler_id": "经办人", "topic_id": "正确的分类", "reason": "原因",
}

func caseAddress(number string) string { return "/console/cases/" + number }

func (s *Console) casePage(c *kit.Ctx) error {
	v, err := s.caseView(c, c.Param("number"), nil)
	if err != nil {
		return err
	}
	if err := s.seen(c, v.T.Case); err != nil {
		return err
	}
	if v.Contact = s.takeLook(c, v.T.Case.Number); v.Contact != nil {
		v.T.Uncover()
		v.messages(c)
	}
	return c.Page(http.StatusOK, "case", v)
}

// caseView builds the page; typed is what a failed form had sent, nil otherwise.
func (s *Console) caseView(c *kit.Ctx, number string, typed *caseForm) (*caseView, error) {
	ctx := c.Request.Context()
	t, err := s.Cases.Open(ctx, c.Actor, number)
	if err != nil {
		return nil, err
	}
	if t.Standing&(cases.Staff|cases.Reader) == 0 {
		return nil, kit.NotFound()
	}
	v := &caseView{
		T: t, Stage: stageTag(c, t.Case), Name: t.DisplayName, Topic: c.Name(t.Topic), Department: c.Name(t.Department),
		Channel: channelName(c, t.Case.Channel), Handler: t.Staff[t.Case.HandlerID].Name, Why: map[string]string{}, departments: map[int64]string{},
	}
	if v.Name == "" {
		v.Name = c.T("匿名来信人")
	}
	if typed != nil {
		v.Typed = *typed
	}
	v.Typed.Key = cmp.Or(v.Typed.Key, rand.Text())
	v.From = originOf(c)
	v.List = c.T(viewNames[v.From.View])
	c.Section(string(v.From.View))
	for action, why := range t.Reasons {
		_, v.Why[string(action)] = kit.SafeFace(c.L, why)
	}
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range t.Events {
		if d, ok := tree.Get(e.DepartmentID); ok {
			v.departments[d.ID] = c.Name(d)
		}
	}
	v.thread(c)
	if err := s.fillSide(c, v); err != nil {
		return nil, err
	}
	if err := s.fillReply(c, v, typed); err != nil {
		return nil, err
	}
	v.public(c)
	v.next(c)
	if !v.Next.Mine || v.T.Case.Status == models.Approved { // whoever approved may send, and need not
		v.Onward = s.onwardFrom(c, v.From, number)
	}
	return v, nil
}

// AnswerState changes when an open page shows another answer than there is. What a colleague saves while somebody writes does not change
// it: that is told beside the words, which stay.
func (v *caseView) AnswerState() string {
	k, reply := v.T.Case, int64(0)
	if v.Editor != nil {
		return fmt.Sprintf("write-%d-%t", k.Round, k.ReturnedAt != nil)
	}
	if v.T.Reply != nil {
		reply = v.T.Reply.Version
	}
	return fmt.Sprintf("read-%d-%d", k.Version, reply)
}

// next is where the viewer takes the next step, if it is theirs.
func (v *caseView) next(c *kit.Ctx) {
	n := v.T.Next(c.Actor)
	v.Next = nextView{Text: n.Text.Localize(c.L), Mine: n.Action != "", Accept: n.Action == cases.ActAccept}
	switch n.Action {
	case cases.ActDraft:
		v.Next.Href, v.Next.Button = "#body", c.T("写答复")
	case cases.ActApprove:
		v.Next.Href, v.Next.Button = "#reply", c.T("去审核")
	case cases.ActSend:
		v.Next.Href, v.Next.Button = "#send", c.T("去发送")
	case cases.ActAssign:
		v.Next.Href, v.Next.Button = "#handler_id", c.T("去分派")
	case cases.ActPrepare, cases.ActConfirm:
		v.Next.Href, v.Next.Button = v.At("publication"), c.T("准备公开版本")
	case cases.ActPublish:
		v.Next.Href, v.Next.Button = v.At("publication"), c.T("去发布")
	}
}

// At is the address of the page, or with parts of something on it; it keeps to the list that the case was opened from.
func (v *caseView) At(parts ...string) string { return v.From.Case(v.T.Case.Number, parts...) }

func (s *Console) fillSide(c *kit.Ctx, v *caseView) error {
	ctx, k := c.Request.Context(), v.T.Case
	if k.Status.Open() {
		left, err := s.Calendar.Left(ctx, k.DueAt, k.DueBasis)
		if err != nil {
			return err
		}
		d := dueOf(c, k, left, v.T.DueSoon)
		v.Due = &d
	}
	v.DueHow = calendar.Explain(k.DueBasis, c.L)
	if v.T.Can(cases.ActAssign) {
		v.Colleagues = peopleOptions(v.T.Colleague)
	}
	if v.T.Can(cases.ActTransfer) {
		topics, err := s.Cases.Topics(ctx)
		if err != nil {
			return err
		}
		v.Topics = topicOptions(c, topics)
	}
	v.Reviewers = namesOf(c, v.T.Reviewers)
	if !c.Actor.HasAny(models.Overseer, models.Handler, models.Reviewer) {
		return nil
	}
	var err error
	v.Deliveries, _, err = s.Notices.List(ctx, c.Actor, notices.Filter{CaseID: k.ID, To: notices.ToResident})
	return err
}

func namesOf(c *kit.Ctx, people []accounts.StaffCard) string {
	names := make([]string, 0, len(people))
	for _, p := range people {
		names = append(names, p.Name)
	}
	return strings.Join(names, c.T("、"))
}

// caseAgain shows the page again after a failed act, with what was typed and what has changed meanwhile.
func (s *Console) caseAgain(c *kit.Ctx, failed error, number string) error {
	var typed caseForm
	if err := c.Bind(&typed); err != nil {
		return failed
	}
	v, err := s.caseView(c, number, &typed)
	if err != nil {
		return failed
	}
	if e, ok := asFault(failed); ok {
		switch changed := e.Detail.(type) {
		case []models.CaseEvent:
			for _, e := range changed {
				v.Changes = append(v.Changes, v.step(c, e))
			}
		case *models.CaseReply:
			if v.Editor != nil {
				v.Editor.Other = &otherView{Body: changed.Body, By: s.nameOf(c, changed.AuthorID), At: changed.SavedAt, Version: changed.Version}
			}
		}
	}
	if v.Editor == nil {
		v.Orphan = typed.Body
	}
	return c.FormAgain(failed, "case", func(errs []kit.FieldError) any { v.Errors = labelled(c, errs, caseLabels); return v })
}

func asFault(err error) (*fault.Error, bool) { return errors.AsType[*fault.Error](err) }

func (s *Console) nameOf(c *kit.Ctx, id int64) string {
	people, err := s.Accounts.StaffNames(c.Request.Context(), []int64{id})
	if err != nil {
		return ""
	}
	return people[id].Name
}

// caseLive tells open pages of the case that it has changed.
func (s *Console) caseLive(c *kit.Ctx) error {
	g, err := s.Cases.Peek(c.Request.Context(), c.Actor, c.Param("number"))
	if err != nil {
		return err
	}
	return c.Live(cases.CaseTopic(g.Case.Number))
}
