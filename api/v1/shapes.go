package v1

import (
	"time"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/library"
)

// What operations answer. A use case's own struct is shown where it has json tags for it; the rest is put together here.

// reply is a plain answer.
type reply[T any] struct{ Body T }

// made is the answer to a request that made something.
type made[T any] struct {
	Location string `header:"Location" doc:"新建的东西在哪里"`
	Body     T
}

type none struct{}

// page is one page of a list.
type page[T any] struct {
	Link string `header:"Link" doc:"下一页的地址"`
	Body List[T]
}

type List[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"下一页的位置，翻页时传回来；最后一页没有"`
}

// pageOf answers with a page and the address of the next one.
func pageOf[T any](c *call, items []T, next string) *page[T] {
	if items == nil {
		items = []T{}
	}
	next = c.handOut(next)
	p := &page[T]{Body: List[T]{Items: items, Next: next}}
	if next != "" {
		u := *c.Request.URL
		q := u.Query()
		q.Set("after", next)
		u.RawQuery = q.Encode()
		p.Link = "<" + c.Kit.BaseURL + u.RequestURI() + `>; rel="next"`
	}
	return p
}

type Named struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func department(c *kit.Ctx, d models.Department) Named {
	return Named{ID: d.ID, Name: c.Name(d)}
}

func topic(c *kit.Ctx, t models.Topic) Named {
	return Named{ID: t.ID, Name: c.Name(t)}
}

type attachment struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type" doc:"文件的类型"`
	Size   int64  `json:"size" doc:"字节"`
	Width  int64  `json:"width,omitempty" doc:"图片的像素数"`
	Height int64  `json:"height,omitempty"`
	Href   string `json:"href"`
}

func attachmentOf(a models.Attachment) attachment {
	return attachment{ID: a.ID, Name: a.Name, Type: a.MIME, Size: a.Size, Width: a.Width, Height: a.Height, Href: Prefix + "/attachments/" + base10(a.ID)}
}

func attachmentsOf(list []models.Attachment) []attachment {
	out := make([]attachment, len(list))
	for i, a := range list {
		out[i] = attachmentOf(a)
	}
	return out
}

// CaseCard is a case in a list, and the head of its thread.
type CaseCard struct {
	Number      string                   `json:"number" example:"20261120-0005"`
	Title       string                   `json:"title"`
	Status      models.CaseStatus        `json:"status" enum:"submitted,handling,reviewing,approved,answered,closed,withdrawn"`
	Stage       string                   `json:"stage" doc:"用文字写出的状态，给人看"`
	Topic       Named                    `json:"topic"`
	Department  Named                    `json:"department"`
	Round       int64                    `json:"round" doc:"第一次提问是 1，每追问一次加 1"`
	SubmittedAt time.Time                `json:"submitted_at"`
	DueAt       time.Time                `json:"due_at"`
	Provisional bool                     `json:"due_provisional" doc:"当年的放假安排还没有公布，期限可能会变"`
	AnsweredAt  *time.Time               `json:"answered_at,omitempty"`
	ClosedAt    *time.Time               `json:"closed_at,omitempty"`
	Consent     bool                     `json:"consent" doc:"同意公开，现在有效"`
	Publication models.PublicationStatus `json:"publication" doc:"空（没有公开稿），或 wanted、published、unpublished；工作人员还看到 draft、ready"`
	Rating      int64                    `json:"rating,omitempty" doc:"1 到 5 分"`
	Version     int64                    `json:"version" doc:"随动作传回来，别人先改过时会告诉您"`
}

