package cases

import (
	"context"

	"huiyin/models"
	"huiyin/services/notices"
)

// Accept takes a case on: the answer is owed by the actor's department from here, by the actor unless somebody else was assigned.
func (s *Service) Accept(ctx context.Context, actor models.Actor, number string, version int64) (*models.Case, error) {
	return s.act(ctx, actor, number, ActAccept, version, func(ctx context.Context, w *work) error {
		w.Set["accepted_at"] = w.Now
		w.Shown, w.About = true, actor.ID
		if w.Case.HandlerID == 0 {
			w.Set["handler_id"] = actor.ID
		} else {
			w.About = w.Case.HandlerID
		}
		return s.tellResident(ctx, w.Case, notices.CaseAccepted)
	})
}
