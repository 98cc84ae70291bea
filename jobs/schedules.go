package jobs

import (
	"context"
	"math/rand/v2"
	"time"
)

const usualLimit = 5 * time.Minute

// keep runs one schedule until ctx ends. A run that has begun is finished.
func (r *Runner) keep(ctx context.Context, s Schedule) {
	if s.Limit <= 0 {
		s.Limit = usualLimit
	}
	for {
		if ctx.Err() == nil {
			r.runOnce(ctx, s)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause(s.Every)):
		}
	}
}

// pause is how long until the next look: the claim in the database says whether it is time, so long periods are looked
// at every minute, spread so that replicas do not ask in step.
func pause(every time.Duration) time.Duration {
	p := min(every, time.Minute)
	return p - p/10 + rand.N(p/5+1)
}

func (r *Runner) runOnce(ctx context.Context, s Schedule) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Limit)
	defer cancel()
	if s.Everywhere {
		if err := protect(func() error { return s.Run(ctx) }); err != nil {
			r.Log.ErrorContext(ctx, "schedule failed", "schedule", s.Name, "error", err)
		}
		return
	}
	began := r.Clock.Now()
	// The lease outlives the run's limit, so that nobody begins while it is still winding up.
	turn, err := r.Outbox.Begin(ctx, s.Name, s.Limit+10*time.Second)
	if err != nil {
		r.Log.ErrorContext(ctx, "cannot claim a schedule", "schedule", s.Name, "error", err)
		return
	}
	if turn == nil {
		return
	}
	next := began.Add(s.Every)
	if err := protect(func() error { return s.Run(ctx) }); err != nil {
		r.Log.ErrorContext(ctx, "schedule failed", "schedule", s.Name, "error", err)
		next = r.Clock.Now().Add(min(s.Every, time.Minute))
	}
	keep, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	if err := turn.End(keep, next); err != nil {
		r.Log.ErrorContext(ctx, "cannot give a schedule back", "schedule", s.Name, "error", err)
	}
}
