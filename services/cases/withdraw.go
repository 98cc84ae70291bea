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
		w.Note, w.Shown = reason, true
		if w.Case.Round > 1 {
			w.To, w.Set["closed_at"] = models.Closed, w.Now
			return nil
		}
		w.Set["withdrawn_at"] = w.Now
		return nil
	})
}
