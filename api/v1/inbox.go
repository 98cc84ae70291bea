package v1

import (
	"net/http"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/cases"
)

func (s *server) inbox() {
	add(s, op{ID: "list-inbox", Method: http.MethodGet, Path: "/staff/inbox", Access: kit.CaseWork, Tag: tagInbox, Summary: i18n.N("诉求列表的一页")}, s.listInbox)
	add(s, op{ID: "count-inbox", Method: http.MethodGet, Path: "/staff/counts", Access: kit.CaseWork, Tag: tagInbox, Summary: i18n.N("各列表有多少件")}, s.counts)
	add(s, op{ID: "bulk-assign", Method: http.MethodPost, Path: "/staff/bulk-assign", Access: kit.CaseWork, Tag: tagInbox, Limit: "staff-write", Creates: around, Summary: i18n.N("一次分派多件")}, s.bulkAssign)
	add(s, op{ID: "find-by-phone", Method: http.MethodPost, Path: "/staff/find-by-phone", Access: kit.CaseWork, Tag: tagInbox, Limit: "track", Creates: nothing, Summary: i18n.N("按手机号找来信人的诉求（留痕）")}, s.findByPhone)
	add(s, op{ID: "list-colleagues", Method: http.MethodGet, Path: "/staff/colleagues", Access: kit.CaseWork, Tag: tagInbox, Summary: i18n.N("一个部门的经办人，可以分派给谁")}, s.colleagues)
	add(s, op{ID: "list-reply-templates", Method: http.MethodGet, Path: "/staff/reply-templates", Access: kit.CaseWork, Tag: tagInbox, Misses: true, Summary: i18n.N("常用答复，可按一件诉求填好")}, s.templates)
}

