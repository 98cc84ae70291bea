package idempotency_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/seal"
	"huiyin/services/idempotency"
	"huiyin/test/testenv"
)

// Who was slow and lost the key to another neither takes the other's key away nor puts an answer under it.
func TestWhoLostTheKeyLeavesItAlone(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		for _, fails := range []bool{true, false} {
			ctx, clk, keys := newKeys(t, db)
			r := idempotency.Request{Scope: "resident:1", Key: fmt.Sprint(fails), Fingerprint: []byte("x")}
			around := func(do func() ([]byte, error)) ([]byte, bool, error) {
				return keys.Around(ctx, r, false, func(context.Context) ([]byte, error) { return do() })
			}
			slow, _, err := around(func() ([]byte, error) {
				clk.Advance(3 * time.Minute)
				later, _, err := around(func() ([]byte, error) { return []byte("second"), nil }) // takes over
				if err != nil || string(later) != "second" {
					t.Errorf("the second: %q, %v", later, err)
				}
				if fails {
					return nil, errors.New("failed at last")
				}
				return []byte("first"), nil
			})
			if fails == (err == nil) {
				t.Errorf("the slow one: %q, %v", slow, err)
			}
			kept, replayed, err := around(func() ([]byte, error) { return []byte("third"), nil })
			if string(kept) != "second" || !replayed || err != nil {
				t.Errorf("kept %q, replayed %v: %v", kept, replayed, err)
			}
		}
	})
}

// While the second is at it, the first that fails must not let a third begin.
func TestWhoLostTheKeyDoesNotFreeIt(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx, clk, keys := newKeys(t, db)
		r := idempotency.Request{Scope: "resident:1", Key: "k", Fingerprint: []byte("x")}
		around := func(do func() ([]byte, error)) error {
			_, _, err := keys.Around(ctx, r, false, func(context.Context) ([]byte, error) { return do() })
			return err
		}
		takenOver, firstEnded, second := make(chan struct{}), make(chan struct{}), make(chan error)
		first := around(func() ([]byte, error) {
			clk.Advance(3 * time.Minute)
			go func() {
				second <- around(func() ([]byte, error) { close(takenOver); <-firstEnded; return []byte("second"), nil })
			}()
			<-takenOver
			return nil, errors.New("failed at last")
		})
		third := around(func() ([]byte, error) { return []byte("third"), nil })
		close(firstEnded)
		if err := <-second; first == nil || err != nil || !fault.Is(third, fault.Conflict) {
			t.Errorf("first %v, second %v, third %v", first, err, third)
		}
	})
}

func newKeys(t *testing.T, db *database.DB) (context.Context, *clock.Fake, *idempotency.Keys) {
	t.Helper()
	clk := clock.NewFake(time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC))
	box, err := seal.New(map[string][]byte{"k": bytes.Repeat([]byte{1}, seal.KeySize)}, "k", bytes.Repeat([]byte{2}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return t.Context(), clk, idempotency.New(db, clk, box)
}

// An answer is given again for a day; then its key is swept, and the same key asks anew.
func TestAnswersAreForgottenAfterADay(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx, clk, keys := newKeys(t, db)
		did := 0
		ask := func(want int, replayed bool) {
			t.Helper()
			answer, again, err := keys.Once(ctx, idempotency.Request{Scope: "resident:1", Key: "k", Fingerprint: []byte("x")}, func(context.Context) ([]byte, error) {
				did++
				return []byte("done"), nil
			})
			if err != nil || string(answer) != "done" || again != replayed || did != want {
				t.Errorf("%q, replayed %v, done %d times: %v", answer, again, did, err)
			}
		}
		sweep := func(want int) {
			t.Helper()
			if n, err := keys.Sweep(ctx, 10); err != nil || n != want {
				t.Errorf("swept %d, want %d: %v", n, want, err)
			}
		}
		ask(1, false)
		clk.Advance(idempotency.Life - time.Minute)
		sweep(0)
		ask(1, true)
		clk.Advance(2 * time.Minute)
		sweep(1)
		ask(2, false)
	})
}
