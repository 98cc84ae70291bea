// Package cases is what happens to a matter from the question to its answer and its publication: consultations now, mailbox letters later.
//
// One file a use case. Every use case takes the actor, opens one transaction, asks the policy, moves the status through the flow with a
// guarded write, and leaves a history row, an audit entry and what it owes in the outbox. The package knows no HTTP and no queue.
package cases

import (
	"context"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fresh"
	"huiyin/internal/i18n"
	"huiyin/internal/outbox"
	"huiyin/internal/seal"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/services/files"
	"huiyin/services/library"
	"huiyin/services/notices"
)

// Deadlines computes dates by the city's calendar (services/calendar).
type Deadlines interface {
	// Deadline is the end of the n-th day after act; unit is "working" or "natural". basis is the computation as JSON.
	Deadline(ctx context.Context, act time.Time, n int, unit string) (due time.Time, basis string, provisional bool, err error)
	// Recomputed counts a deadline anew by the calendar as it is now; moved says whether anything changed.
	Recomputed(ctx context.Context, basis string) (due time.Time, fresh string, provisional, moved bool, err error)
	// Left is how a deadline stands now, in the days that its computation counted.
	Left(ctx context.Context, due time.Time, basis string) (i18n.Left, error)
	// WorkingDays counts the working days after from up to and including to; negative when to is earlier.
	WorkingDays(ctx context.Context, from, to time.Time) (int, error)
	// SoonUntil is the end of the n-th working day from now.
	SoonUntil(ctx context.Context, now time.Time, n int) (time.Time, error)
}

// Policy gives the numbers of the rules and the city's zone (services/city).
type Policy interface {
	CaseNumbers(ctx context.Context) (Numbers, error)
	Zone(ctx context.Context) *time.Location
	// PrivacyVersion is the version of the privacy notice in force.
	PrivacyVersion(ctx context.Context) (int64, error)
}

// Live carries hints that a page is out of date (internal/live).
type Live interface {
	Publish(ctx context.Context, topic string)
}

// Deps are what the cases stand on.
type Deps struct {
	DB        *database.DB
	Clock     clock.Clock
	Seal      *seal.Box
	Audit     *audit.Log
	Outbox    *outbox.Box
	Files     *files.Files
	Library   *library.Library
	Notices   *notices.Service
	Deadlines Deadlines
	Accounts  *accounts.Service
	Policy    Policy
	Live      Live
	PII       Detector
	Presence  Presence // nil: nobody is told of a colleague who writes too
}

// Service is every use case of a case.
type Service struct {
	Deps
	numbers numbers
	topics  *fresh.Value[*TopicTree]
	desks   *fresh.Value[[]models.Desk]
}

// keptFor is how long another replica's change of a topic or a desk may stay unseen. Every page shows them, hardly anybody changes them.
const keptFor = 2 * time.Second

// New returns the use cases.
func New(d Deps) *Service {
	s := &Service{Deps: d}
	s.topics = fresh.New(d.DB, d.Clock, keptFor, s.loadTopics)
	s.desks = fresh.New(d.DB, d.Clock, keptFor, s.allDesks)
	return s
}
