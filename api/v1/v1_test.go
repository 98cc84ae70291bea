package v1_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/api/kit"
	v1 "huiyin/api/v1"
	"huiyin/internal/database"
	"huiyin/internal/i18n"
	"huiyin/internal/limit"
	"huiyin/services/idempotency"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
	"huiyin/web"
)

// face is the JSON face of a small city.
type face struct {
	*fixture.City
	t      *testing.T
	kit    *kit.Kit
	engine *gin.Engine
}

func plenty() map[string]limit.Limit {
	classes := map[string]limit.Limit{}
	for _, name := range []string{"code", "sign-in", "staff-sign-in", "track", "submit", "upload", "write", "search", "vote", "api"} {
		classes[name] = limit.Limit{Rate: 100_000, Period: time.Minute}
	}
	return classes
}

func newFace(t *testing.T, db *database.DB) *face { return newFaceWith(t, db, plenty()) }

func newFaceWith(t *testing.T, db *database.DB, classes map[string]limit.Limit) *face {
	t.Helper()
	gin.SetMode(gin.TestMode)
	c := fixture.New(t, db)
	catalogs, err := i18n.Load(web.FS)
	if err != nil {
		t.Fatal(err)
	}
	k, err := kit.New(kit.Deps{
		Log: slog.New(slog.NewTextHandler(testWriter{t}, nil)), Clock: c.Clock, Catalogs: catalogs, Accounts: c.Accounts, City: c.City,
		Limits: limit.New(c.Redis.Client, classes), Live: c.Live, BaseURL: fixture.Origin, Revision: func() string { return "1" },
	})
	if err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	engine.Use(k.Middleware(nil))
	engine.NoRoute(k.NoRoute)
	v1.Routes(k, engine, v1.Deps{
		Accounts: c.Accounts, Calendar: c.Calendar, Cases: c.Cases, City: c.City, Files: c.Files, Library: c.Library, Notices: c.Notices,
		Idempotency: idempotency.New(c.DB, c.Clock, c.Seal),
	})
	return &face{City: c, t: t, kit: k, engine: engine}
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Raw    []byte
}

func (a answer) JSON(t *testing.T) map[string]any {
	t.Helper()
	m := map[string]any{}
	if err := json.Unmarshal(a.Raw, &m); err != nil {
		t.Fatalf("%d %s: %v", a.Status, a.Raw, err)
	}
	return m
}

func (a answer) Text(t *testing.T, name string) string {
	t.Helper()
	s, _ := a.JSON(t)[name].(string)
	return s
}

// send sends one request; body is a string as it is, or anything else as JSON; headers come in pairs.
func (f *face) send(method, path, token string, body any, headers ...string) answer {
	f.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			f.t.Fatal(err)
		}
		r = bytes.NewReader(raw)
	}
	if !strings.HasPrefix(path, "/openapi") && !strings.HasPrefix(path, "/docs") {
		path = v1.Prefix + path
	}
	req := httptest.NewRequest(method, path, r)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	f.engine.ServeHTTP(rec, req)
	return answer{rec.Code, rec.Header(), rec.Body.Bytes()}
}

func (f *face) want(status int, a answer) answer {
	f.t.Helper()
	if a.Status != status {
		f.t.Fatalf("status %d, want %d: %s", a.Status, status, a.Raw)
	}
	return a
}

func each(t *testing.T, test func(t *testing.T, f *face)) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) { test(t, newFace(t, db)) })
}

type object = map[string]any
