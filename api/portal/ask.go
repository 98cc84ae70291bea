package portal

import (
	"cmp"
	"slices"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/library"
)

func (p *Portal) askRoutes(g *kit.Group) {
	g.GET("/consult", kit.Public, p.chooseTopic)
	g.POST("/consult/start", kit.Public, p.startDraft)
	g.GET("/consult/start", kit.Public, func(c *kit.Ctx) error { return c.Redirect("/consult") }) // whoever reloads the answer to it, or wants it in English
	g.GET("/consult/new", kit.Public, p.form)
	g.POST("/consult/new", kit.Public, p.sendForm)
	g.POST("/consult/draft", kit.Public, p.autosave)
	g.GET("/consult/similar", kit.Public, p.similar)
	g.GET("/consult/route", kit.Public, p.route)
	g.GET("/consult/receipt", kit.Public, p.receipt)
}

const (
	draftAge   = 72 * time.Hour   // the draft itself ends when the city's rules say so
	receiptAge = 30 * time.Minute // how long the receipt may be looked at again
)

// topicPage is the choice of a topic.
type topicPage struct {
	Groups   []topicGroup
	Topic    int64
	Privacy  int64
	Agreed   bool
	Existing *cases.Draft
	Errors   []kit.FieldError

	Words     string // what somebody typed who does not know the topic
	Suggested []topicLeaf
}

// Among reports whether the topic is one of those suggested: it is chosen there, not twice.
func (p *topicPage) Among(id int64) bool {
	return slices.ContainsFunc(p.Suggested, func(l topicLeaf) bool { return l.ID == id })
}

type topicGroup struct {
	Name   string
	Open   bool
	Leaves []topicLeaf
}

type topicLeaf struct {
	ID         int64
	Name, Hint string
	Department string
	Route      cases.Routing
	Chosen     bool
}

type startInput struct {
	TopicID int64  `form:"topic_id"`
	Topic   int64  `form:"topic"`
	Words   string `form:"words"`
	Agree   bool   `form:"agree"`
	Privacy int64  `form:"privacy_version"`
}

func (p *Portal) chooseTopic(c *kit.Ctx) error {
	var in startInput
	if err := c.Bind(&in); err != nil {
		in = startInput{}
	}
	in.TopicID = cmp.Or(in.TopicID, in.Topic)
	page, err := p.topicPage(c, in)
	if err != nil {
		return err
	}
	draft, found, err := p.Cases.LoadDraft(c.Request.Context(), c.CookieValue(kit.DraftCookie))
	if err != nil {
		return err
	}
	if found && (draft.Input.Title != "" || draft.Input.Text != "") {
		page.Existing = &draft
	}
	return c.Page(200, "consult", page)
}

func (p *Portal) topicPage(c *kit.Ctx, in startInput) (*topicPage, error) {
	c.Section("consult")
	page := &topicPage{Topic: in.TopicID, Agreed: in.Agree, Words: suggestWords(in.Words)}
	var err error
	if page.Groups, err = p.topicGroups(c, in.TopicID); err != nil {
		return nil, err
	}
	if err := p.suggest(c, page); err != nil {
		return nil, err
	}
	page.Privacy, err = p.City.PrivacyVersion(c.Request.Context())
	return page, err
}

