// Package live carries small hints ("case 17 has changed") between the processes of one installation, so that open
// pages can refresh themselves.
//
// A hint is a topic and nothing else: whoever receives it asks the database. Hints may be merged, repeated or lost, so
// nothing may depend on one; they must hold no personal data. The package knows no subject and no HTTP.
package live

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	channel       = "huiyin:live"
	maxTopic      = 200                    // bytes; longer topics stay within the process
	outbound      = 1024                   // hints waiting for Redis; beyond it they are dropped
	publishWithin = 2 * time.Second        // for one hint to reach Redis
	pause         = 200 * time.Millisecond // before asking a Redis that is down again, doubled up to maxPause
	maxPause      = 5 * time.Second
)

// Hub passes hints on. One Hub and one Redis subscription serve a whole process.
type Hub struct {
	client redis.UniversalClient
	id     string // tells our own hints, already delivered, from those of others
	out    chan string
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu     sync.Mutex
	topics map[string]map[*subscriber]struct{}
	all    map[*subscriber]struct{}
	max    int
	closed bool
}

// New starts a hub for at most max subscribers (10,000 when max is not positive). Close it when the process ends.
func New(client redis.UniversalClient, max int) *Hub {
	if max <= 0 {
		max = 10_000
	}
	ctx, cancel := context.WithCancel(context.Background())
	h := &Hub{
		client: client, id: rand.Text(), out: make(chan string, outbound), cancel: cancel,
		topics: make(map[string]map[*subscriber]struct{}), all: make(map[*subscriber]struct{}), max: max,
	}
	h.work.Go(func() { h.send(ctx) })
	h.work.Go(func() { h.listen(ctx) })
	return h
}

// Publish hints that topic has changed: to this process's subscribers at once, to other processes soon. It never
// waits, neither for a slow subscriber nor for Redis.
func (h *Hub) Publish(_ context.Context, topic string) {
	h.deliver(topic)
	if len(topic) > maxTopic {
		return
	}
	select {
	case h.out <- topic:
	default:
	}
}

// Subscribe returns the hints on those topics until cancel is called, which closes the channel. A topic that is hinted
// at several times before it is read arrives once. After a break between Redis and this process every topic arrives
// once, because hints may have been missed. When the hub is full or closed, the channel is closed from the start.
func (h *Hub) Subscribe(topics ...string) (<-chan string, func()) {
	s := &subscriber{
		pending: make(map[string]struct{}), wake: make(chan struct{}, 1),
		done: make(chan struct{}), out: make(chan string),
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.all) >= h.max {
		close(s.out)
		return s.out, func() {}
	}
	h.all[s] = struct{}{}
	for _, t := range topics {
		if h.topics[t] == nil {
			h.topics[t] = make(map[*subscriber]struct{})
		}
		h.topics[t][s] = struct{}{}
	}
	h.work.Go(s.pump)
	return s.out, sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, t := range topics {
			delete(h.topics[t], s)
			if len(h.topics[t]) == 0 {
				delete(h.topics, t)
			}
		}
		delete(h.all, s)
		s.end()
	})
}

// Close ends the hub and closes every subscriber's channel. A cancel after it is harmless.
func (h *Hub) Close() {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return
	}
	h.closed = true
	for s := range h.all {
		s.end()
	}
	h.mu.Unlock()
	h.cancel()
	h.work.Wait()
}

func (h *Hub) deliver(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.topics[topic] {
		s.add(topic)
	}
}

func (h *Hub) deliverAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for topic, set := range h.topics {
		for s := range set {
			s.add(topic)
		}
	}
}

func (h *Hub) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case topic := <-h.out:
			within, cancel := context.WithTimeout(ctx, publishWithin)
			_ = h.client.Publish(within, channel, h.id+" "+topic).Err() // a hint may be lost
			cancel()
		}
	}
}

// listen keeps one subscription alive for as long as the hub lives.
func (h *Hub) listen(ctx context.Context) {
	wait, before := pause, false
	for ctx.Err() == nil {
		if h.receive(ctx, before) {
			wait, before = pause, true
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(wait*2, maxPause)
	}
}

// receive reads one connection until it breaks. It reports whether the subscription ever stood.
func (h *Hub) receive(ctx context.Context, before bool) (stood bool) {
	sub := h.client.Subscribe(ctx, channel)
	defer func() { _ = sub.Close() }()
	// A read that waits does not look at ctx.
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()
	quiet := false
	for {
		msg, err := sub.ReceiveTimeout(ctx, 10*time.Second)
		if err != nil {
			// Nothing for a while is no error unless a ping stays unanswered too: the peer may have vanished silently.
			if ctx.Err() != nil || quiet || sub.Ping(ctx) != nil {
				return stood
			}
			quiet = true
			continue
		}
		quiet = false
		switch m := msg.(type) {
		case *redis.Subscription:
			if before || stood {
				h.deliverAll()
			}
			stood = true
		case *redis.Message:
			if from, topic, ok := strings.Cut(m.Payload, " "); ok && from != h.id {
				h.deliver(topic)
			}
		}
	}
}
