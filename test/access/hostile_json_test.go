package access_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"huiyin/services/library"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// schema is what the OpenAPI document says of a value.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Enum       []any
	Items      *schema
	Properties map[string]*schema
	Minimum    float64
	MinLength  int
}

type operation struct {
	ID         string `json:"operationId"`
	Parameters []struct {
		Name, In string
		Schema   schema
	}
	RequestBody struct {
		Content map[string]struct{ Schema schema }
	}
	method, path string
}

type document struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]*schema }
}

// hostileJSON are values that fit the grammar, and mostly the schema, and are meant for no input.
func hostileJSON(of *schema) []any {
	text := []any{
		"", " ", "\u202e反向", "𠮷👨‍👩‍👧", "' OR '1'='1", `"><script>alert(1)</script>`, "../../etc/passwd", "{{.}}%s%n", `{"a":[[[[`, "\ufeff\u200b", "a\x00b",
		strings.Repeat("字", 300), strings.Repeat("字", 4000), strings.Repeat("a", 100_000), "-1", "13812345678",
	}
	number := []any{-1, 0, 2, 1<<53 - 1, -1<<53 + 1, 1.5, json.Number("1e400"), json.Number("99999999999999999999")}
	other := []any{nil, true, []any{}, map[string]any{}, []any{map[string]any{"a": nil}}}
	switch {
	case of.has("integer"), of.has("number"):
		return slices.Concat(number, other, text[:1])
	case of.has("string"):
		return slices.Concat(text, other, number[:1])
	}
	return slices.Concat(other, number[:1], text[:2])
}

func (s *schema) has(kind string) bool {
	if list, ok := s.Type.([]any); ok {
		return slices.Contains(list, any(kind))
	}
	return s.Type == kind
}

// samples makes a valid body of a shape, and tells of every value in it how to put another in its place.
type samples struct {
	schemas map[string]*schema
	known   map[string]any // real values, by name
}

func (b samples) resolve(s *schema) *schema {
	if s.Ref != "" {
		return b.schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	return s
}

func (b samples) valid(name string, s *schema) any {
	s = b.resolve(s)
	if v, ok := b.known[name]; ok {
		return v
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.has("object"):
		out := map[string]any{}
		for name, p := range s.Properties {
			if name != "upload_token" {
				out[name] = b.valid(name, p)
			}
		}
		return out
	case s.has("array"):
		return []any{b.valid(name, s.Items)}
	case s.has("boolean"):
		return true
	case s.has("integer"), s.has("number"):
		return max(s.Minimum, 0)
	}
	return strings.Repeat("请带齐材料到窗口办理手续", 1+s.MinLength/12)
}

// each calls do for every value of the body with that value, and all below it, replaced.
func (b samples) each(s *schema, body any, do func(at string, of *schema, replaced func(v any) any)) {
	s = b.resolve(s)
	switch body := body.(type) {
	case map[string]any:
		for name, p := range s.Properties {
			with := func(v any) any {
				out := maps.Clone(body)
				out[name] = v
				return out
			}
			do(name, b.resolve(p), with)
			b.each(p, body[name], func(at string, of *schema, replaced func(any) any) {
				do(name+"."+at, of, func(v any) any { return with(replaced(v)) })
			})
		}
	case []any:
		b.each(s.Items, body[0], func(at string, of *schema, replaced func(any) any) {
			do("[0]."+at, of, func(v any) any { return []any{replaced(v)} })
		})
	}
}

// stage brings a fresh case to where an operation works on it.
func stage(c *fixture.City, path string) string {
	n := c.Submit(fixture.Phone).Case.Number
	to := func(suffixes ...string) bool {
		return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(path, s) })
	}
	switch {
	case to("/reply-draft", "/submit-review"):
		c.Accept(n, fixture.Handler)
	case to("}/recall", "/approve", "}/return"):
		c.Accept(n, fixture.Handler)
		c.SubmitReview(n, fixture.Handler)
	case to("/send"):
		c.Accept(n, fixture.Handler)
		c.SubmitReview(n, fixture.Handler)
		c.Approve(n, fixture.Reviewer)
	case to("/follow-ups", "/rating", "/publication"):
		c.Answer(n)
	case to("/publication/confirm"):
		c.Answer(n)
		_, _ = c.Cases.Prepare(c.Context(), c.Actor(fixture.Handler), n, library.PrepareInput{Title: "公租房怎样申请", Question: "公租房怎样申请，要哪些材料", Answer: fixture.Answer})
	case to("/reopening"):
		c.Answer(n)
		c.Rate(n, fixture.Phone, 1)
	case to("/publication/publish", "/publication/return", "/publication/recall"):
		c.Answer(n)
		c.Confirm(n)
	case to("/unpublish"):
		c.Answer(n)
		c.Publish(n)
	}
	return n
}

// asks is who gets furthest with an operation.
func asks(path string) string {
	switch {
	case !strings.Contains(path, "/staff/"):
		return "owner"
	case strings.HasSuffix(path, "/approve"), strings.HasSuffix(path, "/return"), strings.HasSuffix(path, "/publish"), strings.HasSuffix(path, "/unpublish"),
		strings.HasSuffix(path, "/assign"), strings.HasSuffix(path, "/transfer"):
		return fixture.Reviewer
	case strings.HasSuffix(path, "/password"), strings.Contains(path, "authenticator"):
		return fixture.Handler2
	}
	return fixture.Handler
}

