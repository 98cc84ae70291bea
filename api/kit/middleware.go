package kit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

const requestIDKey = "kit.request_id"

// RequestID returns the request's id: in the log, on error pages, in the audit log.
func RequestID(gc *gin.Context) string { return gc.GetString(requestIDKey) }

// Observer sees every answered request (metrics).
type Observer func(method, route string, status int, took time.Duration)

// Middleware is what every request passes: an id, security headers, bounds, same-origin writes, a log line without personal data.
func (k *Kit) Middleware(observe Observer) gin.HandlerFunc {
	origin := http.NewCrossOriginProtection()
	return func(gc *gin.Context) {
		start := time.Now()
		gc.Set(requestIDKey, rand.Text()[:16])
		k.headers(gc)
		defer k.recover(gc)
		gc.Request.Body = bounded(gc)
		var err error
		if !isAPI(gc) {
			err = origin.Check(gc.Request)
		}
		if err != nil {
			gc.Abort()
			k.plain(gc, areaOf(gc)).fail(fault.Wrap(err, fault.Forbidden, i18n.N("这个请求不是从本站页面发出的，没有执行。请回到本站再操作。")))
		} else {
			gc.Next()
		}
		took := time.Since(start)
		status := answered(gc)
		if observe != nil {
			observe(gc.Request.Method, gc.FullPath(), status, took)
		}
		k.accessLog(gc, status, took)
	}
}

// clientGone is what web servers write of a request that nobody waited for: no failure of ours.
const clientGone = 499

func answered(gc *gin.Context) int {
	status := gc.Writer.Status()
	if status >= http.StatusInternalServerError && errors.Is(gc.Request.Context().Err(), context.Canceled) {
		return clientGone
	}
	return status
}

func isAPI(gc *gin.Context) bool { return strings.HasPrefix(gc.Request.URL.Path, "/api/") }

func areaOf(gc *gin.Context) Area {
	switch p := gc.Request.URL.Path; {
	case strings.HasPrefix(p, "/console"):
		return Console
	case strings.HasPrefix(p, "/api/"):
		return API
	}
	return Portal
}

// Bounds of a request's body, in bytes: six attachments of 10 MB with their form, and everything else.
const (
	maxUpload = 66 << 20
	maxPlain  = 1 << 20
)

func maxBody(r *http.Request) int64 {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return maxUpload
	}
	return maxPlain
}

const policy = "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

var (
	headerPolicy   = []string{policy}
	headerNoSniff  = []string{"nosniff"}
	headerReferrer = []string{"same-origin"}
	headerFeatures = []string{"camera=(), microphone=(), geolocation=(), interest-cohort=()"}
	headerOpener   = []string{"same-origin"}
	headerTLS      = []string{"max-age=31536000"}
)

func (k *Kit) headers(gc *gin.Context) {
	h := gc.Writer.Header()
	h["Content-Security-Policy"] = headerPolicy
	h["X-Content-Type-Options"] = headerNoSniff
	h["Referrer-Policy"] = headerReferrer
	h["Permissions-Policy"] = headerFeatures
	h["Cross-Origin-Opener-Policy"] = headerOpener
	h["X-Request-Id"] = []string{RequestID(gc)}
	if k.Secure {
		h["Strict-Transport-Security"] = headerTLS
	}
}

func (k *Kit) recover(gc *gin.Context) {
	r := recover()
	if r == nil {
		return
	}
	if err, ok := r.(error); ok && err == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(r)
	}
	k.Log.Error("panic", slog.String("request_id", RequestID(gc)), slog.String("route", gc.FullPath()), slog.String("panic", fmt.Sprint(r)), slog.String("stack", string(debug.Stack())))
	gc.Abort()
	k.plain(gc, areaOf(gc)).fail(fmt.Errorf("panic: %v", r))
}

// slow is from when on an answer is worth a line by itself.
const slow = time.Second

// weight is how much an answer matters to those who run the program: whoever was refused may ask them with the request's id. What went
// well has no line: public pages come from memory faster than a line is written.
func weight(gc *gin.Context, status int, took time.Duration) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelWarn
	case status >= http.StatusBadRequest || took >= slow && !stream(gc):
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

// stream reports whether the answer was meant to last.
func stream(gc *gin.Context) bool {
	return strings.HasPrefix(gc.Writer.Header().Get("Content-Type"), "text/event-stream")
}

// accessLog names the route, never the address: a path may hold a case number, a query what somebody searched for.
func (k *Kit) accessLog(gc *gin.Context, status int, took time.Duration) {
	level := weight(gc, status, took)
	ctx := gc.Request.Context()
	if !k.Log.Enabled(ctx, level) {
		return
	}
	k.Log.LogAttrs(ctx, level, "request", slog.String("request_id", RequestID(gc)), slog.String("method", gc.Request.Method),
		slog.String("route", gc.FullPath()), slog.Int("status", status), slog.Duration("took", took), slog.Int("bytes", gc.Writer.Size()))
}

// NoRoute answers an address that leads nowhere. A person who typed a slash too many is led to the page.
func (k *Kit) NoRoute(gc *gin.Context) {
	if u := *gc.Request.URL; areaOf(gc) != API && gc.Request.Method == http.MethodGet && len(u.Path) > 1 && strings.HasSuffix(u.Path, "/") {
		u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
		if to := Back(u.RequestURI(), ""); to != "" {
			gc.Redirect(http.StatusMovedPermanently, to)
			return
		}
	}
	c, err := k.begin(gc, areaOf(gc))
	if err == nil {
		err = NotFound()
	}
	c.fail(err)
}

// NoMethod tells a program what an address takes; the router has set Allow. For a person who opens the address of a form it leads nowhere.
func (k *Kit) NoMethod(gc *gin.Context) {
	if areaOf(gc) != API {
		gc.Writer.Header().Del("Allow")
		k.NoRoute(gc)
		return
	}
	c, err := k.begin(gc, API)
	if err != nil {
		c.FailJSON(err)
		return
	}
	c.FailJSON(c.StatusProblem(http.StatusMethodNotAllowed, c.T(i18n.N("这个地址不接受 %[1]s 请求，可以用的是：%[2]s。"), gc.Request.Method, gc.Writer.Header().Get("Allow"))))
}

// Prefs answers /prefs: language and large-type mode are cookies, then back to where the person was.
func Prefs(c *Ctx) error {
	year := 365 * 24 * time.Hour
	if lang := c.Query("lang"); lang != "" {
		c.SetCookie(LocaleCookie, i18n.Match(lang), year)
	}
	if large := c.Query("large"); large != "" {
		c.SetCookie(LargeCookie, map[bool]string{true: "1", false: "0"}[large == "1"], year)
	}
	c.Context.Redirect(http.StatusSeeOther, Back(c.Query("back"), "/"))
	return nil
}
