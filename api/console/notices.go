package console

import (
	"net/http"
	"time"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/notices"
)

const (
	noticesPath    = "/console/notices"
	deliveriesPath = "/console/deliveries"
)

// deliveryReaders may see what was sent: some of them only what belongs to their department's cases.
var deliveryReaders = []models.Role{models.Overseer, models.SystemAdmin, models.Handler, models.Reviewer}

func (s *Console) noticeRoutes(g *kit.Group) {
	g.GET(noticesPath, kit.Staff, s.showNotices)
	g.POST(noticesPath+"/read", kit.Staff, s.readNotices)
	g.GET(noticesPath+"/:id", kit.Staff, s.openNotice)
	g.GET(deliveriesPath, kit.Roles(deliveryReaders...), s.showDeliveries)
	g.POST(deliveriesPath+"/:id/resend", kit.Roles(deliveryReaders...), asked(s.resendDelivery))
	s.outboxRoutes(g)
}

type noticesData struct {
	Groups       []noticeGroup
	Unread       int
	Newest       int64
	Newer, Older string
}

func (s *Console) showNotices(c *kit.Ctx) error {
	c.Section("notices")
	items, unread, err := s.Notices.Bell(c.Request.Context(), c.Actor.ID, queryID(c, "after"))
	if err != nil {
		return err
	}
	d := noticesData{Unread: unread}
	if d.Groups, err = s.noticeGroups(c, items); err != nil {
		return err
	}
	var next int64
	if len(items) > 0 {
		d.Newest = items[0].ID
		next = items[len(items)-1].ID
	}
	if len(items) < bellPage {
		next = 0
	}
	d.Newer, d.Older = pagerOf(c, next)
	return c.Page(http.StatusOK, "notices", d)
}

// noticeGroup is what a page of the bell says of one case; Title is empty where the reader no longer may see it.
type noticeGroup struct {
	Title, Number, Topic, Stage string
	Due                         dueView
	Unread                      int
	Items                       []noticeLine
}

// noticeLine is one message; What is its kind in the reader's language, for under a title that says the rest.
type noticeLine struct {
	notices.BellItem
	What string
}

// noticeGroups puts the messages of one case together, the case with the newest first.
func (s *Console) noticeGroups(c *kit.Ctx, items []notices.BellItem) ([]noticeGroup, error) {
	var ids []int64
	for _, it := range items {
		ids = append(ids, it.CaseID)
	}
	briefs, err := s.Cases.Briefs(c.Request.Context(), c.Actor, ids)
	if err != nil {
		return nil, err
	}
	var groups []noticeGroup
	at := map[int64]int{}
	for _, it := range items {
		i, known := at[it.CaseID]
		if !known || it.CaseID == 0 {
			i = len(groups)
			at[it.CaseID] = i
			g := noticeGroup{}
			if b, ok := briefs[it.CaseID]; ok {
				g.Title, g.Number, g.Topic, g.Stage = b.Case.Title, b.Case.Number, c.Name(b.Topic), cases.Stage(&b.Case).Localize(c.L)
				if b.Case.Status.Open() {
					left, err := s.Calendar.Left(c.Request.Context(), b.Case.DueAt, b.Case.DueBasis)
					if err != nil {
						return nil, err
					}
					g.Due = dueOf(c, &b.Case, left, b.DueSoon)
				}
			}
			groups = append(groups, g)
		}
		line := noticeLine{BellItem: it, What: it.Title}
		if spec, ok := notices.SpecOf(it.Kind); ok && groups[i].Title != "" {
			line.What = c.T(spec.Name)
		}
		groups[i].Items = append(groups[i].Items, line)
		if !it.Read {
			groups[i].Unread++
		}
	}
	return groups, nil
}

// seen marks what the bell said of a case that somebody opens; a page that only brings itself up to date has nobody before it, maybe.
func (s *Console) seen(c *kit.Ctx, k *models.Case) error {
	if c.IsHTMX() {
		return nil
	}
	return s.Notices.MarkCaseRead(c.Request.Context(), c.Actor.ID, k.ID)
}

// bellPage is how many Bell returns at most.
const bellPage = 20

// readNotices marks one message as read (id), or all up to the newest that was shown (up_to).
func (s *Console) readNotices(c *kit.Ctx) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	if id := f.id("id"); id > 0 {
		err = s.Notices.MarkRead(ctx, c.Actor.ID, id)
	} else {
		err = s.Notices.MarkAllRead(ctx, c.Actor.ID, f.id("up_to"))
	}
	if err != nil {
		return err
	}
	return c.Redirect(kit.Back(c.PostForm("back"), noticesPath))
}

// openNotice marks a message as read on the way to what it speaks of. A message of somebody else leads back to the list.
func (s *Console) openNotice(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	items, _, err := s.Notices.Bell(ctx, c.Actor.ID, id+1)
	if err != nil {
		return err
	}
	if len(items) == 0 || items[0].ID != id {
		return c.Redirect(noticesPath)
	}
	if err := s.Notices.MarkRead(ctx, c.Actor.ID, id); err != nil {
		return err
	}
	return c.Redirect(kit.Back(items[0].Link, noticesPath))
}

