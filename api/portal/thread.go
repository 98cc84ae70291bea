package portal

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strconv"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/calendar"
	"huiyin/services/cases"
)

// typedMessage is what somebody wrote and could not send yet; Draft owns the files that came with it.
type typedMessage struct {
	Kind    string // follow-up, supplement, reopen, rate
	Key     string // of the form: sent twice, it makes one message
	Text    string
	Rating  int64
	Draft   string // token
	Files   []attached
	Errors  []kit.FieldError
	Summary []kit.FieldError

	Restored bool // it waited while its writer signed in or showed the receipt
	Moved    bool // it stands in another form than it was written in
	Unsent   bool // there is no form for it any more
}

// For returns what was typed into the form of that kind.
func (m typedMessage) For(kind string) typedMessage {
	if m.Kind != kind {
		m = typedMessage{Kind: kind}
	}
	if m.Key == "" {
		m.Key = rand.Text()
	}
	return m
}

// threadPage is one matter as its resident sees it.
type threadPage struct {
	*cases.Thread
	Stage      i18n.Msg
	StageKind  string
	Late       string // while an answer is owed and late
	Topic      string
	Department string
	Due        dueBox
	Steps      []step
	Items      []threadItem
	Typed      typedMessage
	AskUntil   string // how long one may ask on, and what comes then; "" where one may not
	EntryID    int64  // in the library, 0 while it is not there
	Most       int
	Ratings    []rating
}

type dueBox struct {
	Kind    string // "", ok, late
	Icon    string
	Left    string
	Counted calendar.Account
}

type step struct {
	Name    string
	At      *time.Time
	Current bool
}

// threadItem is a message, or a step on the way when Step is set.
type threadItem struct {
	At    time.Time
	Step  string
	Kind  string
	From  string
	Text  string
	Stamp string
	Files []attached
	ID    string
}

// rank orders what happened at one instant: a question, what was done about it, the reply.
func (i threadItem) rank() int {
	switch {
	case i.Kind == "reply":
		return 2
	case i.Step != "":
		return 1
	}
	return 0
}

type rating struct {
	Value int64
	Name  string
}

var ratingNames = []string{i18n.N("很不满意"), i18n.N("不满意"), i18n.N("一般"), i18n.N("满意"), i18n.N("很满意")}

func (p *Portal) threadWith(c *kit.Ctx, status int, number string, typed typedMessage) error {
	page, err := p.threadPage(c, number, typed)
	if fault.Is(err, fault.NotFound) {
		return p.withThread(c, typed.Kind, typed.Text, func(*cases.Thread) error { return err })
	}
	if err != nil {
		return err
	}
	return c.Page(status, "thread", page)
}

func (p *Portal) threadPage(c *kit.Ctx, number string, typed typedMessage) (*threadPage, error) {
	ctx := c.Request.Context()
	c.Section("track")
	t, err := p.Cases.Open(ctx, c.Actor, number)
	if err == nil && t.Standing&cases.Owner == 0 {
		err = kit.NotFound()
	}
	if err != nil {
		return nil, err
	}
	page := &threadPage{
		Thread: t, Stage: cases.ResidentStage(t.Case), StageKind: stageKind(t.Case), Typed: typed,
		Topic: c.Name(t.Topic), Department: c.Name(t.Department),
	}
	page.Typed.settle(t)
	if page.Due, err = p.dueBox(c, t.Case); err != nil {
		return nil, err
	}
	if page.Due.Kind == "late" {
		page.Late = page.Due.Left
	}
	page.Steps = steps(c, t.Case)
	if t.Can(cases.ActFollowUp) {
		page.AskUntil = askUntil(c, t)
	}
	if page.Items, err = p.items(c, t); err != nil {
		return nil, err
	}
	for i, name := range ratingNames {
		page.Ratings = append(page.Ratings, rating{int64(i + 1), c.T(name)})
	}
	if t.Case.Publication == models.Published {
		pub, found, err := p.Library.OfCase(ctx, t.Case.ID)
		if err != nil {
			return nil, err
		}
		if found && pub.Status == models.Published {
			page.EntryID = pub.ID
		}
	}
	numbers, err := p.City.CaseNumbers(ctx)
	page.Most = numbers.Attachments
	return page, err
}

// askUntil says what comes next after an answer, and when: that it is not decided by silence without a word.
func askUntil(c *kit.Ctx, t *cases.Thread) string {
	day := c.L.Date(t.CloseAt)
	switch {
	case t.Case.ReopenedAt != nil:
		return c.T(i18n.N("这是重新办理后的答复，不能再要求重新办理。%[1]s前可以继续追问；到那天没有追问，这件诉求自动办结。以后还有问题，请另行提问。"), day)
	case t.Can(cases.ActReopen):
		return c.T(i18n.N("%[1]s前可以追问；到那天没有追问，也没有要求重新办理，这件诉求自动办结，不能再追问。"), day)
	}
	return c.T(i18n.N("%[1]s前可以追问；到那天没有追问，这件诉求自动办结，不能再追问。"), day)
}

