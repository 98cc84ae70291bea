// Package notices sends messages to people: residents by SMS, staff on the console's bell and by e-mail. It keeps the
// wording, each person's preferences, and a record of every delivery with its outcome.
//
// It must not know what a case is beyond its number and department, nor how tasks reach a worker: a message is a row and
// an outbox task written in the transaction of the step it tells of, and Deliver is called with both ids later.
package notices

import (
	"context"
	"log/slog"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fresh"
	"huiyin/internal/mail"
	"huiyin/internal/outbox"
	"huiyin/internal/seal"
	"huiyin/internal/sms"
	"huiyin/services/audit"
)

// The outbox kinds of a delivery that waits to be sent; their ref is the delivery's id and Deliver is their handler.
// Somebody is waiting for a code, so it has a kind of its own, which the queue can prefer.
const (
	TaskDeliver = "notice.deliver"
	TaskCode    = "notice.code"
)

// SMS carries a text to a phone; see sms.Provider for what its errors mean.
type SMS interface {
	Send(ctx context.Context, m sms.Message) (sms.Receipt, error)
}

// Mail carries a mail to an address; see mail.Provider for what its errors mean.
type Mail interface {
	Send(ctx context.Context, m mail.Message) (mail.Receipt, error)
}

// Live hints that something about a topic has changed. Bells use "staff:<id>".
type Live interface {
	Publish(ctx context.Context, topic string)
}

// Site is what messages say of the city that sends them; CitySite is the one that settings describe.
type Site interface {
	CityName(ctx context.Context, locale string) (string, error)
	Origin(ctx context.Context) string // "https://hy.example.cn", without a slash at the end
	Zone(ctx context.Context) *time.Location
}

// Deps is what the service is made of.
type Deps struct {
	DB     *database.DB
	Clock  clock.Clock
	Outbox *outbox.Box
	Audit  *audit.Log
	Seal   *seal.Box
	SMS    SMS
	Mail   Mail
	Live   Live
	Site   Site
	Log    *slog.Logger // nil: the default
	Demo   bool         // the outbox page may open messages, codes included
}

// Service sends messages and keeps their records.
type Service struct {
	Deps
	store    store
	wordings *fresh.Value[map[Kind]wording] // what settings made of the templates
}

// New returns the service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	s := &Service{Deps: d, store: store{d.DB}}
	s.wordings = fresh.New(d.DB, d.Clock, 2*time.Second, s.loadWordings)
	return s
}

// What sealed values are bound to.
const (
	sealAddress = "notices.address"
	sealBody    = "notices.body"
)
