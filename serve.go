package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"

	"huiyin/api"
	"huiyin/api/kit"
	"huiyin/config"
	"huiyin/internal/i18n"
	"huiyin/internal/presence"
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
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("%w (set HUIYIN_ADDR to another address, such as 127.0.0.1:8081)", err)
	}
	ctx, stop := context.WithCancel(ctx) // the other parts end when a listener fails
	defer stop()
	parts, err := a.background(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	web := api.Listen(cfg.Addr, server.Handler)
	failed := make(chan error, 2)
	go func() { failed <- web.Serve(listener) }()
	if cfg.MetricsAddr != "" {
		metrics := api.Listen(cfg.MetricsAddr, server.Metrics)
		go func() { failed <- metrics.ListenAndServe() }()
		defer func() { _ = metrics.Close() }()
	}
	a.greet()
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

// background starts what runs beside the pages; all of it ends with ctx.
func (a *app) background(ctx context.Context) (*sync.WaitGroup, error) {
	var parts sync.WaitGroup
	if a.cfg.Worker {
		r, err := a.runner()
		if err != nil {
			return nil, err
		}
		parts.Go(func() {
			if err := r.Run(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("worker stopped", "error", err)
			}
		})
	}
	parts.Go(func() { a.library.Follow(ctx) })
	return &parts, nil
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
		Presence: presence.New(a.redis.Client), Proxies: a.cfg.Proxies, Demo: accounts, DB: a.db, Seal: a.seal,
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
