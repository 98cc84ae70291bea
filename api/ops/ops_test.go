package ops

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestMethodsThatClientsMakeUpAreOneSeries(t *testing.T) {
	m := NewMetrics()
	for i := range 100 {
		m.Observe("X"+strconv.Itoa(i), "", 404, time.Millisecond)
	}
	m.Observe("GET", "/", 200, time.Millisecond)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if n := strings.Count(w.Body.String(), "huiyin_http_request_seconds_count"); n != 2 {
		t.Fatalf("%d series, want GET and other", n)
	}
}

// A figure that cannot be read is left out: the others are wanted most when something is down.
func TestFiguresThatCannotBeRead(t *testing.T) {
	m, log := NewMetrics(), &strings.Builder{}
	m.Watch(slog.New(slog.NewTextHandler(log, nil)),
		Figure{Name: "down", Help: "x", Read: func(context.Context) (map[string]float64, error) { return nil, errors.New("no database") }},
		Figure{Name: "up", Help: "x", Label: "state", Read: func(context.Context) (map[string]float64, error) {
			return map[string]float64{"one": 1, "two": 2}, nil
		}})
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	page := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(page, `up{state="one"} 1`) || !strings.Contains(page, `up{state="two"} 2`) || strings.Contains(page, "down") {
		t.Errorf("%d\n%s", w.Code, page)
	}
	if !strings.Contains(log.String(), "figure=down") {
		t.Error(log)
	}
}
