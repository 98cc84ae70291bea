package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/services/library"
)

func parseID(s string) (int64, bool) {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id <= 0 {
		return 0, false
	}
	return id, true
}

type entryPage struct {
	library.Entry
	Topic, TopicHref        string
	Group, GroupHref        string
	Department, Description string
	Canonical               string
	Feeds                   listing
	Related                 []library.Entry
	Data                    qaPage
	Own                     ownReading
}

// ownReading is what this reader did with the entry before; nothing for whoever has no session.
type ownReading struct {
	Voted, Helpful bool
	Kept           bool
}

func (p *Portal) ownReading(c *kit.Ctx, id int64) (own ownReading, err error) {
	if c.Actor.SessionID == 0 {
		return own, nil
	}
	voter, err := voterKey(c)
	if err != nil {
		return own, err
	}
	ctx := c.Request.Context()
	if own.Helpful, own.Voted, err = p.Library.VoteOf(ctx, voter, id); err != nil || !c.Actor.IsResident() {
		return own, err
	}
	own.Kept, err = p.Library.IsFavourite(ctx, c.Actor.ID, id)
	return own, err
}

// relatedMost is how many other entries a page points to.
const relatedMost = 5

func (p *Portal) entry(c *kit.Ctx) error {
	c.Section("library")
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	e, err := p.Library.Entry(ctx, id)
	if fault.Is(err, fault.Gone) {
		return c.Page(http.StatusGone, "gone", nil)
	}
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	page := entryPage{
		Entry: e, Topic: n.topic(e.TopicID), TopicHref: listing{Topic: e.TopicID}.href(), Department: n.department(e.DepartmentID),
		Description: cut(e.Answer, 150), Canonical: p.absolute(c, entryPath(id)), Feeds: listing{Topic: e.TopicID},
	}
	if g := n.topics.ByID(n.topics.ByID(e.TopicID).ParentID); g.ID != 0 {
		page.Group, page.GroupHref = n.topicName(g), listing{Topic: g.ID}.href()
	}
	department, _ := n.departments.Get(e.DepartmentID)
	page.Data = qaOf(e, page.Canonical, department.Name)
	if page.Related, err = p.related(c, e); err != nil {
		return err
	}
	if page.Own, err = p.ownReading(c, id); err != nil {
		return err
	}
	return c.Page(http.StatusOK, "entry", page)
}

// related finds entries that say much the same, then fills up with the newest of the topic.
func (p *Portal) related(c *kit.Ctx, e library.Entry) ([]library.Entry, error) {
	ctx := c.Request.Context()
	similar, err := p.Library.Similar(ctx, e.Title, relatedMost+1)
	if err != nil {
		return nil, err
	}
	same, err := p.Library.List(ctx, library.Filter{TopicIDs: []int64{e.TopicID}, Limit: relatedMost + 1})
	if err != nil {
		return nil, err
	}
	var out []library.Entry
	there := map[int64]bool{e.ID: true}
	for _, r := range append(similar, same.Entries...) {
		if !there[r.ID] && len(out) < relatedMost {
			there[r.ID] = true
			out = append(out, r)
		}
	}
	return out, nil
}

// vote notes whether an answer helped, once a reader.
func (p *Portal) vote(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	var in struct {
		Helpful string `form:"helpful"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	if in.Helpful != "yes" && in.Helpful != "no" {
		return fault.New(fault.Invalid, i18n.N("请选择“有帮助”或“没帮助”。"))
	}
	if err := c.Limit("vote"); err != nil {
		return err
	}
	if _, err := p.Library.Entry(c.Request.Context(), id); err != nil { // before a session is begun for nothing
		return err
	}
	voter, err := voterKey(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	before, voted, err := p.Library.VoteOf(ctx, voter, id)
	if err != nil {
		return err
	}
	if _, err := p.Library.Vote(ctx, voter, id, in.Helpful == "yes"); err != nil {
		return err
	}
	switch {
	case voted && before == (in.Helpful == "yes"):
		return c.Done(entryPath(id), i18n.N("您之前已经这样选过，我们记着呢，谢谢。"))
	case in.Helpful == "yes":
		return c.Done(entryPath(id), i18n.N("谢谢，已记下：有帮助。"))
	}
	return c.Done(entryPath(id), i18n.N("已记下：没帮助。如果您的事还没解决，可以直接提问。"))
}

// voterKey tells readers apart: the resident, else the browser.
func voterKey(c *kit.Ctx) (string, error) {
	if c.Actor.IsResident() {
		return "resident:" + number(c.Actor.ID), nil
	}
	session, err := c.Visitor()
	return "visitor:" + number(session), err
}

// favourite keeps an entry for the resident, or with keep=0 no longer. Who has not signed in is asked to, and has it then.
func (p *Portal) favourite(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	var in struct {
		Keep string `form:"keep"`
		Back string `form:"back"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	back := kit.Back(in.Back, entryPath(id))
	if !c.Actor.IsResident() {
		return c.Redirect("/me/sign-in?" + url.Values{"back": {back}, "keep": {number(id)}}.Encode())
	}
	if in.Keep == "0" {
		if err := p.Library.Unfavourite(c.Request.Context(), c.Actor.ID, id); err != nil {
			return err
		}
		return c.Done(back, i18n.N("已取消收藏。"))
	}
	if err := p.Library.Favourite(c.Request.Context(), c.Actor.ID, id); err != nil {
		return err
	}
	return c.Done(back, keptWords)
}

var keptWords = i18n.N("已收藏，在“我的诉求”里可以找到。")

// qaPage is schema.org's QAPage. It names nobody who asked.
type qaPage struct {
	Context string     `json:"@context"`
	Type    string     `json:"@type"`
	Entity  qaQuestion `json:"mainEntity"`
}

type qaQuestion struct {
	Type        string   `json:"@type"`
	Name        string   `json:"name"`
	Text        string   `json:"text"`
	AnswerCount int      `json:"answerCount"`
	Date        string   `json:"datePublished"`
	Answer      qaAnswer `json:"acceptedAnswer"`
}

type qaAnswer struct {
	Type   string   `json:"@type"`
	Text   string   `json:"text"`
	Date   string   `json:"datePublished"`
	URL    string   `json:"url"`
	Votes  int64    `json:"upvoteCount"`
	Author qaAuthor `json:"author"`
}

type qaAuthor struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

func qaOf(e library.Entry, address, department string) qaPage {
	return qaPage{"https://schema.org", "QAPage", qaQuestion{
		"Question", e.Title, e.Question, 1, e.AskedAt.UTC().Format(time.RFC3339), qaAnswer{
			"Answer", e.Answer, e.AnsweredAt.UTC().Format(time.RFC3339), address, e.Helpful, qaAuthor{"GovernmentOrganization", department},
		}}}
}