func (p *Portal) topicGroups(c *kit.Ctx, chosen int64) ([]topicGroup, error) {
	ctx := c.Request.Context()
	tree, err := p.Cases.Topics(ctx)
	if err != nil {
		return nil, err
	}
	routes, err := p.Cases.Routings(ctx)
	if err != nil {
		return nil, err
	}
	var groups []topicGroup
	for _, g := range tree.Active() {
		group := topicGroup{Name: c.Name(g.Topic)}
		for _, t := range g.Leaves {
			r, ok := routes[t.ID]
			if !ok {
				continue
			}
			group.Open = group.Open || t.ID == chosen
			group.Leaves = append(group.Leaves, topicLeaf{
				ID: t.ID, Name: c.Name(t), Hint: t.HintIn(c.L.Locale()), Department: c.Name(r.Department), Route: r,
			})
		}
		if len(group.Leaves) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// startDraft begins the form. The privacy notice is agreed to here, before anything personal is asked for.
func (p *Portal) startDraft(c *kit.Ctx) error {
	var in startInput
	if err := c.Bind(&in); err != nil {
		return err
	}
	if err := c.Limit("write"); err != nil {
		return err
	}
	ctx := c.Request.Context()
	current, err := p.City.PrivacyVersion(ctx)
	if err != nil {
		return err
	}
	var f fault.Fields
	if in.TopicID <= 0 {
		f.Add("topic_id", i18n.N("请选择这个问题属于哪一类。"))
	} else if _, err := p.Cases.Route(ctx, in.TopicID); fault.Is(err, fault.NotFound) {
		f.Add("topic_id", i18n.N("这个分类不能提问了，请重新选择。"))
	} else if err != nil {
		return err
	}
	if !in.Agree || in.Privacy != current {
		f.Add("agree", i18n.N("请阅读并同意现行的隐私说明。"))
	}
	if err := f.Err(); err != nil {
		page, failed := p.topicPage(c, in)
		if failed != nil {
			return failed
		}
		return c.FormAgain(err, "consult", func(errs []kit.FieldError) any { page.Errors = errs; return page })
	}
	draft, err := p.Cases.StartDraft(ctx, in.TopicID, current)
	if err != nil {
		return err
	}
	c.SetCookie(kit.DraftCookie, draft.Token, draftAge)
	return c.Redirect("/consult/new")
}

// askPage is the form as it stands.
type askPage struct {
	Draft   cases.Draft
	Groups  []topicGroup
	Route   *cases.Routing
	To      string // the department's name
	Hint    string // what this topic's question should say
	Files   []attached
	Similar []library.Entry
	Errors  []kit.FieldError
	Summary []kit.FieldError // the same with the names of the inputs
	Phone   string           // masked, of whoever is signed in
	Silent  bool             // who has switched text messages off
	Privacy int64            // the version to agree to anew, 0 when that in the draft is in force
	Code    codeSent
	Most    int
	Typed   string       // the name to be called, or what the account says
	Again   bool         // something else was sent from the page this was written on
	Before  *models.Case // that; nil for whoever may not see it
}

func (p *Portal) form(c *kit.Ctx) error {
	ctx := c.Request.Context()
	token := c.CookieValue(kit.DraftCookie)
	draft, found, err := p.Cases.LoadDraft(ctx, token)
	if err != nil {
		return err
	}
	if !found {
		if _, sent, err := p.Cases.ReceiptOf(ctx, token); err != nil || sent {
			c.SetCookie(kit.ReceiptCookie, token, receiptAge)
			return orElse(err, func() error { return c.Redirect("/consult/receipt") })
		}
		return c.Redirect("/consult")
	}
	page, err := p.askPage(c, draft)
	if err != nil {
		return err
	}
	if page.Similar, err = p.Library.Similar(ctx, draft.Input.Title, similarShown); err != nil {
		return err
	}
	page.Code = sinceCode(c, c.Query("sent"), draft.Phone)
	if after := c.Query("after"); after != "" {
		page.Again = true
		if before, err := p.Cases.Open(ctx, c.Actor, after); err == nil && before.Standing&cases.Owner != 0 { // whoever may not see it is told nothing
			page.Before = before.Case
		}
	}
	return c.Page(200, "ask", page)
}

func orElse(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

func (p *Portal) askPage(c *kit.Ctx, draft cases.Draft) (*askPage, error) {
	ctx := c.Request.Context()
	c.Section("consult")
	page := &askPage{Draft: draft, Typed: draft.Input.DisplayName}
	var err error
	if page.Groups, err = p.topicGroups(c, draft.Input.TopicID); err != nil {
		return nil, err
	}
	for _, g := range page.Groups {
		for _, l := range g.Leaves {
			if l.ID == draft.Input.TopicID {
				page.Route, page.To, page.Hint = &l.Route, l.Department, l.Hint
			}
		}
	}
	if page.Files, err = p.staged(ctx, draft.ID); err != nil {
		return nil, err
	}
	current, err := p.City.PrivacyVersion(ctx)
	if err != nil {
		return nil, err
	}
	if draft.Privacy != current {
		page.Privacy = current
	}
	numbers, err := p.City.CaseNumbers(ctx)
	if err != nil {
		return nil, err
	}
	page.Most = numbers.Attachments
	return page, p.fillResident(c, page)
}

func (p *Portal) fillResident(c *kit.Ctx, page *askPage) error {
	if !c.Actor.IsResident() {
		return nil
	}
	r, err := p.Accounts.Resident(c.Request.Context(), c.Actor.ID)
	if err != nil {
		return err
	}
	page.Phone, page.Silent = r.PhoneMasked, !r.NotifySMS
	if page.Typed == "" && !page.Draft.Input.Anonymous {
		page.Typed = r.DisplayName
	}
	return nil
}

const similarShown = 3

// similar lists answers that may make the question unnecessary, while its title is being typed.
func (p *Portal) similar(c *kit.Ctx) error {
	var in struct {
		Title string `form:"title"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	if err := c.Limit("search"); err != nil {
		return err
	}
	list, err := p.Library.Similar(c.Request.Context(), in.Title, similarShown)
	if err != nil {
		return err
	}
	return c.Part(200, "similar", list)
}

// route says who answers, when another topic is chosen in the form.
func (p *Portal) route(c *kit.Ctx) error {
	var in struct {
		TopicID int64 `form:"topic_id"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	page := &askPage{}
	r, err := p.Cases.Route(c.Request.Context(), in.TopicID)
	switch {
	case err == nil:
		page.Route, page.To = &r, c.Name(r.Department)
		page.Hint = r.Topic.HintIn(c.L.Locale())
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return c.Part(200, "route", page)
}
