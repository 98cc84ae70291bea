package fresh_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/fresh"
	"huiyin/test/testenv"
)

func TestValue(t *testing.T) {
	ctx := t.Context()
	db := testenv.SQLite(t)
	c := clock.NewFake(time.Date(2026, 11, 16, 1, 0, 0, 0, time.UTC))
	loads := 0
	v := fresh.New(db, c, 2*time.Second, func(context.Context) (int, error) { loads++; return loads, nil })
	want := func(n int) {
		t.Helper()
		if got, err := v.Get(ctx); err != nil || got != n {
			t.Fatalf("got %d, %v; want %d", got, err, n)
		}
	}
	if _, ok := v.Last(); ok {
		t.Fatal("something before the first load")
	}
	want(1)
	c.Advance(1999 * time.Millisecond)
	want(1)
	c.Advance(time.Millisecond)
	want(2)
	if err := db.Tx(ctx, func(ctx context.Context) error { v.Changed(ctx); return nil }); err != nil {
		t.Fatal(err)
	}
	want(3)
	undone := errors.New("undone")
	if err := db.Tx(ctx, func(ctx context.Context) error { v.Changed(ctx); return undone }); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	want(3)
}

func TestATransactionLeavesNothingBehind(t *testing.T) {
	db := testenv.SQLite(t)
	value := "old"
	v := fresh.New(db, clock.NewFake(time.Now()), time.Second, func(context.Context) (string, error) { return value, nil })
	undone := errors.New("undone")
	err := db.Tx(t.Context(), func(ctx context.Context) error {
		value = "never committed"
		if got, err := v.Get(ctx); err != nil || got != value {
			t.Errorf("%q, %v", got, err)
		}
		value = "old"
		return undone
	})
	if got, _ := v.Get(t.Context()); !errors.Is(err, undone) || got != "old" {
		t.Errorf("%q, %v", got, err)
	}
}

// A load that began before a write may have missed it.
func TestAWriteDuringALoad(t *testing.T) {
	ctx := t.Context()
	db := testenv.SQLite(t)
	var v *fresh.Value[int]
	loads := 0
	v = fresh.New(db, clock.NewFake(time.Now()), time.Hour, func(ctx context.Context) (int, error) {
		loads++
		if loads == 1 {
			v.Changed(ctx)
		}
		return loads, nil
	})
	for _, want := range []int{1, 2, 2} {
		if got, err := v.Get(ctx); err != nil || got != want {
			t.Fatalf("got %d, %v; want %d", got, err, want)
		}
	}
}

func TestFailuresAndCrowds(t *testing.T) {
	ctx := t.Context()
	db := testenv.SQLite(t)
	c := clock.NewFake(time.Now())
	broken := errors.New("broken")
	var fail error = broken
	v := fresh.New(db, c, time.Second, func(context.Context) (int, error) { return 7, fail })
	if _, err := v.Get(ctx); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	fail = nil
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got, err := v.Get(ctx); err != nil || got != 7 {
				t.Errorf("%d, %v", got, err)
			}
		})
	}
	all.Wait()
	fail = broken
	c.Advance(time.Minute)
	if _, err := v.Get(ctx); !errors.Is(err, broken) {
		t.Fatal("an old value passes for a new one")
	}
	if got, ok := v.Last(); !ok || got != 7 {
		t.Fatal("the last value is gone")
	}
}

// While one caller loads, the others go on with a value that is a little too old, and wait where it is much too old.
func TestHowOldAValueIsServedWhileAnotherLoads(t *testing.T) {
	ctx := t.Context()
	c := clock.NewFake(time.Now())
	entered, leave := make(chan bool), make(chan bool)
	loads := 0
	v := fresh.New(testenv.SQLite(t), c, time.Second, func(context.Context) (int, error) {
		if loads++; loads > 1 {
			entered <- true
			<-leave
		}
		return loads, nil
	})
	get := func() <-chan int {
		got := make(chan int, 1)
		go func() {
			n, _ := v.Get(ctx)
			got <- n
		}()
		return got
	}
	<-get()
	c.Advance(2 * time.Second)
	loading := get()
	<-entered
	if n := <-get(); n != 1 {
		t.Errorf("beside a load: %d", n)
	}
	leave <- true
	<-loading
	c.Advance(time.Hour)
	loading = get()
	<-entered
	other := get()
	select {
	case n := <-other:
		leave <- true
		t.Fatalf("a value of an hour ago: %d", n)
	case <-time.After(50 * time.Millisecond):
	}
	leave <- true
	if a, b := <-loading, <-other; a != 3 || b != 3 {
		t.Errorf("%d and %d", a, b)
	}
}

// Those who waited for a load that fails are told so at once: they do not line up to fail one after the other.
func TestACrowdSharesAFailure(t *testing.T) {
	broken := errors.New("broken")
	entered, leave := make(chan bool), make(chan bool)
	v := fresh.New(testenv.SQLite(t), clock.NewFake(time.Now()), time.Second, func(context.Context) (int, error) {
		entered <- true
		<-leave
		return 0, broken
	})
	var all sync.WaitGroup
	ask := func() {
		if _, err := v.Get(t.Context()); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
	all.Go(ask)
	<-entered
	for range 5 {
		all.Go(ask)
	}
	time.Sleep(50 * time.Millisecond) // they wait by now
	leave <- true
	all.Wait()
}
