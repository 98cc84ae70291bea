package cases

import (
	"context"
	"strconv"
)

// Routings says for every topic that can be asked about now who would answer and by what date, by the topic's id. It reads topics,
// desks and departments once and computes each deadline once, so that a page may show them all.
func (s *Service) Routings(ctx context.Context) (map[int64]Routing, error) {
	tree, err := s.Topics(ctx)
	if err != nil {
		return nil, err
	}
	departments, err := s.Accounts.Departments(ctx)
	if err != nil {
		return nil, err
	}
	desks, err := s.desks.Get(ctx)
	if err != nil {
		return nil, err
	}
	now, dates, all := s.Clock.Now(), map[string]Routing{}, map[int64]Routing{}
	for _, g := range tree.Active() {
		for _, t := range g.Leaves {
			desk, ok := deskFrom(desks, t.DepartmentID)
			if !ok {
				continue
			}
			days := replyDays(desk, t)
			key := desk.Unit + strconv.Itoa(days)
			r, known := dates[key]
			if !known {
				r = Routing{Days: days, Unit: desk.Unit}
				if r.Due, _, r.Provisional, err = s.Deadlines.Deadline(ctx, now, days, desk.Unit); err != nil {
					return nil, err
				}
				dates[key] = r
			}
			r.Topic = t
			r.Department, _ = departments.Get(t.DepartmentID)
			all[t.ID] = r
		}
	}
	return all, nil
}
