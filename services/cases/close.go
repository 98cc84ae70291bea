package cases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/notices"
)

// CloseAnswered closes what was answered long enough ago and not asked about again; at most limit at a time. Returns how many.
func (s *Service) CloseAnswered(ctx context.Context, limit int) (int, error) {
	n, err := s.Policy.CaseNumbers(ctx)
	if err != nil {
		return 0, err
	}
	numbers, err := s.answeredBefore(ctx, answeredBy(s.Clock.Now(), n.CloseDays, s.Policy.Zone(ctx)), limit)
	if err != nil {
		return 0, err
	}
	return s.each(ctx, numbers, func(ctx context.Context, number string) error {
		_, err := s.act(ctx, models.System(), number, ActClose, 0, func(_ context.Context, w *work) error {
			w.Set["closed_at"], w.Shown = w.Now, true
			return nil
		})
		return err
	})
}

// WarnDeadlines tells handlers once that a case is due soon, and once that it is overdue; at most limit of each. Returns how many.
func (s *Service) WarnDeadlines(ctx context.Context, limit int) (int, error) {
	n, err := s.Policy.CaseNumbers(ctx)
	if err != nil {
		return 0, err
	}
	now := s.Clock.Now()
	soon, err := s.Deadlines.SoonUntil(ctx, now, n.DueSoonDays)
	if err != nil {
		return 0, err
	}
	dueSoon, err := s.untold(ctx, "due_soon_told_at", now, soon, limit)
	if err != nil {
		return 0, err
	}
	told, broken := s.each(ctx, dueSoon, func(ctx context.Context, number string) error {
		return s.warn(ctx, number, "due_soon_told_at", notices.CaseDueSoon, now)
	})
	overdue, err := s.untold(ctx, "overdue_told_at", time.Time{}, now, limit)
	if err != nil {
		return told, errors.Join(broken, err)
	}
	late, err := s.each(ctx, overdue, func(ctx context.Context, number string) error {
		return s.warn(ctx, number, "overdue_told_at", notices.CaseOverdue, now)
	})
	return told + late, errors.Join(broken, err)
}

func (s *Service) warn(ctx context.Context, number, column string, kind notices.Kind, now time.Time) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		c, err := s.byNumber(ctx, number)
		if err != nil {
			return err
		}
		first, err := s.markTold(ctx, c.ID, column, now)
		if err != nil || !first {
			return err
		}
		if err := s.Notices.Settle(ctx, c.ID, notices.CaseDueSoon); err != nil { // overdue says more
			return err
		}
		return s.tellHandler(ctx, c, kind)
	})
}

// each runs fn for every number in a transaction of its own; a case that has moved on meanwhile is left alone, and one that fails does
// not stand in the way of those behind it.
func (s *Service) each(ctx context.Context, numbers []string, fn func(ctx context.Context, number string) error) (done int, broken error) {
	for _, number := range numbers {
		switch err := fn(ctx, number); {
		case err == nil:
			done++
		case fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound):
		default:
			broken = errors.Join(broken, fmt.Errorf("case %s: %w", number, err))
			if outOf(ctx, err) {
				return done, broken
			}
		}
	}
	return done, broken
}

// outOf tells what would fail every other case, too, from the failure of one.
func outOf(ctx context.Context, err error) bool { return ctx.Err() != nil || database.IsDown(err) }
