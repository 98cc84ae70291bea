// Package idempotency remembers what a program's request was answered, so that sending it again changes nothing and gets the same answer.
//
// It is told whose key it is and what the request was; it must not know what requests do, nor HTTP.
package idempotency

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/seal"
	"huiyin/models"
)

// Life is how long an answer is kept.
const Life = 24 * time.Hour

// patience is how long a request that has not ended may still be under way; after it the process is taken for dead.
const patience = 2 * time.Minute

const sealContext = "idempotency"

//i18n:keys
const (
	msgMismatch = "这个幂等键已经用于另一个请求，请换一个新的键。"
	msgProgress = "同一个请求正在处理，请稍后再试。"
)

// Keys keeps the answers.
type Keys struct {
	db    *database.DB
	clock clock.Clock
	seal  *seal.Box
}

// New returns the room.
func New(db *database.DB, c clock.Clock, s *seal.Box) *Keys { return &Keys{db, c, s} }

// Request is one request under a key. The scope says whose key it is; the same key of another scope is another key.
type Request struct {
	Scope       string // "resident:7", at most 80 bytes; "" is nobody's: then only the same request has the same key
	Key         string // as the program chose it
	Fingerprint []byte // of what was asked
}

func (k *Keys) row(r Request, now time.Time) models.IdempotencyKey {
	request := k.print(r)
	if r.Scope == "" {
		r.Scope = "request:" + request
	}
	return models.IdempotencyKey{Scope: r.Scope, KeyHash: hash([]byte(r.Key)), RequestHash: request, CreatedAt: now}
}

// print is keyed: what is asked may hold a password or a phone number, which a bare hash would let everybody guess who reads the table.
func (k *Keys) print(r Request) string {
	return hex.EncodeToString(k.seal.Derive(sealContext, string(r.Fingerprint)))
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Once runs do in one transaction with the key: both commit or neither does. A request that was answered gets its answer again; one
// that is under way elsewhere is waited for; one that failed left nothing, so the key may be used again.
// Errors: what do returns; Invalid with reason "idempotency_mismatch" when the key was used for another request.
func (k *Keys) Once(ctx context.Context, r Request, do func(ctx context.Context) ([]byte, error)) (answer []byte, replayed bool, err error) {
	err = k.db.Tx(ctx, func(ctx context.Context) error {
		answer, replayed = nil, false
		mine := k.row(r, k.clock.Now())
		old, won, err := k.claim(ctx, mine)
		if err != nil {
			return err
		}
		if !won {
			answer, replayed, err = k.replay(old, r)
			return err
		}
		if answer, err = do(ctx); err != nil {
			return err
		}
		return k.keep(ctx, mine, answer)
	})
	return answer, replayed, err
}

// Around is Once for what cannot be part of a transaction: the key is taken before do and the answer kept after it. When the process
// dies in between, a later call runs do again: at once when repeatable says that do itself makes nothing twice, else after two minutes.
// Errors also: Conflict with reason "in_progress" while the same request is under way.
func (k *Keys) Around(ctx context.Context, r Request, repeatable bool, do func(ctx context.Context) ([]byte, error)) (answer []byte, replayed bool, err error) {
	run, owner := false, false
	mine := models.IdempotencyKey{} // as it stands while this call has the key
	err = k.db.Tx(ctx, func(ctx context.Context) error {
		answer, replayed, run, owner = nil, false, false, false
		mine = k.row(r, k.clock.Now())
		old, won, err := k.claim(ctx, mine)
		if err != nil {
			return err
		}
		if run, owner = won, won; won {
			return nil
		}
		if answer, replayed, err = k.replay(old, r); err != nil || replayed {
			return err
		}
		if run = repeatable; run {
			mine = old
			return nil
		}
		if mine.CreatedAt.Sub(old.CreatedAt) > patience {
			owner, err = k.takeOver(ctx, old, mine.CreatedAt)
			run = owner
		}
		if err == nil && !run {
			err = fault.New(fault.Conflict, msgProgress).WithReason("in_progress").WithDetail(time.Second)
		}
		return err
	})
	if err != nil || !run {
		return answer, replayed, err
	}
	if answer, err = do(ctx); err != nil {
		if owner {
			if freed := k.free(context.WithoutCancel(ctx), mine); freed != nil {
				return nil, false, freed
			}
		}
		return nil, false, err
	}
	return answer, false, k.db.Tx(ctx, func(ctx context.Context) error { return k.keep(ctx, mine, answer) })
}

// replay returns the kept answer; false without an error while there is none yet.
func (k *Keys) replay(old models.IdempotencyKey, r Request) ([]byte, bool, error) {
	if old.RequestHash != k.print(r) {
		var wrong fault.Fields
		wrong.Add("Idempotency-Key", msgMismatch)
		return nil, false, &fault.Error{Kind: fault.Invalid, Msg: msgMismatch, Fields: wrong, Reason: "idempotency_mismatch"}
	}
	if old.Status == 0 {
		return nil, false, nil
	}
	plain, err := k.seal.Open(old.BodySealed, sealContext)
	return []byte(plain), err == nil, err
}

func (k *Keys) keep(ctx context.Context, mine models.IdempotencyKey, answer []byte) error {
	sealed, err := k.seal.Seal(string(answer), sealContext)
	if err != nil {
		return err
	}
	return k.answered(ctx, mine, sealed)
}

// Sweep forgets answers older than a day, at most limit of them, and returns how many.
func (k *Keys) Sweep(ctx context.Context, limit int) (int, error) {
	return k.deleteBefore(ctx, k.clock.Now().Add(-Life), limit)
}
