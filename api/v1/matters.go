package v1

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/cases"
)

func (s *server) matters() {
	post := http.MethodPost
	add(s, op{ID: "submit-case", Method: post, Path: "/cases", Access: kit.Resident, Tag: tagCases, Limit: "submit", Status: created, Creates: repeatable,
		Summary: i18n.N("提交咨询，得到编号、查询码和期限")}, s.submit)
	add(s, op{ID: "list-cases", Method: http.MethodGet, Path: "/cases", Access: kit.Resident, Tag: tagCases, Summary: i18n.N("我的诉求，最新的在前")}, s.mine)
	add(s, op{ID: "get-case", Method: http.MethodGet, Path: "/cases/{number}", Access: session, Tag: tagCases, Summary: i18n.N("一件诉求的往来、进度和期限")}, s.getCase)
	for _, m := range []struct {
		id, path, summary string
		do                func(c *call, in *messageInput) (*models.Case, error)
	}{
		{"follow-up", "/follow-ups", i18n.N("追问"), s.followUp},
		{"supplement", "/supplements", i18n.N("补充文字和附件"), s.supplement},
		{"reopen-case", "/reopening", i18n.N("不满意时要求重新办理"), s.reopen},
	} {
		add(s, op{ID: m.id, Method: post, Path: "/cases/{number}" + m.path, Access: session, Tag: tagCases, Limit: "write", Status: created, Creates: together,
			Summary: m.summary}, s.message(m.do))
	}
	add(s, op{ID: "withdraw-case", Method: post, Path: "/cases/{number}/withdrawal", Access: session, Tag: tagCases, Limit: "write", Creates: together,
		Summary: i18n.N("撤回诉求")}, s.withdraw)
	add(s, op{ID: "rate-case", Method: post, Path: "/cases/{number}/rating", Access: session, Tag: tagCases, Limit: "write", Creates: together,
		Summary: i18n.N("评价答复，每件一次")}, s.rate)
	add(s, op{ID: "give-consent", Method: post, Path: "/cases/{number}/consent", Access: session, Tag: tagCases, Limit: "write", Creates: together,
		Summary: i18n.N("同意公开")}, s.consent)
	add(s, op{ID: "withdraw-consent", Method: http.MethodDelete, Path: "/cases/{number}/consent", Access: session, Tag: tagCases, Limit: "write",
		Summary: i18n.N("撤回公开同意")}, s.withdrawConsent)
}

type submitInput struct {
	Key  string `header:"Idempotency-Key" required:"true" maxLength:"200" doc:"自己定的一段文字，每件新咨询换一个，例如随机的编码。同一件咨询带同一个键，只办一件，得到同样的回执。"`
	Body submitBody
}

type submitBody struct {
	cases.SubmitInput
	Upload string `json:"upload_token,omitempty" maxLength:"64" doc:"要一并带走的文件的上传凭据"`
}

type receipt struct {
	Number      string    `json:"number"`
	Code        string    `json:"code" doc:"查询码，只在这里显示"`
	DueAt       time.Time `json:"due_at"`
	Provisional bool      `json:"due_provisional"`
	Status      string    `json:"status"`
}

func (s *server) submit(c *call, in *submitInput) (*made[receipt], error) {
	r, err := s.Cases.Submit(c.ctx, c.Actor, in.Body.SubmitInput, cases.Submission{
		Key: submissionKey(c, in.Key), Channel: "api", Locale: c.L.Locale(), Upload: in.Body.Upload,
	})
	if err != nil {
		return nil, err
	}
	return &made[receipt]{Location: Prefix + "/cases/" + r.Case.Number, Body: receipt{
		Number: r.Case.Number, Code: r.Code, DueAt: r.Case.DueAt, Provisional: r.Case.DueProvisional, Status: string(r.Case.Status),
	}}, nil
}

