package testenv

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Redis returns the address ("redis://host:port/n") of an empty logical database that no other test uses, emptied again when the
// test ends. Channels of PUBLISH are shared by all databases of a server: a test that counts messages starts its own (StartRedis).
func Redis(t testing.TB) string {
	t.Helper()
	addr := os.Getenv("HUIYIN_TEST_REDIS")
	if addr == "" {
		if testing.Short() {
			return "redis://" + inProcessRedis(t) + "/0"
		}
		t.Fatal("This test needs Redis: run `make test`, or `test/run.sh ./this/package`, which start one; or use -short for the in-process one.")
	}
	ctx := context.Background()
	root := redis.NewClient(&redis.Options{Addr: addr})
	defer root.Close()
	n, err := root.Incr(ctx, "huiyin:test:databases").Result() // number 0 holds the count
	if err != nil {
		t.Fatal("Redis at HUIYIN_TEST_REDIS: ", err)
	}
	own := redis.NewClient(&redis.Options{Addr: addr, DB: int(n)})
	if err := own.FlushDB(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.FlushDB(ctx).Err(); err != nil {
			t.Error(err)
		}
		_ = own.Close()
	})
	return fmt.Sprintf("redis://%s/%d", addr, n)
}

func inProcessRedis(t testing.TB) string {
	t.Helper()
	server := miniredis.RunT(t)
	ticker := time.NewTicker(100 * time.Millisecond)
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				server.FastForward(100 * time.Millisecond)
			case <-stop:
				ticker.Stop()
				return
			}
		}
	}()
	t.Cleanup(func() { close(stop) })
	return server.Addr()
}

// RedisServer is a redis-server process of one test's own, which the test may empty, stop and start again.
type RedisServer struct {
	Addr string // host:port, the same after a restart

	t   testing.TB
	cmd *exec.Cmd
}

// StartRedis starts one on a free loopback port; it stops with the test.
func StartRedis(t testing.TB) *RedisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("This test starts a redis-server of its own, which is not installed: run `make test`, which installs it or says how.")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &RedisServer{Addr: l.Addr().String(), t: t}
	_ = l.Close()
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// URL returns the address as configuration takes it.
func (s *RedisServer) URL() string { return "redis://" + s.Addr + "/0" }

// Start starts the process, empty, and waits until it answers.
func (s *RedisServer) Start() {
	s.t.Helper()
	if s.cmd != nil {
		s.t.Fatal("this Redis runs already")
	}
	_, port, _ := net.SplitHostPort(s.Addr)
	cmd := exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--dir", s.t.TempDir())
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.cmd = cmd
	deadline := time.Now().Add(10 * time.Second)
	for {
		conn, err := net.DialTimeout("tcp", s.Addr, time.Second)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatal("redis-server on port " + strconv.Quote(port) + " does not answer")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Stop ends the process at once, as a crash would; whatever it held is gone. Stopping twice is fine.
func (s *RedisServer) Stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Empty loses everything it holds (FLUSHALL).
func (s *RedisServer) Empty() {
	s.t.Helper()
	c := redis.NewClient(&redis.Options{Addr: s.Addr})
	defer c.Close()
	if err := c.FlushAll(context.Background()).Err(); err != nil {
		s.t.Fatal(err)
	}
}
