package cases

import (
	"context"

	"huiyin/internal/database"
)

// SeedDesk creates the desk that stands for every department without one of its own, when there is none yet.
func (s *Service) SeedDesk(ctx context.Context) error {
	desks, err := s.allDesks(ctx)
	if err != nil || len(desks) > 0 {
		return err
	}
	d := StandardDesk()
	d.Name, d.Version, d.UpdatedAt = "群众咨询", 1, s.Clock.Now()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		s.desks.Changed(ctx)
		return s.putDesk(ctx, &d, 0)
	})
	if database.IsDuplicate(err) {
		return nil // another replica was faster
	}
	return err
}

// Serves returns the names of the active topics that a department answers, and of its own active desk, "" for none: both are read
// anew, whether the department may be switched off hangs on them.
func (s *Service) Serves(ctx context.Context, departmentID int64) (topics []string, desk string, err error) {
	list, err := s.lockTopics(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, t := range list {
		if t.ParentID != 0 && t.Active && t.DepartmentID == departmentID {
			topics = append(topics, t.Name)
		}
	}
	desks, err := s.allDesks(ctx)
	for _, d := range desks {
		if d.Active && d.DepartmentID == departmentID {
			desk = d.Name
		}
	}
	return topics, desk, err
}

// OpenCasesOf counts the open cases that a member of staff handles, up to a bound.
func (s *Service) OpenCasesOf(ctx context.Context, staffID int64) (int, error) {
	counts, err := s.countEach(ctx, []filter{{scope: scope{every: true}, handlerID: staffID, open: true}}, 1000)
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}

// OpenCases counts the cases of a department that still owe an answer, up to a bound: whether a department may be switched off.
func (s *Service) OpenCases(ctx context.Context, departmentID int64) (int, error) {
	counts, err := s.countEach(ctx, []filter{{scope: scope{departments: []int64{departmentID}}, open: true}}, 1000)
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}
