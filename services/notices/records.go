package notices

import (
	"context"
	"time"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/workdays"
	"huiyin/models"
)

// Filter narrows the list of deliveries; zero values do not.
type Filter struct {
	Channel models.Channel       `form:"channel" json:"channel,omitempty"`
	State   models.DeliveryState `form:"state" json:"state,omitempty"`
	Kind    Kind                 `form:"kind" json:"kind,omitempty"`
	CaseID  int64                `form:"case" json:"case_id,omitempty"`
	To      Audience             `form:"-" json:"-"`
	After   int64                `form:"after" json:"after,omitempty"` // id of the last one on the page before
}

// Record is a delivery as staff may see it: the address masked, the text not at all.
type Record struct {
	ID         int64                `json:"id"`
	Kind       Kind                 `json:"kind"`
	Name       string               `json:"-"` // message id
	Channel    models.Channel       `json:"channel"`
	State      models.DeliveryState `json:"state"`
	To         string               `json:"to"` // masked; empty for a bell
	StaffID    int64                `json:"staff_id,omitempty"`
	CaseID     int64                `json:"case_id,omitempty"`
	Attempts   int64                `json:"attempts"`
	NextAt     *time.Time           `json:"next_at,omitempty"`
	LastError  string               `json:"last_error,omitempty"` // a message id: why it was not sent
	CreatedAt  time.Time            `json:"created_at"`
	SentAt     *time.Time           `json:"sent_at,omitempty"`
	ResendOf   int64                `json:"resend_of,omitempty"`
	Version    int64                `json:"version"`
	Resendable bool                 `json:"resendable"`
	History    []Step               `json:"history,omitempty"`
}

// Step is one line of a message's history: that it was written, the outcome of an attempt, that a person had it sent again.
type Step struct {
	At      time.Time            `json:"at"`
	What    models.DeliveryState `json:"what"`
	Attempt int64                `json:"attempt,omitempty"`
	StaffID int64                `json:"staff_id,omitempty"` // who had it sent again
	Other   int64                `json:"other,omitempty"`    // the message this repeats, or that repeats this
	Note    string               `json:"note,omitempty"`     // a message id: why it was not sent
}

const pageSize = 50

//i18n:keys
const (
	msgNotYours   = "您没有查看通知记录的权限。"
	msgNoDelivery = "没有这条通知记录。"
	msgNotAgain   = "这条通知现在不能重发。"
	msgAlready    = "这条通知刚才已经重发过了。"
	msgNotDemo    = "只有演示模式才能查看通知内容。"
)

// scope returns the department whose records the actor may see, 0 for all.
func scope(actor models.Actor) (departmentID int64, err error) {
	switch {
	case actor.HasAny(models.Overseer, models.SystemAdmin):
		return 0, nil
	case actor.HasAny(models.Handler, models.Reviewer) && actor.DepartmentID != 0:
		return actor.DepartmentID, nil
	}
	return 0, fault.New(fault.Forbidden, msgNotYours)
}

// List returns up to 50 deliveries, newest first, and the cursor of the next page (0: there is none). Overseers and
// system admins see all, handlers and reviewers those of their department's cases; others are Forbidden.
func (s *Service) List(ctx context.Context, actor models.Actor, f Filter) (page []Record, next int64, err error) {
	department, err := scope(actor)
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.store.list(ctx, f, department, pageSize+1)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		next = rows[pageSize-1].ID
	}
	ids := make([]int64, len(rows))
	for i, d := range rows {
		ids[i] = d.ID
	}
	happened, err := s.store.histories(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	page = make([]Record, len(rows))
	for i, d := range rows {
		page[i] = record(d)
		page[i].History = history(d, happened[d.ID])
	}
	return page, next, nil
}

// history begins with the message itself; a bell has arrived with it. Records older than their histories tell what they still know.
func history(d models.Delivery, events []models.DeliveryEvent) []Step {
	if d.Channel == models.Bell {
		return nil
	}
	steps := make([]Step, 0, len(events)+1)
	if len(events) == 0 || events[0].What != models.DeliveryQueued {
		steps = append(steps, Step{At: d.CreatedAt, What: models.DeliveryQueued, Other: d.ResendOf})
	}
	if len(events) == 0 && d.SentAt != nil {
		steps = append(steps, Step{At: *d.SentAt, What: models.DeliverySent, Attempt: d.Attempts})
	}
	for _, e := range events {
		steps = append(steps, Step{At: e.At, What: e.What, Attempt: e.Attempt, StaffID: e.StaffID, Other: e.OtherID, Note: reasonOf(e.What, e.Note)})
	}
	return steps
}

