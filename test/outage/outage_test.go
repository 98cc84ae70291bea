// Package outage_test takes away what the product stands on while people use it, gives it back, and counts what is left.
package outage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/models"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// asker sends questions one after the other until it is told to stop, each until it is acknowledged.
type asker struct {
	web     *fixture.Web
	token   string
	body    map[string]any
	numbers []string    // of acknowledged questions
	answers map[int]int // how often each status was answered
}

func (a *asker) ask(ctx context.Context, name string) {
	raw, _ := json.Marshal(a.body)
	for n := 0; ctx.Err() == nil; {
		req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/v1/cases", bytes.NewReader(raw))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+a.token)
		req.Header.Set("Idempotency-Key", fmt.Sprint(name, n))
		rec := httptest.NewRecorder()
		a.web.Handler.ServeHTTP(rec, req)
		if ctx.Err() != nil {
			return
		}
		a.answers[rec.Code]++
		if rec.Code != http.StatusCreated {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		n++
		var receipt struct{ Number string }
		_ = json.Unmarshal(rec.Body.Bytes(), &receipt)
		a.numbers = append(a.numbers, receipt.Number)
	}
}

// TestTheDatabaseGoesAway kills MariaDB while questions come in and starts it again. Meanwhile everybody is told so, in words and with
// 503; afterwards all goes on by itself, and each acknowledged question is there once, whole.
func TestTheDatabaseGoesAway(t *testing.T) {
	maria := testenv.StartMariaDB(t)
	c := fixture.New(t, testenv.Open(t, maria.DSN))
	web := c.Web()
	staff := c.Cookie(fixture.Handler)
	get := func(path string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		for _, one := range cookies {
			req.AddCookie(one)
		}
		rec := httptest.NewRecorder()
		web.Handler.ServeHTTP(rec, req)
		return rec
	}
	privacy, err := c.City.PrivacyVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	askers, running := make([]*asker, 4), sync.WaitGroup{}
	for i := range askers {
		a := &asker{web: web, token: c.ResidentToken(fixture.Phone), answers: map[int]int{}, body: map[string]any{
			"topic_id": c.Topics[fixture.Rent].ID, "title": "申请公租房要哪些材料", "text": "请问申请公租房要准备哪些材料，到哪里办理？", "anonymous": true,
			"privacy_version": privacy,
		}}
		askers[i] = a
		running.Go(func() { a.ask(ctx, fmt.Sprint("asker", i, "-")) })
	}
	if a := get("/"); a.Code != http.StatusOK {
		t.Fatal(a.Code)
	}
	time.Sleep(500 * time.Millisecond)
	maria.Kill()
	time.Sleep(300 * time.Millisecond)
	for path, cookies := range map[string][]*http.Cookie{"/track/20261116-0001": {c.Cookie(fixture.Phone)}, "/console/cases": {staff}, "/me": {c.Cookie(fixture.Phone)}} {
		a := get(path, cookies...)
		if a.Code != http.StatusServiceUnavailable || !strings.Contains(a.Body.String(), "正在恢复") || a.Header().Get("Retry-After") == "" {
			t.Errorf("%s while the database is down: %d %v\n%.600s", path, a.Code, a.Header(), a.Body)
		}
	}
	for path, status := range map[string]int{"/healthz": 200, "/readyz": 503, "/": 200} { // what is the same for everybody is in memory
		if a := get(path); a.Code != status {
			t.Errorf("%s while the database is down: %d", path, a.Code)
		}
	}
	maria.Start()
	time.Sleep(time.Second)
	for _, path := range []string{"/readyz", "/console/cases", "/"} {
		if a := get(path, staff); a.Code != http.StatusOK {
			t.Errorf("%s after it came back: %d", path, a.Code)
		}
	}
	before := 0
	for _, a := range askers {
		before += len(a.numbers)
	}
	time.Sleep(500 * time.Millisecond)
	stop()
	running.Wait()
	whole(t, c, askers, before)
}

// whole compares what was acknowledged with what is in the database.
func whole(t *testing.T, c *fixture.City, askers []*asker, before int) {
	t.Helper()
	db := c.DB.Conn(t.Context())
	var kept []models.Case
	if err := db.Find(&kept).Error; err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, k := range kept {
		there[k.Number] = true
		for table, want := range map[string]string{"case_messages": "case_id = ?", "case_events": "case_id = ?", "deliveries": "case_id = ?"} {
			var n int64
			if err := db.Table(table).Where(want, k.ID).Count(&n).Error; err != nil || n == 0 {
				t.Errorf("case %s: %d rows in %s, %v", k.Number, n, table, err)
			}
		}
	}
	acknowledged := 0
	for _, a := range askers {
		t.Log(a.answers)
		for status := range a.answers {
			if status != http.StatusCreated && status != http.StatusServiceUnavailable {
				t.Errorf("%d questions were answered %d", a.answers[status], status)
			}
		}
		for _, number := range a.numbers {
			if acknowledged++; !there[number] {
				t.Errorf("%s was acknowledged and is lost", number)
			}
		}
	}
	if acknowledged <= before || len(kept) > acknowledged+len(askers) { // each may have one under way when it was stopped
		t.Errorf("%d acknowledged, %d of them before the end, %d kept", acknowledged, before, len(kept))
	}
}
