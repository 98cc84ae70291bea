package v1

import (
	"net/http"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

// act is the line of an act of staff on a case.
func act(id, path, summary string) op {
	return op{ID: id, Method: http.MethodPost, Path: "/staff/cases/{number}" + path, Access: kit.CaseWork, Tag: tagHandling, Limit: "staff-write", Creates: together, Summary: summary}
}

func (s *server) handling() {
	add(s, op{ID: "get-staff-case", Method: http.MethodGet, Path: "/staff/cases/{number}", Access: kit.CaseWork, Tag: tagHandling,
		Summary: i18n.N("一件诉求，带答复稿、历史和内部备注")}, s.staffCase)
	add(s, act("accept-case", "/accept", i18n.N("受理")), s.accept)
	add(s, act("assign-case", "/assign", i18n.N("分派给经办人")), s.assign)
	add(s, act("transfer-case", "/transfer", i18n.N("转给别的部门")), s.transfer)
	add(s, op{ID: "save-reply-draft", Method: http.MethodPut, Path: "/staff/cases/{number}/reply-draft", Access: kit.CaseWork, Tag: tagHandling, Limit: "staff-write",
		Summary: i18n.N("保存答复稿")}, s.saveReply)
	add(s, act("submit-review", "/submit-review", i18n.N("提交审核")), s.submitReview)
	add(s, act("recall-reply", "/recall", i18n.N("撤回送审")), s.recall)
	add(s, act("approve-reply", "/approve", i18n.N("审核通过")), s.approve)
	add(s, act("return-reply", "/return", i18n.N("退回修改")), s.returnReply)
	add(s, act("send-reply", "/send", i18n.N("发送答复")), s.send)
	note := act("add-note", "/notes", i18n.N("加内部备注"))
	note.Status = created
	add(s, note, s.note)
	reveal := act("reveal-contact", "/reveal", i18n.N("查看联系方式（留痕）"))
	reveal.Creates = nothing
	add(s, reveal, s.reveal)
}

// staffThread is a case as those who work on it see it.
type staffThread struct {
	Thread
	Phone      string            `json:"phone_masked"`
	Anonymous  bool              `json:"anonymous"`
	Handler    *person           `json:"handler,omitempty"`
	Reply      *replyDraft       `json:"reply,omitempty" doc:"这一轮正在写或正在审的答复"`
	Refused    []refusedAct      `json:"refused" nullable:"false" doc:"按状态可以做、因别的原因不能做的事，附原因"`
	Earlier    int               `json:"earlier_cases" doc:"这位居民的其他诉求，最多数到 100"`
	Colleagues []person          `json:"colleagues" nullable:"false" doc:"可以交给谁办"`
	Reviewers  []person          `json:"reviewers" nullable:"false"`
	Review     models.ReviewMode `json:"review" enum:"department,overseer,none"`
}

type replyDraft struct {
	Version     int64        `json:"version" doc:"作为 reply_version 传回来"`
	Author      person       `json:"author"`
	Body        string       `json:"body"`
	Comment     string       `json:"comment,omitempty" doc:"审核人写的"`
	SavedAt     time.Time    `json:"saved_at"`
	SubmittedAt *time.Time   `json:"submitted_at,omitempty"`
	ReviewedAt  *time.Time   `json:"reviewed_at,omitempty"`
	Attachments []attachment `json:"attachments" nullable:"false" doc:"随答复一起发出"`
	Writing     []person     `json:"writing" nullable:"false" doc:"一分钟内也写过这份答复的其他同事"`
}

type refusedAct struct {
	Action cases.Action `json:"action"`
	Reason string       `json:"reason,omitempty"`
	Detail string       `json:"detail"`
}

func (s *server) replyOf(c *call, number string, r models.CaseReply, staff map[int64]accounts.StaffCard, writing []accounts.StaffCard) (*replyDraft, error) {
	files, err := s.Cases.ReplyFiles(c.ctx, c.Actor, number)
	return &replyDraft{
		Version: r.Version, Author: person{ID: r.AuthorID, Name: staff[r.AuthorID].Name}, Body: r.Body, Comment: r.Comment,
		SavedAt: r.SavedAt, SubmittedAt: r.SubmittedAt, ReviewedAt: r.ReviewedAt, Attachments: attachmentsOf(files),
		Writing: people(c.Ctx, writing),
	}, err
}

func people(c *kit.Ctx, cards []accounts.StaffCard) []person {
	out := make([]person, 0, len(cards))
	for _, p := range cards {
		out = append(out, person{ID: p.ID, Name: p.Name, Department: c.Name(p.Department)})
	}
	return out
}

func (s *server) staffCase(c *call, in *NumberInput) (*reply[staffThread], error) {
	t, err := s.Cases.Open(c.ctx, c.Actor, in.Number)
	if err != nil {
		return nil, err
	}
	base, err := s.thread(c, t)
	if err != nil {
		return nil, err
	}
	out := staffThread{
		Thread: base, Phone: t.Phone, Anonymous: t.Case.Anonymous, Refused: []refusedAct{}, Earlier: t.Earlier,
		Colleagues: people(c.Ctx, t.Colleague), Reviewers: people(c.Ctx, t.Reviewers), Review: t.Desk.Review,
	}
	if h := t.Case.HandlerID; h != 0 {
		out.Handler = &person{ID: h, Name: t.Staff[h].Name}
	}
	if t.Reply != nil {
		if out.Reply, err = s.replyOf(c, in.Number, *t.Reply, t.Staff, t.Writing); err != nil {
			return nil, err
		}
	}
	for _, a := range cases.Actions() {
		if why := t.Why(a); why != nil {
			p := c.Problem(why)
			out.Refused = append(out.Refused, refusedAct{Action: a, Reason: p.Reason, Detail: p.Detail})
		}
	}
	return &reply[staffThread]{out}, nil
}

type versionInput struct {
	IdemKey
	NumberInput
	Body struct {
		Version int64 `json:"version,omitempty" doc:"您看到的版本；0 表示现在是什么都接受"`
	}
}

func (s *server) accept(c *call, in *versionInput) (*reply[CaseCard], error) {
	k, err := s.Cases.Accept(c.ctx, c.Actor, in.Number, in.Body.Version)
	return s.carded(c, k, err)
}

func (s *server) recall(c *call, in *versionInput) (*reply[CaseCard], error) {
	k, err := s.Cases.Recall(c.ctx, c.Actor, in.Number, in.Body.Version)
	return s.carded(c, k, err)
}

// on is the input of an act that takes a use case's own input.
type on[T any] struct {
	IdemKey
	NumberInput
	Body T
}

func (s *server) assign(c *call, in *on[cases.AssignInput]) (*reply[CaseCard], error) {
	k, err := s.Cases.Assign(c.ctx, c.Actor, in.Number, in.Body)
	return s.carded(c, k, err)
}

func (s *server) transfer(c *call, in *on[cases.TransferInput]) (*reply[CaseCard], error) {
	k, err := s.Cases.Transfer(c.ctx, c.Actor, in.Number, in.Body)
	return s.carded(c, k, err)
}

type draftInput struct {
	NumberInput
	Body cases.ReplyInput
}

func (s *server) saveReply(c *call, in *draftInput) (*reply[replyDraft], error) {
	r, err := s.Cases.SaveReply(c.ctx, c.Actor, in.Number, in.Body)
	if err != nil {
		return nil, err
	}
	names, err := s.Accounts.StaffNames(c.ctx, []int64{r.AuthorID})
	if err != nil {
		return nil, err
	}
	g, err := s.Cases.Peek(c.ctx, c.Actor, in.Number)
	if err != nil {
		return nil, err
	}
	out, err := s.replyOf(c, in.Number, *r, names, g.Writing)
	return &reply[replyDraft]{*out}, err
}

func (s *server) submitReview(c *call, in *on[cases.ReplyInput]) (*reply[CaseCard], error) {
	k, err := s.Cases.SubmitReview(c.ctx, c.Actor, in.Number, in.Body)
	return s.carded(c, k, err)
}

func (s *server) approve(c *call, in *on[cases.ReviewInput]) (*reply[CaseCard], error) {
	k, err := s.Cases.Approve(c.ctx, c.Actor, in.Number, in.Body)
	return s.carded(c, k, err)
}

func (s *server) returnReply(c *call, in *on[cases.ReviewInput]) (*reply[CaseCard], error) {
	k, err := s.Cases.Return(c.ctx, c.Actor, in.Number, in.Body)
	return s.carded(c, k, err)
}

type sendBody struct {
	Body         string `json:"body,omitempty" doc:"不需要审核的窗口：答复内容，10–5000 个字；审核通过的答复按通过时的内容发出"`
	ReplyVersion int64  `json:"reply_version,omitempty"`
	Version      int64  `json:"version,omitempty"`
}

func (s *server) send(c *call, in *on[sendBody]) (*reply[CaseCard], error) {
	k, err := s.Cases.Send(c.ctx, c.Actor, in.Number, cases.ReplyInput(in.Body))
	return s.carded(c, k, err)
}

func (s *server) note(c *call, in *on[cases.NoteInput]) (*made[CaseCard], error) {
	k, err := s.Cases.AddNote(c.ctx, c.Actor, in.Number, in.Body)
	if err != nil {
		return nil, err
	}
	out, err := s.card(c, k)
	return &made[CaseCard]{Location: Prefix + "/staff/cases/" + k.Number, Body: out}, err
}

func (s *server) reveal(c *call, in *NumberInput) (*reply[cases.Revealed], error) {
	contact, err := s.Cases.Reveal(c.ctx, c.Actor, in.Number)
	if err != nil {
		return nil, err
	}
	return &reply[cases.Revealed]{contact}, nil
}
