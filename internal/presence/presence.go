// Package presence remembers for a minute who is at work on what, so that two people do not unknowingly write the same thing.
//
// It is a courtesy: nothing depends on it, and without Redis nobody is seen. What the things and people are it does not know.
package presence

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Shown is how long somebody counts as present after the last sign.
const Shown = time.Minute

// Board is where signs are left.
type Board struct{ client redis.UniversalClient }

// New returns a board in Redis.
func New(client redis.UniversalClient) *Board { return &Board{client: client} }

// Touch notes that the person is at work on the thing; without Redis nobody will know.
func (b *Board) Touch(ctx context.Context, thing string, person int64) {
	key := "presence:" + thing
	now := time.Now()
	pipe := b.client.TxPipeline()
	pipe.ZRemRangeByScore(ctx, key, "-inf", strconv.FormatInt(now.Add(-Shown).UnixMilli(), 10))
	pipe.ZAdd(ctx, key, redis.Z{Score: float64(now.UnixMilli()), Member: person})
	pipe.Expire(ctx, key, 2*Shown)
	_, _ = pipe.Exec(ctx) // a courtesy
}

// Others returns who besides the person is at work on the thing: at most some twenty. Without Redis it returns nobody.
func (b *Board) Others(ctx context.Context, thing string, person int64) []int64 {
	since := strconv.FormatInt(time.Now().Add(-Shown).UnixMilli(), 10)
	all, err := b.client.ZRangeByScore(ctx, "presence:"+thing, &redis.ZRangeBy{Min: since, Max: "+inf", Count: 21}).Result()
	if err != nil {
		return nil
	}
	var others []int64
	for _, m := range all {
		if id, err := strconv.ParseInt(m, 10, 64); err == nil && id != person {
			others = append(others, id)
		}
	}
	return others
}

// Leave takes the person's sign away.
func (b *Board) Leave(ctx context.Context, thing string, person int64) {
	b.client.ZRem(ctx, "presence:"+thing, person)
}
