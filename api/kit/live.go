package kit

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"huiyin/internal/i18n"
)

// Live holds an event stream open and writes one event for every hint on the topics. Pages fetch what has changed themselves, so an
// event carries nothing. When the hub takes no more streams the answer is 204, when this reader has too many of them 429: the browser
// then does without.
func (c *Ctx) Live(topics ...string) error {
	leave, ok := c.Kit.streams.enter(c.streamKeys())
	if !ok {
		c.Header("Retry-After", "60")
		c.Header("Cache-Control", "no-store")
		c.Data(http.StatusTooManyRequests, "text/plain; charset=utf-8", []byte(c.T(i18n.N("您打开的页面太多，这一页不再自动更新，刷新就能看到最新内容。关掉几页后会恢复。"))))
		return nil
	}
	defer leave()
	hints, cancel := c.Kit.Deps.Live.Subscribe(topics...)
	defer cancel()
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(c.Writer)
	beat := time.NewTicker(25 * time.Second)
	defer beat.Stop()
	limit := time.NewTimer(30 * time.Minute) // then the browser connects anew: sessions are looked at again
	defer limit.Stop()
	write := func(s string) bool {
		_ = out.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if _, err := c.Writer.WriteString(s); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	select {
	case _, ok := <-hints:
		if !ok { // the hub is full or closing
			c.Status(http.StatusNoContent)
			return nil
		}
		if !write("data: 1\n\n") {
			return nil
		}
	default:
		if !write("retry: 5000\n: hello\n\n") {
			return nil
		}
	}
	for {
		said := ": \n\n"
		select {
		case _, ok := <-hints:
			if !ok {
				return nil
			}
			said = "data: 1\n\n"
		case <-beat.C:
		case <-limit.C:
			return nil
		case <-c.Request.Context().Done():
			return nil
		}
		if !write(said) {
			return nil
		}
	}
}

// StreamsOfSession and StreamsOfAddress are how many event streams one session holds in one process, and all that come from one network
// address: an office shares one.
const (
	StreamsOfSession = 20
	StreamsOfAddress = 400
)

// streamKeys are what a reader's streams are counted by, with how many each may have.
func (c *Ctx) streamKeys() map[string]int {
	keys := map[string]int{"address " + c.ClientIP(): StreamsOfAddress}
	if id := c.Session.ID; id != 0 {
		keys["session "+strconv.FormatInt(id, 10)] = StreamsOfSession
	}
	return keys
}

// streams counts the event streams that are open, by who reads them.
type streams struct {
	mu   sync.Mutex
	open map[string]int
}

// enter counts one more under every key, or none when one of them has all it may. leave ends it.
func (s *streams) enter(keys map[string]int) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, most := range keys {
		if s.open[key] >= most {
			return nil, false
		}
	}
	for key := range keys {
		s.open[key]++
	}
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for key := range keys {
			if s.open[key]--; s.open[key] <= 0 {
				delete(s.open, key)
			}
		}
	}), true
}