type inboxInput struct {
	View       cases.View `query:"view" enum:"mine,review,unassigned,due_soon,overdue,all,publish" default:"mine"`
	Department int64      `query:"department" minimum:"0" doc:"看得到的一个部门，连同它下面的部门"`

	Topic   int64             `query:"topic" minimum:"0"`
	Status  models.CaseStatus `query:"status" enum:"submitted,handling,reviewing,approved,answered,closed,withdrawn"`
	Channel string            `query:"channel" enum:"web,miniprogram,phone,api"`
	Same    string            `query:"same" maxLength:"40" doc:"一件诉求的编号：只列同一位来信人的，匿名的不在内"`
	Search  string            `query:"q" maxLength:"200" doc:"编号或编号的开头，或者要找的字词"`
	After   string            `query:"after" maxLength:"400" doc:"上一页给出的下一页位置"`
	Limit   int               `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type inboxRow struct {
	CaseCard
	Handler   *person `json:"handler,omitempty"`
	Name      string  `json:"name,omitempty" doc:"提问人的称呼，只有这件的经办人和审核人看到原样，别人看到的已打码；匿名时没有"`
	DaysLeft  int     `json:"days_left" doc:"离期限还有几天，按期限规定的算法（多为工作日）；过了是负数"`
	DueSoon   bool    `json:"due_soon" doc:"快到期了，同 due_soon 列表"`
	Overdue   bool    `json:"overdue" doc:"已过期限；刚过期限的周末里 days_left 仍是 0"`
	Channel   string  `json:"channel"`
	Anonymous bool    `json:"anonymous"`
}

type inboxPage struct {
	Link string `header:"Link"`
	Body struct {
		List[inboxRow]
		SearchedBack int  `json:"searched_back,omitempty" doc:"按字词查找时，只看了最新的这么多件"`
		InText       bool `json:"in_text,omitempty" doc:"没有以它开头的编号，所以找的是文字"`
	}
}

func (s *server) listInbox(c *call, in *inboxInput) (*inboxPage, error) {
	p, err := s.Cases.Inbox(c.ctx, c.Actor, cases.InboxQuery{
		View: in.View, DepartmentID: in.Department, TopicID: in.Topic, Status: in.Status, Channel: in.Channel, Same: in.Same, Search: in.Search, After: in.After, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	items := make([]inboxRow, len(p.Rows))
	for i, r := range p.Rows {
		card, err := s.card(c, &r.Case)
		if err != nil {
			return nil, err
		}
		items[i] = inboxRow{CaseCard: card, Name: r.Name, DaysLeft: signed(r.Left), DueSoon: r.DueSoon, Overdue: r.Left.Late, Channel: r.Case.Channel, Anonymous: r.Case.Anonymous}
		if r.Case.HandlerID != 0 {
			items[i].Handler = &person{ID: r.Case.HandlerID, Name: r.Handler}
		}
	}
	paged := pageOf(c, items, p.Next)
	out := &inboxPage{Link: paged.Link}
	out.Body.List, out.Body.SearchedBack, out.Body.InText = paged.Body, p.SearchedBack, p.InText
	return out, nil
}

type byPhoneInput struct {
	Body struct {
		Phone string `json:"phone" doc:"来信人的手机号"`
	}
}

type foundByPhone struct {
	Number string `json:"number" doc:"这位来信人最新的、您能看到的一件；其余的按同一位来信人列出"`
}

func (s *server) findByPhone(c *call, in *byPhoneInput) (*reply[foundByPhone], error) {
	number, err := s.Cases.FindByPhone(c.ctx, c.Actor, in.Body.Phone)
	return &reply[foundByPhone]{foundByPhone{number}}, err
}

// countUpTo is where counting stops.
const countUpTo = 999

type counted struct {
	Views map[cases.View]int `json:"views" doc:"每个列表里有多少件"`
	UpTo  int                `json:"up_to" doc:"比它多一，表示更多"`
}

func (s *server) counts(c *call, _ *none) (*reply[counted], error) {
	n, err := s.Cases.Counts(c.ctx, c.Actor, countUpTo)
	if err != nil {
		return nil, err
	}
	return &reply[counted]{counted{n, countUpTo}}, nil
}

type bulkInput struct {
	Body struct {
		Numbers   []string `json:"numbers" minItems:"1" maxItems:"100" nullable:"false"`
		HandlerID int64    `json:"handler_id"`
		Note      string   `json:"note,omitempty" doc:"最多 200 个字，写给经办人"`
	}
}

type bulkOutcome struct {
	Number  string       `json:"number"`
	Done    bool         `json:"done"`
	Problem *kit.Problem `json:"problem,omitempty" doc:"为什么没有变"`
}

func signed(l i18n.Left) int {
	if l.Late {
		return -l.N
	}
	return l.N
}

func (s *server) bulkAssign(c *call, in *bulkInput) (*reply[List[bulkOutcome]], error) {
	outcomes, err := s.Cases.AssignMany(c.ctx, c.Actor, in.Body.Numbers, cases.AssignInput{HandlerID: in.Body.HandlerID, Note: in.Body.Note})
	if err != nil {
		return nil, err
	}
	out := List[bulkOutcome]{Items: []bulkOutcome{}}
	for _, o := range outcomes {
		one := bulkOutcome{Number: o.Number, Done: o.Err == nil}
		if o.Err != nil {
			one.Problem = c.Problem(o.Err)
		}
		out.Items = append(out.Items, one)
	}
	return &reply[List[bulkOutcome]]{out}, nil
}

type colleaguesInput struct {
	Department int64 `query:"department_id" minimum:"0" doc:"0：本部门；别的部门只有能看它的督办和领导可以查"`
}

func (s *server) colleagues(c *call, in *colleaguesInput) (*page[person], error) {
	cards, err := s.Cases.Handlers(c.ctx, c.Actor, in.Department)
	return pageOf(c, people(c.Ctx, cards), ""), err
}

type templatesInput struct {
	Number string `query:"number" maxLength:"32" doc:"要答复的诉求：只列它的部门和分类能用的，并用它的内容填好模板里的空"`
}

type replyTemplate struct {
	ID         int64  `json:"id"`
	Department int64  `json:"department_id" doc:"0：各部门通用"`
	Topic      int64  `json:"topic_id" doc:"0：不限分类"`
	Title      string `json:"title"`
	Body       string `json:"body"`
}

func (s *server) templates(c *call, in *templatesInput) (*page[replyTemplate], error) {
	rows, err := s.Cases.TemplatesFor(c.ctx, c.Actor, in.Number)
	items := make([]replyTemplate, 0, len(rows))
	for _, r := range rows {
		items = append(items, replyTemplate{ID: r.ID, Department: r.DepartmentID, Topic: r.TopicID, Title: r.Title, Body: r.Body})
	}
	return pageOf(c, items, ""), err
}
