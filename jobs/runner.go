// Package jobs does the work that a committed write still owes, and the work that comes round by the clock.
//
// The rows of the outbox are the truth. A relay hands those that are due to the queue in Redis, whose workers run them;
// a row that is not done is handed over again, so Redis may be emptied at any moment. When Redis has not answered for
// ten seconds the relay runs due rows itself, in this process, until Redis is back: nothing waits for Redis. A task may
// therefore be started more than once; the use cases behind the handlers guard their effect, and commit it together with
// the row's done mark.
//
// The room knows no HTTP, and of the subjects only which use case does which kind of task (handlers.go).
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"huiyin/internal/clock"
	"huiyin/internal/outbox"
)

// Handler does one task about the thing with id ref. It calls a use case that commits its effect together with
// outbox.Done(taskID), or with outbox.Later. When it returns an error the task is tried again later.
type Handler func(ctx context.Context, taskID, ref int64) error

// Schedule is work that comes round. All processes share its runs: each is done by one of them.
type Schedule struct {
	Name  string // unique, at most 54 characters
	Every time.Duration
	Limit time.Duration // for one run; 0: five minutes
	// Everywhere runs it in every process, without a claim in the database: for work that guards itself and comes round
	// so often that the claims would cost more than the work.
	Everywhere bool
	Run        func(ctx context.Context) error
}

// Deps is what a runner is made of. Zero durations and numbers take the defaults beside them.
type Deps struct {
	Outbox   *outbox.Box
	Redis    asynq.RedisConnOpt
	Clock    clock.Clock
	Log      *slog.Logger
	Handlers map[string]Handler
	Every    []Schedule
	Urgent   []string // kinds for which somebody is waiting: they do not queue behind the others

	Concurrency  int           // 16 tasks at once
	Poll         time.Duration // 1 s between looks at the outbox
	RequeueAfter time.Duration // 2 min until a task that is not done is handed over again; TaskLimit must be shorter
	TaskLimit    time.Duration // 1 min for one task
	DownAfter    time.Duration // 10 s without Redis until tasks run here
	StopWithin   time.Duration // 20 s for running tasks when the process ends
}

// Runner relays and runs tasks and schedules.
type Runner struct {
	Deps
	redis     redis.UniversalClient
	client    *asynq.Client
	inspector *asynq.Inspector

	slots   chan struct{} // tasks running here while Redis is down
	running sync.WaitGroup
	direct  atomic.Bool // tasks run without Redis at the moment
}

// The queues, and how often workers look at each first.
const (
	queue       = "huiyin"
	urgentQueue = "huiyin-urgent"
)

var weights = map[string]int{queue: 1, urgentQueue: 9}

// New checks and completes the parts; nothing runs and nobody is connected to before Run.
func New(d Deps) (*Runner, error) {
	set(&d.Concurrency, 16)
	set(&d.Poll, time.Second)
	set(&d.RequeueAfter, 2*time.Minute)
	set(&d.TaskLimit, time.Minute)
	set(&d.DownAfter, 10*time.Second)
	set(&d.StopWithin, 20*time.Second)
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.TaskLimit >= d.RequeueAfter {
		return nil, errors.New("jobs: a task must end before it is handed over again")
	}
	names := map[string]bool{}
	for _, s := range d.Every {
		if s.Name == "" || len(s.Name) > 54 || s.Every <= 0 || s.Run == nil || names[s.Name] {
			return nil, fmt.Errorf("jobs: schedule %q is incomplete or there twice", s.Name)
		}
		names[s.Name] = true
	}
	made, ok := d.Redis.MakeRedisClient().(redis.UniversalClient)
	if !ok {
		return nil, errors.New("jobs: the Redis option makes no client")
	}
	made.AddHook(calm{})
	return &Runner{
		Deps: d, redis: made, client: asynq.NewClientFromRedisClient(made), inspector: asynq.NewInspectorFromRedisClient(made),
		slots: make(chan struct{}, d.Concurrency),
	}, nil
}

func (r *Runner) queueOf(kind string) string {
	if slices.Contains(r.Urgent, kind) {
		return urgentQueue
	}
	return queue
}

func set[T int | time.Duration](v *T, usual T) {
	if *v <= 0 {
		*v = usual
	}
}

// Run works until ctx ends, then lets what is running finish (StopWithin) and returns. A runner runs once.
func (r *Runner) Run(ctx context.Context) error {
	var parts sync.WaitGroup
	for _, s := range r.Every {
		parts.Go(func() { r.keep(ctx, s) })
	}
	r.relay(ctx)
	finished := make(chan struct{})
	go func() {
		parts.Wait()
		r.running.Wait()
		close(finished)
	}()
	var err error
	select {
	case <-finished:
	case <-time.After(r.StopWithin):
		err = errors.New("jobs: work was still running and is left to be done again")
	}
	return errors.Join(err, r.redis.Close())
}
