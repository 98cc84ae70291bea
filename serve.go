package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"huiyin/api"
	"huiyin/api/kit"
	"huiyin/config"
	"huiyin/internal/i18n"
	"huiyin/jobs"
	"huiyin/web"
)

// serve is the web role; with the in-process Redis it is the worker too.
func serve(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	a, err := openWithDemo(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = a.close() }()
	server, err := a.server()
	if err != nil {
		return err
	}
	r, err := a.embeddedRunner(ctx)
	if err != nil {
		return err
	}
	listener, err := listen("HUIYIN_ADDR", cfg.Addr)
	if err != nil {
		return err
	}
	server.Metrics.Watch(a.log, a.libraryFigure())
	failed := make(chan error, 2)
	endAside, err := a.aside(server.Metrics, r, failed)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer endAside()
	ctx, stop := context.WithCancel(ctx) // the other parts end when a listener fails
	defer stop()
	parts := a.background(ctx, r)
	web := api.Listen(cfg.Addr, server.Handler)
	go func() { failed <- web.Serve(listener) }()
	a.greet()
	a.warn()
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	stop()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.ShutdownWait)
	defer cancel()
	a.live.Close() // event streams would otherwise hold the server open
	if e := web.Shutdown(end); e != nil {
		_ = web.Close()
	}
	parts.Wait()
	return err
}

// embeddedRunner is the worker inside serve, nil where it runs by itself. An in-process Redis ended with the process before, and its queue.
func (a *app) embeddedRunner(ctx context.Context) (*jobs.Runner, error) {
	if !a.cfg.Worker {
		return nil, nil
	}
	if a.cfg.Redis == "" {
		if err := a.outbox.QueueLost(ctx); err != nil {
			return nil, err
		}
	}
	return a.runner()
}

// background starts what runs beside the pages; all of it ends with ctx.
func (a *app) background(ctx context.Context, r *jobs.Runner) *sync.WaitGroup {
	var parts sync.WaitGroup
	if r != nil {
		parts.Go(func() {
			if err := r.Run(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("worker stopped", "error", err)
			}
		})
	}
	parts.Go(func() { a.library.Follow(ctx) })
	return &parts
}

func (a *app) server() (*api.Server, error) {
	catalogs, err := i18n.Load(web.FS)
	if err != nil {
		return nil, err
	}
	accounts, err := a.demoAccounts()
	if err != nil {
		return nil, err
	}
	return api.New(api.Deps{
		Kit: kit.Deps{
			Log: a.log, Clock: a.clock, Catalogs: catalogs, Accounts: a.accounts, City: a.city, Limits: a.limits, Live: a.live,
			Secure: a.cfg.Secure(), Demo: a.isDemo(), BaseURL: a.cfg.BaseURL,
		},
		Accounts: a.accounts, Audit: a.audit, Calendar: a.calendar, Cases: a.cases, City: a.city, Files: a.files, Library: a.library, Notices: a.notices,
		Proxies: a.cfg.Proxies, Demo: accounts, DB: a.db, Seal: a.seal,
		Ready: map[string]func(ctx context.Context) error{
			"database": a.db.Ping,
			"redis": func(ctx context.Context) error {
				if !a.redis.Up(ctx) {
					return errors.New("redis does not answer")
				}
				return nil
			},
		},
	})
}
