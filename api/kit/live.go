package kit

import (
	"net/http"
	"time"
)

// Live holds an event stream open and writes one event for every hint on the topics. Pages fetch what has changed themselves, so an
// event carries nothing. When the hub takes no more streams the answer is 204: the browser then does without.
func (c *Ctx) Live(topics ...string) error {
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
