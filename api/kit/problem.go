package kit

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// Problem is a failure as a program reads it: application/problem+json (RFC 9457), in the reader's language.
type Problem struct {
	Type      string         `json:"type" format:"uri-reference" example:"/docs#problem-invalid" doc:"这一类问题在哪里有说明；每次都一样"`
	Title     string         `json:"title" doc:"这一类问题的名字"`
	Status    int            `json:"status" example:"422" doc:"HTTP 状态码"`
	Detail    string         `json:"detail" doc:"这一次哪里不对、接下来怎么办，给人看"`
	Reason    string         `json:"reason,omitempty" example:"already_rated" doc:"原因的代号，不会变，给程序看"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"哪里不对，逐项说明"`
	Changes   any            `json:"changes,omitempty" doc:"409 时：这段时间里变了什么"`
	RequestID string         `json:"request_id" doc:"求助时请报它，我们的日志里能查到"`
}

// ProblemField is one wrong input.
type ProblemField struct {
	Location string `json:"location" example:"body.title" doc:"在哪里（body、query、path、header 之一），然后是名字"`
	Field    string `json:"field" example:"title" doc:"表单或 JSON 里的名字"`
	Message  string `json:"message" doc:"哪里不对"`
}

// Error is the sentence for a person.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType turns a media type into that of a problem.
func (p *Problem) ContentType(string) string { return ProblemType }

// ProblemType is the media type of problems.
const ProblemType = "application/problem+json"

// ProblemKind is one sort of problem: the last word of its type, and its title, a message id.
type ProblemKind struct {
	Kind        fault.Kind
	Name, Title string
}

// ProblemKinds lists the sorts of problems, for the documentation.
var ProblemKinds = []ProblemKind{
	{fault.Invalid, "invalid", i18n.N("内容需要修改")},
	{fault.Unauthenticated, "unauthenticated", i18n.N("需要登录")},
	{fault.Forbidden, "forbidden", i18n.N("没有权限")},
	{fault.NotFound, "not-found", i18n.N("没有找到")},
	{fault.Gone, "gone", i18n.N("已经撤下")},
	{fault.Conflict, "conflict", i18n.N("情况已经变化")},
	{fault.TooMany, "too-many", i18n.N("操作太频繁")},
	{fault.TooLarge, "too-large", i18n.N("内容太大")},
	{fault.Unavailable, "unavailable", i18n.N("暂时不可用")},
	{fault.Internal, "internal", i18n.N("系统故障")},
}

// Problem turns err into what a program may read of it. It is the only mapping of failures to JSON.
func (c *Ctx) Problem(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	kind, text := SafeFace(c.L, err)
	p := c.NewProblem(kind, text)
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return p
	}
	p.Reason = e.Reason
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, ProblemField{Location: c.location(f.Name), Field: f.Name, Message: c.T(f.Msg, f.Args...)})
	}
	return p
}

// location says where an input of this request stands.
func (c *Ctx) location(name string) string {
	switch {
	case name == "":
		return "body"
	case strings.Contains(name, "-"): // no input of ours is called so, but in a header
		return "header." + name
	case c.Request.Method == http.MethodGet:
		return "query." + name
	}
	return "body." + name
}

// NewProblem returns a problem of that kind; detail is in the reader's language already.
func (c *Ctx) NewProblem(kind fault.Kind, detail string) *Problem {
	p := &Problem{Status: Status(kind), Detail: detail, RequestID: RequestID(c.Context)}
	for _, k := range ProblemKinds {
		if k.Kind == kind {
			p.Type, p.Title = "/docs#problem-"+k.Name, c.T(k.Title)
		}
	}
	return p
}

// FailJSON answers with the problem that err is. What nobody classified goes to the log.
func (c *Ctx) FailJSON(err error) {
	p := c.Problem(err)
	if p.Status >= http.StatusInternalServerError {
		c.log(err)
	}
	if c.Writer.Written() {
		return
	}
	c.ProblemHeaders(err, p)
	body, failed := json.Marshal(p)
	if failed != nil { // a detail that cannot be written
		p.Changes = nil
		body, _ = json.Marshal(p)
	}
	c.Data(p.Status, ProblemType, body)
}

// ProblemHeaders sets what goes along with a problem: when to come back, how to sign in.
func (c *Ctx) ProblemHeaders(err error, p *Problem) {
	c.Header("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", "Bearer")
	}
	if p.Status == http.StatusServiceUnavailable {
		c.Header("Retry-After", whenDown)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok {
		if d, ok := e.Detail.(time.Duration); ok && (e.Kind == fault.TooMany || e.Kind == fault.Conflict) {
			c.Header("Retry-After", strconv.Itoa(int(d/time.Second)+1))
		}
	}
}

// Begin resolves who is asking, for a face that has a router of its own.
func (k *Kit) Begin(gc *gin.Context, area Area) (*Ctx, error) { return k.begin(gc, area) }

// Note adds a route to the list of routes, for a face that has a router of its own.
func (k *Kit) Note(method, path string, access Access, area Area) { k.note(method, path, access, area) }

// preferred returns the language that an Accept-Language header likes best. Only programs are asked: they set it on purpose.
func preferred(header string) string {
	best, most := "", 0.0
	for one := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(one), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(v, 64); err != nil {
				continue
			}
		}
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if (lang == "zh" || lang == "en") && q > most {
			best, most = lang, q
		}
	}
	return best
}

// Actor is who is asking.
type Actor = models.Actor

// Log notes a failure with the request's id.
func (c *Ctx) Log(err error) { c.log(err) }
