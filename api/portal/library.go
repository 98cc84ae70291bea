package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/services/library"
)

func (p *Portal) libraryRoutes(g *kit.Group) {
	g.Cached("/", p.home)
	g.Cached("/library", p.list, "q", "topic", "dept", "from", "to", "after")
	g.Cached("/library/feed.atom", p.atomFeed, "topic", "dept")
	g.Cached("/library/feed.json", p.jsonFeed, "topic", "dept")
	g.CachedUnlessKnown("/library/:id", p.entry, func(gc *gin.Context) {
		if id, ok := parseID(gc.Param("id")); ok {
			p.Library.CountRead(gc.Request.Context(), id)
		}
	})
	g.POST("/library/:id/vote", kit.Public, p.vote)
	g.POST("/library/:id/favourite", kit.Public, p.favourite)
	g.Cached("/sitemap.xml", p.sitemap)
	g.Cached("/sitemaps/:file", p.sitemapFile)
	g.Cached("/robots.txt", p.robots)
}

// listing is what somebody looks for in the library, as it stands in the address.
type listing struct {
	Q           string
	Topic, Dept int64
	From, To    string // days of the city, "2026-11-22"; both included
}

type listingInput struct {
	Q     string `form:"q"`
	Topic string `form:"topic"`
	Dept  string `form:"dept"`
	From  string `form:"from"`
	To    string `form:"to"`
	After string `form:"after"`
}

// listingOf leaves out what is no filter, and says so: an address somebody has typed or cut short still leads to a list.
func listingOf(in listingInput, n names) (l listing, wrong fault.Fields) {
	l = listing{Q: textrule.Line(in.Q), From: onlyDay(in.From), To: onlyDay(in.To)}
	l.Topic, _ = parseID(in.Topic)
	if n.topics.ByID(l.Topic).ID == 0 {
		if l.Topic = 0; in.Topic != "" {
			wrong.Add("topic", i18n.N("没有这个事项分类，没有按它筛选。"))
		}
	}
	l.Dept, _ = parseID(in.Dept)
	if _, ok := n.departments.Get(l.Dept); !ok {
		if l.Dept = 0; in.Dept != "" {
			wrong.Add("dept", i18n.N("没有这个部门，没有按它筛选。"))
		}
	}
	for name, typed := range map[string]string{"from": in.From, "to": in.To} {
		if typed != "" && onlyDay(typed) == "" {
			wrong.Add(name, i18n.N("“%[1]s”不是日期，没有按它筛选。请写成 2026-11-22 的样子。"), textrule.Line(typed))
		}
	}
	if l.From != "" && l.To != "" && l.From > l.To {
		wrong.Add("to", i18n.N("结束的日期早于开始的日期，所以一件也没有。"))
	}
	slices.SortFunc(wrong, func(a, b fault.Field) int {
		return slices.Index(listingOrder, a.Name) - slices.Index(listingOrder, b.Name)
	})
	return l, wrong
}

var listingOrder = []string{"topic", "dept", "from", "to"}

func onlyDay(s string) string {
	if t, err := time.Parse(time.DateOnly, s); err != nil || t.Year() < 1970 {
		return ""
	}
	return s
}

func (l listing) query() url.Values {
	v := url.Values{}
	for name, s := range map[string]string{"q": l.Q, "from": l.From, "to": l.To} {
		if s != "" {
			v.Set(name, s)
		}
	}
	if l.Topic != 0 {
		v.Set("topic", number(l.Topic))
	}
	if l.Dept != 0 {
		v.Set("dept", number(l.Dept))
	}
	return v
}

func (l listing) href() string { return l.after("") }

func (l listing) after(cursor string) string {
	v := l.query()
	if cursor != "" {
		v.Set("after", cursor)
	}
	if len(v) == 0 {
		return "/library"
	}
	return "/library?" + v.Encode()
}

func (l listing) ofTopic(id int64) listing { l.Topic = id; return l }

func (l listing) between(from, to string) listing { l.From, l.To = from, to; return l }

// Filtered reports whether anything but words narrows the list.
func (l listing) Filtered() bool { return l.Topic != 0 || l.Dept != 0 || l.From != "" || l.To != "" }

// Unfiltered is the address with the words alone.
func (l listing) Unfiltered() string { return listing{Q: l.Q}.href() }

// AllTopics is the address without the topic.
func (l listing) AllTopics() string { return l.ofTopic(0).href() }

// AllTimes is the address without the dates.
func (l listing) AllTimes() string { return l.between("", "").href() }

// Feed is the address of the feed of the same topic and department.
func (l listing) Feed(kind string) string {
	if v := (listing{Topic: l.Topic, Dept: l.Dept}).query(); len(v) > 0 {
		return "/library/feed." + kind + "?" + v.Encode()
	}
	return "/library/feed." + kind
}

// filter says which entries those are. A department stands for all below it.
func (l listing) filter(n names, zone *time.Location) library.Filter {
	var f library.Filter
	if l.Topic != 0 {
		f.TopicIDs = n.topics.Under(l.Topic)
	}
	alone := len(n.departments.Roots) == 1 && n.departments.Roots[0].ID == l.Dept // the whole city
	if l.Dept != 0 && !alone {
		f.DepartmentIDs = []int64{l.Dept}
		for _, d := range n.departments.Subtree(l.Dept) {
			f.DepartmentIDs = append(f.DepartmentIDs, d.ID)
		}
	}
	if t, err := time.ParseInLocation(time.DateOnly, l.From, zone); err == nil {
		f.From = t
	}
	if t, err := time.ParseInLocation(time.DateOnly, l.To, zone); err == nil {
		f.To = t.AddDate(0, 0, 1)
	}
	return f
}