func (s *server) card(c *call, k *models.Case) (CaseCard, error) {
	tree, err := s.Cases.Topics(c.ctx)
	if err != nil {
		return CaseCard{}, err
	}
	d, err := s.Accounts.Department(c.ctx, k.DepartmentID)
	if err != nil {
		return CaseCard{}, err
	}
	stage := cases.ResidentStage(k)
	status, publication := cases.ResidentStatus(k)
	if c.Actor.IsStaff() {
		stage, status, publication = cases.Stage(k), k.Status, k.Publication
	}
	return CaseCard{
		Number: k.Number, Title: k.Title, Status: status, Stage: stage.Localize(c.L), Topic: topic(c.Ctx, tree.ByID(k.TopicID)), Department: department(c.Ctx, d),
		Round: k.Round, SubmittedAt: k.SubmittedAt, DueAt: k.DueAt, Provisional: k.DueProvisional, AnsweredAt: k.AnsweredAt, ClosedAt: k.ClosedAt,
		Consent: k.Consented(), Publication: publication, Rating: k.Rating, Version: k.Version,
	}, nil
}

type message struct {
	ID          int64              `json:"id"`
	Kind        models.MessageKind `json:"kind" enum:"question,follow_up,supplement,reply,note"`
	Round       int64              `json:"round"`
	Text        string             `json:"text"`
	From        *person            `json:"from,omitempty" doc:"谁写的，居民看到的是哪个部门；居民写的没有这一项"`
	At          time.Time          `json:"at"`
	Attachments []attachment       `json:"attachments" nullable:"false"`
}

type person struct {
	ID         int64  `json:"id,omitempty"`
	Name       string `json:"name"`
	Department string `json:"department,omitempty"`
}

type event struct {
	Action string            `json:"action"`
	Name   string            `json:"name" doc:"用文字写出的动作"`
	Status models.CaseStatus `json:"status,omitempty" doc:"做完之后的状态，只给工作人员"`
	By     string            `json:"by,omitempty" doc:"只给工作人员"`
	Note   string            `json:"note,omitempty"`
	At     time.Time         `json:"at"`
}

// Thread is a case with everything that its reader may see.
type Thread struct {
	CaseCard
	DisplayName string         `json:"display_name,omitempty" doc:"怎么称呼提问人，匿名时没有；工作人员里只有经办人和审核人看到原样，别人看到的已打码"`
	Place       string         `json:"place,omitempty"`
	DueHow      []string       `json:"due_explained" nullable:"false" doc:"期限是怎样算出来的，一行一句"`
	Messages    []message      `json:"messages" nullable:"false"`
	Timeline    []event        `json:"timeline" nullable:"false"`
	Actions     []cases.Action `json:"actions" nullable:"false" doc:"读的人现在可以做什么"`
	ReopenUntil *time.Time     `json:"reopen_until,omitempty"`
	EntryID     int64          `json:"entry_id,omitempty" doc:"公开期间，它在公开库里的编号"`
}

func (s *server) thread(c *call, t *cases.Thread) (Thread, error) {
	card, err := s.card(c, t.Case)
	if err != nil {
		return Thread{}, err
	}
	out := Thread{
		CaseCard: card, DisplayName: t.DisplayName, Place: t.Place, DueHow: calendar.Explain(t.Case.DueBasis, c.L),
		Messages: []message{}, Timeline: []event{}, Actions: t.Actions,
	}
	if out.DueHow == nil {
		out.DueHow = []string{}
	}
	if out.Actions == nil {
		out.Actions = []cases.Action{}
	}
	if !t.ReopenUntil.IsZero() {
		out.ReopenUntil = &t.ReopenUntil
	}
	if t.Case.Publication == models.Published {
		p, found, err := s.Library.OfCase(c.ctx, t.Case.ID)
		if err != nil {
			return Thread{}, err
		}
		if found && p.Status == models.Published {
			out.EntryID = p.ID
		}
	}
	for _, m := range t.Messages {
		one := messageOf(c.Ctx, m, t.Staff)
		if one.From == nil && m.DepartmentID != 0 {
			d, err := s.Accounts.Department(c.ctx, m.DepartmentID)
			if err != nil {
				return Thread{}, err
			}
			one.From = &person{Name: c.Name(d), Department: c.Name(d)}
		}
		out.Messages = append(out.Messages, one)
	}
	for _, e := range t.Events {
		out.Timeline = append(out.Timeline, eventOf(c.Ctx, e, t.Staff))
	}
	return out, nil
}

