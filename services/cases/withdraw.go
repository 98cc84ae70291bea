package cases

import (
	"context"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// Withdraw ends a case at the resident's wish before it is answered. A follow-up that is withdrawn leaves the case answered as it was
// before; what waited with a reply that will not be sent goes.
func (s *Service) Withdraw(ctx context.Context, actor models.Actor, number, reason string) (*models.Case, error) {
	reason = textrule.Line(reason)
	var f fault.Fields
	textrule.Length(&f, "reason", reason, 0, MaxNote)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, number, ActWithdraw, 0, func(ctx context.Context, w *work) error {
		w.Note, w.Shown = reason, true
		if r := w.Facts.Reply; r != nil {
			if err := s.Files.DropStaged(ctx, models.OwnerReply, r.ID); err != nil {
				return err
			}
		}
		if w.Case.Round > 1 {
			w.To, w.Set["closed_at"], w.Set["answered_at"] = models.Closed, w.Now, lastSent(w.Facts.Replies)
			return nil
		}
		w.Set["withdrawn_at"] = w.Now
		return nil
	})
}

// lastSent is when the newest answer was given, nil when there is none.
func lastSent(replies []models.CaseReply) *time.Time {
	var last *time.Time
	for _, r := range replies { // in the order of rounds
		if r.SentAt != nil {
			last = r.SentAt
		}
	}
	return last
}
