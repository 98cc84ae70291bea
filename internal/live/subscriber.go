package live

import (
	"sync"
)

// subscriber keeps what its reader has not taken yet: each topic once, so a slow reader costs no more than its topics.
type subscriber struct {
	mu      sync.Mutex
	pending map[string]struct{}
	order   []string

	wake chan struct{}
	done chan struct{}
	stop sync.Once
	out  chan string
}

func (s *subscriber) add(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, waiting := s.pending[topic]; waiting {
		return
	}
	s.pending[topic] = struct{}{}
	s.order = append(s.order, topic)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *subscriber) next() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.order) == 0 {
		return "", false
	}
	topic := s.order[0]
	s.order = s.order[1:]
	delete(s.pending, topic)
	return topic, true
}

func (s *subscriber) end() { s.stop.Do(func() { close(s.done) }) }

func (s *subscriber) pump() {
	defer close(s.out)
	for {
		select {
		case <-s.done:
			return
		case <-s.wake:
		}
		for topic, ok := s.next(); ok; topic, ok = s.next() {
			select {
			case <-s.done:
				return
			case s.out <- topic:
			}
		}
	}
}