func messageOf(c *kit.Ctx, m cases.Message, staff map[int64]accounts.StaffCard) message {
	out := message{ID: m.ID, Kind: m.Kind, Round: m.Round, Text: m.Body, At: m.CreatedAt, Attachments: attachmentsOf(m.Files)}
	if p, ok := staff[m.StaffID]; ok && m.StaffID != 0 {
		out.From = &person{ID: p.ID, Name: p.Name, Department: c.Name(p.Department)}
	}
	return out
}

func eventOf(c *kit.Ctx, e models.CaseEvent, staff map[int64]accounts.StaffCard) event {
	out := event{Action: e.Action, Name: cases.ActionName(e.Action).Localize(c.L), At: e.At}
	if e.Shown || c.Actor.IsStaff() {
		out.Note = e.Note
	}
	if c.Actor.IsStaff() {
		out.Status = e.ToStatus
		if e.ActorKind == string(models.StaffActor) {
			out.By = staff[e.ActorID].Name
		}
	}
	return out
}

// Entry is one entry of the library.
type Entry struct {
	ID          int64     `json:"id"`
	Title       string    `json:"title"`
	Question    string    `json:"question"`
	Answer      string    `json:"answer"`
	Topic       Named     `json:"topic"`
	Department  Named     `json:"department"`
	AskedAt     time.Time `json:"asked_at"`
	AnsweredAt  time.Time `json:"answered_at"`
	WorkingDays int       `json:"working_days" doc:"从提问到答复"`
	PublishedAt time.Time `json:"published_at"`
	Reads       int64     `json:"reads"`
	Helpful     int64     `json:"helpful"`
	Unhelpful   int64     `json:"unhelpful"`
	Href        string    `json:"href" doc:"给人看的页面"`
}

func (s *server) entryOf(c *call, e library.Entry) (Entry, error) {
	tree, err := s.Cases.Topics(c.ctx)
	if err != nil {
		return Entry{}, err
	}
	departments, err := s.Accounts.Departments(c.ctx)
	if err != nil {
		return Entry{}, err
	}
	d, _ := departments.Get(e.DepartmentID)
	return Entry{
		ID: e.ID, Title: e.Title, Question: e.Question, Answer: e.Answer, Topic: topic(c.Ctx, tree.ByID(e.TopicID)), Department: department(c.Ctx, d),
		AskedAt: e.AskedAt, AnsweredAt: e.AnsweredAt, WorkingDays: e.WorkingDays, PublishedAt: e.PublishedAt, Reads: e.Reads, Helpful: e.Helpful,
		Unhelpful: e.Unhelpful, Href: c.Kit.BaseURL + "/library/" + base10(e.ID),
	}, nil
}

// changes is what a 409 says of the state that was met.
type changes struct {
	Events  []event  `json:"events,omitempty"`
	Version int64    `json:"version,omitempty"`
	Body    string   `json:"body,omitempty"`
	Status  string   `json:"status,omitempty"`
	Fields  []string `json:"fields,omitempty"`
	Count   int      `json:"count,omitempty"`
}

func changed(c *kit.Ctx, detail any) any {
	switch d := detail.(type) {
	case []models.CaseEvent:
		var out changes
		for _, e := range d {
			if e.Shown || c.Actor.IsStaff() {
				out.Events = append(out.Events, eventOf(c, e, nil))
			}
			out.Version = max(out.Version, e.CaseVersion)
		}
		return out
	case *models.CaseReply:
		return changes{Version: d.Version, Body: d.Body}
	case models.Publication:
		return changes{Version: d.Version, Status: string(d.Status)}
	case models.PublicationStatus:
		return changes{Status: string(d)}
	case accounts.Stale:
		return changes{Version: d.Version, Fields: d.Changed}
	case int:
		return changes{Count: d}
	}
	return nil
}
