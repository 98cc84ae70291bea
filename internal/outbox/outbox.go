// Package outbox keeps what a committed write still owes: a row written beside it, marked done together with its effect.
//
// The queue in Redis is only a hint; the rows are the truth, so Redis may be emptied at any moment.
// The package knows a task by its kind and the id it is about, never its meaning.
package outbox

import (
	"context"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
)

// Task is one row: work of a kind about the thing with id Ref, not before DueAt.
type Task struct {
	ID        int64
	Kind      string
	Ref       int64
	DueAt     time.Time
	CreatedAt time.Time
	QueuedAt  *time.Time
	DoneAt    *time.Time
	Attempts  int64
	LastError string
	OpenKey   *int64 // 1 until done: an index over it holds open rows only
}

// TableName is the table of tasks.
func (Task) TableName() string { return "outbox" }

// Box writes and reads tasks.
type Box struct {
	db    *database.DB
	clock clock.Clock
	wake  chan struct{}
}

// New returns the outbox of db.
func New(db *database.DB, c clock.Clock) *Box {
	return &Box{db: db, clock: c, wake: make(chan struct{}, 1)}
}

var open int64 = 1

// Add owes a task, due now when due is zero. It needs the transaction of the write it belongs to (database.ErrNoTx otherwise).
func (b *Box) Add(ctx context.Context, kind string, ref int64, due time.Time) error {
	conn, err := b.db.InTx(ctx)
	if err != nil {
		return err
	}
	now := b.clock.Now()
	if due.IsZero() {
		due = now
	}
	if err := conn.Create(&Task{Kind: kind, Ref: ref, DueAt: due, CreatedAt: now, OpenKey: &open}).Error; err != nil {
		return err
	}
	if !due.After(now) {
		database.AfterCommit(ctx, b.poke)
	}
	return nil
}

func (b *Box) poke() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Wake receives when this process has committed a task that is due.
func (b *Box) Wake() <-chan struct{} { return b.wake }

// Get returns one task.
func (b *Box) Get(ctx context.Context, id int64) (Task, error) {
	var t Task
	err := b.db.Conn(ctx).Take(&t, id).Error
	return t, err
}

// Due returns open tasks that are due and were not queued since requeueAfter ago, oldest first.
func (b *Box) Due(ctx context.Context, limit int, requeueAfter time.Duration) ([]Task, error) {
	now := b.clock.Now()
	var tasks []Task
	err := b.db.Conn(ctx).Where("open_key = 1 AND due_at <= ? AND (queued_at IS NULL OR queued_at < ?)", now, now.Add(-requeueAfter)).
		Order("due_at, id").Limit(limit).Find(&tasks).Error
	return tasks, err
}

// Queued notes that a task was handed to the queue. A lost note only means that it is handed over twice.
func (b *Box) Queued(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return b.db.Conn(ctx).Model(&Task{}).Where("id IN ? AND open_key = 1", ids).Update("queued_at", b.clock.Now()).Error
}

// QueueLost forgets what was handed to a queue that is no more, so that it is due at once.
func (b *Box) QueueLost(ctx context.Context) error {
	return b.db.Conn(ctx).Model(&Task{}).Where("open_key = 1 AND queued_at IS NOT NULL").Update("queued_at", nil).Error
}

// Done closes a task; call it in the transaction of the task's effect. Closed reports false when somebody else had closed it:
// the effect must then be rolled back or have been idempotent.
func (b *Box) Done(ctx context.Context, id int64) (closed bool, err error) {
	res := b.db.Conn(ctx).Model(&Task{}).Where("id = ? AND open_key = 1", id).
		Updates(map[string]any{"done_at": b.clock.Now(), "open_key": nil})
	return res.RowsAffected == 1, res.Error
}

// Later notes a failed attempt and when to try again.
func (b *Box) Later(ctx context.Context, id int64, reason string, due time.Time) error {
	if r := []rune(reason); len(r) > 290 {
		reason = string(r[:290])
	}
	return b.db.Conn(ctx).Exec("UPDATE outbox SET attempts = attempts + 1, last_error = ?, due_at = ?, queued_at = NULL WHERE id = ? AND open_key = 1",
		reason, due, id).Error
}

// DoneFor is how long tasks that are done stay for those who look into a failure.
const DoneFor = 7 * 24 * time.Hour

// Sweep deletes at most limit tasks that have been done for longer than DoneFor, and returns how many.
func (b *Box) Sweep(ctx context.Context, limit int) (int, error) {
	before := b.clock.Now().Add(-DoneFor)
	var ids []int64
	if err := b.db.Conn(ctx).Model(&Task{}).Where("done_at < ?", before).Limit(limit).Pluck("id", &ids).Error; err != nil || len(ids) == 0 {
		return 0, err
	}
	res := b.db.Conn(ctx).Where("id IN ?", ids).Delete(&Task{})
	return int(res.RowsAffected), res.Error
}
