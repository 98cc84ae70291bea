package main

import (
	"context"
	"time"

	"huiyin/internal/outbox"
	"huiyin/jobs"
	"huiyin/services/calendar"
	"huiyin/services/idempotency"
	"huiyin/services/notices"
)

// runner is the worker role: what committed writes owe, and what comes round by the clock.
func (a *app) runner() (*jobs.Runner, error) {
	const some = 200 // rows one round of a schedule takes
	return jobs.New(jobs.Deps{
		Outbox: a.outbox, Redis: a.redis.AsynqOpt(), Clock: a.clock, Log: a.log,
		Handlers: map[string]jobs.Handler{
			notices.TaskDeliver: a.notices.Deliver,
			notices.TaskCode:    a.notices.Deliver,
			calendar.Recompute:  a.recomputeDeadlines,
		},
		Urgent: []string{notices.TaskCode},
		Every: []jobs.Schedule{
			{Name: "audit.seal", Every: time.Second, Everywhere: true, Run: all(a.audit.Seal)},
			{Name: "cases.warn", Every: time.Minute, Run: bounded(a.cases.WarnDeadlines, some)},
			{Name: "cases.close", Every: 10 * time.Minute, Run: bounded(a.cases.CloseAnswered, some)},
			{Name: "cases.drafts", Every: 10 * time.Minute, Run: bounded(a.cases.SweepDrafts, some)},
			{Name: "library.reads", Every: time.Minute, Run: a.library.FlushReads},
			{Name: "notices.lost", Every: time.Minute, Run: a.notices.SweepLost},
			{Name: "notices.forget", Every: 24 * time.Hour, Run: a.forgetDeliveries},
			{Name: "files.sweep", Every: time.Hour, Run: bounded(a.sweepFiles, some)},
			{Name: "sessions.sweep", Every: time.Hour, Run: all(a.accounts.SweepSessions)},
			{Name: "cases.forget", Every: 24 * time.Hour, Run: a.forgetCases},
			{Name: "idempotency.sweep", Every: time.Hour, Run: bounded(idempotency.New(a.db, a.clock, a.seal).Sweep, 10*some)},
			{Name: "audit.prune", Every: 24 * time.Hour, Run: a.pruneAudit},
			{Name: "outbox.sweep", Every: time.Hour, Run: a.sweepOutbox},
		},
	})
}

// recomputeDeadlines follows a change of the calendar; its effect is guarded case by case, so the task closes when all are done.
func (a *app) recomputeDeadlines(ctx context.Context, taskID, year int64) error {
	if _, err := a.cases.Recompute(ctx, int(year), 200); err != nil {
		return err
	}
	_, err := a.outbox.Done(ctx, taskID)
	return err
}

// all repeats a step that works in small portions until nothing is left.
func all(step func(ctx context.Context) (int, error)) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		for {
			if n, err := step(ctx); err != nil || n == 0 {
				return err
			}
		}
	}
}

// bounded repeats a step that takes at most limit until it finds fewer.
func bounded(step func(ctx context.Context, limit int) (int, error), limit int) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		for {
			if n, err := step(ctx, limit); err != nil || n < limit {
				return err
			}
		}
	}
}

func (a *app) forgetDeliveries(ctx context.Context) error {
	keep, err := a.city.Retention(ctx)
	if err != nil {
		return err
	}
	before := a.clock.Now().AddDate(0, -keep.DeliveriesMonths, 0)
	for {
		if n, err := a.notices.Forget(ctx, before, 1000); err != nil || n < 1000 {
			return err
		}
	}
}

// forgetCases cuts the tie between people and what was closed longer ago than settings keep it.
func (a *app) forgetCases(ctx context.Context) error {
	keep, err := a.city.Retention(ctx)
	if err != nil {
		return err
	}
	return bounded(func(ctx context.Context, limit int) (int, error) {
		return a.cases.ForgetOld(ctx, keep.ClosedCasesYears, limit)
	}, 200)(ctx)
}

func (a *app) pruneAudit(ctx context.Context) error {
	keep, err := a.city.Retention(ctx)
	if err != nil {
		return err
	}
	_, err = a.audit.Prune(ctx, a.clock.Now().AddDate(0, -keep.AuditMonths, 0))
	return err
}

// stagedFor is how long a file that nothing took along stays; it must outlast the drafts.
const stagedFor = 7 * 24 * time.Hour

func (a *app) sweepFiles(ctx context.Context, limit int) (int, error) {
	return a.files.Sweep(ctx, a.clock.Now().Add(-stagedFor), limit)
}

// doneFor is how long tasks that are done stay for those who look into a failure.
const doneFor = 7 * 24 * time.Hour

func (a *app) sweepOutbox(ctx context.Context) error {
	return sweep(ctx, a.outbox, a.clock.Now().Add(-doneFor))
}

func sweep(ctx context.Context, box *outbox.Box, before time.Time) error {
	const portion = 1000
	for {
		if n, err := box.Sweep(ctx, before, portion); err != nil || n < portion {
			return err
		}
	}
}
