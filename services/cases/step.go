package cases

import (
	"context"
	"maps"
	"time"

	"huiyin/internal/database"
	"huiyin/models"
	"huiyin/services/audit"
)

// work is one action under way: what was loaded, and what the action wants written.
type work struct {
	Actor  models.Actor
	Who    Standing
	Case   *models.Case
	Facts  facts
	Now    time.Time
	To     models.CaseStatus
	Set    map[string]any
	Note   string // of the history row
	About  int64  // the person the history row concerns
	Shown  bool   // on the resident's timeline
	Detail map[string]any
	// Aside leaves the case as it is, and with it every form that is open on it: a note, a look at contact details.
	Aside bool
	// Again: the history says so already. The audit log has every time.
	Again bool
}

// act takes one action on a case in one transaction: load, ask flow and policy, let fn prepare the change, write it guarded, and record it
// in history and audit. version is the one the person looked at; 0 accepts whatever is there now.
// Errors: not found, forbidden, or a conflict whose Detail holds what has changed ([]models.CaseEvent).
func (s *Service) act(ctx context.Context, actor models.Actor, number string, action Action, version int64, fn func(ctx context.Context, w *work) error) (*models.Case, error) {
	return s.actAfter(ctx, actor, number, action, version, nil, fn)
}

// actAfter is act for an action that has something to do on the loaded case before the policy is asked: before must ask for itself.
func (s *Service) actAfter(ctx context.Context, actor models.Actor, number string, action Action, version int64, before, fn func(ctx context.Context, w *work) error) (*models.Case, error) {
	var result *models.Case
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		w, err := s.begin(ctx, actor, number, action)
		if err != nil {
			return err
		}
		if version != 0 && version != w.Case.Version {
			changes, err := s.eventsSince(ctx, w.Case.ID, version)
			if err != nil {
				return err
			}
			return stale().WithDetail(changes)
		}
		if before != nil {
			if err := before(ctx, w); err != nil {
				return err
			}
		}
		if err := may(action, actor, w.Who, w.Case, w.Facts); err != nil {
			return err
		}
		if err := s.settle(ctx, action, w.Case); err != nil { // before fn, which may tell anew
			return err
		}
		if fn != nil {
			if err := fn(ctx, w); err != nil {
				return err
			}
		}
		result = w.Case
		return s.finish(ctx, action, w)
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

func (s *Service) begin(ctx context.Context, actor models.Actor, number string, action Action) (*work, error) {
	c, who, err := s.seen(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	f, err := s.factsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	return &work{Actor: actor, Who: who, Case: c, Facts: f, Now: f.Now, To: next(action, c.Status), Set: map[string]any{}}, nil
}

func (s *Service) finish(ctx context.Context, action Action, w *work) error {
	from := w.Case.Status
	if !w.Aside {
		if err := s.write(ctx, w.Case, w.To, w.Set); err != nil {
			return err
		}
	}
	if err := s.record(ctx, action, from, w); err != nil {
		return err
	}
	s.hint(ctx, w.Case)
	return nil
}

func (s *Service) record(ctx context.Context, action Action, from models.CaseStatus, w *work) error {
	detail := map[string]any{"number": w.Case.Number, "from": from, "to": w.Case.Status}
	if w.About != 0 && w.About != w.Actor.ID {
		detail[audit.Person] = w.About
	}
	maps.Copy(detail, w.Detail)
	if w.Again {
		return s.Audit.Record(ctx, w.Actor, "case."+string(action), "case", w.Case.ID, detail)
	}
	event := &models.CaseEvent{
		CaseID: w.Case.ID, Round: w.Case.Round, Action: string(action), FromStatus: from, ToStatus: w.Case.Status,
		ActorKind: string(w.Actor.Kind), ActorID: w.Actor.ID, DepartmentID: w.Case.DepartmentID,
		SubjectID: w.About, Note: w.Note, CaseVersion: w.Case.Version, Shown: w.Shown, At: w.Now,
	}
	if err := s.insertEvent(ctx, event); err != nil {
		return err
	}
	return s.Audit.Record(ctx, w.Actor, "case."+string(action), "case", w.Case.ID, detail)
}

// hint tells open pages after the commit that they are out of date.
func (s *Service) hint(ctx context.Context, c *models.Case) {
	number, department := c.Number, c.DepartmentID
	database.AfterCommit(ctx, func() {
		quiet := context.WithoutCancel(ctx)
		s.Live.Publish(quiet, CaseTopic(number))
		s.Live.Publish(quiet, DepartmentTopic(department))
	})
}

// seen is the door to a case: who may not see it learns nothing of it, not even that it is there.
func (s *Service) seen(ctx context.Context, actor models.Actor, number string) (*models.Case, Standing, error) {
	c, err := s.byNumber(ctx, number)
	if err != nil {
		return nil, 0, err
	}
	who, err := s.standing(ctx, actor, c)
	if err == nil && who == 0 {
		err = notFound()
	}
	return c, who, err
}

func (s *Service) standing(ctx context.Context, actor models.Actor, c *models.Case) (Standing, error) {
	path := ""
	if actor.Has(models.Leader) {
		d, err := s.Accounts.Department(ctx, c.DepartmentID)
		if err != nil {
			return 0, err
		}
		path = d.Path
	}
	return StandingOf(actor, c, path), nil
}

func (s *Service) factsOf(ctx context.Context, c *models.Case) (facts, error) {
	f := facts{Now: s.Clock.Now(), Zone: s.Policy.Zone(ctx)}
	var err error
	if f.Numbers, err = s.Policy.CaseNumbers(ctx); err != nil {
		return f, err
	}
	if f.Desk, err = s.deskByID(ctx, c.DeskID); err != nil {
		return f, err
	}
	if f.Replies, err = s.replies(ctx, c.ID); err != nil {
		return f, err
	}
	for i, r := range f.Replies {
		switch {
		case r.Round == c.Round:
			f.Reply = &f.Replies[i]
		case r.ReviewerID != 0:
			f.Reviewers = append(f.Reviewers, r.ReviewerID)
		}
	}
	return f, nil
}
