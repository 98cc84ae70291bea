package idempotency_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/seal"
	"huiyin/services/idempotency"
	"huiyin/test/testenv"
)

// An answer is given again for a day; then its key is swept, and the same key asks anew.
func TestAnswersAreForgottenAfterADay(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx, clk := t.Context(), clock.NewFake(time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC))
		box, err := seal.New(map[string][]byte{"k": bytes.Repeat([]byte{1}, seal.KeySize)}, "k", bytes.Repeat([]byte{2}, seal.KeySize))
		if err != nil {
			t.Fatal(err)
		}
		keys, did := idempotency.New(db, clk, box), 0
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
