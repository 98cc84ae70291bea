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
		if err := s.Notices.Settle(ctx, c.ID, noticeDueSoon); err != nil { // overdue says more
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

// Recompute counts the deadlines of open cases anew after a year of the calendar has changed, at most limit at a time; what is due
// before that year is not touched. Returns how many moved.
func (s *Service) Recompute(ctx context.Context, year, limit int) (int, error) {
	moved := 0
	last := models.Case{DueAt: time.Date(year, 1, 1, 0, 0, 0, 0, s.Policy.Zone(ctx)).UTC()}
	for {
		list, err := s.dueAfter(ctx, last, limit)
		if err != nil || len(list) == 0 {
			return moved, err
		}
		for _, c := range list {
			changed, err := s.recompute(ctx, c.ID)
			if err != nil {
				return moved, err
			}
			if changed {
				moved++
			}
		}
		last = list[len(list)-1]
	}
}

// recompute tries again when somebody was faster: a case left out here would keep a wrong date.
func (s *Service) recompute(ctx context.Context, id int64) (moved bool, err error) {
	for range 5 {
		err = s.DB.Tx(ctx, func(ctx context.Context) error {
			moved, err = s.recount(ctx, id)
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			break
		}
	}
	return moved && err == nil, err
}

func (s *Service) recount(ctx context.Context, id int64) (moved bool, err error) {
	c, err := s.byID(ctx, id)
	if err != nil || !c.Status.Open() {
		return false, err
	}
	due, basis, provisional, _, err := s.Deadlines.Recomputed(ctx, c.DueBasis)
	if err != nil || basis == c.DueBasis {
		return false, err
	}
	moved = !due.Equal(c.DueAt)
	w := &work{Actor: models.System(), Case: c, Now: s.Clock.Now(), Shown: moved || provisional != c.DueProvisional, Detail: map[string]any{"due": due}}
	set := map[string]any{"due_at": due, "due_basis": basis, "due_provisional": provisional}
	if moved {
		set["due_soon_told_at"], set["overdue_told_at"] = nil, nil
	}
	if err := s.write(ctx, c, c.Status, set); err != nil {
		return false, err
	}
	if err := s.record(ctx, ActRecompute, c.Status, w); err != nil {
		return false, err
	}
	s.hint(ctx, c)
	return moved, nil
}
