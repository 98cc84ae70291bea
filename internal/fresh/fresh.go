// Package fresh keeps one value of the database in the process for a short while, so that what every request needs (settings,
// the calendar) costs no query. It knows nothing of what it keeps.
package fresh

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
)

// lag is how many times its ttl a value may be old while another caller loads it anew.
const lag = 3

// Value is what load returned, at most ttl ago. What it holds is shared by its readers: they must not change it.
type Value[T any] struct {
	db    *database.DB
	clock clock.Clock
	ttl   time.Duration
	load  func(ctx context.Context) (T, error)

	loading  sync.Mutex
	failure  error        // of the last load that failed, guarded by loading
	failures atomic.Int64 // how many did

	mu     sync.Mutex
	kept   T
	at     time.Time
	have   bool // kept was loaded once
	stale  bool // somebody here has written since
	writes int64
}

// New returns a value that is loaded when it is first asked for.
func New[T any](db *database.DB, c clock.Clock, ttl time.Duration, load func(ctx context.Context) (T, error)) *Value[T] {
	return &Value[T]{db: db, clock: c, ttl: ttl, load: load}
}

// Get returns the value. When it is too old one caller loads it anew; the others go on with the old one meanwhile, unless this process
// itself has changed what it was loaded from, or nobody has asked for so long that it says nothing any more: then they wait.
func (v *Value[T]) Get(ctx context.Context) (T, error) {
	kept, good, usable := v.look()
	if good {
		return kept, nil
	}
	if _, err := v.db.InTx(ctx); err == nil {
		// What a transaction sees may never be committed, and waiting for another's load could wait for ourselves. What is only ever
		// asked for in transactions is loaded for the next ones afterwards.
		database.AfterCommit(ctx, func() { _, _ = v.Get(context.Background()) })
		return v.load(ctx)
	}
	failures := v.failures.Load()
	if !v.loading.TryLock() {
		if usable {
			return kept, nil
		}
		v.loading.Lock()
	}
	defer v.loading.Unlock()
	if kept, good, _ = v.look(); good {
		return kept, nil
	}
	if v.failures.Load() != failures { // while we waited: a crowd does not try one after the other what takes long to fail
		return kept, v.failure
	}
	return v.reload(ctx)
}

// Last returns what was loaded last, however old; false when nothing ever was.
func (v *Value[T]) Last() (T, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.kept, v.have
}

// Changed says that the transaction of ctx writes what the value is loaded from: once it is committed, the next Get loads.
func (v *Value[T]) Changed(ctx context.Context) {
	database.AfterCommit(ctx, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.stale = true
		v.writes++
	})
}

func (v *Value[T]) look() (kept T, good, usable bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	age := v.clock.Now().Sub(v.at)
	usable = v.have && !v.stale && age >= 0 && age < lag*v.ttl
	return v.kept, usable && age < v.ttl, usable
}

func (v *Value[T]) reload(ctx context.Context) (T, error) {
	v.mu.Lock()
	before := v.writes
	v.mu.Unlock()
	now := v.clock.Now()
	loaded, err := v.load(ctx)
	if err != nil {
		if ctx.Err() == nil { // else it was the caller who gave up
			v.failure = err
			v.failures.Add(1)
		}
		return loaded, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	// A write that came in between may be missing from what was loaded: it stays marked stale.
	v.kept, v.at, v.have, v.stale = loaded, now, true, v.writes != before
	return loaded, nil
}
