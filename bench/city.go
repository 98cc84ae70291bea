package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	mysqldriver "github.com/go-sql-driver/mysql"

	"huiyin/demo"
	"huiyin/internal/blob"
	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/live"
	"huiyin/internal/mail"
	"huiyin/internal/outbox"
	"huiyin/internal/password"
	"huiyin/internal/pii"
	"huiyin/internal/redisx"
	"huiyin/internal/seal"
	"huiyin/internal/sms"
	"huiyin/internal/textindex"
	"huiyin/models"
	"huiyin/models/migrations"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/services/files"
	"huiyin/services/library"
	"huiyin/services/notices"
)

// freshDatabase makes an empty database of that kind and returns its address and what removes it.
func freshDatabase(ctx context.Context, kind, dir string) (dsn string, drop func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, err
	}
	if kind == "sqlite" {
		return "sqlite:" + filepath.Join(dir, "huiyin.db"), func() {}, nil
	}
	cfg, err := mysqldriver.ParseDSN(os.Getenv("HUIYIN_TEST_MYSQL"))
	if err != nil {
		return "", nil, err
	}
	pool, err := sql.Open("mysql", cfg.FormatDSN())
	if err != nil {
		return "", nil, err
	}
	cfg.DBName = "huiyin_bench"
	// The server of the tests keeps nothing: for measuring it flushes every commit, as in production, and has memory for its indexes.
	for _, q := range []string{
		"SET GLOBAL innodb_flush_log_at_trx_commit = 1", "SET GLOBAL innodb_buffer_pool_size = 2147483648",
		"CREATE DATABASE " + cfg.DBName,
	} {
		if _, err := pool.ExecContext(ctx, q); err != nil {
			return "", nil, errors.Join(fmt.Errorf("%s: %w", q, err), pool.Close())
		}
	}
	return "mysql://" + cfg.FormatDSN(), func() {
		_, _ = pool.Exec("DROP DATABASE " + cfg.DBName)
		_ = pool.Close()
	}, nil
}

// bench is the services of one city on one database, wired as main does.
type bench struct {
	dsn   string
	db    *database.DB
	redis *redisx.Redis
	live  *live.Hub
	seal  *seal.Box
	text  *textindex.Index

	accounts *accounts.Service
	audit    *audit.Log
	calendar *calendar.Service
	cases    *cases.Service
	city     *city.Service
	library  *library.Library
	notices  *notices.Service

	content *demo.Content
	depts   map[string]models.Department
	leaves  []leaf
	people  map[models.Role][]models.Actor
}

// leaf is a topic that questions may be about.
type leaf struct {
	models.Topic
	key string
}

func openCity(ctx context.Context, dsn, dir string, conns int) (*bench, error) {
	b := &bench{dsn: dsn, depts: map[string]models.Department{}, people: map[models.Role][]models.Actor{}}
	var err error
	if b.db, err = database.Open(ctx, dsn, conns); err != nil {
		return nil, err
	}
	if _, err := b.db.Migrate(ctx, migrations.FS); err != nil {
		return nil, err
	}
	if b.redis, err = redisx.Open(ctx, ""); err != nil {
		return nil, err
	}
	if b.seal, err = seal.LoadOrCreate(dir); err != nil {
		return nil, err
	}
	if b.text, err = textindex.Open(filepath.Join(dir, "library-index.db")); err != nil {
		return nil, err
	}
	if b.content, err = demo.Load(); err != nil {
		return nil, err
	}
	b.live = live.New(b.redis.Client, 100)
	return b, b.services(dir)
}

func (b *bench) services(dir string) error {
	store, err := blob.NewDir(filepath.Join(dir, "files"))
	if err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	c := clock.System{}
	box := outbox.New(b.db, c)
	b.audit = audit.New(b.db, c)
	b.city = city.New(b.db, c, b.audit)
	b.calendar = calendar.New(b.db, c, b.audit, box, b.city.Zone)
	b.notices = notices.New(notices.Deps{
		DB: b.db, Clock: c, Outbox: box, Audit: b.audit, Seal: b.seal, SMS: sms.Console{Log: quiet}, Mail: mail.Console{Log: quiet}, Live: b.live,
		Site: notices.CitySite{City: b.city, Address: "http://127.0.0.1"}, Log: quiet,
	})
	b.accounts = accounts.New(accounts.Deps{
		DB: b.db, Clock: c, Audit: b.audit, Seal: b.seal, Passwords: password.New(password.Cost{Memory: 8, Time: 1, Threads: 1}, 2),
		Codes: demo.Codes{}, Sender: b.notices, Privacy: b.city.PrivacyVersion,
	})
	uploads := files.New(b.db, store, c, func(context.Context) int { return files.DefaultLimit })
	b.library = library.New(library.Deps{DB: b.db, Clock: c, Audit: b.audit, Index: b.text, Seal: b.seal, PII: pii.New("12345")})
	b.cases = cases.New(cases.Deps{
		DB: b.db, Clock: c, Seal: b.seal, Audit: b.audit, Outbox: box, Files: uploads, Library: b.library, Notices: b.notices,
		Deadlines: b.calendar, Accounts: b.accounts, Policy: b.city, Live: b.live, PII: pii.New("12345"),
	})
	b.accounts.SetInUse(b.cases)
	return nil
}

