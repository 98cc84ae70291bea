package main

import (
	"context"
	"fmt"
	"log/slog"

	"huiyin/api/console"
	"huiyin/config"
)

func openWithDemo(ctx context.Context, cfg config.Config, log *slog.Logger) (*app, error) {
	return open(ctx, cfg, log)
}

func (a *app) demoAccounts() []console.DemoAccount { return nil }

// greet says where to go.
func (a *app) greet() {
	fmt.Printf("\n  huiyin 回音\n\n  residents  %s/\n  staff      %s/console\n  programs   %s/docs\n\n", a.cfg.BaseURL, a.cfg.BaseURL, a.cfg.BaseURL)
}
