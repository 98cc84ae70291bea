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

// openWithDemo opens the app; an empty database gets the demo city first, where one is wished for. A city whose building was
// interrupted is begun anew: the embedded database holds nothing else yet.
func openWithDemo(ctx context.Context, cfg config.Config, log *slog.Logger) (*app, error) {
	a, err := open(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	if err = a.settleDemo(ctx); err == nil {
		err = a.found(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

// isDemo reports whether this is the demo city, whose passwords and messages are open to everybody. It is so because the database says
// so, never because a setting does.
func (a *app) isDemo() bool { return a.demo != demo.None }

var (
	errIsDemo = errors.New("this database holds the demo city, and everybody knows its passwords: take HUIYIN_DEMO=false out, " +
		"or begin a city of your own in an empty one (HUIYIN_DATA, HUIYIN_DATABASE)")
	errIsCity = errors.New("this database holds a city of its own, which never becomes the demo: take HUIYIN_DEMO out, " +
		"or build the demo city in an empty one (HUIYIN_DATA, HUIYIN_DATABASE)")
	errHalfBuilt = errors.New("the demo city of this database was left half-built: huiyin serve or huiyin demo builds it anew")
)

// knowDemo learns from the database whether it holds the demo city.
func (a *app) knowDemo(ctx context.Context) (err error) {
	if a.demo, err = demo.State(ctx, a.db); err == nil && a.isDemo() && a.cfg.DemoSet && !a.cfg.Demo {
		return errIsDemo
	}
	return err
}

func (a *app) settleDemo(ctx context.Context) error {
	if a.demo == demo.Complete || !a.isDemo() && !a.cfg.Demo {
		return nil
	}
	if a.demo == demo.Partial {
		if err := a.beginAnew(ctx); err != nil {
			return err
		}
	}
	empty, err := demo.Empty(ctx, a.db)
	switch {
	case err != nil:
		return err
	case empty:
		return a.seedDemo(ctx)
	case a.cfg.DemoSet:
		return errIsCity
	}
	return nil
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
	a.clock, a.demo = fake, demo.Partial
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
		a.demo = demo.Complete
		a.log.Info("demo city built", "took", time.Since(start).Round(time.Millisecond))
	}
	out, e := a.outside()
	return errors.Join(err, e, a.build(out))
}

func seedOnly(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	cfg.Demo, cfg.DemoSet = true, true
	a, err := openWithDemo(ctx, cfg, log)
	if err != nil {
		return err
	}
	return a.close()
}

// demoAccounts are the ways into the console that the sign-in page of a demo lists.
func (a *app) demoAccounts() ([]console.DemoAccount, error) {
	if !a.isDemo() {
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
