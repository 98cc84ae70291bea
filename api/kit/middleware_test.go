package kit_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/api/kit"
)

// A browser that goes on before the answer is there is no failure of ours; a failure with somebody waiting is.
func TestWhoWentAwayIsNoServerError(t *testing.T) {
	var log strings.Builder
	k := &kit.Kit{Deps: kit.Deps{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}}
	var seen []int
	router := gin.New()
	router.Use(k.Middleware(func(_, _ string, status int, _ time.Duration) { seen = append(seen, status) }))
	router.GET("/", func(gc *gin.Context) { gc.Status(http.StatusInternalServerError) })
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, ctx := range []context.Context{gone, t.Context()} {
		router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx))
	}
	if len(seen) != 2 || seen[0] != 499 || seen[1] != http.StatusInternalServerError {
		t.Errorf("observed %v, want [499 500]", seen)
	}
	if strings.Count(log.String(), "status=499") != 1 || strings.Count(log.String(), "status=500") != 1 {
		t.Error(log.String())
	}
}
