package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/outbox"
	"huiyin/test/testenv"
)

func TestReplicasShareTheRunsOfASchedule(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		b := newBench(t, db)
		var shared, everywhere, at, most atomic.Int64
		every := []Schedule{
			{Name: "shared", Every: time.Hour, Run: func(context.Context) error { shared.Add(1); return nil }},
			{Name: "everywhere", Every: 20 * time.Millisecond, Everywhere: true, Run: func(context.Context) error { everywhere.Add(1); return nil }},
			{Name: "alone", Every: 10 * time.Millisecond, Run: func(context.Context) error {
				if n := at.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(30 * time.Millisecond)
				at.Add(-1)
				return nil
			}},
		}
		url := testenv.Redis(t)
		for range 4 {
			b.run(url, func(d *Deps) { d.Every = every })
		}
		await(t, func() bool { return everywhere.Load() > 40 && shared.Load() > 0 })
		if shared.Load() != 1 || most.Load() != 1 {
			t.Fatalf("shared ran %d times, alone %d at once", shared.Load(), most.Load())
		}
	})
}

func TestTurns(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		now := clock.NewFake(time.Date(2026, 1, 22, 1, 0, 0, 0, time.UTC))
		box := outbox.New(db, now)
		begin := func() *outbox.Turn {
			turn, err := box.Begin(t.Context(), "daily", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return turn
		}
		first := begin()
		if first == nil || begin() != nil {
			t.Fatal("one and only one may begin")
		}
		now.Advance(2 * time.Minute) // the first one died
		second := begin()
		if second == nil {
			t.Fatal("a dead process keeps its turn")
		}
		if err := first.End(t.Context(), now.Now()); err != nil {
			t.Fatal(err)
		}
		if begin() != nil {
			t.Fatal("a turn that was lost gave another's back")
		}
		if err := second.End(t.Context(), now.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		now.Advance(59 * time.Minute)
		if begin() != nil {
			t.Fatal("too early")
		}
		now.Advance(time.Minute)
		if begin() == nil {
			t.Fatal("it is time")
		}
	})
}

func TestAFailedScheduleComesRoundSooner(t *testing.T) {
	db := testenv.SQLite(t)
	now := clock.NewFake(time.Date(2026, 1, 22, 1, 0, 0, 0, time.UTC))
	r := &Runner{Deps: Deps{Outbox: outbox.New(db, now), Clock: now, Log: slog.New(slog.DiscardHandler)}}
	runs := 0
	s := Schedule{Name: "daily", Every: 24 * time.Hour, Limit: time.Minute, Run: func(context.Context) error {
		runs++
		if runs == 1 {
			panic(errors.New("oh"))
		}
		return nil
	}}
	for range 3 {
		r.runOnce(t.Context(), s)
		now.Advance(2 * time.Minute)
	}
	if runs != 2 {
		t.Fatalf("ran %d times", runs)
	}
}
