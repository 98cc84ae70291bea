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

// Person is the key in a detail of the member of staff whom an action concerns, where that is not the object itself.
const Person = "person"

// Record notes that the actor did action ("case.accept") to an object ("case", 17). detail must hold no personal data;
// nil is fine, and an int64 under Person names whom it concerns. It needs a transaction (database.ErrNoTx otherwise).
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
		Action: action, ObjectKind: kind, ObjectID: id, SubjectID: subject(actor, kind, id, detail), RequestID: actor.RequestID, Address: actor.Address, Detail: text,
	})
}

// subject is the member of staff to whom somebody else did it, 0 for nobody.
func subject(actor models.Actor, kind string, id int64, detail map[string]any) int64 {
	person, _ := detail[Person].(int64)
	if kind == "staff" {
		person = id
	}
	if actor.IsStaff() && actor.ID == person {
		return 0
	}
	return person
}

// Note records something that changes nothing, such as a look or an export, in a transaction of its own.
func (l *Log) Note(ctx context.Context, actor models.Actor, action, kind string, id int64, detail map[string]any) error {
	return l.db.Tx(ctx, func(ctx context.Context) error { return l.Record(ctx, actor, action, kind, id, detail) })
}
