package notices

import (
	"context"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
)

// BellItem is one line of somebody's bell.
type BellItem struct {
	ID     int64     `json:"id"`
	Kind   Kind      `json:"kind"`
	Title  string    `json:"title"`
	Text   string    `json:"text"`
	Link   string    `json:"link"` // path within the site
	CaseID int64     `json:"case_id,omitempty"`
	At     time.Time `json:"at"`
	Read   bool      `json:"read"`
}

const (
	bellPage = 20
	// MaxUnread is where counting stops: screens say "99+".
	MaxUnread = 100
)

// Bell returns up to 20 of a member of staff's messages older than after (0: the newest), and how many are unread, at
// most MaxUnread.
func (s *Service) Bell(ctx context.Context, staffID, after int64) (items []BellItem, unread int, err error) {
	rows, err := s.store.bell(ctx, staffID, after, bellPage)
	if err != nil {
		return nil, 0, err
	}
	for _, d := range rows {
		body, err := s.Seal.Open(d.BodySealed, sealBody)
		if err != nil {
			return nil, 0, err
		}
		items = append(items, BellItem{ID: d.ID, Kind: Kind(d.Kind), Title: d.Subject, Text: body, Link: d.Link, CaseID: d.CaseID, At: d.CreatedAt, Read: d.ReadAt != nil})
	}
	unread, err = s.Unread(ctx, staffID)
	return items, unread, err
}

// Unread counts unread messages, at most MaxUnread.
func (s *Service) Unread(ctx context.Context, staffID int64) (int, error) {
	return s.store.unread(ctx, staffID, MaxUnread)
}

// MarkRead marks one message of that person; of anybody else's, or read already, it does nothing.
func (s *Service) MarkRead(ctx context.Context, staffID, id int64) error {
	return s.markRead(ctx, staffID, id, false)
}

// MarkAllRead marks every message up to the id, the newest that the person has seen.
func (s *Service) MarkAllRead(ctx context.Context, staffID, upTo int64) error {
	return s.markRead(ctx, staffID, upTo, true)
}

func (s *Service) markRead(ctx context.Context, staffID, id int64, upTo bool) error {
	n, err := s.store.read(ctx, staffID, id, upTo, s.Clock.Now())
	if err == nil && n > 0 {
		s.hint(ctx, staffID)
	}
	return err
}

// MarkCaseRead marks every message about a case: its reader has it before them.
func (s *Service) MarkCaseRead(ctx context.Context, staffID, caseID int64) error {
	n, err := s.store.readCase(ctx, staffID, caseID, s.Clock.Now())
	if err == nil && n > 0 {
		s.hint(ctx, staffID)
	}
	return err
}

// Settle marks what asked for a step on a case as read, on everybody's bell: the step has been taken, whoever took it. No kinds: all.
func (s *Service) Settle(ctx context.Context, caseID int64, kinds ...Kind) error {
	people, err := s.store.settle(ctx, caseID, kinds, s.Clock.Now())
	for _, id := range people {
		s.hint(ctx, id)
	}
	return err
}

// Preference is one member of staff's wish about one kind on one channel.
type Preference struct {
	Kind    Kind           `json:"kind"`
	Name    string         `json:"-"` // message id
	Channel models.Channel `json:"channel"`
	Wanted  bool           `json:"wanted"`
	Fixed   bool           `json:"fixed"` // cannot be switched off
}

// Preferences lists the wishes about every kind to staff, in the order screens show them. All are wanted until switched off.
func (s *Service) Preferences(ctx context.Context, staffID int64) ([]Preference, error) {
	rows, err := s.store.preferences(ctx, staffID)
	if err != nil {
		return nil, err
	}
	off := map[wishKey]bool{}
	for _, p := range rows {
		off[wishKey{Kind(p.Kind), p.Channel}] = !p.Wanted
	}
	var all []Preference
	for _, spec := range specs {
		if spec.Audience != ToStaff {
			continue
		}
		for _, c := range spec.Channels {
			fixed := fixed(spec, c)
			all = append(all, Preference{Kind: spec.Kind, Name: spec.Name, Channel: c, Fixed: fixed, Wanted: fixed || !off[wishKey{spec.Kind, c}]})
		}
	}
	return all, nil
}

func fixed(spec Spec, c models.Channel) bool { return spec.Must && c == models.Bell }

//i18n:keys
const (
	msgNoPreference = "没有这项通知设置。"
	msgFixed        = "这项提醒不能关闭。"
)

// SetPreferences writes the wishes given and leaves the others. Errors: Invalid (field "preferences").
func (s *Service) SetPreferences(ctx context.Context, staffID int64, wishes []Preference) error {
	var wrong fault.Fields
	last := map[wishKey]bool{}
	for _, p := range wishes {
		spec, ok := SpecOf(p.Kind)
		switch {
		case !ok || spec.Audience != ToStaff || p.Channel != models.Bell && p.Channel != models.Email:
			wrong.Add("preferences", msgNoPreference)
		case !p.Wanted && fixed(spec, p.Channel):
			wrong.Add("preferences", msgFixed)
		default:
			last[wishKey{p.Kind, p.Channel}] = p.Wanted
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	rows := make([]models.NoticePreference, 0, len(last))
	for k, wanted := range last {
		rows = append(rows, models.NoticePreference{StaffID: staffID, Kind: string(k.kind), Channel: k.channel, Wanted: wanted})
	}
	return s.store.setPreferences(ctx, rows)
}

type wishKey struct {
	kind    Kind
	channel models.Channel
}
