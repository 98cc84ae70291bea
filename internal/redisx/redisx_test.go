package redisx

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
)

// addresses are the Redises every test of this room runs on: the embedded one, and the real one when the caller names it.
func addresses() map[string]string {
	m := map[string]string{"embedded": ""}
	if a := os.Getenv("HUIYIN_TEST_REDIS"); a != "" {
		m["real"] = "redis://" + a
	}
	return m
}

func TestKeysExpireAndTheQueueRuns(t *testing.T) {
	for name, addr := range addresses() {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			r, err := Open(ctx, addr)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			if !r.Up(ctx) {
				t.Fatal("not up")
			}
			if err := r.Client.Set(ctx, "redisx-test", "1", 300*time.Millisecond).Err(); err != nil {
				t.Fatal(err)
			}
			c := asynq.NewClient(r.AsynqOpt())
			defer func() { _ = c.Close() }()
			queue := "redisx-test-" + name
			if _, err := c.EnqueueContext(ctx, asynq.NewTask("hello", nil), asynq.Queue(queue)); err != nil {
				t.Fatal(err)
			}
			ran := make(chan struct{})
			s := asynq.NewServer(r.AsynqOpt(), asynq.Config{Queues: map[string]int{queue: 1}, LogLevel: asynq.FatalLevel})
			if err := s.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { close(ran); return nil })); err != nil {
				t.Fatal(err)
			}
			defer s.Shutdown()
			select {
			case <-ran:
			case <-time.After(5 * time.Second):
				t.Fatal("the task did not run")
			}
			for range 50 {
				if n, _ := r.Client.Exists(ctx, "redisx-test").Result(); n == 0 {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Fatal("the key never expired")
		})
	}
}

func TestADeadRedisAnswersQuickly(t *testing.T) {
	// It accepts connections and says nothing: the worst kind of dead.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	r, err := Open(t.Context(), "redis://"+l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	start := time.Now()
	for range 20 {
		if r.Client.Get(t.Context(), "x").Err() == nil {
			t.Fatal("an answer from a mute server")
		}
	}
	if d := time.Since(start); d > 2500*time.Millisecond {
		t.Fatalf("twenty commands took %v", d)
	}
	if err := r.Client.Get(t.Context(), "x").Err(); !errors.Is(err, ErrDown) {
		t.Fatalf("got %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"http://x", "rediss", "redis:6379", "redis://", "redis://h:1?addr=h:2", "redis://h:1/notanumber", "redis://secret:p%zz@h"} {
		if _, err := options(bad); err == nil {
			t.Errorf("%q was taken", bad)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error repeats the address: %v", err)
		}
	}
	o, err := options("rediss://u:p@h1:1/3?master_name=m&addr=h2:2&sentinel_password=s")
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Addrs) != 2 || o.MasterName != "m" || o.DB != 3 || o.Username != "u" || o.SentinelPassword != "s" || o.TLSConfig == nil {
		t.Fatalf("%+v", o)
	}
	o, err = options("redis://h1:1?cluster=true")
	if err != nil || !o.IsClusterMode {
		t.Fatalf("%v %+v", err, o)
	}
}

func TestCloseStopsTheEmbeddedRedis(t *testing.T) {
	r, err := Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	addr := r.embedded.Addr()
	for range 2 {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
		_ = c.Close()
		t.Fatal("still listening")
	}
}
