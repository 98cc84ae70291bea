// Package audit records who did what and who looked at what: append-only, hash-chained.
//
// A use case records inside its own transaction. The chain is closed afterwards by one sealer, in commit order, so that
// concurrent transactions never wait for each other's place in it. It is the lowest of the services and knows no other.
package audit

import (
	"context"
	"encoding/json"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/models"
)

// Log is the audit log.
type Log struct {
	db    *database.DB
	clock clock.Clock
}

// New returns the log kept in db.
func New(db *database.DB, c clock.Clock) *Log { return &Log{db: db, clock: c} }

// Record notes that the actor did action ("case.accept") to an object ("case", 17). detail must hold no personal data;
// nil is fine. It needs a transaction (database.ErrNoTx otherwise).
func (l *Log) Record(ctx context.Context, actor models.Actor, action, kind string, id int64, detail map[string]any) error {
	text := "{}"
	if len(detail) > 0 {
		raw, err := json.Marshal(detail)
		if err != nil {
			return err
		}
		text = string(raw)
	}
	return l.insert(ctx, &models.AuditEntry{
		At: l.clock.Now(), ActorKind: string(actor.Kind), ActorID: actor.ID, DepartmentID: actor.DepartmentID,
		Action: action, ObjectKind: kind, ObjectID: id, RequestID: actor.RequestID, Address: actor.Address, Detail: text,
	})
}

// Note records something that changes nothing, such as a look or an export, in a transaction of its own.
func (l *Log) Note(ctx context.Context, actor models.Actor, action, kind string, id int64, detail map[string]any) error {
	return l.db.Tx(ctx, func(ctx context.Context) error { return l.Record(ctx, actor, action, kind, id, detail) })
}
