package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hibiken/asynq"

	"huiyin/internal/outbox"
)

const batch = 200

// relay hands due tasks over until ctx ends: to the queue, or to this process when Redis is away. It starts the queue's
// workers while Redis answers and stops them when it has not for a while, because they would ask it without a rest.
func (r *Runner) relay(ctx context.Context) {
	var workers *asynq.Server
	var downSince time.Time
	tick := time.NewTicker(r.Poll)
	defer tick.Stop()
	defer func() { r.stop(workers) }()
	for {
		switch {
		case r.redisAnswers(ctx):
			if !downSince.IsZero() {
				r.Log.InfoContext(ctx, "redis answers again")
			}
			downSince = time.Time{}
			r.direct.Store(false)
			if workers == nil {
				workers = r.start(ctx)
			}
			r.hand(ctx)
		case ctx.Err() != nil:
		case downSince.IsZero():
			downSince = time.Now()
			r.Log.WarnContext(ctx, "redis does not answer")
		case time.Since(downSince) >= r.DownAfter:
			if !r.direct.Swap(true) {
				r.Log.WarnContext(ctx, "tasks run without redis")
				gone := workers
				workers = nil
				r.running.Go(func() { r.stop(gone) }) // it waits for what is running
			}
			// What the queue held before the break counts as lost at once.
			r.runHere(ctx, min(r.RequeueAfter, time.Since(downSince)))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.Outbox.Wake():
		}
	}
}

func (r *Runner) redisAnswers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return r.redis.Ping(ctx).Err() == nil
}

// hand gives the due tasks to the queue, batch after batch.
func (r *Runner) hand(ctx context.Context) {
	for ctx.Err() == nil {
		tasks, err := r.Outbox.Due(ctx, batch, r.RequeueAfter)
		if err != nil {
			r.Log.ErrorContext(ctx, "cannot read the outbox", "error", err)
			return
		}
		handed := make([]int64, 0, len(tasks))
		for _, t := range tasks {
			if err = r.enqueue(ctx, t); err != nil {
				r.Log.WarnContext(ctx, "cannot hand a task to the queue", "task", t.ID, "error", err)
				break
			}
			handed = append(handed, t.ID)
		}
		if noteErr := r.Outbox.Queued(ctx, handed); noteErr != nil {
			r.Log.ErrorContext(ctx, "cannot note what was handed over", "error", noteErr)
			return
		}
		if err != nil || len(tasks) < batch {
			return
		}
	}
}

func (r *Runner) enqueue(ctx context.Context, t outbox.Task) error {
	id := fmt.Sprintf("outbox-%d-%d", t.ID, t.Attempts)
	err := r.put(ctx, t, id)
	if !errors.Is(err, asynq.ErrTaskIDConflict) {
		return err
	}
	if t.QueuedAt == nil {
		return nil // another process's relay was faster
	}
	info, err := r.inspector.GetTaskInfo(r.queueOf(t.Kind), id)
	switch {
	case errors.Is(err, asynq.ErrTaskNotFound):
		return r.put(ctx, t, id)
	case err != nil && !errors.Is(err, asynq.ErrQueueNotFound): // a Redis that was emptied forgets its list of queues
		return err
	case err == nil && (info.State == asynq.TaskStatePending || info.State == asynq.TaskStateScheduled || info.State == asynq.TaskStateRetry):
		return nil // it waits its turn
	}
	// It was being worked on for longer than a task may take: its worker is dead. Another copy needs another name.
	err = r.put(ctx, t, id+"-"+strconv.FormatInt(r.Clock.Now().UnixMilli(), 36))
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil
	}
	return err
}

func (r *Runner) put(ctx context.Context, t outbox.Task, name string) error {
	_, err := r.client.EnqueueContext(ctx, asynq.NewTask(t.Kind, strconv.AppendInt(nil, t.ID, 10)),
		asynq.Queue(r.queueOf(t.Kind)), asynq.TaskID(name), asynq.MaxRetry(3), asynq.Timeout(r.TaskLimit))
	return err
}

// start starts the queue's workers.
func (r *Runner) start(ctx context.Context) *asynq.Server {
	s := asynq.NewServerFromRedisClient(r.redis, asynq.Config{
		Concurrency: r.Concurrency, Queues: weights, TaskCheckInterval: min(r.Poll, 200*time.Millisecond),
		Logger: logger{r.Log}, LogLevel: asynq.InfoLevel, ShutdownTimeout: r.StopWithin,
		// Ending the process ends no task: Shutdown waits for them.
		BaseContext:    func() context.Context { return context.WithoutCancel(ctx) },
		RetryDelayFunc: func(int, error, *asynq.Task) time.Duration { return time.Second },
	})
	if err := s.Start(asynq.HandlerFunc(r.fromQueue)); err != nil {
		r.Log.ErrorContext(ctx, "cannot start the workers", "error", err)
		return nil
	}
	return s
}

func (r *Runner) stop(s *asynq.Server) {
	if s != nil {
		s.Shutdown()
	}
}

func (r *Runner) fromQueue(ctx context.Context, t *asynq.Task) error {
	id, err := strconv.ParseInt(strings.TrimSpace(string(t.Payload())), 10, 64)
	if err != nil || id <= 0 {
		return fmt.Errorf("not a task id: %w", asynq.SkipRetry)
	}
	r.do(ctx, id)
	return nil // failures are noted in the outbox, which decides when to try again
}

// runHere runs due tasks in this process, as many as there are free slots.
func (r *Runner) runHere(ctx context.Context, requeueAfter time.Duration) {
	for ctx.Err() == nil {
		free := cap(r.slots) - len(r.slots)
		if free == 0 {
			return
		}
		tasks, err := r.Outbox.Due(ctx, free, requeueAfter)
		if err != nil {
			r.Log.ErrorContext(ctx, "cannot read the outbox", "error", err)
			return
		}
		ids := make([]int64, len(tasks))
		for i, t := range tasks {
			ids[i] = t.ID
		}
		if err := r.Outbox.Queued(ctx, ids); err != nil {
			r.Log.ErrorContext(ctx, "cannot note what is being done", "error", err)
			return
		}
		for _, id := range ids {
			r.slots <- struct{}{}
			r.running.Go(func() {
				defer func() { <-r.slots }()
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.TaskLimit)
				defer cancel()
				r.do(ctx, id)
			})
		}
		if len(tasks) < free {
			return
		}
	}
}