// submissionKey is the resident's own key for this very question: of another resident, or of another question, it is another.
func submissionKey(c *call, key string) string {
	sum := sha256.New()
	for _, part := range []string{scopeOf(c.Actor), key, string(c.fingerprint)} {
		sum.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (s *server) mine(c *call, in *pageQuery) (*page[CaseCard], error) {
	after, err := cursor(in.After)
	if err != nil {
		return nil, err
	}
	mine, err := s.Cases.Mine(c.ctx, c.Actor, after, in.Limit)
	if err != nil {
		return nil, err
	}
	items := make([]CaseCard, len(mine.Cases))
	for i := range mine.Cases {
		if items[i], err = s.card(c, &mine.Cases[i]); err != nil {
			return nil, err
		}
	}
	next := ""
	if mine.Next != 0 {
		next = strconv.FormatInt(mine.Next, 36)
	}
	return pageOf(c, items, next), nil
}

func cursor(after string) (int64, error) {
	if after == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(after, 36, 64)
	if err != nil || n <= 0 {
		var wrong fault.Fields
		wrong.Add("after", msgCursor)
		return 0, wrong.Err()
	}
	return n, nil
}

type NumberInput struct {
	Number string `path:"number" maxLength:"32" example:"20261120-0005"`
}

func (s *server) getCase(c *call, in *NumberInput) (*reply[Thread], error) {
	t, err := s.Cases.Open(c.ctx, c.Actor, in.Number)
	if err != nil {
		return nil, err
	}
	out, err := s.thread(c, t)
	return &reply[Thread]{out}, err
}

type messageInput struct {
	IdemKey
	NumberInput
	Body struct {
		cases.MessageInput
		Upload string `json:"upload_token,omitempty" maxLength:"64" doc:"要一并带走的文件的上传凭据"`
	}
}

func (s *server) message(do func(c *call, in *messageInput) (*models.Case, error)) func(c *call, in *messageInput) (*made[CaseCard], error) {
	return func(c *call, in *messageInput) (*made[CaseCard], error) {
		draft, err := s.draftID(c, in.Body.Upload)
		if err != nil {
			return nil, err
		}
		in.Body.DraftID = draft
		k, err := do(c, in)
		if err != nil {
			return nil, err
		}
		out, err := s.card(c, k)
		return &made[CaseCard]{Location: Prefix + "/cases/" + k.Number, Body: out}, err
	}
}

func (s *server) followUp(c *call, in *messageInput) (*models.Case, error) {
	return s.Cases.FollowUp(c.ctx, c.Actor, in.Number, in.Body.MessageInput)
}

func (s *server) supplement(c *call, in *messageInput) (*models.Case, error) {
	return s.Cases.Supplement(c.ctx, c.Actor, in.Number, in.Body.MessageInput)
}

func (s *server) reopen(c *call, in *messageInput) (*models.Case, error) {
	return s.Cases.Reopen(c.ctx, c.Actor, in.Number, in.Body.MessageInput)
}

// carded answers an act with the case as it is after it.
func (s *server) carded(c *call, k *models.Case, err error) (*reply[CaseCard], error) {
	if err != nil {
		return nil, err
	}
	out, err := s.card(c, k)
	return &reply[CaseCard]{out}, err
}

type withdrawInput struct {
	IdemKey
	NumberInput
	Body struct {
		Reason string `json:"reason,omitempty" doc:"最多 200 个字"`
	}
}

func (s *server) withdraw(c *call, in *withdrawInput) (*reply[CaseCard], error) {
	k, err := s.Cases.Withdraw(c.ctx, c.Actor, in.Number, in.Body.Reason)
	return s.carded(c, k, err)
}

type rateInput struct {
	IdemKey
	NumberInput
	Body cases.RateInput
}

func (s *server) rate(c *call, in *rateInput) (*reply[CaseCard], error) {
	k, err := s.Cases.Rate(c.ctx, c.Actor, in.Number, in.Body)
	return s.carded(c, k, err)
}

type actInput struct {
	IdemKey
	NumberInput
}

func (s *server) consent(c *call, in *actInput) (*reply[CaseCard], error) {
	k, err := s.Cases.Consent(c.ctx, c.Actor, in.Number)
	return s.carded(c, k, err)
}

func (s *server) withdrawConsent(c *call, in *NumberInput) (*reply[CaseCard], error) {
	k, err := s.Cases.WithdrawConsent(c.ctx, c.Actor, in.Number)
	return s.carded(c, k, err)
}
