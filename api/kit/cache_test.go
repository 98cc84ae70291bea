package kit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/api/kit"
	"huiyin/internal/limit"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// shown is a public page that counts how often it is made.
type shown struct {
	t      *testing.T
	engine *gin.Engine
	city   *fixture.City
	made   int
	seen   int
}

func newShown(t *testing.T, change ...func(map[string]limit.Limit)) *shown {
	s := &shown{t: t, city: fixture.New(t, testenv.SQLite(t)), engine: gin.New()}
	k := s.city.Web(change...).Kit
	s.engine.Use(k.Middleware(nil))
	g := k.Group(s.engine, kit.Portal)
	page := func(c *kit.Ctx) error {
		s.made++
		return c.Page(http.StatusOK, "error", map[string]any{"Status": 200, "Text": "page " + c.Query("q"), "RequestID": "", "Internal": false})
	}
	g.Cached("/same", page, "q")
	g.CachedUnlessKnown("/known", page, func(*gin.Context) { s.seen++ })
	g.GET("/live", kit.Public, func(c *kit.Ctx) error { return c.Live("topic") })
	return s
}

func (s *shown) get(path string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.engine.ServeHTTP(w, r)
	return w
}

func cookieOf(name, value string) *http.Cookie { return &http.Cookie{Name: name, Value: value} }

func TestNobodyHasAPublicPageMadeAtWill(t *testing.T) {
	s := newShown(t)
	plain := s.get("/same").Body.String()
	english := s.get("/same?lang=en").Body.String()
	if s.made != 2 || plain == english || !strings.Contains(english, `lang="en"`) {
		t.Fatalf("made %d times", s.made)
	}
	for name, get := range map[string]func() *httptest.ResponseRecorder{
		"a language that is none": func() *httptest.ResponseRecorder { return s.get("/same?lang=xx") },
		"a name that is none":     func() *httptest.ResponseRecorder { return s.get("/same?utm=1&utm2=2") },
		"a cookie's language":     func() *httptest.ResponseRecorder { return s.get("/same", cookieOf(kit.LocaleCookie, "tlh")) },
		"a cookie's type size":    func() *httptest.ResponseRecorder { return s.get("/same", cookieOf(kit.LargeCookie, "huge")) },
		"a flash without a kind":  func() *httptest.ResponseRecorder { return s.get("/same", cookieOf(kit.FlashCookie, "x")) },
		"a flash of no kind":      func() *httptest.ResponseRecorder { return s.get("/same", cookieOf(kit.FlashCookie, "evil.text")) },
		"a flash that is no text": func() *httptest.ResponseRecorder { return s.get("/same", cookieOf(kit.FlashCookie, "ok.%FF%zz")) },
		"a flash without end": func() *httptest.ResponseRecorder {
			return s.get("/same", cookieOf(kit.FlashCookie, "ok."+strings.Repeat("a", 2000)))
		},
		"a session that is nobody": func() *httptest.ResponseRecorder { return s.get("/same", cookieOf(kit.PortalCookie, "x")) },
	} {
		if got := get().Body.String(); got != plain {
			t.Errorf("%s: another page", name)
		}
	}
	if got := s.get("/same?lang=en&x=1"); got.Body.String() != english || s.made != 2 {
		t.Errorf("made %d times", s.made)
	}
}

func TestASentenceIsSetIntoThePageThatEverybodyGets(t *testing.T) {
	s := newShown(t)
	plain := s.get("/known").Body.String()
	told := s.get("/known", cookieOf(kit.FlashCookie, "ok.Sent+%3Cb%3E"))
	if body := told.Body.String(); !strings.Contains(body, `<div class="flash ok"`) || !strings.Contains(body, "Sent &lt;b&gt;") || s.made != 1 || s.seen != 1 {
		t.Fatalf("made %d, seen %d: %s", s.made, s.seen, body)
	}
	if told.Header().Get("Cache-Control") != "no-store" || !strings.Contains(told.Header().Get("Set-Cookie"), kit.FlashCookie+"=;") || told.Header().Get("ETag") != "" {
		t.Error(told.Header())
	}
	if again := s.get("/known"); again.Body.String() != plain || strings.Contains(plain, "<!--") {
		t.Error("the sentence stayed")
	}
	s.get("/known", cookieOf(kit.PortalCookie, "nobody's"))
	if s.made != 1 {
		t.Error("a page for a session that does not exist")
	}
	s.get("/known", s.city.Cookie("13900000001"))
	if s.made != 2 || s.seen != 4 {
		t.Errorf("made %d, seen %d", s.made, s.seen)
	}
}

func TestVariantsCountAgainstWhoAsks(t *testing.T) {
	s := newShown(t, func(c map[string]limit.Limit) { c["search"] = limit.Limit{Rate: 2, Period: time.Hour} })
	for _, path := range []string{"/same?q=1", "/same?q=2", "/same?q=1", "/same?q=2&x=1"} {
		if w := s.get(path); w.Code != http.StatusOK {
			t.Fatal(path, w.Code)
		}
	}
	if w := s.get("/same?q=3"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || s.made != 2 {
		t.Fatal(w.Code, s.made)
	}
	for _, path := range []string{"/same?q=1", "/same"} { // what is kept, and the page itself, go on
		if w := s.get(path); w.Code != http.StatusOK {
			t.Fatal(path, w.Code)
		}
	}
}

func TestOneReaderHoldsSoManyStreams(t *testing.T) {
	s := newShown(t)
	ctx, leave := context.WithCancel(t.Context())
	server := httptest.NewServer(s.engine)
	defer server.Close()
	open := func(ctx context.Context, who *http.Cookie) *http.Response {
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/live", nil)
		if who != nil {
			r.AddCookie(who)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer
	}
	first := s.city.Cookie("13900000001")
	for i := range kit.StreamsOfSession {
		if a := open(ctx, first); a.StatusCode != http.StatusOK {
			t.Fatal(i, a.Status)
		}
	}
	if a := open(ctx, first); a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
		t.Fatal(a.Status)
	}
	other, done := context.WithCancel(t.Context())
	defer done()
	if a := open(other, nil); a.StatusCode != http.StatusOK { // the same office
		t.Fatal(a.Status)
	}
	leave()
	for end := time.Now().Add(10 * time.Second); open(other, first).StatusCode != http.StatusOK; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a stream that ended still counts")
		}
	}
}
