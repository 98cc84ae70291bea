// Package sms hands one text message to whoever carries it to a phone.
//
// It knows nothing of templates, retries or records: those who call it decide what to do with each kind of error.
package sms

import (
	"context"
	"errors"
	"log/slog"
	"strings"
)

// Provider carries messages. Send fails with ErrRejected when trying again is useless, with ErrUnknown when the message
// may or may not have been sent (only a person should send it again), and with any other error when it was not sent and
// may be tried later.
type Provider interface {
	Send(ctx context.Context, m Message) (Receipt, error)
}

// Message is one text to one phone. ID is the sender's own, the same at every attempt, so that a gateway can tell a
// repetition from a second message.
type Message struct {
	To   string // E.164 or a national number, as the gateway wants it
	Text string
	ID   string
}

// Receipt is what the carrier calls the message.
type Receipt struct{ ProviderID string }

// The two kinds of failure that need telling apart.
var (
	ErrRejected = errors.New("sms: rejected")
	ErrUnknown  = errors.New("sms: outcome unknown")
)

// Console carries nothing: it notes in the log that a message would have been sent, by its id: a log holds neither numbers
// nor texts.
type Console struct{ Log *slog.Logger }

// Send always succeeds.
func (c Console) Send(ctx context.Context, m Message) (Receipt, error) {
	if c.Log != nil {
		c.Log.InfoContext(ctx, "sms", "id", m.ID)
	}
	return Receipt{ProviderID: "console-" + m.ID}, nil
}

// Mask hides the middle of a number: 138****5678.
func Mask(number string) string {
	r := []rune(number)
	if len(r) < 8 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-7) + string(r[len(r)-4:])
}
