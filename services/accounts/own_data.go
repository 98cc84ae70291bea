package accounts

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"huiyin/models"
)

// Export is the account's part of what a resident may take away (个人信息保护法 art. 45).
type Export struct {
	Resident
	Phone      string            `json:"phone"`
	Agreements []ExportAgreement `json:"agreements"`
	Sessions   []ExportedSession `json:"sessions"`
}

// ExportAgreement is one version of a page that was agreed to.
type ExportAgreement struct {
	Page     string    `json:"page"`
	Version  int64     `json:"version"`
	AgreedAt time.Time `json:"agreed_at"`
}

// ExportedSession is one live sign-in.
type ExportedSession struct {
	Address   string    `json:"address"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
}

// ExportOwn collects what the account holds about the actor.
func (s *Service) ExportOwn(ctx context.Context, actor models.Actor) (Export, error) {
	if !actor.IsResident() {
		return Export{}, signInFirst()
	}
	var e Export
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		e = Export{}
		if e.Resident, err = s.Resident(ctx, actor.ID); err != nil {
			return err
		}
		reach, err := s.ReachOf(ctx, actor.ID)
		if err != nil {
			return err
		}
		e.Phone = reach.Phone
		agreed, err := s.agreements(ctx, actor.ID)
		if err != nil {
			return err
		}
		for _, a := range agreed {
			e.Agreements = append(e.Agreements, ExportAgreement{Page: a.Slug, Version: a.Version, AgreedAt: a.AgreedAt})
		}
		sessions, err := s.ownSessions(ctx, actor, models.ResidentSession)
		if err != nil {
			return err
		}
		for _, row := range sessions {
			e.Sessions = append(e.Sessions, ExportedSession{Address: row.Label, CreatedAt: row.CreatedAt, SeenAt: row.SeenAt})
		}
		return s.Audit.Record(ctx, actor, "resident.export", "resident", actor.ID, nil)
	})
	return e, err
}

// Erase forgets who the actor is (个人信息保护法 art. 47): phone and name are blanked, every session ends, and the row stays
// as an anonymous owner of its cases. The same phone begins anew with an account of its own.
func (s *Service) Erase(ctx context.Context, actor models.Actor) error {
	if !actor.IsResident() {
		return signInFirst()
	}
	var nobody [24]byte
	_, _ = rand.Read(nobody[:])
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.writeResident(ctx, actor.ID, map[string]any{
			"phone_sealed": "", "display_name_sealed": "", "notify_sms": false,
			"phone_index": "erased:" + base64.RawURLEncoding.EncodeToString(nobody[:]),
		}); err != nil {
			return err
		}
		if err := s.revokeResidentSessions(ctx, actor.ID); err != nil {
			return err
		}
		return s.Audit.Record(ctx, actor, "resident.erase", "resident", actor.ID, nil)
	})
}
