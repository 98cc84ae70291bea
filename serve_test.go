package main

import (
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/config"
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
		if err == nil {
			t.Error("serve ends as if nothing had happened")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("serve goes on without its metrics listener")
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