func record(d models.Delivery) Record {
	return Record{
		ID: d.ID, Kind: Kind(d.Kind), Name: specOf[Kind(d.Kind)].Name, Channel: d.Channel, State: d.State, To: d.AddressMasked, StaffID: d.StaffID,
		CaseID: d.CaseID, Attempts: d.Attempts, NextAt: d.NextAt, LastError: reasonOf(d.State, d.LastError), CreatedAt: d.CreatedAt, SentAt: d.SentAt,
		ResendOf: d.ResendOf, Version: d.Version, Resendable: resendable(d),
	}
}

// resendable: a code is asked for anew instead, a bell cannot be lost, and what still waits will be sent anyway.
func resendable(d models.Delivery) bool {
	if d.Channel == models.Bell || Kind(d.Kind) == Code || d.BodySealed == "" {
		return false
	}
	return d.State == models.DeliveryFailed || d.State == models.DeliveryUnknown || d.State == models.DeliverySent
}

// Resend sends the same message to the same address as a new delivery and returns its id; version is the record's as the
// actor saw it, so that a double click sends once; caseID is the case it is about, 0 for any. Errors: Forbidden, NotFound, Conflict.
func (s *Service) Resend(ctx context.Context, actor models.Actor, caseID, id, version int64) (int64, error) {
	department, err := scope(actor)
	if err != nil {
		return 0, err
	}
	var again models.Delivery
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		d, err := s.store.delivery(ctx, id)
		if database.IsNotFound(err) || err == nil && (caseID != 0 && d.CaseID != caseID || department != 0 && d.DepartmentID != department) {
			return fault.New(fault.NotFound, msgNoDelivery)
		}
		if err != nil {
			return err
		}
		if !resendable(d) {
			return fault.New(fault.Conflict, msgNotAgain)
		}
		ok, err := s.store.bump(ctx, id, version)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, msgAlready)
		}
		again = models.Delivery{
			Kind: d.Kind, Channel: d.Channel, State: models.DeliveryQueued, StaffID: d.StaffID, ResidentID: d.ResidentID, CaseID: d.CaseID,
			DepartmentID: d.DepartmentID, AddressSealed: d.AddressSealed, AddressMasked: d.AddressMasked, Subject: d.Subject, BodySealed: d.BodySealed,
			Link: d.Link, CreatedAt: s.Clock.Now(), ResendOf: d.ID, Version: 1,
		}
		if err := s.owe(ctx, &again); err != nil {
			return err
		}
		at := again.CreatedAt
		if err := s.store.happened(ctx,
			models.DeliveryEvent{DeliveryID: d.ID, At: at, What: models.DeliveryResent, StaffID: actor.ID, OtherID: again.ID},
			models.DeliveryEvent{DeliveryID: again.ID, At: at, What: models.DeliveryQueued, StaffID: actor.ID, OtherID: d.ID},
		); err != nil {
			return err
		}
		return s.Audit.Record(ctx, actor, "notice.resend", "delivery", d.ID, map[string]any{"new": again.ID})
	})
	return again.ID, err
}

// Opened is a message as its receiver sees it.
type Opened struct {
	ID        int64
	Kind      Kind
	Name      string // message id
	Channel   models.Channel
	State     models.DeliveryState
	To        string
	Subject   string
	Body      string
	CreatedAt time.Time
	SentAt    *time.Time
}

// OpenOutbox returns the newest SMS and mails with their texts, and the cursor of the next page. It is for the demo:
// Forbidden everywhere else.
func (s *Service) OpenOutbox(ctx context.Context, limit int, after int64) (page []Opened, next int64, err error) {
	if !s.Demo {
		return nil, 0, fault.New(fault.Forbidden, msgNotDemo)
	}
	if limit <= 0 || limit > 200 {
		limit = pageSize
	}
	rows, err := s.store.carried(ctx, limit+1, after)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = rows[limit-1].ID
	}
	for _, d := range rows {
		o := Opened{ID: d.ID, Kind: Kind(d.Kind), Name: specOf[Kind(d.Kind)].Name, Channel: d.Channel, State: d.State, Subject: d.Subject, CreatedAt: d.CreatedAt, SentAt: d.SentAt}
		if o.To, err = s.Seal.Open(d.AddressSealed, sealAddress); err != nil {
			return nil, 0, err
		}
		if d.BodySealed != "" { // a code that was sent before the demo was switched on
			if o.Body, err = s.Seal.Open(d.BodySealed, sealBody); err != nil {
				return nil, 0, err
			}
		}
		page = append(page, o)
	}
	return page, next, nil
}

// Outdated returns the time before which records are older than months, and how many of them there are, at most limit.
func (s *Service) Outdated(ctx context.Context, months, limit int) (before time.Time, n int, err error) {
	before = workdays.MonthsBefore(s.Clock.Now(), months, s.Site.Zone(ctx))
	times, err := s.store.oldest(ctx, limit)
	for _, at := range times {
		if at.Before(before) {
			n++
		}
	}
	return before, n, err
}