func stageKind(c *models.Case) string {
	switch c.Status {
	case models.Withdrawn:
		return "mute"
	case models.Answered, models.Closed:
		return "ok"
	}
	return ""
}

func (p *Portal) dueBox(c *kit.Ctx, m *models.Case) (dueBox, error) {
	box := dueBox{Counted: calendar.Tell(m.DueBasis, c.L), Icon: "clock"}
	if !m.Status.Open() {
		box.Kind, box.Icon = "ok", "check-circle"
		return box, nil
	}
	left, err := p.Calendar.Left(c.Request.Context(), m.DueAt, m.DueBasis)
	if err != nil {
		return box, err
	}
	if left.Late {
		box.Kind, box.Icon = "late", "alert"
	}
	box.Left = left.Localize(c.L)
	return box, nil
}

func steps(c *kit.Ctx, m *models.Case) []step {
	list := []step{
		{Name: c.T(i18n.N("已提交")), At: &m.SubmittedAt}, {Name: c.T(i18n.N("部门受理")), At: m.AcceptedAt},
		{Name: c.T(i18n.N("答复")), At: m.AnsweredAt}, {Name: c.T(i18n.N("您的评价")), At: m.RatedAt},
	}
	if m.Status == models.Withdrawn {
		before := slices.DeleteFunc(list[:2], func(s step) bool { return s.At == nil })
		return append(before, step{Name: c.T(i18n.N("您已撤回")), At: m.WithdrawnAt})
	}
	if m.AnsweredAt == nil { // asked again: what was judged was the answer before
		list[3].At = nil
	} else if m.AcceptedAt == nil {
		list[1].At = m.AnsweredAt
	}
	for i := range list {
		if list[i].At == nil {
			list[i].Current = m.Status != models.Closed
			break
		}
	}
	return list
}

// items interleaves messages with the steps between them, by time.
func (p *Portal) items(c *kit.Ctx, t *cases.Thread) ([]threadItem, error) {
	departments, err := p.Accounts.Departments(c.Request.Context())
	if err != nil {
		return nil, err
	}
	name := func(id int64) string {
		d, _ := departments.Get(id)
		return c.Name(d)
	}
	var list []threadItem
	for _, m := range t.Messages {
		item := threadItem{At: m.CreatedAt, Text: m.Body, ID: "message-" + strconv.FormatInt(m.ID, 10)}
		switch m.Kind {
		case models.ReplySent:
			item.Kind, item.From = "reply", c.T(i18n.N("%[1]s　正式答复"), name(m.DepartmentID))
			if m.Reviewed {
				item.Stamp = c.T(i18n.N("已审核"))
			}
		case models.FollowUp:
			item.From = c.T(i18n.N("您的追问"))
			if t.Reopening(m.CaseMessage) {
				item.From = c.T(i18n.N("您要求重新办理的原因"))
			}
		case models.Supplement:
			item.From = c.T(i18n.N("您补充的材料"))
		default:
			item.From = c.T(i18n.N("您的提问"))
		}
		for _, f := range m.Files {
			item.Files = append(item.Files, listed(f))
		}
		list = append(list, item)
	}
	for _, e := range t.Events {
		if text := stepText(c, e, name); text != "" {
			list = append(list, threadItem{At: e.At, Step: text})
		}
	}
	slices.SortStableFunc(list, func(a, b threadItem) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.rank(), b.rank())) })
	return list, nil
}

// stepText says a step to the resident; steps that are a message of their own say nothing.
func stepText(c *kit.Ctx, e models.CaseEvent, department func(int64) string) string {
	withReason := func(text string) string {
		if e.Note == "" {
			return text
		}
		return c.T(i18n.N("%[1]s，原因：%[2]s"), text, e.Note)
	}
	switch cases.Action(e.Action) {
	case cases.ActAccept:
		return c.T(i18n.N("%[1]s已受理"), department(e.DepartmentID))
	case cases.ActTransfer:
		return withReason(c.T(i18n.N("已转到%[1]s办理"), department(e.DepartmentID)))
	case cases.ActWithdraw:
		return withReason(c.T(i18n.N("您撤回了这件诉求")))
	case cases.ActRate:
		return c.T(i18n.N("您作了评价"))
	case cases.ActReopen:
		return c.T(i18n.N("您要求重新办理，将由另一位审核人负责"))
	case cases.ActClose:
		return c.T(i18n.N("诉求已办结"))
	case cases.ActConsent:
		return c.T(i18n.N("您同意公开这次问答"))
	case cases.ActWithdrawConsent:
		return c.T(i18n.N("您撤回了公开同意"))
	case cases.ActPublish:
		return c.T(i18n.N("问答已在公开库发布，其中没有您的个人信息"))
	case cases.ActUnpublish:
		return withReason(c.T(i18n.N("问答已从公开库撤下")))
	case cases.ActRecompute:
		return c.T(i18n.N("放假安排公布后，答复期限已重新计算"))
	}
	return ""
}