// settle does away with what the submissions still owe, so that no worker is busy with it while the server is measured.
func (b *bench) settle(ctx context.Context) error {
	conn := b.db.Conn(ctx)
	if err := conn.Exec("DELETE FROM outbox WHERE open_key = 1").Error; err != nil {
		return err
	}
	if err := conn.Exec("UPDATE deliveries SET state = ? WHERE state = ?", models.DeliverySent, models.DeliveryQueued).Error; err != nil {
		return err
	}
	_, err := b.audit.Seal(ctx)
	return err
}

func (b *bench) close() {
	if b.db == nil {
		return
	}
	b.live.Close()
	_ = errors.Join(b.redis.Close(), b.text.Close(), b.db.Close())
	b.db = nil
}

func (b *bench) kind() string {
	if strings.HasPrefix(b.dsn, "mysql://") {
		return "mariadb"
	}
	return "sqlite"
}

// index brings the library's index up to the database.
func (b *bench) index(ctx context.Context) error {
	if err := b.library.CatchUp(ctx); err != nil {
		return err
	}
	return b.text.Optimize(ctx)
}

// found makes what stands before the first question, from the texts of the demo city.
func (b *bench) found(ctx context.Context) error {
	for _, step := range []func(ctx context.Context) error{
		b.city.SeedDefaults, b.calendar.Seed, b.cases.SeedDesk, b.makeDepartments, b.makeStaff, b.makeTopics,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	_, err := b.audit.Seal(ctx)
	return err
}

func (b *bench) makeDepartments(ctx context.Context) error {
	for _, d := range b.content.Departments {
		row, err := b.accounts.CreateDepartment(ctx, models.System(), accounts.DepartmentInput{
			ParentID: b.depts[d.Parent].ID, Level: models.Level(d.Level), Name: d.Name, Short: d.Short, NameEn: d.En, Phone: d.Phone,
			Active: true,
		})
		if err != nil {
			return err
		}
		b.depts[d.Key] = row
	}
	return nil
}

func (b *bench) makeStaff(ctx context.Context) error {
	for _, p := range b.content.Staff {
		roles := make([]models.Role, len(p.Roles))
		for i, r := range p.Roles {
			roles[i] = models.Role(r)
		}
		d := b.depts[p.Department]
		row, _, err := b.accounts.CreateStaff(ctx, models.System(), accounts.StaffInput{
			Account: p.Account, Name: p.Name, DepartmentID: d.ID, Office: p.Office, Locale: "zh-CN", Roles: roles, Password: demo.Password,
		})
		if err != nil {
			return err
		}
		who := models.Actor{Kind: models.StaffActor, ID: row.ID, Name: p.Name, DepartmentID: d.ID, DepartmentPath: d.Path, Roles: roles}
		for _, r := range roles {
			b.people[r] = append(b.people[r], who)
		}
	}
	return nil
}

func (b *bench) makeTopics(ctx context.Context) error {
	groups := map[string]int64{}
	for _, t := range b.content.Topics {
		in := cases.TopicInput{
			ParentID: groups[t.Parent], Name: t.Name, NameEn: t.En, Hint: t.Hint, HintEn: t.HintEn, Kind: models.TopicKind(t.Kind),
			DepartmentID: b.depts[t.Department].ID, Active: true,
		}
		if !t.Leaf() {
			in.Kind = models.Ordinary
		}
		row, err := b.cases.SaveTopic(ctx, b.people[models.SystemAdmin][0], 0, in)
		if err != nil {
			return err
		}
		if t.Leaf() {
			b.leaves = append(b.leaves, leaf{row, t.Key})
		} else {
			groups[t.Key] = row.ID
		}
	}
	return nil
}
