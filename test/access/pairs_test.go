package access_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// pair is an act of a case as a form and as an operation; what is sent is the same. number and version stand for those of the case
// that the act is taken on.
type pair struct {
	form, json string // "POST /console/cases/:number/accept"; several operations when the form does several things
	who        string
	in         map[string]any
	stage      string // the operation whose stage it needs, when it is not the last of json
}

func pairs(c *fixture.City) []pair {
	const console, staff, portal, own = "/console/cases/:number", "POST /staff/cases/:number", "/track/:number", "POST /cases/:number"
	public := map[string]any{"title": "公租房怎样申请", "question": "公租房怎样申请，要哪些材料", "answer": fixture.Answer, "version": 0}
	again := map[string]any{"title": "公租房怎样申请", "question": "公租房怎样申请，要哪些材料", "answer": fixture.Answer, "version": 1}
	body := map[string]any{"body": fixture.Answer, "reply_version": 0}
	text := map[string]any{"text": "请问还要多久才能有结果呢"}
	return []pair{
		{console + "/accept", staff + "/accept", fixture.Handler, nil, ""},
		{console + "/assign", staff + "/assign", fixture.Reviewer, map[string]any{"handler_id": c.Actor(fixture.Handler2).ID, "note": "请今天看一下"}, ""},
		{console + "/transfer", staff + "/transfer", fixture.Reviewer, map[string]any{"topic_id": c.Topics[fixture.Bus].ID, "reason": "属于公交线路问题"}, ""},
		{console + "/draft", "PUT /staff/cases/:number/reply-draft", fixture.Handler, body, ""},
		{console + "/submit", staff + "/submit-review", fixture.Handler, body, ""},
		{console + "/recall", staff + "/recall", fixture.Handler, nil, ""},
		{console + "/approve", staff + "/approve", fixture.Reviewer, map[string]any{"comment": "写得清楚"}, ""},
		{console + "/return", staff + "/return", fixture.Reviewer, map[string]any{"comment": "请补充依据"}, ""},
		{console + "/send", staff + "/send", fixture.Handler, nil, ""},
		{console + "/note", staff + "/notes", fixture.Handler, map[string]any{"text": "已电话联系"}, ""},
		{console + "/reveal", staff + "/reveal", fixture.Handler, nil, ""},
		{console + "/publication", "PUT /staff/cases/:number/publication", fixture.Handler, public, ""},
		{console + "/publication/publish", staff + "/publication/publish", fixture.Reviewer, map[string]any{"version": 2}, ""},
		{console + "/publication/return", staff + "/publication/return", fixture.Reviewer, map[string]any{"version": 2, "comment": "请隐去地址"}, ""},
		{console + "/publication/recall", staff + "/publication/recall", fixture.Handler, map[string]any{"version": 2}, ""},
		{console + "/publication/unpublish", staff + "/publication/unpublish", fixture.Reviewer, map[string]any{"reason": "内容已经过期"}, ""},
		{console + "/publication/confirm", "PUT /staff/cases/:number/publication, " + staff + "/publication/confirm", fixture.Handler, again, ""},
		{portal + "/follow-up", own + "/follow-ups", "owner", text, ""},
		{portal + "/supplement", own + "/supplements", "owner", text, ""},
		{portal + "/reopen", own + "/reopening", "owner", text, ""},
		{portal + "/rate", own + "/rating", "owner", map[string]any{"rating": 2, "word": "没有解决"}, ""},
		{portal + "/withdraw", own + "/withdrawal", "owner", map[string]any{"reason": "已经解决了"}, ""},
		{portal + "/consent/withdraw", "DELETE /cases/:number/consent", "owner", nil, ""},
		{portal + "/consent", own + "/consent", "owner", nil, "/consent"},
	}
}

// TestAFormAndItsOperationDoTheSame takes every act of a case through both faces, on two cases alike, and compares what is stored:
// the case, its history, its messages, its reply, its public version, the audit entries and what people are told.
func TestAFormAndItsOperationDoTheSame(t *testing.T) {
	c := fixture.New(t, testenv.SQLite(t))
	s := newScene(t, c, c.Web())
	done := map[string]bool{}
	for _, p := range pairs(c) {
		done[p.form] = true
		t.Run(strings.TrimPrefix(p.form, "/"), func(t *testing.T) {
			numbers := [2]string{}
			before := [2]string{}
			for i := range numbers {
				numbers[i] = p.staged(c)
				before[i] = s.stored(numbers[i])
			}
			if before[0] != before[1] {
				t.Fatalf("the two are not alike:\n%s\n%s", before[0], before[1])
			}
			s.submitForm(t, p, numbers[0])
			for one := range strings.SplitSeq(p.json, ", ") {
				s.callOperation(t, p, one, numbers[1])
			}
			form, operation := s.stored(numbers[0]), s.stored(numbers[1])
			if form != operation {
				t.Errorf("the form left\n%s\nthe operation\n%s", form, operation)
			}
			if form == before[0] {
				t.Errorf("nothing was done:\n%s", form)
			}
		})
	}
	for form := range operations {
		if strings.Contains(form, "/:number/") && !done[form] && notPaired[form] == "" {
			t.Errorf("%s: no pair", form)
		}
	}
}

// notPaired are the forms of a case whose doing is compared elsewhere.
var notPaired = map[string]string{
	"/console/cases/:number/deliveries/:id/resend": "of a delivery, not of the case",
	"/console/cases/:number/files/:id/remove":      "of a file",
}

