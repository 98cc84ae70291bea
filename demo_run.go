package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"huiyin/api/console"
	"huiyin/config"
	"huiyin/demo"
	"huiyin/internal/clock"
	"huiyin/internal/mail"
	"huiyin/internal/sms"
	"huiyin/models"
	"huiyin/services/accounts"
)

// openWithDemo opens the app; a demo whose database is empty gets the demo city first. A city whose building was interrupted is
// begun anew: the embedded database holds nothing else yet.
func openWithDemo(ctx context.Context, cfg config.Config, log *slog.Logger) (*app, error) {
	a, err := open(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	if cfg.Demo {
		err = a.settleDemo(ctx)
	}
	if err == nil {
		err = a.found(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func (a *app) settleDemo(ctx context.Context) error {
	state, err := demo.State(ctx, a.db)
	if err != nil || state == demo.Complete {
		return err
	}
	if state == demo.Partial {
		if err := a.beginAnew(ctx); err != nil {
			return err
		}
	}
	if err = a.seedDemo(ctx); errors.Is(err, demo.ErrNotEmpty) {
		return nil // a city of its own: it stays as it is
	}
	return err
}

// beginAnew empties the embedded database and connects to it again.
func (a *app) beginAnew(ctx context.Context) error {
	path, embedded := strings.CutPrefix(a.cfg.Database, "sqlite:")
	if !embedded {
		return errors.New("the demo city was left half-built; empty the database and start again")
	}
	a.log.Warn("the demo city was left half-built; it is built anew")
	if err := a.close(); err != nil {
		return err
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return a.connect(ctx)
}

// seedDemo builds the demo city on a clock that it moves, then gives the app the real one back.
func (a *app) seedDemo(ctx context.Context) error {
	start := time.Now()
	fake := clock.NewFake(demo.Founded(start))
	a.clock = fake
	if err := a.build(outside{sms: sms.Console{}, mail: mail.Console{}, codes: demo.Codes{}, sender: demo.Quiet{}}); err != nil {
		return err
	}
	if err := a.found(ctx); err != nil {
		return err
	}
	fake.Set(start)
	about, err := os.Stderr.Stat()
	seen := err == nil && about.Mode()&os.ModeCharDevice != 0 // in a file a bar is only rubbish
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("building the demo city"),
		progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false), progressbar.OptionSetVisibility(seen))
	err = demo.Build(ctx, demo.Services{
		DB: a.db, Outbox: a.outbox, Audit: a.audit, Accounts: a.accounts, Calendar: a.calendar, Cases: a.cases, City: a.city, Library: a.library, Notices: a.notices,
	}, fake, func(done, total int, what string) {
		bar.Describe("building the demo city: " + what)
		if bar.GetMax() != total {
			bar.ChangeMax(total)
		}
		_ = bar.Set(done)
	})
	_ = bar.Finish()
	if seen {
		fmt.Fprintln(os.Stderr)
	}
	a.clock = clock.System{}
	if err == nil {
		a.log.Info("demo city built", "took", time.Since(start).Round(time.Millisecond))
	}
	out, e := a.outside()
	return errors.Join(err, e, a.build(out))
}

func seedOnly(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	cfg.Demo = true
	a, err := openWithDemo(ctx, cfg, log)
	if err != nil {
		return err
	}
	return a.close()
}

// demoAccounts are the ways into the console that the sign-in page of a demo lists.
func (a *app) demoAccounts() ([]console.DemoAccount, error) {
	if !a.cfg.Demo {
		return nil, nil
	}
	people, err := demo.Accounts()
	list := make([]console.DemoAccount, 0, len(people))
	for _, d := range people {
		list = append(list, console.DemoAccount{Account: d.Account, Password: d.Password, Name: d.Name, Department: d.Department, Roles: roleNames(d.Roles)})
	}
	return list, err
}

func roleNames(roles []models.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = accounts.RoleName(r).ID
	}
	return strings.Join(names, "、")
}

// greet says where to go, and on a demo as whom.
func (a *app) greet() {
	fmt.Printf("\n  huiyin 回音\n\n  residents  %s/\n  staff      %s/console\n  programs   %s/docs\n", a.cfg.BaseURL, a.cfg.BaseURL, a.cfg.BaseURL)
	people, err := a.demoAccounts()
	if err == nil && len(people) > 0 {
		fmt.Printf("  messages   %s/demo/outbox   (SMS and mails of the demo, one-time codes among them)\n\n  demo accounts, all with the password %s\n", a.cfg.BaseURL, demo.Password)
		for _, d := range people {
			fmt.Printf("    %-12s %s · %s · %s\n", d.Account, d.Name, d.Department, d.Roles)
		}
		fmt.Printf("    a resident with matters of her own: phone %s\n", demo.ResidentPhone)
	}
	fmt.Println()
}
