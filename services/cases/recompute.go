package cases

import (
	"context"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/calendar"
)

// TaskRecount is the kind of the outbox task about one case (its ref) whose deadline could not be counted anew together with the others'.
const TaskRecount = "cases.recount"

// portion is how many deadlines one task counts anew.
const portion = 500

// Recompute does a calendar.Recompute: it counts the deadlines of one portion of the open cases anew, and owes the next portion in the
// transaction that closes the task, so that whatever happens in between the work goes on where it was. What is due before the year is
// not touched. A case that fails has a task of its own from then on and does not hold up the rest.
func (s *Service) Recompute(ctx context.Context, taskID, ref int64) error {
	year, after := calendar.ReadRef(ref)
	ids, err := s.openFrom(ctx, year, after, portion)
	if err != nil {
		return err
	}
	var failed []int64
	for _, id := range ids {
		if err := s.recompute(ctx, id); err != nil {
			if outOf(ctx, err) {
				return err
			}
			failed = append(failed, id)
		}
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if closed, err := s.Outbox.Done(ctx, taskID); err != nil || !closed {
			return err // closed by another process, which owes what is left
		}
		for _, id := range failed {
			if err := s.Outbox.Add(ctx, TaskRecount, id, time.Time{}); err != nil {
				return err
			}
		}
		if len(ids) < portion {
			return nil
		}
		return s.Outbox.Add(ctx, calendar.Recompute, calendar.Ref(year, ids[portion-1]), time.Time{})
	})
}

// Recount does a TaskRecount.
func (s *Service) Recount(ctx context.Context, taskID, id int64) error {
	if err := s.recompute(ctx, id); err != nil {
		return err
	}
	_, err := s.Outbox.Done(ctx, taskID)
	return err
}

// recompute tries again when somebody was faster: a case left out here would keep a wrong date.
func (s *Service) recompute(ctx context.Context, id int64) (err error) {
	for range 5 {
		err = s.DB.Tx(ctx, func(ctx context.Context) error { return s.recount(ctx, id) })
		if !fault.Is(err, fault.Conflict) {
			break
		}
	}
	return err
}

// recount reads the case before the calendar: whoever changes the case in between on a newer calendar makes our write fail.
func (s *Service) recount(ctx context.Context, id int64) error {
	c, err := s.byID(ctx, id)
	if err != nil || !c.Status.Open() {
		return err
	}
	due, basis, provisional, _, err := s.Deadlines.Recomputed(ctx, c.DueBasis)
	if err != nil || basis == c.DueBasis {
		return err
	}
	moved := !due.Equal(c.DueAt)
	w := &work{Actor: models.System(), Case: c, Now: s.Clock.Now(), Shown: moved || provisional != c.DueProvisional, Detail: map[string]any{"due": due}}
	set := map[string]any{"due_at": due, "due_basis": basis, "due_provisional": provisional}
	if moved {
		set["due_soon_told_at"], set["overdue_told_at"] = nil, nil
	}
	if err := s.write(ctx, c, c.Status, set); err != nil {
		return err
	}
	if err := s.record(ctx, ActRecompute, c.Status, w); err != nil {
		return err
	}
	s.hint(ctx, c)
	return nil
}
