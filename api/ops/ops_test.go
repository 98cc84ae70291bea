package ops

import (
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
