package limit

import (
	"fmt"
	"os"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/redisx"
)

func classes() map[string]Limit {
	return map[string]Limit{
		"read": {Rate: 3, Period: time.Minute},
		"code": {Rate: 2, Period: time.Minute, WhenDown: Closed},
		"fast": {Rate: 10, Burst: 1, Period: time.Second},
	}
}

func addresses() map[string]string {
	m := map[string]string{"embedded": ""}
	if a := os.Getenv("HUIYIN_TEST_REDIS"); a != "" {
		m["real"] = "redis://" + a
	}
	return m
}

func TestAllow(t *testing.T) {
	for name, addr := range addresses() {
		t.Run(name, func(t *testing.T) {
			r, err := redisx.Open(t.Context(), addr)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			l := New(r.Client, classes())
			key := fmt.Sprint("a", time.Now().UnixNano())
			for i := range 4 {
				d, err := l.Allow(t.Context(), "read", key)
				if err != nil {
					t.Fatal(err)
				}
				if d.OK != (i < 3) {
					t.Fatalf("%d: %+v", i, d)
				}
				if !d.OK && (d.RetryAfter <= 0 || d.RetryAfter > 20*time.Second) {
					t.Fatalf("retry after %v", d.RetryAfter)
				}
			}
			if d, err := l.Allow(t.Context(), "read", key+"other"); err != nil || !d.OK {
				t.Fatalf("another key: %+v %v", d, err)
			}
			if d, _ := l.Allow(t.Context(), "fast", key); !d.OK {
				t.Fatal("first")
			}
			time.Sleep(150 * time.Millisecond)
			if d, _ := l.Allow(t.Context(), "fast", key); !d.OK {
				t.Fatal("the bucket did not fill again")
			}
			if _, err := l.Allow(t.Context(), "nobody", key); err == nil {
				t.Fatal("an unknown class was allowed")
			}
		})
	}
}

func TestWhenRedisIsDown(t *testing.T) {
	r, err := redisx.Open(t.Context(), "redis://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	l := New(r.Client, classes())
	for i := range 4 {
		d, err := l.Allow(t.Context(), "read", "a")
		if err != nil || d.OK != (i < 3) {
			t.Fatalf("%d: %+v %v", i, d, err)
		}
	}
	if _, err := l.Allow(t.Context(), "code", "a"); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
}

func TestLocalMemoryIsBounded(t *testing.T) {
	l, c, now := newLocal(100), Limit{Rate: 1, Burst: 1, Period: time.Minute}, time.Now()
	for i := range 10_000 {
		l.allow(fmt.Sprint(i), c, now)
	}
	if len(l.due) > 100 {
		t.Fatalf("%d keys", len(l.due))
	}
	if d := l.allow("9999", c, now); d.OK {
		t.Fatal("the latest was forgotten")
	}
	if d := l.allow("9999", c, now.Add(time.Minute)); !d.OK {
		t.Fatal("the wait never ends")
	}
}