// hostileFace asks one operation after another.
type hostileFace struct {
	*scene
	samples
}

// TestNoOperationBreaksOnHostileJSON takes, for every operation, a valid body made from its schema, and sends it with one value after
// another replaced by what nobody sends by mistake. So it is the use case that answers, and it never fails.
func TestNoOperationBreaksOnHostileJSON(t *testing.T) {
	c := fixture.New(t, testenv.SQLite(t))
	s := newScene(t, c, c.Web())
	rec := httptest.NewRecorder()
	s.web.Handler.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.json", http.NoBody))
	var d document
	if err := json.Unmarshal(rec.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	privacy := must[int64](t)(c.City.PrivacyVersion(c.Context()))
	f := hostileFace{s, samples{d.Components.Schemas, map[string]any{
		"topic_id": c.Topics[fixture.Bus].ID, "privacy_version": privacy, "handler_id": c.Actor(fixture.Handler2).ID, "numbers": []any{s.number}, "number": s.number,
		"rating": 1, "version": 0, "reply_version": 0, "days": 30, "phone": "13800138009", "decisions": []any{map[string]any{"key": "k", "choice": "keep", "replacement": "x"}},
		"preferences": []any{map[string]any{"kind": "case_due_soon", "channel": "bell", "wanted": true}}, "anonymous": false,
	}}}
	deep := 0
	for path, methods := range d.Paths {
		for method, o := range methods {
			o.method, o.path = strings.ToUpper(method), path
			f.queries(o)
			if media, ok := o.RequestBody.Content["application/json"]; ok && o.ID != "erase-account" && o.ID != "sign-out" {
				deep += f.operation(o, &media.Schema)
			}
		}
	}
	if deep < 30 { // sign-ins need a code that somebody has read
		t.Errorf("only %d operations do what a valid body asks", deep)
	}
}

// operation sends every variation of the body; 1 when the valid one is taken.
func (f hostileFace) operation(o operation, of *schema) int {
	f.t.Helper()
	number := stage(f.c, o.path)
	version := func() { // what the valid body must know of the case
		f.known["reply_version"], f.known["version"] = f.c.ReplyVersion(number), 0
		if strings.Contains(o.path, "/publication") {
			f.known["version"] = int64(0)
			if p, found, err := f.c.Library.OfCase(f.c.Context(), f.c.Case(number).ID); err == nil && found {
				f.known["version"] = p.Version
			}
		} else if strings.HasSuffix(o.path, "/resend") {
			f.known["version"] = int64(1)
		}
	}
	version()
	body, n := f.valid("", of), 0
	f.each(of, body, func(at string, of *schema, replaced func(any) any) {
		for _, v := range hostileJSON(of) {
			n++
			code, _ := f.send(o, number, fmt.Sprintf("%s = %.30q", at, fmt.Sprint(v)), replaced(v), n)
			if code < http.StatusMultipleChoices && strings.Contains(o.path, "{number}") {
				number = stage(f.c, o.path)
			}
		}
	})
	version()
	code, answer := f.send(o, number, "valid", f.valid("", of), 0)
	if ofTheSchema(answer) {
		f.t.Errorf("%s %s: the valid body is none: %s", o.method, o.path, answer)
	}
	if code >= http.StatusMultipleChoices {
		return 0
	}
	return 1
}

// ofTheSchema tells whether the form was refused before anybody looked at what it says.
func ofTheSchema(answer string) bool {
	return strings.Contains(answer, "没有这一项") || strings.Contains(answer, "这里要写") || strings.Contains(answer, "这里只能写")
}

func (f hostileFace) send(o operation, number, what string, body any, n int) (int, string) {
	f.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		f.t.Fatal(err)
	}
	path := strings.NewReplacer("{number}", number).Replace(o.path)
	if strings.Contains(path, "{") {
		path = f.fill(path)
	}
	req := httptest.NewRequestWithContext(f.t.Context(), o.method, path, strings.NewReader(string(raw)))
	req.Header.Set("Content-Type", "application/json")
	if o.ID == "submit-case" {
		req.Header.Set("Idempotency-Key", fmt.Sprint("hostile ", n))
	}
	return f.answer(o, req, what)
}

func (f hostileFace) answer(o operation, req *http.Request, what string) (int, string) {
	f.t.Helper()
	sign(f.c, req, asks(o.path), true)
	rec := httptest.NewRecorder()
	f.web.Handler.ServeHTTP(rec, req)
	f.web.Documented(f.t, o.method, req.URL.EscapedPath(), rec)
	if rec.Code >= http.StatusInternalServerError {
		f.t.Errorf("%s %s, %s: %d\n%s", o.method, o.path, what, rec.Code, f.web.Log.String())
		f.web.Log.Reset()
	}
	return rec.Code, rec.Body.String()
}

// queries sends one hostile value after another in each parameter that the operation names.
func (f hostileFace) queries(o operation) {
	f.t.Helper()
	if o.method != http.MethodGet {
		return
	}
	for _, p := range o.Parameters {
		if p.In != "query" {
			continue
		}
		for _, value := range hostile {
			req := httptest.NewRequestWithContext(f.t.Context(), o.method, f.fill(o.path), http.NoBody)
			q := url.Values{p.Name: {value}}
			if o.ID == "similar-entries" && p.Name != "text" {
				q.Set("text", "公租房")
			}
			req.URL.RawQuery = q.Encode()
			f.answer(o, req, p.Name+" = "+value[:min(len(value), 30)])
		}
	}
}
