package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/outbox"
	"huiyin/internal/redisx"
	"huiyin/test/testenv"
)

// bench is a database with an outbox, and a handler whose effect counts up a row of its own in the transaction that
// closes the task.
type bench struct {
	t    *testing.T
	db   *database.DB
	box  *outbox.Box
	runs atomic.Int64
	slow time.Duration
}

func newBench(t *testing.T, db *database.DB) *bench {
	return &bench{t: t, db: db, box: outbox.New(db, clock.System{})}
}

func (b *bench) owe(kind string, refs ...int64) {
	b.t.Helper()
	err := b.db.Tx(context.Background(), func(ctx context.Context) error {
		for _, ref := range refs {
			if err := b.db.Conn(ctx).Exec("INSERT INTO counters (name, value) VALUES (?, 0)", fmt.Sprint("effect.", ref)).Error; err != nil {
				return err
			}
			if err := b.box.Add(ctx, kind, ref, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

var errTaken = errors.New("somebody else closed it")

func (b *bench) effect(ctx context.Context, taskID, ref int64) error {
	b.runs.Add(1)
	time.Sleep(b.slow)
	err := b.db.Tx(ctx, func(ctx context.Context) error {
		closed, err := b.box.Done(ctx, taskID)
		if err != nil {
			return err
		}
		if !closed {
			return errTaken
		}
		return b.db.Conn(ctx).Exec("UPDATE counters SET value = value + 1 WHERE name = ?", fmt.Sprint("effect.", ref)).Error
	})
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// effects returns how many things had their effect once, and how many more often.
func (b *bench) effects() (once, more int) {
	b.t.Helper()
	var values []int64
	if err := b.db.Conn(context.Background()).Raw("SELECT value FROM counters WHERE name LIKE 'effect.%'").Scan(&values).Error; err != nil {
		b.t.Fatal(err)
	}
	for _, v := range values {
		if v == 1 {
			once++
		} else if v > 1 {
			more++
		}
	}
	return once, more
}

func (b *bench) waitFor(n int) {
	b.t.Helper()
	await(b.t, func() bool { once, _ := b.effects(); return once >= n })
	if _, more := b.effects(); more > 0 {
		b.t.Fatalf("%d effects happened twice", more)
	}
}

func await(t *testing.T, until func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if until() {
			return
		}
	}
	t.Fatal("waited in vain")
}

func refs(from, n int) []int64 {
	r := make([]int64, n)
	for i := range r {
		r[i] = int64(from + i)
	}
	return r
}

// run starts a runner that is quick to notice things and returns how to stop it.
func (b *bench) run(url string, change func(*Deps)) (*Runner, func()) {
	b.t.Helper()
	red, err := redisx.Open(context.Background(), url)
	if err != nil {
		b.t.Fatal(err)
	}
	d := Deps{
		Outbox: b.box, Redis: red.AsynqOpt(), Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Handlers: map[string]Handler{"count": b.effect},
		Poll: 50 * time.Millisecond, RequeueAfter: 600 * time.Millisecond, TaskLimit: 500 * time.Millisecond, DownAfter: 200 * time.Millisecond,
	}
	if change != nil {
		change(&d)
	}
	r, err := New(d)
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.t.Error(err)
		}
		_ = red.Close()
	})
	b.t.Cleanup(stop)
	return r, stop
}

func TestAnEmptiedRedisLosesNothing(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		b := newBench(t, db)
		b.slow = 5 * time.Millisecond
		server := testenv.StartRedis(t)
		b.run(server.URL(), func(d *Deps) { d.Concurrency = 4 })
		b.owe("count", refs(1, 250)...)
		for i := range 4 {
			want := 20 + 40*i
			await(t, func() bool { once, _ := b.effects(); return once >= want })
			server.Empty()
		}
		b.waitFor(250)
	})
}

func TestRedisMayStopAndComeBack(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		b := newBench(t, db)
		server := testenv.StartRedis(t)
		r, _ := b.run(server.URL(), nil)
		b.owe("count", refs(1, 20)...)
		b.waitFor(20)
		b.slow = 30 * time.Millisecond
		b.owe("count", refs(21, 100)...)
		server.Stop()
		b.owe("count", refs(121, 30)...)
		b.waitFor(150)
		if !r.direct.Load() {
			t.Fatal("without Redis tasks should run here")
		}
		server.Start()
		await(t, func() bool { return !r.direct.Load() })
		b.slow = 0
		b.owe("count", refs(151, 50)...)
		b.waitFor(200)
		if r.direct.Load() {
			t.Fatal("still without Redis")
		}
	})
}

