// Package mail hands one e-mail to whoever carries it.
//
// It knows nothing of templates, retries or records: those who call it decide what to do with each kind of error.
package mail

import (
	"context"
	"errors"
	"log/slog"
	"strings"
)

// Provider carries e-mails. Send fails with ErrRejected when trying again is useless, with ErrUnknown when the mail may
// or may not have been taken, and with any other error when it was not taken and may be tried later.
type Provider interface {
	Send(ctx context.Context, m Message) (Receipt, error)
}

// Message is one mail to one address. ID is the sender's own, the same at every attempt; it becomes the Message-ID, so
// that mailboxes can drop a repetition. HTML may be empty.
type Message struct {
	To      string
	Subject string
	Text    string
	HTML    string
	ID      string
}

// Receipt is what the mail is called on its way.
type Receipt struct{ ProviderID string }

// The two kinds of failure that need telling apart.
var (
	ErrRejected = errors.New("mail: rejected")
	ErrUnknown  = errors.New("mail: outcome unknown")
)

// Console carries nothing: it notes in the log that a mail would have been sent, by its id: a log holds neither
// addresses nor texts.
type Console struct{ Log *slog.Logger }

// Send always succeeds.
func (c Console) Send(ctx context.Context, m Message) (Receipt, error) {
	if c.Log != nil {
		c.Log.InfoContext(ctx, "mail", "id", m.ID)
	}
	return Receipt{ProviderID: "console-" + m.ID}, nil
}

// Mask hides most of an address: z***@example.cn.
func Mask(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if r := []rune(local); ok && len(r) > 0 {
		return string(r[:1]) + "***@" + domain
	}
	return "***"
}
