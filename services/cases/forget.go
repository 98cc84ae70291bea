package cases

import (
	"context"
	"time"

	"huiyin/internal/workdays"
	"huiyin/models"
)

// EraseResident forgets who the actor is (个人信息保护法 art. 47): the account with its phone and name, the names and places on
// the actor's own cases, the addresses and texts of messages that were sent about them, the favourites. Questions and answers stay as
// the record of what the office did; with them stays nobody's name.
func (s *Service) EraseResident(ctx context.Context, actor models.Actor) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.Accounts.Erase(ctx, actor); err != nil {
			return err
		}
		ids, err := s.unname(ctx, "resident_id = ?", actor.ID)
		if err != nil {
			return err
		}
		if err := s.Notices.ForgetCases(ctx, ids); err != nil {
			return err
		}
		return s.Library.ForgetResident(ctx, actor.ID)
	})
}

// ForgetOld cuts the tie between a person and what was closed or withdrawn before the rules' time: name, place, files and the link to the
// account go, the text stays on record. At most limit cases; returns how many.
func (s *Service) ForgetOld(ctx context.Context, years, limit int) (int, error) {
	list, err := s.endedBefore(ctx, workdays.MonthsBefore(s.Clock.Now(), 12*years, s.Policy.Zone(ctx)), limit)
	if err != nil {
		return 0, err
	}
	byNumber, numbers := map[string]models.Case{}, make([]string, len(list))
	for i, c := range list {
		byNumber[c.Number], numbers[i] = c, c.Number
	}
	return s.each(ctx, numbers, func(ctx context.Context, number string) error {
		return s.DB.Tx(ctx, func(ctx context.Context) error { return s.forget(ctx, byNumber[number]) })
	})
}

func (s *Service) forget(ctx context.Context, c models.Case) error {
	ids, err := s.unname(ctx, "id = ?", c.ID)
	if err != nil {
		return err
	}
	if err := s.untie(ctx, c.ID); err != nil {
		return err
	}
	if err := s.Notices.ForgetCases(ctx, ids); err != nil {
		return err
	}
	if err := s.dropFiles(ctx, c.ID); err != nil {
		return err
	}
	return s.Audit.Record(ctx, models.System(), "case.forget", "case", c.ID, map[string]any{"number": c.Number})
}

// dropFiles takes away the files of a case's messages, and those that came to a reply too late to be sent with it.
func (s *Service) dropFiles(ctx context.Context, caseID int64) error {
	replies, err := s.replies(ctx, caseID)
	if err != nil {
		return err
	}
	for _, r := range replies {
		if err := s.Files.DropStaged(ctx, models.OwnerReply, r.ID); err != nil {
			return err
		}
	}
	return s.Files.DropCase(ctx, caseID)
}

// Outdated returns the time before which ForgetOld takes closed cases, and how many of them there are, at most limit.
func (s *Service) Outdated(ctx context.Context, years, limit int) (before time.Time, n int, err error) {
	before = workdays.MonthsBefore(s.Clock.Now(), 12*years, s.Policy.Zone(ctx))
	list, err := s.endedBefore(ctx, before, limit)
	return before, len(list), err
}
