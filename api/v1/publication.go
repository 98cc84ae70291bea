package v1

import (
	"net/http"
	"time"
	"unicode/utf8"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/internal/pii"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/library"
)

func (s *server) publication() {
	line := func(id, method, path, summary string) op {
		return op{ID: id, Method: method, Path: "/staff/cases/{number}/publication" + path, Access: kit.CaseWork, Tag: tagPublication, Summary: summary}
	}
	do := func(id, path, summary string) op {
		o := line(id, http.MethodPost, path, summary)
		o.Limit, o.Creates = "write", together
		return o
	}
	add(s, line("get-publication", http.MethodGet, "", i18n.N("公开版本，或者按往来拟出的初稿，和可能的个人信息")), s.publicVersion)
	put := line("save-publication", http.MethodPut, "", i18n.N("保存公开版本，逐处决定隐去或保留"))
	put.Limit = "write"
	add(s, put, s.prepare)
	add(s, do("confirm-publication", "/confirm", i18n.N("确认公开版本，交另一位同事")), s.confirm)
	add(s, do("publish", "/publish", i18n.N("发布")), s.publish)
	add(s, do("return-publication", "/return", i18n.N("退回公开版本")), s.returnPublication)
	add(s, do("recall-publication", "/recall", i18n.N("收回公开版本，继续修改")), s.recallPublication)
	add(s, do("unpublish", "/unpublish", i18n.N("撤下，写明原因")), s.unpublish)
}

type publicVersion struct {
	ID          int64                    `json:"id" doc:"0：系统给出的建议稿，还没有人保存"`
	Status      models.PublicationStatus `json:"status"`
	Title       string                   `json:"title"`
	Question    string                   `json:"question"`
	Answer      string                   `json:"answer"`
	Comment     string                   `json:"comment,omitempty"`
	PreparedBy  int64                    `json:"prepared_by,omitempty"`
	PublishedAt *time.Time               `json:"published_at,omitempty"`
	Version     int64                    `json:"version"`
	Findings    []finding                `json:"findings" nullable:"false" doc:"可能是个人信息的地方，逐处决定"`
	Undecided   int                      `json:"undecided"`
}

type finding struct {
	Field       string   `json:"field" enum:"title,question,answer"`
	Kind        pii.Kind `json:"kind"`
	Start       int      `json:"start" doc:"从第几个 UTF-8 字节开始，从 0 数起"`
	End         int      `json:"end" doc:"到第几个 UTF-8 字节之前"`
	StartChar   int      `json:"start_char" doc:"从第几个字符（码点）开始，从 0 数起"`
	EndChar     int      `json:"end_char" doc:"到第几个字符（码点）之前"`
	Text        string   `json:"text"`
	Replacement string   `json:"replacement" doc:"建议改成什么"`
	Key         string   `json:"key" doc:"决定时用它指这一处"`
	Decided     bool     `json:"decided" doc:"有人决定过保留"`
}

func findingsOf(p models.Publication, list []library.Finding) []finding {
	texts := map[string]string{"title": p.Title, "question": p.Question, "answer": p.Answer}
	out := make([]finding, 0, len(list))
	for _, f := range list {
		text := texts[f.Field]
		out = append(out, finding{
			Field: f.Field, Kind: f.Kind, Start: f.Start, End: f.End, Text: f.Text, Replacement: f.Replacement, Key: f.Key, Decided: f.Decided,
			StartChar: utf8.RuneCountInString(text[:f.Start]), EndChar: utf8.RuneCountInString(text[:f.End]),
		})
	}
	return out
}

func versionOf(v cases.PublicVersion) *reply[publicVersion] {
	p := v.Publication
	out := publicVersion{
		ID: p.ID, Status: p.Status, Title: p.Title, Question: p.Question, Answer: p.Answer, Comment: p.Comment, PreparedBy: p.PreparedBy,
		PublishedAt: p.PublishedAt, Version: p.Version, Findings: findingsOf(p, v.Findings), Undecided: v.Undecided,
	}
	return &reply[publicVersion]{out}
}

func (s *server) publicVersion(c *call, in *NumberInput) (*reply[publicVersion], error) {
	v, err := s.Cases.PublicVersion(c.ctx, c.Actor, in.Number)
	if err != nil {
		return nil, err
	}
	return versionOf(v), nil
}

type prepareInput struct {
	NumberInput
	Body library.PrepareInput
}

func (s *server) prepare(c *call, in *prepareInput) (*reply[publicVersion], error) {
	if _, err := s.Cases.Prepare(c.ctx, c.Actor, in.Number, in.Body); err != nil {
		return nil, err
	}
	return s.publicVersion(c, &in.NumberInput)
}

type PublicationVersion struct {
	Version int64 `json:"version" doc:"您看到的公开稿的版本"`
}

func (s *server) confirm(c *call, in *on[PublicationVersion]) (*reply[CaseCard], error) {
	k, err := s.Cases.Confirm(c.ctx, c.Actor, in.Number, in.Body.Version)
	return s.carded(c, k, err)
}

func (s *server) publish(c *call, in *on[PublicationVersion]) (*reply[CaseCard], error) {
	k, err := s.Cases.Publish(c.ctx, c.Actor, in.Number, in.Body.Version)
	return s.carded(c, k, err)
}

type returnBody struct {
	PublicationVersion
	Comment string `json:"comment" doc:"要改什么，2–500 个字"`
}

func (s *server) returnPublication(c *call, in *on[returnBody]) (*reply[CaseCard], error) {
	k, err := s.Cases.ReturnPublication(c.ctx, c.Actor, in.Number, in.Body.Version, in.Body.Comment)
	return s.carded(c, k, err)
}

func (s *server) recallPublication(c *call, in *on[PublicationVersion]) (*reply[CaseCard], error) {
	k, err := s.Cases.RecallPublication(c.ctx, c.Actor, in.Number, in.Body.Version)
	return s.carded(c, k, err)
}

type unpublishBody struct {
	Reason string `json:"reason" doc:"5–500 个字；留在办理过程里"`
}

func (s *server) unpublish(c *call, in *on[unpublishBody]) (*reply[CaseCard], error) {
	k, err := s.Cases.Unpublish(c.ctx, c.Actor, in.Number, in.Body.Reason)
	return s.carded(c, k, err)
}
