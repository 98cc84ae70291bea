package limit

import (
	"sync"
	"time"
)

// maxLocal bounds the memory of the fallback to about two megabytes.
const maxLocal = 16384

// local counts inside one process, by the same rule as Redis does (GCRA: when the next one would be due).
type local struct {
	mu  sync.Mutex
	due map[string]time.Time
	max int
}

func newLocal(size int) *local { return &local{due: make(map[string]time.Time), max: size} }

func (l *local) allow(id string, c Limit, now time.Time) Decision {
	each := c.Period / time.Duration(c.Rate)
	l.mu.Lock()
	defer l.mu.Unlock()
	due := l.due[id]
	if due.Before(now) {
		due = now
	}
	next := due.Add(each)
	if wait := next.Sub(now) - each*time.Duration(c.Burst); wait > 0 {
		return Decision{RetryAfter: wait}
	}
	if _, known := l.due[id]; !known && len(l.due) >= l.max {
		l.shrink(now)
	}
	l.due[id] = next
	return Decision{OK: true}
}

// shrink forgets whoever has nothing left to wait for; when that is not enough, whoever comes first.
func (l *local) shrink(now time.Time) {
	for id, due := range l.due {
		if due.Before(now) {
			delete(l.due, id)
		}
	}
	for id := range l.due {
		if len(l.due) <= l.max*3/4 {
			return
		}
		delete(l.due, id)
	}
}
