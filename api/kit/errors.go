package kit

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

// Status maps a kind of failure to its HTTP status.
func Status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Gone:
		return http.StatusGone
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// SafeFace returns what a person may read of err: its kind, and the sentence in their language.
func SafeFace(l *i18n.Localizer, err error) (fault.Kind, string) {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind != fault.Internal {
		return e.Kind, l.T(e.Msg, e.Args...)
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.TooLarge, l.T(i18n.N("发送的内容太大了，请减少文字或附件后再试。"))
	}
	if database.IsDown(err) {
		return fault.Unavailable, l.T(i18n.N("系统暂时用不了，正在恢复，请过一两分钟再试。刚才填写的内容没有丢，用浏览器的返回键可以回到表单。"))
	}
	return fault.Internal, l.T(i18n.N("系统出了点问题，已经记录下来。您填写的内容没有丢，请稍后再试。"))
}

// FieldError is one wrong input, in the reader's words; Name is the id of the input, Label what it is called where the sentence alone
// stands in a list.
type FieldError struct{ Name, Text, Label string }

// FieldErrors translates the fields of an Invalid failure; nil when err is none.
func (c *Ctx) FieldErrors(err error) []FieldError {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return nil
	}
	list := make([]FieldError, 0, len(e.Fields))
	for _, f := range e.Fields {
		list = append(list, FieldError{Name: f.Name, Text: c.T(f.Msg, f.Args...)})
	}
	return list
}

// FormAgain answers a failed form: kinds that a person can mend on the same page (wrong input, conflict, too many, unavailable) render
// it again with what was typed, the sentence as a flash and the fields' errors through set; other failures go to the mapper.
func (c *Ctx) FormAgain(err error, page string, set func(errs []FieldError) any) error {
	kind, text := SafeFace(c.L, err)
	switch kind {
	case fault.Invalid, fault.Conflict, fault.TooMany, fault.TooLarge, fault.Unavailable:
	default:
		return err
	}
	errs := c.FieldErrors(err)
	data := set(errs)
	if len(errs) == 0 {
		c.Set(flashKey, &Flash{Kind: "warn", Text: text})
	}
	retryAfter(c, err)
	return c.Page(Status(kind), page, data)
}

// whenDown is how many seconds a program waits before it asks again, while the database is away.
const whenDown = "10"

func retryAfter(c *Ctx, err error) {
	if database.IsDown(err) {
		c.Header("Retry-After", whenDown)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.TooMany {
		if d, ok := e.Detail.(time.Duration); ok {
			c.Header("Retry-After", strconv.Itoa(int(d/time.Second)+1))
		}
	}
}

// fail answers with an error page, or the way to sign in. It is the only place where a failure becomes a response to a browser.
func (c *Ctx) fail(err error) {
	if c.Area == API {
		c.FailJSON(err)
		return
	}
	kind, text := SafeFace(c.L, err)
	if c.Writer.Written() {
		c.log(err)
		return
	}
	if kind == fault.Internal || database.IsDown(err) {
		c.log(err)
	}
	if kind == fault.Unauthenticated && !c.IsHTMX() {
		if !c.keepTyped() {
			c.toSignIn()
		}
		return
	}
	retryAfter(c, err)
	status := Status(kind)
	if c.IsHTMX() {
		c.Header("HX-Reswap", "none")
		c.Data(status, "text/plain; charset=utf-8", []byte(text))
		return
	}
	data := errorPage{Status: status, Text: text, RequestID: RequestID(c.Context), Internal: kind == fault.Internal}
	if err := c.Page(status, "error", data); err != nil {
		c.log(err)
		c.Data(http.StatusInternalServerError, "text/plain; charset=utf-8", []byte(text))
	}
}

type errorPage struct {
	Status    int
	Text      string
	RequestID string
	Internal  bool
}

func (c *Ctx) log(err error) {
	if errors.Is(err, c.Request.Context().Err()) && c.Request.Context().Err() != nil {
		return // the browser went away
	}
	c.Kit.Log.LogAttrs(c.Request.Context(), slog.LevelError, "request failed",
		slog.String("request_id", RequestID(c.Context)), slog.String("route", c.FullPath()), slog.String("error", err.Error()))
}

// Where an incomplete staff session goes on; the console's sign-in pages live there.
const (
	ConsoleSignIn  = "/console/sign-in"
	PortalSignIn   = "/me/sign-in"
	pendingAddress = "/console/sign-in/"
)

func (c *Ctx) toSignIn() {
	if c.Area == Console {
		if p := c.Session.Pending; p != "" {
			c.Context.Redirect(http.StatusSeeOther, pendingAddress+string(p))
			return
		}
		c.Context.Redirect(http.StatusSeeOther, ConsoleSignIn+"?back="+url.QueryEscape(c.backPath()))
		return
	}
	c.Context.Redirect(http.StatusSeeOther, PortalSignIn+"?back="+url.QueryEscape(c.backPath()))
}

func (c *Ctx) backPath() string {
	if c.Request.Method != http.MethodGet {
		return Back(c.refererPath(), "/")
	}
	return c.Request.URL.RequestURI()
}

// refererPath is the page of this site that the request came from, "" when it came from elsewhere.
func (c *Ctx) refererPath() string {
	u, err := url.Parse(c.Request.Referer())
	if err != nil || u.Host != c.Request.Host {
		return ""
	}
	return u.RequestURI()
}
