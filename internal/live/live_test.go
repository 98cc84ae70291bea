package live

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"huiyin/internal/redisx"
)

func open(t *testing.T, addr string) *redisx.Redis {
	t.Helper()
	r, err := redisx.Open(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func hub(t *testing.T, r *redisx.Redis, max int) *Hub {
	t.Helper()
	h := New(r.Client, max)
	t.Cleanup(h.Close)
	return h
}

func want(t *testing.T, ch <-chan string, topic string) {
	t.Helper()
	select {
	case got, ok := <-ch:
		if !ok || got != topic {
			t.Fatalf("got %q %v, want %q", got, ok, topic)
		}
	case <-time.After(8 * time.Second):
		t.Fatalf("no hint on %q", topic)
	}
}

// reaches publishes on a until b's subscriber hears it: subscribing takes a moment.
func reaches(t *testing.T, a *Hub, ch <-chan string, topic string) {
	t.Helper()
	for range 150 {
		a.Publish(t.Context(), topic)
		select {
		case got := <-ch:
			if got != topic {
				t.Fatalf("got %q", got)
			}
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatal("the hint never arrived")
}

func TestBetweenProcesses(t *testing.T) {
	addrs := map[string]string{"embedded": ""}
	if a := os.Getenv("HUIYIN_TEST_REDIS"); a != "" {
		addrs["real"] = "redis://" + a
	}
	for name, addr := range addrs {
		t.Run(name, func(t *testing.T) {
			r := open(t, addr)
			a, b := hub(t, r, 0), hub(t, r, 0)
			ch, cancel := b.Subscribe("case:1")
			defer cancel()
			reaches(t, a, ch, "case:1")
		})
	}
}

func TestLocalHintsNeedNoRedis(t *testing.T) {
	h := hub(t, open(t, "redis://127.0.0.1:1"), 0)
	ch, cancel := h.Subscribe("a", "b")
	start := time.Now()
	for i := range 5000 {
		h.Publish(t.Context(), "other"+strconv.Itoa(i))
	}
	h.Publish(t.Context(), "b")
	if d := time.Since(start); d > time.Second {
		t.Fatalf("publishing waited %v", d)
	}
	want(t, ch, "b")
	cancel()
	cancel()
	if _, ok := <-ch; ok {
		t.Fatal("a hint after cancel")
	}
}

func TestASlowReaderGetsEachTopicOnce(t *testing.T) {
	h := hub(t, open(t, ""), 0)
	ch, cancel := h.Subscribe("a", "b")
	defer cancel()
	for range 10_000 {
		h.Publish(t.Context(), "a")
		h.Publish(t.Context(), "b")
	}
	n := 0
	for {
		select {
		case <-ch:
			n++
			continue
		case <-time.After(200 * time.Millisecond):
		}
		break
	}
	// One may be in the reader's hand while the same topic is hinted at again.
	if n < 2 || n > 4 {
		t.Fatalf("%d hints", n)
	}
}

func TestFullAndClosed(t *testing.T) {
	h := hub(t, open(t, ""), 1)
	first, cancel := h.Subscribe("a")
	second, _ := h.Subscribe("a")
	if _, ok := <-second; ok {
		t.Fatal("one too many")
	}
	cancel()
	if len(h.all) != 0 {
		t.Fatal("the place was not given back")
	}
	third, cancel := h.Subscribe()
	h.Close()
	for _, ch := range []<-chan string{first, third} {
		if _, ok := <-ch; ok {
			t.Fatal("open after Close")
		}
	}
	cancel()
}

func TestRedisComesBack(t *testing.T) {
	m := miniredis.NewMiniRedis()
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	r := open(t, "redis://"+m.Addr())
	a, b := hub(t, r, 0), hub(t, r, 0)
	ch, cancel := b.Subscribe("case:1")
	defer cancel()
	reaches(t, a, ch, "case:1")
	m.Close()
	b.Publish(t.Context(), "case:1")
	want(t, ch, "case:1")
	if err := m.Restart(); err != nil {
		t.Fatal(err)
	}
	want(t, ch, "case:1") // nobody published: hints may have been missed
	reaches(t, a, ch, "case:1")
}
