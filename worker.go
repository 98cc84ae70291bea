package main

import (
	"context"
	"time"

	"huiyin/jobs"
	"huiyin/services/city"
	"huiyin/services/idempotency"
	"huiyin/services/notices"
)

// some is how many rows one round of a schedule takes.
const some = 200

// runner is the worker role: what committed writes owe, and what comes round by the clock.
func (a *app) runner() (*jobs.Runner, error) {
	return jobs.New(jobs.Deps{
		Outbox: a.outbox, Redis: a.redis.AsynqOpt(), Clock: a.clock, Log: a.log,
		Handlers: jobs.Handlers(a.cases, a.notices),
		Urgent:   []string{notices.TaskCode},
		Every: []jobs.Schedule{
			{Name: "audit.seal", Every: time.Second, Everywhere: true, Run: jobs.All(a.audit.Seal)},
			{Name: "cases.warn", Every: time.Minute, Run: jobs.Portions(a.cases.WarnDeadlines, some)},
			{Name: "cases.close", Every: 10 * time.Minute, Run: jobs.Portions(a.cases.CloseAnswered, some)},
			{Name: "cases.drafts", Every: 10 * time.Minute, Run: jobs.Portions(a.cases.SweepDrafts, some)},
			{Name: "library.reads", Every: time.Minute, Run: a.library.FlushReads},
			{Name: "notices.lost", Every: time.Minute, Run: jobs.Portions(a.notices.SweepLost, some)},
			{Name: "notices.forget", Every: 24 * time.Hour, Run: jobs.All(a.kept(a.forgetDeliveries))},
			{Name: "files.sweep", Every: time.Hour, Run: jobs.Portions(a.files.Sweep, some)},
			{Name: "sessions.sweep", Every: time.Hour, Run: jobs.All(a.accounts.SweepSessions)},
			{Name: "cases.forget", Every: 24 * time.Hour, Run: jobs.All(a.kept(a.forgetCases))},
			{Name: "idempotency.sweep", Every: time.Hour, Run: jobs.Portions(idempotency.New(a.db, a.clock, a.seal).Sweep, 10*some)},
			{Name: "audit.prune", Every: 24 * time.Hour, Run: jobs.All(a.kept(a.pruneAudit))},
			{Name: "outbox.sweep", Every: time.Hour, Run: jobs.Portions(a.outbox.Sweep, 5*some)},
		},
	})
}

// kept gives a step what settings say of how long things are kept.
func (a *app) kept(step func(ctx context.Context, keep city.Retention) (int, error)) func(ctx context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		keep, err := a.city.Retention(ctx)
		if err != nil {
			return 0, err
		}
		return step(ctx, keep)
	}
}

func (a *app) forgetDeliveries(ctx context.Context, keep city.Retention) (int, error) {
	return a.notices.Forget(ctx, keep.DeliveriesMonths, 5*some)
}

// forgetCases cuts the tie between people and what was closed longer ago than settings keep it.
func (a *app) forgetCases(ctx context.Context, keep city.Retention) (int, error) {
	return a.cases.ForgetOld(ctx, keep.ClosedCasesYears, some)
}

func (a *app) pruneAudit(ctx context.Context, keep city.Retention) (int, error) {
	return a.audit.Prune(ctx, keep.AuditMonths, a.city.Zone(ctx))
}
