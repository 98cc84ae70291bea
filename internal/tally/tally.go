// Package tally counts small things by number in Redis, for a job to write down now and then. What is lost there is lost: it is for
// figures that only need to be about right. It must not know what is counted.
package tally

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// Tally is one hash of counts, shared by all processes.
type Tally struct {
	client redis.UniversalClient
	key    string
}

// New returns the tally kept under key.
func New(client redis.UniversalClient, key string) *Tally { return &Tally{client: client, key: key} }

// Add adds to the counts, by id: all of them or none.
func (t *Tally) Add(ctx context.Context, counts map[int64]int64) error {
	_, err := t.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for id, n := range counts {
			p.HIncrBy(ctx, t.key, strconv.FormatInt(id, 10), n)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("tally %s: %w", t.key, err)
	}
	return nil
}

// Drain returns what was added since the last Drain and forgets it, in one step: nothing is counted twice.
func (t *Tally) Drain(ctx context.Context) (map[int64]int64, error) {
	var all *redis.MapStringStringCmd
	_, err := t.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		all = p.HGetAll(ctx, t.key)
		p.Del(ctx, t.key)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("drain tally %s: %w", t.key, err)
	}
	counts := map[int64]int64{}
	for key, value := range all.Val() {
		id, err1 := strconv.ParseInt(key, 10, 64)
		n, err2 := strconv.ParseInt(value, 10, 64)
		if err1 == nil && err2 == nil && n > 0 {
			counts[id] += n
		}
	}
	return counts, nil
}
