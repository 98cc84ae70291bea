package cases

import (
	"context"

	"huiyin/models"
	"huiyin/services/notices"
)

// Reopen has an answered case handled again, once, within the days the rules give; another reviewer judges the new reply.
func (s *Service) Reopen(ctx context.Context, actor models.Actor, number string, in MessageInput) (*models.Case, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, number, ActReopen, 0, func(ctx context.Context, w *work) error {
		m, err := s.startRound(ctx, w, models.FollowUp, in.Text)
		if err != nil {
			return err
		}
		w.Set["reopened_at"], w.Shown = w.Now, true
		if err := s.attachStaged(ctx, in.DraftID, m); err != nil {
			return err
		}
		if err := s.tellHandler(ctx, w.Case, notices.CaseFollowUp); err != nil {
			return err
		}
		return s.tellResident(ctx, w.Case, notices.CaseReopened)
	})
}