// What the queue holds can be counted, and what is being worked on is part of it.
func TestTheQueueIsCounted(t *testing.T) {
	b := newBench(t, testenv.SQLite(t))
	leave := make(chan struct{})
	r, _ := b.run(testenv.Redis(t), func(d *Deps) {
		d.Concurrency = 2
		d.Handlers["count"] = func(ctx context.Context, task, ref int64) error {
			<-leave
			return b.effect(ctx, task, ref)
		}
	})
	counted := func(want int) func() bool {
		return func() bool {
			n, err := r.Queued(t.Context())
			return err == nil && n[queue] == want && n[urgentQueue] == 0
		}
	}
	await(t, counted(0))
	b.owe("count", refs(1, 5)...)
	await(t, counted(5))
	close(leave)
	await(t, counted(0))
	b.waitFor(5)
}

func TestFailuresAreTriedAgainLater(t *testing.T) {
	b := newBench(t, testenv.SQLite(t))
	b.run(testenv.Redis(t), func(d *Deps) {
		d.Handlers["fails"] = func(context.Context, int64, int64) error { return errors.New("not today") }
		d.Handlers["panics"] = func(context.Context, int64, int64) error { panic("oh") }
	})
	b.owe("fails", 1)
	b.owe("panics", 2)
	b.owe("unheard-of", 3)
	for id, want := range map[int64]string{1: "not today", 2: "panic: oh", 3: "nobody handles"} {
		await(t, func() bool {
			task, err := b.box.Get(t.Context(), id)
			return err == nil && task.Attempts == 1 && strings.HasPrefix(task.LastError, want) && task.DoneAt == nil &&
				task.DueAt.After(time.Now().Add(3*time.Second))
		})
	}
}

func TestAPayloadThatIsNoTaskIsNotRetried(t *testing.T) {
	b := newBench(t, testenv.SQLite(t))
	url := testenv.Redis(t)
	b.run(url, nil)
	opt, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opt)
	defer client.Close()
	if _, err := asynq.NewClientFromRedisClient(client).Enqueue(asynq.NewTask("count", []byte("{}")), asynq.Queue(queue), asynq.TaskID("odd")); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool {
		info, err := asynq.NewInspectorFromRedisClient(client).GetTaskInfo(queue, "odd")
		return err == nil && info.State == asynq.TaskStateArchived
	})
	if b.runs.Load() != 0 {
		t.Fatal("it reached a handler")
	}
}

func TestStoppingLetsTasksFinish(t *testing.T) {
	b := newBench(t, testenv.SQLite(t))
	b.slow = 300 * time.Millisecond
	_, stop := b.run(testenv.Redis(t), nil)
	b.owe("count", 1)
	await(t, func() bool { return b.runs.Load() == 1 })
	stop()
	if once, more := b.effects(); once != 1 || more != 0 {
		t.Fatal("the process ended before its task")
	}
}

func TestLogsHoldNoPayload(t *testing.T) {
	b := newBench(t, testenv.SQLite(t))
	var mu sync.Mutex
	var buf bytes.Buffer
	log := slog.New(slog.NewTextHandler(writer(func(p []byte) (int, error) { mu.Lock(); defer mu.Unlock(); return buf.Write(p) }), &slog.HandlerOptions{Level: slog.LevelDebug}))
	_, stop := b.run(testenv.Redis(t), func(d *Deps) { d.Log = log })
	b.owe("count", 1)
	b.waitFor(1)
	stop()
	mu.Lock()
	defer mu.Unlock()
	if s := buf.String(); !strings.Contains(s, "task run") || strings.Contains(strings.ToLower(s), "payload") {
		t.Fatal(s)
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestUrgentTasksDoNotQueueBehindTheOthers(t *testing.T) {
	b := newBench(t, testenv.SQLite(t))
	b.slow = 20 * time.Millisecond
	var before atomic.Int64
	b.owe("count", refs(1, 100)...)
	b.owe("code", 101)
	b.run(testenv.Redis(t), func(d *Deps) {
		d.Concurrency, d.RequeueAfter, d.Urgent = 1, time.Minute, []string{"code"}
		d.Handlers["code"] = func(ctx context.Context, taskID, ref int64) error {
			before.Store(b.runs.Load())
			return b.effect(ctx, taskID, ref)
		}
	})
	b.waitFor(101)
	if n := before.Load(); n > 50 {
		t.Fatalf("it waited for %d others", n)
	}
}

func TestStoppingWithoutRedisDoesNotHang(t *testing.T) {
	b := newBench(t, testenv.SQLite(t))
	server := testenv.StartRedis(t)
	r, stop := b.run(server.URL(), nil)
	b.owe("count", 1)
	b.waitFor(1)
	server.Stop()
	await(t, func() bool { return r.direct.Load() })
	b.slow = 300 * time.Millisecond
	b.owe("count", 2)
	await(t, func() bool { return b.runs.Load() == 2 })
	start := time.Now()
	stop()
	if d := time.Since(start); d > 10*time.Second {
		t.Fatalf("it took %v", d)
	}
	if once, _ := b.effects(); once != 2 {
		t.Fatal("a task was cut off")
	}
}
