package v1

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/services/accounts"
	"huiyin/services/idempotency"
)

// op is one line of the list of operations.
type op struct {
	ID      string
	Method  string
	Path    string // below Prefix
	Access  kit.Access
	Tag     string
	Summary string // message id
	Limit   string // class of the rate limit, besides "api"
	Status  int    // of success, when it is neither 200 nor 204
	Creates creates
	Gone    bool // what was there may have been taken away for good
	Misses  bool // what it needs may not be there, though the address names nothing
	files   bool // the body is multipart/form-data
}

// creates says how an operation that makes something keeps its Idempotency-Key.
type creates int

const (
	nothing    creates = iota // a POST then refuses a key: what it answers is not kept
	together                  // effect and answer commit together
	around                    // the effect cannot be part of a transaction
	repeatable                // like around, and the use case itself makes nothing twice
)

// IdemKey may be embedded in the input of what takes a key; it is documented of the others too. Parts of inputs are exported because huma fills in exported fields only.
type IdemKey struct {
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"自己定的一段文字，每个新请求换一个，例如随机的编码。一天之内带同一个键再发同样的请求，得到第一次的答复，不会重复办理。"`
}

// keyParameter documents the key of an operation whose input does not name it.
var keyParameter = &huma.Param{Name: "Idempotency-Key", In: "header", Description: keyDoc, Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(maxKey)}}

var keyDoc = i18n.N("自己定的一段文字，每个新请求换一个，例如随机的编码。一天之内带同一个键再发同样的请求，得到第一次的答复，不会重复办理。")

type ctxKey struct{}

// call is one request to an operation.
type call struct {
	*kit.Ctx
	ctx         context.Context
	fingerprint []byte
	strayCursor bool // the place to go on from is one of another list
}

// of returns the request behind the context that huma hands to handlers.
func of(ctx context.Context) *call {
	c, _ := ctx.Value(ctxKey{}).(*call) // the middleware of every operation has put it there
	return c
}

// add registers an operation whose handler sees the request, the input that fits its schema, and nothing of huma.
func add[I, O any](s *server, o op, handle func(c *call, in *I) (*O, error)) {
	s.ops = append(s.ops, o)
	input := reflect.TypeFor[I]()
	_, o.files = input.FieldByName("RawBody")
	_, body := input.FieldByName("Body")
	operation := s.describe(o, body || o.files)
	if _, declared := input.FieldByName("Key"); o.Creates != nothing && !declared {
		operation.Parameters = append(operation.Parameters, keyParameter)
	}
	asks := map[string]bool{}
	operation.Middlewares = huma.Middlewares{func(hc huma.Context, next func(huma.Context)) { s.admit(o, asks, body, hc, next) }}
	s.kit.Note(o.Method, strings.NewReplacer("{", ":", "}", "").Replace(Prefix+o.Path), o.Access, kit.API)
	huma.Register(s.api, operation, func(ctx context.Context, in *I) (*O, error) {
		c := of(ctx)
		out, err := s.run(c, o, in, func(ctx context.Context) (any, error) {
			again := *c
			again.ctx = ctx
			return handle(&again, in)
		}, func() any { return new(O) })
		if err != nil {
			return nil, s.problem(c.Ctx, err)
		}
		typed, _ := out.(*O)
		return typed, nil
	})
	for _, p := range operationAt(s.api.OpenAPI().Paths[Prefix+o.Path], o.Method).Parameters {
		if p.In == "query" {
			asks[p.Name] = true
		}
	}
}

// run calls the handler, under the request's Idempotency-Key where the operation takes one.
func (s *server) run(c *call, o op, in any, handle func(ctx context.Context) (any, error), fresh func() any) (any, error) {
	key := strings.TrimSpace(c.GetHeader("Idempotency-Key"))
	if o.Creates == nothing || key == "" {
		return handle(c.ctx)
	}
	r := idempotency.Request{Scope: scopeOf(c.Actor), Key: key, Fingerprint: c.fingerprint}
	if f, ok := in.(interface{ fingerprint() ([]byte, error) }); ok {
		print, err := f.fingerprint()
		if err != nil {
			return nil, err
		}
		r.Fingerprint = append(r.Fingerprint, print...)
	}
	do := func(ctx context.Context) ([]byte, error) {
		out, err := handle(ctx)
		if err != nil {
			return nil, err
		}
		return json.Marshal(out)
	}
	var kept []byte
	var replayed bool
	var err error
	if o.Creates == together {
		kept, replayed, err = s.Idempotency.Once(c.ctx, r, do)
	} else {
		kept, replayed, err = s.Idempotency.Around(c.ctx, r, o.Creates == repeatable, do)
	}
	if err != nil {
		return nil, err
	}
	if replayed {
		c.Header("Idempotency-Replayed", "true")
	}
	out := fresh()
	return out, json.Unmarshal(kept, out)
}

// scopeOf says whose key it is. Somebody unknown has none of their own: it is that of who sends the very same request.
func scopeOf(a kit.Actor) string {
	if a.SessionID == 0 {
		return ""
	}
	if a.IsResident() || a.IsStaff() {
		return string(a.Kind) + ":" + strconv.FormatInt(a.ID, 10)
	}
	return "session:" + strconv.FormatInt(a.SessionID, 10)
}

// admit comes before anything is read: who is asking, may they, how often, and is the body JSON at all.
func (s *server) admit(o op, asks map[string]bool, body bool, hc huma.Context, next func(huma.Context)) {
	gc := humagin.Unwrap(hc)
	c := &call{Ctx: &kit.Ctx{Context: gc}}
	c.takeBack() // before anybody reads the query, which is kept from then on
	k, err := s.kit.Begin(gc, kit.API)
	c.Ctx = k
	if err == nil {
		err = c.entitled(o.Access)
	}
	if err == nil {
		err = c.limits(o.Limit)
	}
	if err == nil {
		err = c.checkAddress(o, asks)
	}
	switch {
	case err == nil && body:
		err = c.readJSON()
	case err == nil && o.files:
		err = c.readForm()
	case err == nil:
		err = c.noBody()
	}
	if err != nil {
		c.FailJSON(tooLarge(err))
		return
	}
	if !body {
		c.fingerprint = []byte(o.Method + " " + gc.Request.URL.Path + "\n")
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Language", c.L.Locale())
	hc = huma.WithValue(hc, ctxKey{}, c)
	c.ctx = hc.Context()
	next(hc)
}

func signIn() *fault.Error {
	return fault.New(fault.Unauthenticated, i18n.N("请带上登录后得到的令牌。"))
}

// entitled tells a program whose token has ended, or still owes something, exactly that.
func (c *call) entitled(a kit.Access) error {
	if c.GetHeader("Authorization") != "" && c.Session.ID == 0 {
		return fault.New(fault.Unauthenticated, i18n.N("令牌无效或已过期，请重新登录。")).WithReason("token_invalid")
	}
	err := a.Check(c.Actor)
	if err != nil && c.Session.Pending != accounts.PendingNothing {
		return fault.New(fault.Forbidden, i18n.N("登录还没有完成，请先做完这一步：%[1]s。"), pendingName(c.Session.Pending)).WithReason(string(c.Session.Pending))
	}
	return err
}

func pendingName(p accounts.Pending) i18n.Msg {
	switch p {
	case accounts.PendingSecondFactor:
		return i18n.M(i18n.N("输入二次验证码"))
	case accounts.PendingPassword:
		return i18n.M(i18n.N("修改密码"))
	}
	return i18n.M(i18n.N("在工作台绑定验证器"))
}

func (c *call) limits(class string) error {
	if err := c.Limit("api"); err != nil || class == "" {
		return err
	}
	return c.Limit(class)
}

var language = i18n.N("给人看的话用哪种语言：zh-CN（默认）或 en")

// describe writes the operation's part of the document.
func (s *server) describe(o op, body bool) huma.Operation {
	d := huma.Operation{
		OperationID: o.ID, Method: o.Method, Path: Prefix + o.Path, Summary: o.Summary, Tags: []string{o.Tag}, DefaultStatus: o.Status,
		MaxBodyBytes: 2 << 20, // the kit's own bound is lower and comes first
		Errors: []int{ // an address, a key or a body that is none gets 422 anywhere
			http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
		},
	}
	d.Description = s.kit.Catalogs.For(i18n.English).T(i18n.N("谁可以用：%[1]s。"), accessName(o.Access))
	if o.Method == http.MethodPost && o.Creates == nothing {
		d.Description += " " + s.kit.Catalogs.For(i18n.English).T(i18n.N("不接受 %[1]s：答复不能留存。"), "Idempotency-Key")
	}
	switch {
	case o.Access.Name != kit.Public.Name:
		d.Security = []map[string][]string{{"bearer": {}}}
		d.Errors = append(d.Errors, http.StatusUnauthorized, http.StatusForbidden)
	default:
		d.Security = []map[string][]string{{}, {"bearer": {}}}
		d.Errors = append(d.Errors, http.StatusUnauthorized) // a token that has ended
	}
	if strings.Contains(o.Path, "{") || o.Misses {
		d.Errors = append(d.Errors, http.StatusNotFound)
	}
	if o.Gone {
		d.Errors = append(d.Errors, http.StatusGone)
	}
	if o.Method != http.MethodGet {
		d.Errors = append(d.Errors, http.StatusConflict)
	}
	if body {
		d.Errors = append(d.Errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if o.files {
		d.RequestBody = formBody()
	}
	d.Parameters = []*huma.Param{
		{Name: "Accept-Language", In: "header", Description: language, Schema: &huma.Schema{Type: huma.TypeString}},
		{Name: "lang", In: "query", Description: language, Schema: &huma.Schema{Type: huma.TypeString}},
	}
	return d
}

// problem is the one place where a failure becomes an answer of the JSON face.
func (s *server) problem(c *kit.Ctx, err error) error {
	p := c.Problem(err)
	if p.Status >= http.StatusInternalServerError {
		c.Log(err)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.Conflict {
		p.Changes = changed(c, e.Detail)
	}
	c.ProblemHeaders(err, p)
	return p
}
