package database_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"huiyin/internal/database"
	"huiyin/test/testenv"
)

// The first ones of a new counter meet in its INSERT; nobody is refused, nothing is counted twice.
func TestCountersCountEveryoneOnce(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		if _, err := db.Count(t.Context(), "x", 1); !errors.Is(err, database.ErrNoTx) {
			t.Errorf("without a transaction: %v", err)
		}
		const people = 8
		got := make([]int64, people)
		var all sync.WaitGroup
		for i := range got {
			all.Go(func() {
				if err := db.Tx(t.Context(), func(ctx context.Context) (err error) {
					got[i], err = db.Count(ctx, "x", 3)
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		slices.Sort(got)
		for i, v := range got {
			if v != int64(i+1)*3 {
				t.Fatalf("got %v", got)
			}
		}
	})
}
