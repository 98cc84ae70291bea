package outbox_test

import (
	"context"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/outbox"
	"huiyin/test/testenv"
)

// What is done is swept once it is old enough, in portions; what is owed stays, however old.
func TestSweep(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx, clk := t.Context(), clock.NewFake(time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC))
		box := outbox.New(db, clk)
		finish := func(n int) {
			t.Helper()
			err := db.Tx(ctx, func(ctx context.Context) error {
				for ref := range n {
					if err := box.Add(ctx, "count", int64(ref), time.Time{}); err != nil {
						return err
					}
				}
				var ids []int64
				if err := db.Conn(ctx).Model(&outbox.Task{}).Where("open_key = 1").Order("id DESC").Limit(n).Pluck("id", &ids).Error; err != nil {
					return err
				}
				for _, id := range ids {
					if closed, err := box.Done(ctx, id); err != nil || !closed {
						t.Fatal(closed, err)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Tx(ctx, func(ctx context.Context) error { return box.Add(ctx, "owed", 99, time.Time{}) }); err != nil {
			t.Fatal(err)
		}
		finish(3)
		clk.Advance(outbox.DoneFor + time.Hour)
		finish(1)
		for _, want := range []int{2, 1, 0} {
			if n, err := box.Sweep(ctx, 2); err != nil || n != want {
				t.Errorf("swept %d, want %d: %v", n, want, err)
			}
		}
		var left int64
		if err := db.Conn(ctx).Model(&outbox.Task{}).Count(&left).Error; err != nil || left != 2 {
			t.Errorf("%d tasks left, %v", left, err)
		}
	})
}

// The backlog counts what is open, up to a bound, and how late the oldest is; what is due later is not late.
func TestBacklog(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx, clk := t.Context(), clock.NewFake(time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC))
		box := outbox.New(db, clk)
		expect := func(limit, open int, late time.Duration) {
			t.Helper()
			if n, by, err := box.Backlog(ctx, limit); err != nil || n != open || by != late {
				t.Errorf("%d open, %s late, %v; want %d, %s", n, by, err, open, late)
			}
		}
		expect(10, 0, 0)
		for _, wait := range []time.Duration{time.Minute, time.Hour, 2 * time.Hour} {
			if err := db.Tx(ctx, func(ctx context.Context) error { return box.Add(ctx, "owed", 1, clk.Now().Add(wait)) }); err != nil {
				t.Fatal(err)
			}
		}
		expect(10, 3, 0)
		clk.Advance(90 * time.Minute)
		expect(10, 3, 89*time.Minute)
		expect(2, 2, 89*time.Minute)
		due, err := box.Due(ctx, 1, 0)
		if err != nil || len(due) != 1 {
			t.Fatal(due, err)
		}
		if _, err := box.Done(ctx, due[0].ID); err != nil {
			t.Fatal(err)
		}
		expect(10, 2, 30*time.Minute)
	})
}

// What was handed to a queue counts as under way for a while, unless the queue is known to be lost.
func TestALostQueueIsHandedOverAtOnce(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx, clk := t.Context(), clock.NewFake(time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC))
		box := outbox.New(db, clk)
		if err := db.Tx(ctx, func(ctx context.Context) error { return box.Add(ctx, "owed", 1, time.Time{}) }); err != nil {
			t.Fatal(err)
		}
		due := func(want int) []outbox.Task {
			t.Helper()
			tasks, err := box.Due(ctx, 10, time.Minute)
			if err != nil || len(tasks) != want {
				t.Fatalf("%d are due, want %d: %v", len(tasks), want, err)
			}
			return tasks
		}
		if err := box.Queued(ctx, []int64{due(1)[0].ID}); err != nil {
			t.Fatal(err)
		}
		due(0)
		if err := box.QueueLost(ctx); err != nil {
			t.Fatal(err)
		}
		due(1)
	})
}
