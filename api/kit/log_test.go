package kit_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/api/kit"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// Whoever was refused may ask with the request's id: the log knows it. It knows the route, and nothing of what stood in the address.
func TestTheLogKnowsWhoWasRefused(t *testing.T) {
	c := fixture.New(t, testenv.SQLite(t))
	web := c.Web()
	for _, ask := range []struct {
		method, path, body, origin string
		status                     int
		route                      string
	}{
		{http.MethodGet, "/api/v1/staff/cases/20261116-0007?phone=13800005678", "", "", 401, "route=/api/v1/staff/cases/:number "},
		{http.MethodGet, "/library/987654?q=zhangsan", "", "", 404, "route=/library/:id "},
		{http.MethodGet, "/nowhere/13800005678", "", "", 404, `route="" `},
		{http.MethodPost, "/api/v1/phone-codes", `{"phone":"1380000567x"}`, "", 422, "route=/api/v1/phone-codes "},
		{http.MethodPost, "/consult/new", "phone=13800005678", "https://elsewhere.example", 403, "route=/consult/new "},
	} {
		web.Log.Reset()
		r := httptest.NewRequestWithContext(t.Context(), ask.method, ask.path, strings.NewReader(ask.body))
		r.RemoteAddr = "203.0.113.77:4711"
		r.Header.Set("Content-Type", map[bool]string{true: "application/json", false: "application/x-www-form-urlencoded"}[strings.HasPrefix(ask.path, "/api")])
		if ask.origin != "" {
			r.Header.Set("Origin", ask.origin)
		}
		w := httptest.NewRecorder()
		web.Handler.ServeHTTP(w, r)
		line := web.Log.String()
		if w.Code != ask.status || strings.Count(line, "msg=request ") != 1 {
			t.Fatalf("%s: %d\n%s", ask.path, w.Code, line)
		}
		id := w.Header().Get("X-Request-Id")
		var p kit.Problem
		if w.Header().Get("Content-Type") == kit.ProblemType {
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.RequestID != id {
				t.Errorf("%s: %v %+v", ask.path, err, p)
			}
		}
		for _, want := range []string{"level=INFO", "request_id=" + id, "method=" + ask.method, ask.route, "status=", "took="} {
			if !strings.Contains(line, want) {
				t.Errorf("%s: no %s in %s", ask.path, want, line)
			}
		}
		for _, secret := range []string{"1380000567", "0007", "987654", "zhangsan", "203.0.113", "nowhere"} {
			if strings.Contains(line, secret) {
				t.Errorf("%s: the log holds %s: %s", ask.path, secret, line)
			}
		}
	}
}

// What went well has no line, unless it was slow.
func TestWhatWentWellIsNotLogged(t *testing.T) {
	c := fixture.New(t, testenv.SQLite(t))
	web := c.Web()
	engine := gin.New()
	engine.Use(web.Kit.Middleware(nil))
	g := web.Kit.Group(engine, kit.Portal)
	g.GET("/quick", kit.Public, func(c *kit.Ctx) error { c.String(http.StatusOK, "ok"); return nil })
	g.GET("/slow", kit.Public, func(c *kit.Ctx) error { time.Sleep(1010 * time.Millisecond); c.String(http.StatusOK, "ok"); return nil })
	g.GET("/stream", kit.Public, func(c *kit.Ctx) error {
		time.Sleep(1010 * time.Millisecond)
		c.Data(http.StatusOK, "text/event-stream", nil)
		return nil
	})
	for path, lines := range map[string]int{"/quick": 0, "/slow": 1, "/stream": 0} {
		web.Log.Reset()
		engine.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
		if n := strings.Count(web.Log.String(), "msg=request "); n != lines {
			t.Errorf("%s: %d lines, want %d: %s", path, n, lines, web.Log)
		}
	}
}

// A program that meets something out of order is told when to come back, whatever is out of order.
func TestUnavailableSaysWhenToComeBack(t *testing.T) {
	c := fixture.New(t, testenv.SQLite(t))
	web := c.Web()
	if err := c.Redis.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/phone-codes", strings.NewReader(`{"phone":"13800005678","privacy_version":1}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	web.Handler.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "10" {
		t.Errorf("%d, Retry-After %q: %s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
}
