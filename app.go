package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"huiyin/config"
	"huiyin/demo"
	"huiyin/internal/blob"
	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/limit"
	"huiyin/internal/live"
	"huiyin/internal/mail"
	"huiyin/internal/onetime"
	"huiyin/internal/outbox"
	"huiyin/internal/password"
	"huiyin/internal/pii"
	"huiyin/internal/presence"
	"huiyin/internal/redisx"
	"huiyin/internal/seal"
	"huiyin/internal/sms"
	"huiyin/internal/tally"
	"huiyin/internal/textindex"
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

// app is everything that runs, built once and handed to whoever needs a part of it.
type app struct {
	cfg   config.Config
	log   *slog.Logger
	clock clock.Clock

	db     *database.DB
	demo   demo.Progress
	redis  *redisx.Redis
	seal   *seal.Box
	outbox *outbox.Box
	live   *live.Hub
	limits *limit.Limiter
	index  *textindex.Index

	accounts *accounts.Service
	audit    *audit.Log
	calendar *calendar.Service
	cases    *cases.Service
	city     *city.Service
	files    *files.Files
	library  *library.Library
	notices  *notices.Service

	closers []func() error
}

// open connects to the stores, migrates, and makes the services. What it opened is closed again when it fails.
func open(ctx context.Context, cfg config.Config, log *slog.Logger) (*app, error) {
	a := &app{cfg: cfg, log: log, clock: clock.System{}}
	if err := a.connect(ctx); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

// connect opens the stores; build makes the services on them.
func (a *app) connect(ctx context.Context) (err error) {
	cfg := a.cfg
	if a.db, err = database.Open(ctx, cfg.Database, cfg.DBConns); err != nil {
		return err
	}
	a.closers = append(a.closers, a.db.Close)
	if _, err = a.db.Migrate(ctx, migrations.FS); err != nil {
		return err
	}
	if err = a.knowDemo(ctx); err != nil {
		return err
	}
	if a.redis, err = redisx.Open(ctx, cfg.Redis); err != nil {
		return fmt.Errorf("HUIYIN_REDIS: %w", err)
	}
	a.closers = append(a.closers, a.redis.Close)
	a.live = live.New(a.redis.Client, 5000)
	a.closers = append(a.closers, func() error { a.live.Close(); return nil })
	if cfg.Keys == "" {
		a.seal, err = seal.LoadOrCreate(cfg.Data)
	} else if a.seal, err = seal.FromConfig(cfg.Keys, cfg.KeyID, cfg.IndexKey); err != nil {
		err = fmt.Errorf("HUIYIN_KEYS, HUIYIN_KEY, HUIYIN_INDEX_KEY: %w", err)
	}
	if err != nil {
		return err
	}
	if a.index, err = textindex.Open(filepath.Join(cfg.Data, "library-index.db")); err != nil {
		return err
	}
	a.closers = append(a.closers, a.index.Close)
	a.limits = limit.New(a.redis.Client, limitClasses)
	out, err := a.outside()
	if err != nil {
		return err
	}
	return a.build(out)
}

// outside is what reaches beyond the program; the building of the demo city has its own.
type outside struct {
	sms    sms.Provider
	mail   mail.Provider
	codes  accounts.Codes
	sender accounts.CodeSender // nil: the notices
}

func (a *app) outside() (outside, error) {
	texts, mails, err := carriers(a.cfg, a.log)
	return outside{sms: texts, mail: mails, codes: onetime.New(a.redis.Client, a.seal.Derive("onetime", "codes"), codesPerDay)}, err
}

// blobs is where attachments are kept. A bucket that does not answer is told and no reason to stay down: all else works without it.
func (a *app) blobs() (blob.Store, error) {
	if a.cfg.Files == "" {
		return blob.NewDir(filepath.Join(a.cfg.Data, "files"))
	}
	s3, err := blob.NewS3(a.cfg.Files)
	if err != nil {
		return nil, fmt.Errorf("HUIYIN_FILES: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s3.Check(ctx); err != nil {
		a.log.Warn("attachments cannot be kept", "error", err)
	}
	return s3, nil
}

// build makes the services, lowest first, on the app's clock.
func (a *app) build(out outside) error {
	store, err := a.blobs()
	if err != nil {
		return err
	}
	a.outbox = outbox.New(a.db, a.clock)
	a.audit = audit.New(a.db, a.clock)
	a.city = city.New(a.db, a.clock, a.audit)
	a.calendar = calendar.New(a.db, a.clock, a.audit, a.outbox, a.city.Zone)
	a.notices = notices.New(notices.Deps{
		DB: a.db, Clock: a.clock, Outbox: a.outbox, Audit: a.audit, Seal: a.seal, SMS: out.sms, Mail: out.mail, Live: a.live,
		Site: notices.CitySite{City: a.city, Address: a.cfg.BaseURL}, Log: a.log, Demo: a.isDemo(),
	})
	if out.sender == nil {
		out.sender = a.notices
	}
	a.accounts = accounts.New(accounts.Deps{
		DB: a.db, Clock: a.clock, Audit: a.audit, Seal: a.seal, Passwords: password.New(password.Recommended, 2),
		Codes: out.codes, Sender: out.sender, Settings: accounts.CitySettings(a.city), Privacy: a.city.PrivacyVersion,
	})
	a.files = files.New(a.db, store, a.clock, a.attachmentLimit)
	detector := pii.New(publicNumbers...)
	a.library = library.New(library.Deps{
		DB: a.db, Clock: a.clock, Audit: a.audit, Index: a.index, Seal: a.seal, PII: detector, Reads: tally.New(a.redis.Client, "reads"),
	})
	a.cases = cases.New(cases.Deps{
		DB: a.db, Clock: a.clock, Seal: a.seal, Audit: a.audit, Outbox: a.outbox, Files: a.files, Library: a.library, Notices: a.notices,
		Deadlines: a.calendar, Accounts: a.accounts, Policy: a.city, Live: a.live, PII: detector, Presence: presence.New(a.redis.Client),
	})
	a.accounts.SetInUse(a.cases)
	return nil
}

// found gives a new city what every city starts with: pages, the known years of the calendar, a desk. Later it finds them there.
func (a *app) found(ctx context.Context) error {
	if err := a.city.SeedDefaults(ctx); err != nil {
		return err
	}
	if err := a.calendar.Seed(ctx); err != nil {
		return err
	}
	return a.cases.SeedDesk(ctx)
}

// warn tells what a city in earnest should not be without.
func (a *app) warn() {
	if !a.isDemo() && a.cfg.SMSURL == "" {
		a.log.Warn("no SMS gateway is set: residents get no codes, so that they cannot sign in, and no messages; set HUIYIN_SMS_URL, _KEY and _SECRET")
	}
}

// codesPerDay is how many one-time codes one phone gets a day.
const codesPerDay = 10

// publicNumbers are no personal data: hotlines everybody is meant to call.
var publicNumbers = []string{"12345", "110", "119", "120", "12333", "12315", "12348", "12388"}

// limitClasses bound how often somebody may do something; who is counted are people once they signed in, network addresses before, and
// phones, case numbers and accounts that are asked about. What guards a secret fails closed when Redis is down, the rest goes on counted
// by each process.
var limitClasses = map[string]limit.Limit{
	"code":          {Rate: 20, Period: time.Hour, Burst: 10, Shared: 15, WhenDown: limit.Closed},
	"sign-in":       {Rate: 60, Period: 10 * time.Minute, Burst: 20, Shared: 10, WhenDown: limit.Closed},
	"staff-sign-in": {Rate: 60, Period: 10 * time.Minute, Burst: 20, Shared: 20},
	"track":         {Rate: 30, Period: 10 * time.Minute, Burst: 10, Shared: 20},
	"track-number":  {Rate: 120, Period: 10 * time.Minute, Burst: 60}, // numbers are no secret: a stranger must not lock out who holds the receipt
	"submit":        {Rate: 30, Period: time.Hour, Burst: 10, Shared: 20},
	"upload":        {Rate: 120, Period: time.Hour, Burst: 40, Shared: 5},
	"write":         {Rate: 240, Period: 10 * time.Minute, Burst: 60, Shared: 10},
	"staff-write":   {Rate: 1200, Period: 10 * time.Minute, Burst: 200}, // a draft saves itself every two seconds
	"search":        {Rate: 120, Period: time.Minute, Burst: 60, Shared: 5},
	"vote":          {Rate: 60, Period: time.Hour, Burst: 20, Shared: 5},
	"api":           {Rate: 600, Period: time.Minute, Burst: 200, Shared: 5},
}

func (a *app) attachmentLimit(ctx context.Context) int {
	n, err := a.city.CaseNumbers(ctx)
	if err != nil {
		return city.DefaultHandling().Attachments
	}
	return n.Attachments
}

func (a *app) close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// carriers are the providers of SMS and mail that the configuration names; without one, messages end in the log, by their ids.
func carriers(cfg config.Config, log *slog.Logger) (sms.Provider, mail.Provider, error) {
	var texts sms.Provider = sms.Console{Log: log}
	var mails mail.Provider = mail.Console{Log: log}
	if cfg.SMSURL != "" {
		gateway, err := sms.NewGateway(cfg.SMSURL, cfg.SMSKey, []byte(cfg.SMSSecret), 0)
		if err != nil {
			return nil, nil, fmt.Errorf("HUIYIN_SMS_URL: %w", err)
		}
		texts = gateway
	}
	if cfg.SMTPURL != "" {
		settings, err := smtpSettings(cfg.SMTPURL)
		if err != nil {
			return nil, nil, err
		}
		server, err := mail.NewSMTP(settings)
		if err != nil {
			return nil, nil, fmt.Errorf("HUIYIN_SMTP_URL: %w", err)
		}
		mails = server
	}
	return texts, mails, nil
}

// smtpSettings reads smtp://user:password@host:587?from=…&security=starttls.
func smtpSettings(address string) (mail.Settings, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" || u.Hostname() == "" {
		return mail.Settings{}, errors.New("HUIYIN_SMTP_URL: want smtp://user:password@host:587?from=name@example.cn&security=starttls")
	}
	s := mail.Settings{Host: u.Hostname(), From: u.Query().Get("from"), Security: u.Query().Get("security")}
	if p := u.Port(); p != "" {
		if s.Port, err = strconv.Atoi(p); err != nil {
			return s, fmt.Errorf("HUIYIN_SMTP_URL: port %q", p)
		}
	}
	if u.User != nil {
		s.Username = u.User.Username()
		s.Password, _ = u.User.Password()
	}
	return s, nil
}
