package cases

import (
	"context"

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
	list, err := s.endedBefore(ctx, s.Clock.Now().AddDate(-years, 0, 0), limit)
	if err != nil {
		return 0, err
	}
	for _, c := range list {
		err := s.DB.Tx(ctx, func(ctx context.Context) error {
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
			return s.Audit.Record(ctx, models.System(), "case.forget", "case", c.ID, map[string]any{"number": c.Number})
		})
		if err != nil {
			return 0, err
		}
		if err := s.Files.DropCase(ctx, c.ID); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
