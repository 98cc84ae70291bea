package console

import (
	"slices"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/internal/pii"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/library"
)

type publicationView struct {
	asking
	T         *cases.Thread
	P         models.Publication
	Case      *caseView // the original beside it
	Tag       tagView
	Title     string // the three texts as they stand in the form
	Question  string
	Answer    string
	Marked    publicText
	Findings  []findingView
	Undecided int
	Edit      bool
	Why       map[string]string
	By        string // who prepared it last
	Mine      bool   // it was the viewer, who therefore cannot publish it
	Publisher string
	Comment   string
	Reason    string
	Published *time.Time

	Caption    string // what the text beside the original is, so far
	Publishers string // who may publish it
	Looked     bool   // the texts hold what the original covers, and this look at it was recorded
	List       origin
	Label      string
	Onward     *onward
	Errors     []kit.FieldError
	Theirs     *models.Publication // what a colleague saved first
}

// publicText is the public version as the library will show it, cut at the places that may be personal.
type publicText struct {
	Title, Question, Answer []segment
	Topic, Department       string
	Asked, Answered         time.Time // zero before anybody saved it
	Days                    int
}

type segment struct {
	Text, Kind string // Kind "" for plain text
	Decided    bool
	Finding    int // its place in Findings, from 1
}

// findingView is one datum to decide on, wherever it stands in its field.
type findingView struct {
	library.Finding
	KindName, FieldName string
	Times               int
	Choice, With        string // as the form had them
}

var kindNames = map[pii.Kind]string{
	pii.IDCard: i18n.N("证件号"), pii.BankCard: i18n.N("银行卡号"), pii.Phone: i18n.N("电话"), pii.Email: i18n.N("邮箱"), pii.Plate: i18n.N("车牌"),
	pii.WeChat: i18n.N("微信号"), pii.QQ: i18n.N("QQ 号"), pii.Address: i18n.N("住址"), pii.Name: i18n.N("姓名"),
	pii.Birth: i18n.N("出生日期"),
}

var fieldNames = map[string]string{"title": i18n.N("标题"), "question": i18n.N("问题"), "answer": i18n.N("答复")}

func (s *Console) publicationView(c *kit.Ctx, number string, typed *publicationForm) (*publicationView, error) {
	ctx := c.Request.Context()
	original, err := s.caseView(c, number, nil)
	if err != nil {
		return nil, err
	}
	pv, err := s.Cases.PublicVersion(ctx, c.Actor, number)
	if err != nil {
		return nil, err
	}
	p, t := pv.Publication, original.T
	v := &publicationView{
		T: t, P: p, Case: original, Tag: publicationTag(c, t.Case.Publication), Title: p.Title, Question: p.Question, Answer: p.Answer,
		Undecided: pv.Undecided, Looked: pv.Looked, Why: original.Why, By: s.nameOf(c, p.PreparedBy), Published: p.PublishedAt,
		Mine: p.PreparedBy == c.Actor.ID || p.Authors.Include(c.Actor.ID), Publisher: s.nameOf(c, p.PublishedBy),
	}
	v.List, v.Label = original.From, original.List
	if !v.List.Known() {
		v.List.View, v.Label = cases.ViewPublish, c.T(viewNames[cases.ViewPublish])
	}
	c.Section(string(v.List.View))
	v.Edit = t.Can(cases.ActPrepare) && (p.Status == models.PublicationDraft || p.Status == models.Unpublished)
	v.mark(c, pv.Findings)
	v.caption(c)
	if p.Status == models.PublicationReady {
		if v.Publishers, err = s.publishers(c, number); err != nil {
			return nil, err
		}
	}
	if p.Status == models.Published || p.Status == models.PublicationReady && !t.Can(cases.ActPublish) {
		v.Onward = s.onwardFrom(c, v.List, number)
	}
	if typed != nil {
		v.Comment, v.Reason = typed.Comment, typed.Reason
		if typed.Title+typed.Question+typed.Answer != "" {
			v.Title, v.Question, v.Answer = typed.Title, typed.Question, typed.Answer
		}
		for i := range v.Findings {
			f := &v.Findings[i]
			if choice, with := c.PostForm("choice:"+f.Key), c.PostForm("with:"+f.Key); choice != "" {
				f.Choice, f.With = choice, with
			}
		}
	}
	return v, nil
}

