package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

func (s *Console) inboxRoutes(g *kit.Group) {
	g.GET("/console/cases", kit.CaseWork, s.inbox)
	g.POST("/console/cases/assign", kit.CaseWork, s.assignMany)
	g.POST("/console/cases/by-phone", kit.CaseWork, s.byPhone)
	for _, act := range []string{"assign", "by-phone"} { // whoever reloads the answer to an act
		g.GET("/console/cases/"+act, kit.CaseWork, func(c *kit.Ctx) error { return c.Redirect(viewAddress(cases.ViewAll)) })
	}
	g.GET("/console/live", kit.Staff, s.live)
	g.GET("/console/live/parts", kit.Staff, s.liveParts)
}

// option is one line of a select; group heads a block of them.
type option struct{ Value, Label string }

type optionGroup struct {
	Label   string
	Options []option
}

type inboxView struct {
	Query        cases.InboxQuery
	Title, Sub   string
	Topics       []optionGroup
	Departments  []option // for those who see more than one
	Statuses     []option
	Channels     []option
	Filtered     bool
	Rows         []rowView
	First        string // address of the first page, when this is a later one
	Older        string
	SearchedBack int
	InText       bool
	Handlers     []optionGroup // whom the ticked may be given to; none: no bulk action
	Many         bool          // of several departments
	Empty        emptyView
	Back         string
	Phone        string // as typed, to look for whose it is
	PhoneOpen    bool
	Errors       []kit.FieldError
}

type rowView struct {
	cases.InboxRow
	Href, Topic, Name, Channel string
	Office                     string // the department, in the reader's language
	Stage                      tagView
	Due                        dueView
}

type tagView struct{ Kind, Text string }

// dueView is a deadline in words; Kind is its colour's name, never alone.
type dueView struct {
	Kind, Text, On string
	Provisional    bool
	Moving         bool // being counted anew: no day to name
}

type emptyView struct{ Title, Text, Href, Button string }

var channelNames = map[string]string{
	"web": i18n.N("网页"), "miniprogram": i18n.N("小程序"), "phone": i18n.N("电话"), "api": i18n.N("接口"),
}

var channels = []string{"web", "miniprogram", "phone", "api"}

func channelName(c *kit.Ctx, channel string) string {
	if id := channelNames[channel]; id != "" {
		return c.T(id)
	}
	return channel
}

func (s *Console) inbox(c *kit.Ctx) error {
	var q cases.InboxQuery
	if err := c.Bind(&q); err != nil {
		return err
	}
	if _, ok := accounts.NormalizePhone(q.Search); ok {
		c.SetFlash("info", c.T("手机号请填在“按手机号查”里：搜索框里的字会留在地址和浏览记录里。"))
		rest := c.Request.URL.Query()
		rest.Del("q")
		return c.Redirect(address("/console/cases", rest, "by", "phone"))
	}
	v, err := s.inboxView(c, q)
	if err != nil {
		return err
	}
	v.PhoneOpen = c.Query("by") == "phone"
	return c.Page(http.StatusOK, "inbox", v)
}

func (s *Console) inboxView(c *kit.Ctx, q cases.InboxQuery) (*inboxView, error) {
	if q.View == "" {
		q.View = viewsOf(c.Actor)[0]
	}
	page, err := s.Cases.Inbox(c.Request.Context(), c.Actor, q)
	if err != nil {
		return nil, err
	}
	c.Section(string(q.View))
	from := originOf(c)
	if !from.Known() {
		from = origin{url.Values{"view": {string(q.View)}}, q.View}
	}
	v := &inboxView{Query: q, Title: c.T(viewNames[q.View]), SearchedBack: page.SearchedBack, InText: page.InText, Back: c.Request.URL.RequestURI()}
	if err := s.fillFilters(c, v, page.Departments); err != nil {
		return nil, err
	}
	for _, r := range page.Rows {
		v.Rows = append(v.Rows, s.rowView(c, r, from))
	}
	if v.Sub, err = s.whoAmI(c); err != nil {
		return nil, err
	}
	if err := s.fillHandlers(c, v); err != nil {
		return nil, err
	}
	if q.After != "" {
		v.First = address("/console/cases", c.Request.URL.Query(), "after", "")
	}
	if page.Next != "" {
		v.Older = address("/console/cases", c.Request.URL.Query(), "after", page.Next)
	}
	v.Empty = emptyOf(c, *v)
	return v, nil
}

