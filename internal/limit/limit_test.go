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
				d, err := l.Allow(t.Context(), "read", One(key))
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
			if d, err := l.Allow(t.Context(), "read", One(key+"other")); err != nil || !d.OK {
				t.Fatalf("another key: %+v %v", d, err)
			}
			if d, _ := l.Allow(t.Context(), "fast", One(key)); !d.OK {
				t.Fatal("first")
			}
			time.Sleep(150 * time.Millisecond)
			if d, _ := l.Allow(t.Context(), "fast", One(key)); !d.OK {
				t.Fatal("the bucket did not fill again")
			}
			if _, err := l.Allow(t.Context(), "nobody", One(key)); err == nil {
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
		d, err := l.Allow(t.Context(), "read", One("a"))
		if err != nil || d.OK != (i < 3) {
			t.Fatalf("%d: %+v %v", i, d, err)
		}
	}
	if _, err := l.Allow(t.Context(), "code", One("a")); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
}

func TestAnAddressStandsForMany(t *testing.T) {
	r, err := redisx.Open(t.Context(), "redis://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	l := New(r.Client, map[string]Limit{"code": {Rate: 2, Period: time.Hour, Shared: 3}})
	allowed := func(keys ...Key) (n int) {
		for _, key := range keys {
			for range 10 {
				if d, err := l.Allow(t.Context(), "code", key); err != nil {
					t.Fatal(err)
				} else if d.OK {
					n++
				}
			}
		}
		return n
	}
	if n := allowed(One("13900000001")); n != 2 {
		t.Errorf("one person %d times", n)
	}
	if n := allowed(Address("192.0.2.1"), Address("::ffff:192.0.2.1")); n != 6+6 { // the proxy gives an address always in the same way
		t.Errorf("an address %d times", n)
	}
	if n := allowed(Address("2001:db8::1"), Address("2001:db8::2:1"), Address("2001:db8:0:0:ffff::")); n != 6 {
		t.Errorf("a network %d times", n)
	}
	if n := allowed(Address("2001:db8:0:1::1")); n != 6 {
		t.Errorf("another network %d times", n)
	}
	if n := allowed(Address("somewhere")); n != 6 {
		t.Errorf("what is no address %d times", n)
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