// At is the address of the page, or with parts of something on it.
func (v *publicationView) At(parts ...string) string {
	return v.List.Case(v.T.Case.Number, append([]string{"publication"}, parts...)...)
}

func (v *publicationView) caption(c *kit.Ctx) {
	switch {
	case v.Undecided > 0:
		v.Caption = c.T("点标出的地方去确认")
	case v.P.Status == models.Published:
		v.Caption = c.T("公众看到的就是这样")
	case !v.T.Case.Consented():
		v.Caption = c.T("来信人没有同意，不会公开")
	case v.P.ID == 0:
		v.Caption = c.T("照原文拟的，还没有保存")
	default:
		v.Caption = c.T("发布后公众看到的就是这样")
	}
}

// publishers names who may publish the version that waits.
func (s *Console) publishers(c *kit.Ctx, number string) (string, error) {
	people, err := s.Cases.Publishers(c.Request.Context(), c.Actor, number)
	if err != nil {
		return "", err
	}
	return namesOf(c, people), nil
}

func (v *publicationView) mark(c *kit.Ctx, findings []library.Finding) {
	v.list(c, findings)
	v.Marked = publicText{
		Title: v.cut(c, "title", v.P.Title, findings), Question: v.cut(c, "question", v.P.Question, findings), Answer: v.cut(c, "answer", v.P.Answer, findings),
		Topic: v.Case.Topic, Department: v.Case.Department, Asked: v.P.AskedAt, Answered: v.P.AnsweredAt, Days: int(v.P.WorkingDays),
	}
}

// cut marks what is found in one text. Once everything is decided nothing is marked: the text stands as the public reads it.
func (v *publicationView) cut(c *kit.Ctx, field, text string, findings []library.Finding) []segment {
	var list []segment
	end := 0
	for _, found := range findings {
		if v.Undecided == 0 || found.Field != field || found.Start < end || found.End > len(text) {
			continue
		}
		at := slices.IndexFunc(v.Findings, func(f findingView) bool { return f.Key == found.Key })
		list = append(list, segment{Text: text[end:found.Start]}, segment{Text: found.Text, Kind: c.T(kindNames[found.Kind]), Decided: found.Decided, Finding: at + 1})
		end = found.End
	}
	return append(list, segment{Text: text[end:]})
}

// list puts each datum once, however often it stands in its field.
func (v *publicationView) list(c *kit.Ctx, findings []library.Finding) {
	for _, found := range findings {
		i := slices.IndexFunc(v.Findings, func(f findingView) bool { return f.Key == found.Key })
		if i >= 0 {
			v.Findings[i].Times++
			continue
		}
		f := findingView{Finding: found, KindName: c.T(kindNames[found.Kind]), FieldName: c.T(fieldNames[found.Field]), Times: 1, With: found.Replacement}
		if found.Decided {
			f.Choice = string(library.Keep)
		}
		v.Findings = append(v.Findings, f)
	}
}

// publicHint is what the case page says of the public version.
type publicHint struct {
	Tag  tagView
	Text string
}

func (v *caseView) public(c *kit.Ctx) {
	k := v.T.Case
	if k.AnsweredAt == nil && k.Publication == models.PublicationNone {
		return
	}
	v.Public = &publicHint{Tag: publicationTag(c, k.Publication)}
	switch {
	case k.ConsentAt == nil:
		v.Public.Text = c.T("来信人没有同意公开，不能公开。")
	case k.ConsentWithdrawn != nil:
		v.Public.Text = c.T("来信人撤回了公开同意，不能公开。")
	default:
		v.Public.Text = c.T("来信人同意公开。公开版本单独成文，个人信息要逐处确认，由另一位同事发布。")
	}
}

var publicationNames = map[models.PublicationStatus]string{
	models.PublicationNone: i18n.N("不公开"), models.PublicationWanted: i18n.N("待准备"), models.PublicationDraft: i18n.N("准备中"),
	models.PublicationReady: i18n.N("待发布"), models.Published: i18n.N("已公开"), models.Unpublished: i18n.N("已撤下"),
}

func publicationTag(c *kit.Ctx, p models.PublicationStatus) tagView {
	t := tagView{Text: c.T(publicationNames[p])}
	switch p {
	case models.Published:
		t.Kind = "ok"
	case models.PublicationReady:
		t.Kind = "warn"
	case models.PublicationNone, models.Unpublished:
		t.Kind = "mute"
	}
	return t
}