// address is path with the query, one parameter set anew.
func address(path string, q url.Values, name, value string) string {
	kept := url.Values{}
	for k, v := range q {
		if k != name && len(v) > 0 && v[0] != "" {
			kept[k] = v[:1]
		}
	}
	if value != "" {
		kept.Set(name, value)
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + kept.Encode()
}

func (s *Console) whoAmI(c *kit.Ctx) (string, error) {
	d, err := s.Accounts.Department(c.Request.Context(), c.Actor.DepartmentID)
	if err != nil {
		return "", err
	}
	return c.Name(d) + " · " + c.Actor.Name, nil
}

func (s *Console) rowView(c *kit.Ctx, r cases.InboxRow, from origin) rowView {
	v := rowView{
		InboxRow: r, Href: from.Case(r.Case.Number), Topic: c.Name(r.Topic), Name: r.Name,
		Channel: channelName(c, r.Case.Channel), Stage: stageTag(c, &r.Case), Office: c.Name(r.Department),
	}
	if from.View == cases.ViewPublish {
		v.Href = from.Case(r.Case.Number, "publication")
		v.Stage = publicationTag(c, r.Case.Publication)
	}
	if v.Name == "" {
		v.Name = c.T("匿名")
	}
	if r.Case.Status.Open() {
		v.Due = dueOf(c, &r.Case, r.Left, r.DueSoon)
	} else if r.Case.AnsweredAt != nil {
		v.Due = dueView{Text: c.T("%[1]s答复", c.L.Day(*r.Case.AnsweredAt))}
	}
	return v
}

func dueOf(c *kit.Ctx, k *models.Case, left i18n.Left, soon bool) dueView {
	d := dueView{Text: left.Localize(c.L), On: c.L.Date(k.DueAt), Provisional: k.DueProvisional}
	switch {
	case left.Moving:
		return dueView{Kind: "mute", Text: d.Text, Moving: true}
	case left.Late:
		d.Kind = "late"
	case soon:
		d.Kind = "warn"
	}
	return d
}

func stageTag(c *kit.Ctx, k *models.Case) tagView {
	t := tagView{Text: cases.Stage(k).Localize(c.L)}
	switch {
	case k.Status == models.Handling && k.ReturnedAt != nil:
		t.Kind = "warn"
	case k.Status == models.Answered, k.Status == models.Closed:
		t.Kind = "ok"
	case k.Status == models.Withdrawn:
		t.Kind = "mute"
	}
	return t
}

func (s *Console) fillFilters(c *kit.Ctx, v *inboxView, departments []models.Department) error {
	topics, err := s.Cases.Topics(c.Request.Context())
	if err != nil {
		return err
	}
	v.Topics = topicOptions(c, topics)
	for i, g := range topics.Active() { // a whole group can be chosen, too
		all := option{strconv.FormatInt(g.Topic.ID, 10), c.T("%[1]s（全部）", c.Name(g.Topic))}
		v.Topics[i].Options = append([]option{all}, v.Topics[i].Options...)
	}
	for _, st := range models.CaseStatuses {
		v.Statuses = append(v.Statuses, option{string(st), cases.StatusName(st).Localize(c.L)})
	}
	for _, ch := range channels {
		v.Channels = append(v.Channels, option{ch, c.T(channelNames[ch])})
	}
	q := v.Query
	v.Filtered = q.TopicID != 0 || q.Status != "" || q.Channel != "" || q.Search != "" || q.DepartmentID != 0 || q.Same != ""
	v.Many = len(departments) > 0
	for _, d := range departments {
		indent := strings.Repeat("　", max(0, strings.Count(d.Path, "/")-strings.Count(departments[0].Path, "/")))
		v.Departments = append(v.Departments, option{strconv.FormatInt(d.ID, 10), indent + c.Name(d)})
	}
	return nil
}

func topicOptions(c *kit.Ctx, tree *cases.TopicTree) []optionGroup {
	var groups []optionGroup
	for _, g := range tree.Active() {
		group := optionGroup{Label: c.Name(g.Topic)}
		for _, t := range g.Leaves {
			group.Options = append(group.Options, option{strconv.FormatInt(t.ID, 10), c.Name(t)})
		}
		groups = append(groups, group)
	}
	return groups
}

// fillHandlers offers the handlers of the departments on the page, so that somebody who oversees several picks within one.
func (s *Console) fillHandlers(c *kit.Ctx, v *inboxView) error {
	if v.Query.View == cases.ViewPublish {
		return nil
	}
	var departments []models.Department
	var ids []int64
	for _, r := range v.Rows {
		d := r.Department
		if r.Assignable && !slices.Contains(ids, d.ID) {
			departments, ids = append(departments, d), append(ids, d.ID)
		}
	}
	handlers, err := s.Accounts.ColleaguesIn(c.Request.Context(), ids, models.Handler)
	if err != nil {
		return err
	}
	for _, d := range departments {
		if group := peopleOptions(handlers[d.ID]); len(group) > 0 {
			v.Handlers = append(v.Handlers, optionGroup{Label: c.Name(d), Options: group})
		}
	}
	return nil
}

func peopleOptions(people []accounts.StaffCard) []option {
	var list []option
	for _, p := range people {
		label := p.Name
		if p.Office != "" {
			label += " · " + p.Office
		}
		list = append(list, option{strconv.FormatInt(p.ID, 10), label})
	}
	return list
}

func emptyOf(c *kit.Ctx, v inboxView) emptyView {
	all := emptyView{Href: viewAddress(cases.ViewAll), Button: c.T("看全部诉求")}
	if v.Filtered {
		all.Title, all.Text = c.T("没有符合条件的诉求"), c.T("换个说法，或去掉一些筛选条件再试。")
		all.Href, all.Button = viewAddress(v.Query.View), c.T("清除筛选")
		return all
	}
	switch v.Query.View {
	case cases.ViewMine:
		all.Title, all.Text = c.T("您手上没有要办的诉求"), c.T("新的诉求分派给您时，会在这里出现，也会提醒您。")
		all.Href, all.Button = viewAddress(cases.ViewUnassigned), c.T("看看未分派的")
	case cases.ViewReview:
		all.Title, all.Text = c.T("没有等您审核的答复"), c.T("经办人提交审核后，会在这里出现，也会提醒您。")
	case cases.ViewUnassigned:
		all.Title, all.Text = c.T("所有诉求都有人办了"), c.T("新来的诉求会先到这里。")
	case cases.ViewDueSoon:
		all.Title, all.Text = c.T("没有即将到期的诉求"), c.T("离期限不远的诉求会在这里出现。")
	case cases.ViewOverdue:
		all.Title, all.Text = c.T("没有超期的诉求"), c.T("每件都在期限之内。")
	case cases.ViewPublish:
		all.Title, all.Text = c.T("没有要公开的诉求"), c.T("来信人同意公开的诉求，答复之后会在这里出现。")
	default:
		all.Title, all.Text = c.T("还没有诉求"), c.T("居民提问后会在这里出现。")
		all.Href = ""
	}
	return all
}

// live tells the side bar that a count may have changed.
func (s *Console) live(c *kit.Ctx) error {
	topics, err := s.Cases.LiveTopics(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	return c.Live(append(topics, "staff:"+strconv.FormatInt(c.Actor.ID, 10))...)
}

// liveParts is a page that holds the side bar and the bell as they are now.
func (s *Console) liveParts(c *kit.Ctx) error {
	c.Section(sectionOf(c.GetHeader("HX-Current-URL")))
	return c.Page(http.StatusOK, "live_parts", nil)
}
