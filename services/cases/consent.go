package cases

import (
	"context"

	"huiyin/internal/i18n"
	"huiyin/models"
)

// Consent allows publication, separately from everything else (个人信息保护法 art. 25).
func (s *Service) Consent(ctx context.Context, actor models.Actor, number string) (*models.Case, error) {
	return s.act(ctx, actor, number, ActConsent, 0, func(ctx context.Context, w *work) error {
		w.Set["consent_at"], w.Set["consent_withdrawn_at"], w.Shown = w.Now, nil, true
		if w.Case.Status == models.Answered || w.Case.Status == models.Closed {
			return s.wantPublication(ctx, w)
		}
		return nil
	})
}

// wantPublication asks the handlers for a public version, or for going on with the one that an earlier consent began.
func (s *Service) wantPublication(ctx context.Context, w *work) error {
	p, _, err := s.Library.OfCase(ctx, w.Case.ID)
	if err != nil {
		return err
	}
	switch p.Status {
	case models.PublicationDraft:
		w.Set["publication"] = p.Status
	case models.PublicationReady:
		w.Set["publication"] = p.Status
		return s.askToPublish(ctx, w.Case, p)
	default:
		w.Set["publication"] = models.PublicationWanted
	}
	return nil
}

// WithdrawConsent takes the consent back (art. 15). What was published on it leaves the library in the same transaction.
func (s *Service) WithdrawConsent(ctx context.Context, actor models.Actor, number string) (*models.Case, error) {
	return s.act(ctx, actor, number, ActWithdrawConsent, 0, func(ctx context.Context, w *work) error {
		w.Set["consent_withdrawn_at"], w.Shown = w.Now, true
		switch w.Case.Publication {
		case models.PublicationWanted, models.PublicationDraft, models.PublicationReady:
			w.Set["publication"] = models.PublicationNone // a draft stays in its drawer, should the consent come back
		case models.Published:
			if _, err := s.Library.TakeOut(ctx, models.System(), w.Case.ID, i18n.N("来信人撤回了公开同意。")); err != nil {
				return err
			}
			w.Set["publication"], w.Set["published_at"] = models.Unpublished, nil
		}
		return nil
	})
}
