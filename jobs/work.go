package jobs

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"huiyin/internal/database"
)

// do runs one task, unless it is done or not due, and notes a failure. It may be called for the same task at once by
// others: the handlers' use cases are guarded.
func (r *Runner) do(ctx context.Context, id int64) {
	t, err := r.Outbox.Get(ctx, id)
	if database.IsNotFound(err) {
		return
	}
	if err != nil {
		r.Log.ErrorContext(ctx, "cannot read a task", "task", id, "error", err)
		return // it is handed over again
	}
	if t.DoneAt != nil || t.DueAt.After(r.Clock.Now()) {
		return
	}
	start := time.Now()
	h, known := r.Handlers[t.Kind]
	if known {
		err = protect(func() error { return h(ctx, t.ID, t.Ref) })
	} else {
		// A newer version of the program may know it.
		err = fmt.Errorf("nobody handles %q here", t.Kind)
	}
	if err == nil {
		r.Log.DebugContext(ctx, "task run", "task", id, "kind", t.Kind, "took", time.Since(start))
		return
	}
	r.Log.ErrorContext(ctx, "task failed", "task", id, "kind", t.Kind, "ref", t.Ref, "attempt", t.Attempts+1, "error", err)
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := r.Outbox.Later(keep, id, err.Error(), r.Clock.Now().Add(backoff(t.Attempts))); err != nil {
		r.Log.ErrorContext(ctx, "cannot note a failure", "task", id, "error", err)
	}
}

// backoff doubles from five seconds to an hour.
func backoff(attempts int64) time.Duration {
	return min(5*time.Second<<min(attempts, 10), time.Hour)
}

func protect(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}