// words says what narrows the list.
func (l listing) words(c *kit.Ctx, n names) string {
	day := func(s string) string {
		t, err := time.ParseInLocation(time.DateOnly, s, c.Zone)
		if err != nil {
			return ""
		}
		return c.L.Day(t)
	}
	all := []string{n.topic(l.Topic), n.department(l.Dept)}
	switch from, to := day(l.From), day(l.To); {
	case from != "" && to != "":
		all = append(all, c.T("%[1]s到%[2]s公开", from, to))
	case from != "":
		all = append(all, c.T("%[1]s起公开", from))
	case to != "":
		all = append(all, c.T("%[1]s及以前公开", to))
	}
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " · ")
}

type listPage struct {
	listing
	Searched    bool
	Answers     []answer
	Total       int
	TotalCapped bool
	Relaxed     bool
	First, Next string // addresses
	Topics      []choice
	Times       []choice
	Departments []departmentOption
	TopicName   string
	Chosen      string // what narrows the list, in words
	Errors      []kit.FieldError

	Near    []choice // topics that the words are the name of
	Instead []answer // of the first of them, when nothing holds the words
}

type departmentOption struct {
	ID    int64
	Name  string
	Depth string // blanks before the name
}

func (p *Portal) list(c *kit.Ctx) error {
	c.Section("library")
	var in listingInput
	if err := c.Bind(&in); err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	l, wrong := listingOf(in, n)
	page := listPage{listing: l, Errors: c.FieldErrors(wrong.Err())}
	f := l.filter(n, c.Zone)
	f.After = in.After
	err = p.find(c, n, f, &page)
	if fault.Is(err, fault.Invalid) && f.After != "" { // a cursor that is none of ours: begin anew
		f.After = ""
		err = p.find(c, n, f, &page)
	}
	if err != nil {
		return err
	}
	if f.After != "" {
		page.First = l.href()
	}
	page.choices(c, n)
	if err := p.near(c, n, l, &page); err != nil {
		return err
	}
	status := http.StatusOK
	if slices.ContainsFunc(wrong, func(f fault.Field) bool { return f.Name == "topic" || f.Name == "dept" }) {
		status = http.StatusNotFound // a list of something else: the page says so, and no search engine keeps it
	}
	return c.Page(status, "library", page)
}

const insteadShown = 5

// near offers the topics that the words name, in either language: answers are written in one.
func (p *Portal) near(c *kit.Ctx, n names, l listing, page *listPage) error {
	if !page.Searched || page.First != "" || l.Topic != 0 {
		return nil
	}
	topics := n.near(l.Q)
	for _, t := range topics {
		page.Near = append(page.Near, choice{Name: n.topicName(t), Href: listing{Topic: t.ID}.href()})
	}
	if len(topics) == 0 || len(page.Answers) > 0 || l.Filtered() {
		return nil
	}
	found, err := p.Library.List(c.Request.Context(), library.Filter{TopicIDs: n.topics.Under(topics[0].ID), Limit: insteadShown})
	page.Instead = n.answers(found.Entries)
	return err
}

func (p *Portal) find(c *kit.Ctx, n names, f library.Filter, page *listPage) error {
	ctx := c.Request.Context()
	var next string
	if page.Searched = page.Q != ""; page.Searched {
		found, err := p.Library.Search(ctx, library.Query{Text: page.Q, Filter: f})
		if err != nil {
			return err
		}
		for _, h := range found.Hits {
			a := n.answer(h.Entry)
			a.TitleParts, a.Text, a.Found = h.TitleParts, h.Snippet, true
			page.Answers = append(page.Answers, a)
		}
		page.Total, page.TotalCapped, page.Relaxed, next = found.Total, found.TotalCapped, found.Relaxed, found.Next
	} else {
		found, err := p.Library.List(ctx, f)
		if err != nil {
			return err
		}
		page.Answers, next = n.answers(found.Entries), found.Next
		if page.Filtered() && f.After == "" && next == "" {
			page.Total = len(page.Answers)
		}
		if !page.Filtered() {
			if page.Total, err = p.Library.Count(ctx); err != nil {
				return err
			}
		}
	}
	if next != "" {
		page.Next = page.after(next)
	}
	return nil
}

func (page *listPage) choices(c *kit.Ctx, n names) {
	l := page.listing
	page.TopicName = n.topic(l.Topic)
	page.Chosen = l.words(c, n)
	parent := n.topics.ByID(l.Topic).ParentID
	for _, g := range n.topics.Groups {
		group := choice{Name: n.topicName(g.Topic), Href: l.ofTopic(g.Topic.ID).href(), Present: g.Topic.ID == l.Topic}
		if group.Present || g.Topic.ID == parent {
			for _, leaf := range g.Leaves {
				group.Under = append(group.Under, choice{Name: n.topicName(leaf), Href: l.ofTopic(leaf.ID).href(), Present: leaf.ID == l.Topic})
			}
		}
		page.Topics = append(page.Topics, group)
	}
	for _, d := range n.departments.All() {
		page.Departments = append(page.Departments, departmentOption{
			ID: d.ID, Name: n.department(d.ID), Depth: strings.Repeat("\u3000", max(strings.Count(d.Path, "/")-2, 0))})
	}
	today := c.Now.In(c.Zone)
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	for _, t := range []struct {
		name string
		from time.Time
	}{
		{c.T("本周"), monday},
		{c.T("本月"), today.AddDate(0, 0, 1-today.Day())},
		{c.T("今年"), time.Date(today.Year(), 1, 1, 0, 0, 0, 0, c.Zone)},
	} {
		from := t.from.Format(time.DateOnly)
		page.Times = append(page.Times, choice{Name: t.name, Href: l.between(from, "").href(), Present: l.From == from && l.To == ""})
	}
}