var deliveryStates = map[models.DeliveryState]string{
	models.DeliveryQueued: "等待发送", models.DeliverySending: "正在发送", models.DeliverySent: "已送出", models.DeliveryRetry: "等待重试",
	models.DeliveryFailed: "没有送达", models.DeliveryUnknown: "不确定是否送达",
}

// stateOrder is the order of the filter; the kind colours the word.
var stateOrder = []models.DeliveryState{models.DeliveryQueued, models.DeliverySending, models.DeliverySent, models.DeliveryRetry, models.DeliveryFailed, models.DeliveryUnknown}

var stateKinds = map[models.DeliveryState]string{models.DeliverySent: "ok", models.DeliveryRetry: "warn", models.DeliveryFailed: "warn", models.DeliveryUnknown: "warn", models.DeliveryQueued: "mute", models.DeliverySending: "mute"}

type deliveryLine struct {
	notices.Record
	What, Way, StateWord, StateKind, Receiver, Error string
	Title, Number                                    string    // of its case, where the reader may see that
	Next                                             time.Time // of a retry, zero otherwise
	Steps                                            []deliveryStep
}

// deliveryStep is one line of what happened to a message, in words.
type deliveryStep struct {
	At         time.Time
	Text, Note string
}

type deliveriesData struct {
	asking
	Lines                []deliveryLine
	Channels, States     []option
	Kinds                []option
	Channel, State, Kind string
	CaseID               int64
	Newer, Older, Here   string
}

func (s *Console) showDeliveries(c *kit.Ctx) error {
	c.Section("deliveries")
	var f notices.Filter
	if err := c.Bind(&f); err != nil {
		return err
	}
	rows, next, err := s.Notices.List(c.Request.Context(), c.Actor, f)
	if err != nil {
		return err
	}
	d := deliveriesData{Channel: string(f.Channel), State: string(f.State), Kind: string(f.Kind), CaseID: f.CaseID, Here: c.Request.URL.RequestURI()}
	if d.Lines, err = s.deliveryLines(c, rows); err != nil {
		return err
	}
	for _, ch := range []models.Channel{models.SMS, models.Email, models.Bell} {
		d.Channels = append(d.Channels, option{string(ch), c.T(noticeChannels[ch])})
	}
	for _, st := range stateOrder {
		d.States = append(d.States, option{string(st), c.T(deliveryStates[st])})
	}
	for _, spec := range notices.Specs() {
		d.Kinds = append(d.Kinds, option{string(spec.Kind), c.T(spec.Name)})
	}
	d.Newer, d.Older = pagerOf(c, next)
	return c.Page(http.StatusOK, "deliveries", d)
}

func (s *Console) deliveryLines(c *kit.Ctx, rows []notices.Record) ([]deliveryLine, error) {
	var ids []int64
	for _, r := range rows {
		if r.StaffID != 0 {
			ids = append(ids, r.StaffID)
		}
		for _, step := range r.History {
			if step.StaffID != 0 {
				ids = append(ids, step.StaffID)
			}
		}
	}
	names, err := s.Accounts.StaffNames(c.Request.Context(), ids)
	if err != nil {
		return nil, err
	}
	var about []int64
	for _, r := range rows {
		if r.CaseID != 0 {
			about = append(about, r.CaseID)
		}
	}
	briefs, err := s.Cases.Briefs(c.Request.Context(), c.Actor, about)
	if err != nil {
		return nil, err
	}
	lines := make([]deliveryLine, 0, len(rows))
	for _, r := range rows {
		l := deliveryLine{Record: r, What: c.T(r.Name), Way: c.T(noticeChannels[r.Channel]), StateWord: c.T(deliveryStates[r.State]), StateKind: stateKinds[r.State], Receiver: names[r.StaffID].Name, Error: c.T(r.LastError)}
		if b, ok := briefs[r.CaseID]; ok {
			l.Title, l.Number = b.Case.Title, b.Case.Number
		}
		for _, step := range r.History {
			if step.Note == r.LastError { // stands beside the state
				step.Note = ""
			}
			l.Steps = append(l.Steps, deliveryStep{step.At, stepText(c, step, names[step.StaffID].Name), c.T(step.Note)})
		}
		if r.State == models.DeliveryRetry && r.NextAt != nil {
			l.Next = *r.NextAt
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// stepText says what happened; who is the name of the person who had a message sent again.
func stepText(c *kit.Ctx, step notices.Step, who string) string {
	switch step.What {
	case models.DeliveryQueued:
		if step.Other != 0 && who != "" {
			return c.T("%[1]s重发第 %[2]s 号通知，等待发送", who, number(step.Other))
		}
		if step.Other != 0 {
			return c.T("重发第 %[1]s 号通知，等待发送", number(step.Other))
		}
		return c.T("写好，等待发送")
	case models.DeliveryResent:
		return c.T("%[1]s重新发送，新的一条是第 %[2]s 号", who, number(step.Other))
	}
	if step.Attempt == 0 {
		return c.T(deliveryStates[step.What])
	}
	return c.T("第 %[1]d 次发送：%[2]s", step.Attempt, c.T(deliveryStates[step.What]))
}

func (s *Console) resendDelivery(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if _, err := s.Notices.Resend(c.Request.Context(), c.Actor, 0, id, f.version()); err != nil {
		return err
	}
	return c.Done(kit.Back(c.PostForm("back"), deliveriesPath), "已重新发送，新的一条在最上面。")
}
