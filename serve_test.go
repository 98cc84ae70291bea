package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/config"
	"huiyin/internal/database"
	"huiyin/internal/outbox"
)

func embedded(t *testing.T) config.Config {
	data := t.TempDir()
	return config.Config{
		Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", Data: data, Database: "sqlite:" + filepath.Join(data, "huiyin.db"),
		Worker: true, ShutdownWait: time.Second,
	}
}

// A database that does not answer is an error in words, whatever the command.
func TestStartWithoutDatabase(t *testing.T) {
	cfg := embedded(t)
	cfg.Database = "mysql://nobody:x@tcp(127.0.0.1:1)/none"
	log := slog.New(slog.DiscardHandler)
	for name, err := range map[string]error{
		"serve": serve(t.Context(), cfg, log), "worker": work(t.Context(), cfg, log), "admin": admin(t.Context(), cfg, log, nil),
		"demo": seedOnly(t.Context(), cfg, log),
	} {
		if err == nil {
			t.Errorf("%s starts without its database", name)
		}
	}
}

// A listener that fails ends the whole program, the worker and the index with it.
func TestServeEndsWithItsListener(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	cfg := embedded(t)
	cfg.MetricsAddr = taken.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- serve(t.Context(), cfg, slog.New(slog.DiscardHandler)) }()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "HUIYIN_METRICS_ADDR") {
			t.Errorf("%v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("serve goes on without its metrics listener")
	}
}

// Those who run the program see from outside what waits, in the worker as well; what cannot be read at the moment is left out.
func TestTheWorkerShowsWhatWaits(t *testing.T) {
	free, err := listen("", "127.0.0.1:0")
	ok(t, err)
	cfg := embedded(t)
	cfg.MetricsAddr = free.Addr().String()
	ok(t, free.Close())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	var log bytes.Buffer // read when the worker has ended
	go func() { ended <- work(ctx, cfg, slog.New(slog.NewTextHandler(&log, nil))) }()
	get := func(path string) string {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			answer, err := http.Get("http://" + cfg.MetricsAddr + path)
			if err != nil {
				continue
			}
			body, err := io.ReadAll(answer.Body)
			ok(t, errors.Join(err, answer.Body.Close()))
			return string(body)
		}
		t.Fatal("the worker's listener does not answer")
		return ""
	}
	if got := get("/healthz"); got != "ok\n" {
		t.Error(got)
	}
	db, err := database.Open(ctx, cfg.Database, 0)
	ok(t, err)
	defer func() { _ = db.Close() }()
	due := time.Now().Add(-time.Hour).UTC()
	ok(t, db.Conn(ctx).Create(&outbox.Task{Kind: "of a newer program", DueAt: due, CreatedAt: due, QueuedAt: new(time.Now().UTC()), OpenKey: new(int64(1))}).Error)
	page := get("/metrics")
	for _, line := range []string{
		"huiyin_outbox_open 1\n", "huiyin_outbox_late_seconds 36", `huiyin_deliveries{state="sending"} 0`, `huiyin_deliveries{state="unknown"} 0`,
		`huiyin_queue_tasks{queue="huiyin"} 0`, `huiyin_queue_tasks{queue="huiyin-urgent"} 0`, "go_goroutines",
	} {
		if !strings.Contains(page, line) {
			t.Errorf("no %s in\n%s", line, page)
		}
	}
	stop()
	ok(t, <-ended)
	if !strings.Contains(log.String(), "no SMS gateway is set") {
		t.Errorf("nobody is warned that residents get no codes:\n%s", &log)
	}
}

// The only security administrator who lost everything gets back in at the machine; the administrators are made once.
func TestAdminCommands(t *testing.T) {
	cfg, log := embedded(t), slog.New(slog.DiscardHandler)
	run := func(args ...string) error { return admin(t.Context(), cfg, log, args) }
	if err := run("create-admins"); err != nil {
		t.Fatal(err)
	}
	if err := run("create-admins"); err == nil || !strings.Contains(err.Error(), "exist already") {
		t.Errorf("a second time: %v", err)
	}
	for _, command := range []string{"reset-password", "reset-second-factor"} {
		if err := run(command, "security"); err != nil {
			t.Errorf("%s: %v", command, err)
		}
		if err := run(command, "nobody"); err == nil || !strings.Contains(err.Error(), "no account") {
			t.Errorf("%s of nobody: %v", command, err)
		}
	}
}
