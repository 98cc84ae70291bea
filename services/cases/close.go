package cases

import (
	"context"
	"errors"
	"time"

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
	numbers, err := s.answeredBefore(ctx, s.Clock.Now().AddDate(0, 0, -n.CloseDays), limit)
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
	told, err := s.each(ctx, dueSoon, func(ctx context.Context, number string) error {
		return s.warn(ctx, number, "due_soon_told_at", noticeDueSoon, now)
	})
	if err != nil {
		return told, err
	}
	overdue, err := s.untold(ctx, "overdue_told_at", time.Time{}, now, limit)
	if err != nil {
		return told, err
	}
	late, err := s.each(ctx, overdue, func(ctx context.Context, number string) error {
		return s.warn(ctx, number, "overdue_told_at", noticeOverdue, now)
	})
	return told + late, err
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
		return s.tellHandler(ctx, c, kind)
	})
}

// each runs fn for every number in a transaction of its own; a case that has moved on meanwhile is left alone.
func (s *Service) each(ctx context.Context, numbers []string, fn func(ctx context.Context, number string) error) (int, error) {
	done := 0
	for _, number := range numbers {
		err := fn(ctx, number)
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return done, errors.Join(errors.New("case "+number), err)
		}
		done++
	}
	return done, nil
}

// RecomputeProvisional counts the deadlines of open cases anew after a year of the calendar has arrived. Returns how many moved.
func (s *Service) RecomputeProvisional(ctx context.Context, limit int) (int, error) {
	moved := 0
	after := int64(0)
	for {
		list, err := s.provisional(ctx, after, limit)
		if err != nil || len(list) == 0 {
			return moved, err
		}
		for i := range list {
			c := &list[i]
			after = c.ID
			changed, err := s.recompute(ctx, c)
			if err != nil {
				return moved, err
			}
			if changed {
				moved++
			}
		}
	}
}

func (s *Service) recompute(ctx context.Context, c *models.Case) (bool, error) {
	due, basis, provisional, moved, err := s.Deadlines.Recomputed(ctx, c.DueBasis)
	if err != nil || (!moved && provisional == c.DueProvisional) {
		return false, err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		w := &work{Actor: models.System(), Case: c, Now: s.Clock.Now(), Shown: true, Detail: map[string]any{"due": due}}
		set := map[string]any{"due_at": due, "due_basis": basis, "due_provisional": provisional}
		if err := s.write(ctx, c, c.Status, set); err != nil {
			return err
		}
		return s.record(ctx, ActRecompute, c.Status, w)
	})
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}
