package library

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
)

// Counter keeps counts outside of the database for a while; losing them does no harm. internal/tally has one.
type Counter interface {
	// Add adds to the counts of publications, by id.
	Add(ctx context.Context, counts map[int64]int64) error
	// Drain returns what was added since the last Drain, and forgets it.
	Drain(ctx context.Context) (map[int64]int64, error)
}

// reads counts in memory what was read; now and then it goes on to the counter, which all processes share.
type reads struct {
	counter Counter

	mu     sync.Mutex
	counts map[int64]int64
}

func newReads(c Counter) *reads { return &reads{counter: c, counts: map[int64]int64{}} }

func (r *reads) add(counts map[int64]int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, n := range counts {
		r.counts[id] += n
	}
}

func (r *reads) take() map[int64]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.counts
	r.counts = map[int64]int64{}
	return taken
}

// CountRead counts that somebody opened a published entry. It costs nothing on the request; Follow and FlushReads carry it on.
func (l *Library) CountRead(_ context.Context, id int64) {
	l.reads.mu.Lock()
	l.reads.counts[id]++
	l.reads.mu.Unlock()
}

// handOnReads gives this process's counts to the shared counter; while that is down they stay in memory.
func (l *Library) handOnReads(ctx context.Context) {
	if l.reads.counter == nil {
		return
	}
	taken := l.reads.take()
	if len(taken) == 0 {
		return
	}
	if err := l.reads.counter.Add(ctx, taken); err != nil {
		l.reads.add(taken)
	}
}

// FlushReads writes the counts to the rows; a job calls it every minute. It also writes what this process holds itself, so a
// process without a shared counter calls it too.
func (l *Library) FlushReads(ctx context.Context) error {
	counts := l.reads.take()
	if l.reads.counter != nil {
		shared, err := l.reads.counter.Drain(ctx)
		if err != nil {
			slog.DebugContext(ctx, "read counts stay where they are", "error", err)
		}
		for id, n := range shared {
			counts[id] += n
		}
	}
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(counts)), 200) {
		if err := l.addReads(ctx, batch, counts); err != nil {
			l.reads.add(counts)
			return err
		}
		for _, id := range batch {
			delete(counts, id)
		}
	}
	return nil
}
