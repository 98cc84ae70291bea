package main

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/config"
	"huiyin/internal/clock"
	"huiyin/models"
	"huiyin/services/idempotency"
)

// What comes round by the clock leaves nothing behind that is older than settings, or the rooms themselves, keep it; and nothing that is
// younger goes. Each room has the tests of what its own job does; here they are wired to the clock and to the settings.
func TestSchedulesKeepWhatSettingsSay(t *testing.T) {
	fake := clock.NewFake(time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC))
	a := newApp(t, fake)
	ctx := t.Context()
	keep, err := a.city.Retention(ctx)
	ok(t, err)
	leaveTraces(t, a)
	count := func(table, where string) (n int) {
		t.Helper()
		ok(t, a.db.Conn(ctx).Raw("SELECT count(*) FROM "+table+" WHERE "+where).Scan(&n).Error)
		return n
	}
	traces := map[string]string{ // table → what should go
		"deliveries": "1 = 1", "outbox": "done_at IS NOT NULL", "attachments": "1 = 1", "sessions": "1 = 1", "case_drafts": "1 = 1", "idempotency_keys": "1 = 1",
		"audit_entries": "action = 'test.trace'",
	}
	a.round(t)
	for table, where := range traces {
		if count(table, where) == 0 {
			t.Errorf("%s: gone at once", table)
		}
	}
	if n := count("audit_entries", "seq IS NULL"); n != 0 {
		t.Errorf("%d audit entries are not sealed", n)
	}
	fake.Set(fake.Now().AddDate(0, keep.DeliveriesMonths, 1))
	a.round(t)
	if n := count("deliveries", "1 = 1"); n != 0 {
		t.Errorf("%d deliveries after %d months", n, keep.DeliveriesMonths)
	}
	fake.Set(fake.Now().AddDate(0, max(keep.AuditMonths, 2*keep.DeliveriesMonths), 1))
	a.round(t)
	for table, where := range traces {
		if n := count(table, where); n != 0 {
			t.Errorf("%s: %d left", table, n)
		}
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newApp is the whole program on an empty folder, by that clock.
func newApp(t *testing.T, by clock.Clock) *app {
	t.Helper()
	dir := t.TempDir()
	a, err := open(t.Context(), config.Config{Data: dir, Database: "sqlite:" + filepath.Join(dir, "huiyin.db"), BaseURL: "http://127.0.0.1"}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(func() {
		if a != nil {
			_ = a.close()
		}
	})
	ok(t, err)
	a.clock = by
	out, err := a.outside()
	ok(t, err)
	ok(t, a.build(out))
	ok(t, a.found(t.Context()))
	return a
}

// round runs every schedule once, and again what one round has made for another.
func (a *app) round(t *testing.T) {
	t.Helper()
	r, err := a.runner()
	ok(t, err)
	for range 2 {
		for _, s := range r.Every {
			if err := s.Run(t.Context()); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	}
}

// leaveTraces does a little of everything that a city keeps for a while.
func leaveTraces(t *testing.T, a *app) {
	t.Helper()
	ctx := t.Context()
	ok(t, a.notices.SendCode(ctx, "13800138001", "480213", "zh-CN"))
	due, err := a.outbox.Due(ctx, 10, 0)
	ok(t, err)
	for _, task := range due {
		ok(t, a.notices.Deliver(ctx, task.ID, task.Ref))
	}
	_, _, err = a.accounts.StartVisitor(ctx)
	ok(t, err)
	privacy, err := a.city.PrivacyVersion(ctx)
	ok(t, err)
	_, err = a.cases.StartDraft(ctx, 0, privacy)
	ok(t, err)
	_, err = a.files.Stage(ctx, models.OwnerDraft, 1, "a.pdf", strings.NewReader("%PDF-1.4\n%%EOF\n"))
	ok(t, err)
	_, _, err = idempotency.New(a.db, a.clock, a.seal).Once(ctx, idempotency.Request{Scope: "resident:7", Key: "k"}, func(context.Context) ([]byte, error) { return []byte("x"), nil })
	ok(t, err)
	ok(t, a.db.Tx(ctx, func(ctx context.Context) error {
		return a.audit.Record(ctx, models.System(), "test.trace", "test", 1, nil)
	}))
}
