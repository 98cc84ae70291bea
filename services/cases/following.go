package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/models"
)

// Following returns the case that comes after the numbered one in a list, whether that one still stands in it or not; behind the last one
// the list begins anew. Nil when nothing else is in the list.
func (s *Service) Following(ctx context.Context, actor models.Actor, q InboxQuery, number string) (*models.Case, error) {
	from, _, err := s.seen(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	q.After = ""
	sc, err := s.scopeOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	f, err := s.filterReady(ctx, actor, sc, q)
	if err != nil {
		return nil, err
	}
	behind := f
	behind.afterDue, behind.afterID = from.DueAt, from.ID
	list, err := s.found(ctx, &behind, 1, &InboxPage{})
	if err == nil && len(list) == 0 {
		list, err = s.found(ctx, &f, 2, &InboxPage{})
	}
	for i := range list {
		if list[i].ID != from.ID {
			return &list[i], err
		}
	}
	return nil, err
}

// alike keeps to the other cases of the resident who raised the numbered one. Whoever asked without a name is not to be recognised by
// what else they asked: those cases are in no such list, and have none.
func (s *Service) alike(ctx context.Context, actor models.Actor, f *filter, number string) error {
	c, _, err := s.seen(ctx, actor, number)
	if fault.Is(err, fault.NotFound) || err == nil && (c.Anonymous || c.ResidentID == 0) {
		f.nothing = true
		return nil
	}
	if err != nil {
		return err
	}
	f.resident = c.ResidentID
	return nil
}
