package cases

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// numbers hands out case numbers "20261120-0005". Each process takes a block of a day's numbers from the database in a
// transaction of its own, so that submissions never queue for one row. Blocks start at one number and grow while they are
// used up quickly: a quiet county has no gaps, a busy city does not wait.
type numbers struct {
	mu      sync.Mutex
	day     string
	next    int64
	last    int64
	block   int64
	takenAt time.Time
}

const maxBlock = 512

// number returns the next case number of the day now falls on. Call it outside of a transaction.
func (s *Service) number(ctx context.Context, now time.Time) (string, error) {
	day := now.In(s.Policy.Zone(ctx)).Format("20060102")
	n := &s.numbers
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.day != day || n.next > n.last {
		block := int64(1)
		if n.day == day && now.Sub(n.takenAt) < time.Second {
			block = min(n.block*2, maxBlock)
		}
		var last int64
		err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
			last, err = s.DB.Count(ctx, "case:"+day, block)
			return err
		})
		if err != nil {
			return "", err
		}
		n.day, n.next, n.last, n.block, n.takenAt = day, last-block+1, last, block, now
	}
	v := n.next
	n.next++
	return fmt.Sprintf("%s-%04d", day, v), nil
}
