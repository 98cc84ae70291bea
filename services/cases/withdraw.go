package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// Withdraw ends a case at the resident's wish before it is answered.
func (s *Service) Withdraw(ctx context.Context, actor models.Actor, number, reason string) (*models.Case, error) {
	reason = textrule.Line(reason)
	var f fault.Fields
	textrule.Length(&f, "reason", reason, 0, MaxNote)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, number, ActWithdraw, 0, func(_ context.Context, w *work) error {
		w.Set["withdrawn_at"], w.Note, w.Shown = w.Now, reason, true
		switch w.Case.Publication { // a follow-up is withdrawn: nothing new is published, what is public stays
		case models.PublicationWanted, models.PublicationDraft, models.PublicationReady:
			w.Set["publication"] = models.PublicationNone
		}
		return nil
	})
}
