package main

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"huiyin/config"
	"huiyin/demo"
	"huiyin/internal/database"
	"huiyin/models/migrations"
)

// mark leaves in the database of cfg what a build of the demo city leaves there: 0 while it goes on, 1 when it is complete.
func mark(t *testing.T, cfg config.Config, value int) {
	t.Helper()
	db, err := database.Open(t.Context(), cfg.Database, 0)
	ok(t, err)
	defer func() { _ = db.Close() }()
	_, err = db.Migrate(t.Context(), migrations.FS)
	ok(t, err)
	ok(t, db.Conn(t.Context()).Exec("INSERT INTO counters (name, value) VALUES ('demo.built', ?)", value).Error)
}

// starts opens as serve does and returns what it says of itself.
func starts(t *testing.T, cfg config.Config) (isDemo bool, err error) {
	t.Helper()
	a, err := openWithDemo(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return false, err
	}
	defer func() { ok(t, a.close()) }()
	accounts, err := a.demoAccounts()
	ok(t, err)
	if (len(accounts) > 0) != a.isDemo() {
		t.Errorf("%d accounts are listed, demo: %t", len(accounts), a.isDemo())
	}
	if _, _, err := a.notices.OpenOutbox(t.Context(), 10, 0); (err == nil) != a.isDemo() {
		t.Errorf("the outbox is open: %v, demo: %t", err, a.isDemo())
	}
	return a.isDemo(), nil
}

// A city of its own never becomes the demo, whatever the settings say: its codes would be open to everybody.
func TestARealCityIsNoDemo(t *testing.T) {
	cfg := embedded(t)
	ok(t, admin(t.Context(), cfg, slog.New(slog.DiscardHandler), []string{"create-admins"}))
	cfg.Demo = true // what the embedded default says
	if isDemo, err := starts(t, cfg); err != nil || isDemo {
		t.Errorf("demo: %t, %v", isDemo, err)
	}
	cfg.DemoSet = true
	if _, err := starts(t, cfg); err == nil || !strings.Contains(err.Error(), "a city of its own") {
		t.Errorf("told to be the demo: %v", err)
	}
	if err := seedOnly(t.Context(), cfg, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "a city of its own") {
		t.Errorf("huiyin demo: %v", err)
	}
}

// The demo city stays the demo, whatever the settings say: its passwords are known to everybody.
func TestTheDemoCityIsNothingElse(t *testing.T) {
	cfg, log := embedded(t), slog.New(slog.DiscardHandler)
	mark(t, cfg, 1)
	if isDemo, err := starts(t, cfg); err != nil || !isDemo {
		t.Errorf("nothing set: demo: %t, %v", isDemo, err)
	}
	if err := admin(t.Context(), cfg, log, []string{"create-admins"}); err == nil || !strings.Contains(err.Error(), "demo city") {
		t.Errorf("create-admins: %v", err)
	}
	cfg.DemoSet = true
	for name, run := range map[string]func(context.Context, config.Config, *slog.Logger) error{
		"serve": serve, "worker": work, "admin": func(ctx context.Context, cfg config.Config, log *slog.Logger) error {
			return admin(ctx, cfg, log, []string{"reset-password", "security"})
		},
	} {
		if err := run(t.Context(), cfg, log); err == nil || !strings.Contains(err.Error(), "demo city") {
			t.Errorf("%s, told not to be the demo: %v", name, err)
		}
	}
}

// Half a demo city is nobody's: what an operator made in it would go when it is built anew.
func TestHalfADemoCityTakesNobody(t *testing.T) {
	cfg, log := embedded(t), slog.New(slog.DiscardHandler)
	mark(t, cfg, 0)
	for name, err := range map[string]error{"worker": work(t.Context(), cfg, log), "admin": admin(t.Context(), cfg, log, []string{"create-admins"})} {
		if err == nil || !strings.Contains(err.Error(), "half-built") {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := open(t.Context(), cfg, log)
	ok(t, err)
	defer func() { ok(t, a.close()) }()
	if a.demo != demo.Partial {
		t.Error(a.demo)
	}
}
