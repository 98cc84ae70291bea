// Command huiyin is the whole product: serve answers residents, staff and programs, worker does what their writes owe.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/redis/go-redis/v9"

	"huiyin/api/ops"
	"huiyin/config"
	"huiyin/demo"
	"huiyin/internal/database"
	"huiyin/models/migrations"
)

const usage = `huiyin 回音: a city's residents ask, their government answers.

  huiyin serve                         pages and API; with nothing configured also the database, Redis and the worker
  huiyin worker                        the jobs alone, beside serve on one database and one Redis
  huiyin migrate                       bring the database to the newest version and end
  huiyin demo                          fill an empty database with the demo city and end
  huiyin admin create-admins           the three administrators of a new installation, with their first passwords
  huiyin admin reset-password A        a new first password for account A
  huiyin admin reset-second-factor A   takes a lost authenticator off account A

Settings come from the environment (HUIYIN_…) or the file named by HUIYIN_CONFIG; docs/operations.md lists them.
`

func main() {
	if len(os.Args) < 2 {
		fmt.Print(usage)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1], os.Args[2:])
	stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "huiyin:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, command string, args []string) error {
	if len(args) > 0 && command != "admin" {
		return fmt.Errorf("%s takes no arguments: %q", command, args)
	}
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	log := logger(cfg)
	slog.SetDefault(log)
	redis.SetLogger(redisLog{log})
	switch command {
	case "serve":
		return serve(ctx, cfg, log)
	case "worker":
		return work(ctx, cfg, log)
	case "migrate":
		return migrate(ctx, cfg)
	case "demo":
		return seedOnly(ctx, cfg, log)
	case "admin":
		return admin(ctx, cfg, log, args)
	case "help", "-h", "--help":
		fmt.Print(usage)
		return nil
	}
	fmt.Print(usage)
	return fmt.Errorf("no command %q", command)
}

func logger(cfg config.Config) *slog.Logger {
	opts := &slog.HandlerOptions{Level: slog.LevelInfo}
	if cfg.Debug {
		opts.Level = slog.LevelDebug
	}
	if cfg.Log == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opts))
}

// redisLog keeps the Redis client from writing lines of its own.
type redisLog struct{ log *slog.Logger }

func (l redisLog) Printf(_ context.Context, format string, v ...any) {
	l.log.Debug("redis client", "says", fmt.Sprintf(format, v...))
}

func migrate(ctx context.Context, cfg config.Config) error {
	db, err := database.Open(ctx, cfg.Database, cfg.DBConns)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	n, err := db.Migrate(ctx, migrations.FS)
	fmt.Printf("%d steps applied\n", n)
	return err
}

func work(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	a, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = a.close() }()
	if a.demo == demo.Partial {
		return errHalfBuilt
	}
	if err := a.found(ctx); err != nil {
		return err
	}
	r, err := a.runner()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	endAside, err := a.aside(ops.NewMetrics(), r, failed)
	if err != nil {
		return err
	}
	defer endAside()
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	log.Info("worker runs")
	a.warn()
	select {
	case err = <-ended:
		return err
	case err = <-failed:
		stop()
		return errors.Join(err, <-ended)
	}
}
