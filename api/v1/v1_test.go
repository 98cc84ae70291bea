package v1_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	v1 "huiyin/api/v1"
	"huiyin/internal/database"
	"huiyin/internal/limit"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// face is the JSON face of a small city.
type face struct {
	*fixture.City
	t   *testing.T
	web *fixture.Web
}

func newFace(t *testing.T, db *database.DB, change ...func(map[string]limit.Limit)) *face {
	t.Helper()
	c := fixture.New(t, db)
	return &face{City: c, t: t, web: c.Web(change...)}
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
	f.web.Handler.ServeHTTP(rec, req)
	f.web.Documented(f.t, method, req.URL.EscapedPath(), rec)
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
