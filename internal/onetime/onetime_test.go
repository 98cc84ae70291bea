package onetime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/redisx"
)

var secret = []byte("0123456789abcdef0123456789abcdef")

func each(t *testing.T, test func(t *testing.T, c *Codes, key string)) {
	t.Helper()
	addrs := map[string]string{"embedded": ""}
	if a := os.Getenv("HUIYIN_TEST_REDIS"); a != "" {
		addrs["real"] = "redis://" + a
	}
	for name, addr := range addrs {
		t.Run(name, func(t *testing.T) {
			r, err := redisx.Open(t.Context(), addr)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			test(t, New(r.Client, secret, 3), fmt.Sprint("p", time.Now().UnixNano()))
		})
	}
}

func issued(t *testing.T, c *Codes, key string) string {
	t.Helper()
	code, err := c.Issue(t.Context(), "login", key)
	if err != nil {
		t.Fatal(err)
	}
	if len(code) != 6 {
		t.Fatalf("code %q", code)
	}
	return code
}

func other(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestACodeWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, c *Codes, key string) {
		code := issued(t, c, key)
		if err := c.Check(t.Context(), "bind", key, code); err == nil {
			t.Fatal("a code for one purpose worked for another")
		}
		typed := code[:3] + " " + strings.Map(func(r rune) rune { return r - '0' + '０' }, code[3:])
		if err := c.Check(t.Context(), "login", key, typed); err != nil {
			t.Fatal(err)
		}
		if err := c.Check(t.Context(), "login", key, code); !fault.Is(err, fault.Invalid) {
			t.Fatalf("twice: %v", err)
		}
	})
}

func TestResendAndDailyLimits(t *testing.T) {
	each(t, func(t *testing.T, c *Codes, key string) {
		c.resend = 900 * time.Millisecond // long enough for a busy machine to ask again within it
		issued(t, c, key)
		_, err := c.Issue(t.Context(), "login", key)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.TooMany || f.Msg != WaitMsg || f.Args[0] != 1 {
			t.Fatalf("got %v", err)
		}
		for range 2 {
			time.Sleep(1500 * time.Millisecond)
			issued(t, c, key)
		}
		time.Sleep(1500 * time.Millisecond)
		_, err = c.Issue(t.Context(), "login", key)
		if f, ok = errors.AsType[*fault.Error](err); !ok || f.Msg != DailyMsg || f.Args[0] != 24 {
			t.Fatalf("got %v", err)
		}
	})
}

func TestWrongExpiredAndUnknownAreAlike(t *testing.T) {
	each(t, func(t *testing.T, c *Codes, key string) {
		code := issued(t, c, key)
		expired := key + "expired"
		c.life = 50 * time.Millisecond
		old := issued(t, c, expired)
		time.Sleep(600 * time.Millisecond)
		c.life = 5 * time.Minute
		guess := map[string]string{key: other(code), expired: old, key + "unknown": "123456"}
		for k, g := range guess {
			for i := range 6 {
				err := c.Check(t.Context(), "login", k, g)
				f, ok := errors.AsType[*fault.Error](err)
				if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != Field {
					t.Fatalf("%s: %v", k, err)
				}
				if i < 4 && (f.Reason != "code_wrong" || len(f.Args) != 1 || f.Args[0] != 4-i) || i >= 4 && f.Reason != "code_spent" {
					t.Fatalf("%s attempt %d: %+v", k, i, f)
				}
			}
		}
		if err := c.Check(t.Context(), "login", key, code); err == nil {
			t.Fatal("the right code after five wrong ones")
		}
		issued(t, c, key+"unknown") // a guesser keeps nobody from a code
	})
}

func TestConcurrentGuesses(t *testing.T) {
	each(t, func(t *testing.T, c *Codes, key string) {
		code := issued(t, c, key)
		var good atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if c.Check(context.Background(), "login", key, code) == nil {
					good.Add(1)
				}
			})
		}
		wg.Wait()
		if good.Load() != 1 {
			t.Fatalf("accepted %d times", good.Load())
		}
		key += "b"
		code = issued(t, c, key)
		var wrongs atomic.Int32
		for range 50 {
			wg.Go(func() {
				err := c.Check(context.Background(), "login", key, other(code))
				if f, ok := errors.AsType[*fault.Error](err); ok && f.Reason == "code_wrong" {
					wrongs.Add(1)
				}
			})
		}
		wg.Wait()
		if wrongs.Load() != 4 {
			t.Fatalf("%d guesses had another after them, want 4", wrongs.Load())
		}
	})
}

func TestNothingReadableInRedis(t *testing.T) {
	each(t, func(t *testing.T, c *Codes, key string) {
		code := issued(t, c, key)
		for _, k := range c.keys("login", key) {
			v, _ := c.client.Get(t.Context(), k).Result()
			if strings.Contains(k, key) || strings.Contains(v, code) || strings.Contains(v, key) {
				t.Fatalf("%s = %s", k, v)
			}
		}
	})
}

func TestWithoutRedisItFailsClosed(t *testing.T) {
	r, err := redisx.Open(t.Context(), "redis://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	c := New(r.Client, secret, 0)
	if _, err := c.Issue(t.Context(), "login", "k"); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("issue: %v", err)
	}
	if err := c.Check(t.Context(), "login", "k", "123456"); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("check: %v", err)
	}
}