func (p pair) staged(c *fixture.City) string {
	all := strings.Split(p.json, ", ")
	_, path, _ := strings.Cut(all[len(all)-1], " ")
	path = strings.ReplaceAll(path, ":number", "{number}")
	n := stage(c, path)
	if p.stage == "/consent" {
		if _, err := c.Cases.WithdrawConsent(c.Context(), c.Resident(fixture.Phone), n); err != nil {
			panic(err)
		}
	}
	return n
}

func (s *scene) submitForm(t *testing.T, p pair, number string) {
	t.Helper()
	form := url.Values{}
	for name, v := range p.in {
		form.Set(name, fmt.Sprint(v))
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, strings.ReplaceAll(p.form, ":number", number), strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sign(s.c, req, p.who, false)
	rec := httptest.NewRecorder()
	s.web.Handler.ServeHTTP(rec, req)
	if rec.Code != http.StatusSeeOther && rec.Code != http.StatusOK || strings.Contains(rec.Header().Get("Location"), "sign-in") {
		t.Fatalf("%s: %d", p.form, rec.Code)
	}
}

func (s *scene) callOperation(t *testing.T, p pair, operation, number string) {
	t.Helper()
	method, path, _ := strings.Cut(operation, " ")
	in := p.in
	if strings.Contains(p.json, ", ") && strings.HasSuffix(path, "/confirm") { // of what was saved a moment ago
		in = map[string]any{"version": s.c.Publication(number).Version}
	}
	raw := []byte("{}")
	if in != nil {
		raw, _ = json.Marshal(in)
	}
	req := httptest.NewRequestWithContext(t.Context(), method, "/api/v1"+strings.ReplaceAll(path, ":number", number), strings.NewReader(string(raw)))
	req.Header.Set("Content-Type", "application/json")
	sign(s.c, req, p.who, true)
	rec := httptest.NewRecorder()
	s.web.Handler.ServeHTTP(rec, req)
	if rec.Code >= http.StatusMultipleChoices {
		t.Fatalf("%s: %d %s", operation, rec.Code, rec.Body)
	}
}

var ownID = regexp.MustCompile(`"publication":\d+`)

// stored tells all that is kept of a case, without what must differ: ids, numbers, keys.
func (s *scene) stored(number string) string {
	s.t.Helper()
	var b strings.Builder
	t := must[*cases.Thread](s.t)(s.c.Cases.Open(s.c.Context(), s.c.Actor(fixture.Overseer), number))
	k := t.Case
	fmt.Fprintf(&b, "case %s open %v v%d dep %d desk %d topic %d handler %d round %d consent %v publication %q rating %d answered %v closed %v reopened %v rated %v returned %v due %v\n",
		k.Status, k.IsOpen, k.Version, k.DepartmentID, k.DeskID, k.TopicID, k.HandlerID, k.Round, k.Consented(), k.Publication, k.Rating,
		k.AnsweredAt != nil, k.ClosedAt != nil, k.ReopenedAt != nil, k.RatedAt != nil, k.ReturnedAt != nil, k.DueAt)
	for _, e := range t.Events {
		fmt.Fprintf(&b, "event %s %s→%s by %s %d about %d dep %d v%d shown %v %q\n", e.Action, e.FromStatus, e.ToStatus, e.ActorKind, e.ActorID, e.SubjectID, e.DepartmentID, e.CaseVersion, e.Shown, e.Note)
	}
	for _, m := range t.Messages {
		fmt.Fprintf(&b, "message %s round %d by %d %q\n", m.Kind, m.Round, m.StaffID, m.Body)
	}
	if r := t.Reply; r != nil {
		fmt.Fprintf(&b, "reply v%d by %d (%s) %q comment %q submitted %v reviewed %v by %d\n", r.Version, r.AuthorID, r.Authors, r.Body, r.Comment, r.SubmittedAt != nil, r.ReviewedAt != nil, r.ReviewerID)
	}
	if p, found, err := s.c.Library.OfCase(s.c.Context(), k.ID); err != nil {
		s.t.Fatal(err)
	} else if found {
		fmt.Fprintf(&b, "public %s v%d %q %q %q by %d/%d comment %q\n", p.Status, p.Version, p.Title, p.Question, p.Answer, p.PreparedBy, p.PublishedBy, p.Comment)
	}
	var audits []models.AuditEntry
	if err := s.c.DB.Conn(s.c.Context()).Where("object_kind = ? AND object_id = ?", "case", k.ID).Order("id").Find(&audits).Error; err != nil {
		s.t.Fatal(err)
	}
	for _, a := range audits {
		if a.Action != "case.read" { // a page is looked at where an operation is not
			fmt.Fprintf(&b, "audit %s by %s %d %s\n", a.Action, a.ActorKind, a.ActorID, ownID.ReplaceAllString(strings.ReplaceAll(a.Detail, number, "#"), `"publication":0`))
		}
	}
	var told []models.Delivery
	if err := s.c.DB.Conn(s.c.Context()).Where("case_id = ?", k.ID).Order("id").Find(&told).Error; err != nil {
		s.t.Fatal(err)
	}
	for _, d := range told {
		fmt.Fprintf(&b, "told %s by %s staff %d\n", d.Kind, d.Channel, d.StaffID)
	}
	return b.String()
}
