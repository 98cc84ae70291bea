package accounts

import (
	"context"
	"strconv"
	"strings"

	"huiyin/internal/i18n"
	"huiyin/models"
)

// UpdateDepartment renames, moves, reactivates or deactivates a department; its subtree moves along. Errors: Conflict with
// a Stale when the version has moved on; Conflict when it is to be deactivated with open cases, active departments below, topics that
// it answers or a desk of its own.
func (s *Service) UpdateDepartment(ctx context.Context, actor models.Actor, id int64, in DepartmentInput) (models.Department, error) {
	if reason := MayManageDepartments(actor); reason != nil {
		return models.Department{}, reason
	}
	if err := in.check(); err != nil {
		return models.Department{}, err
	}
	var row models.Department
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		tree, old, err := s.treeToChange(ctx, id)
		if err != nil {
			return err
		}
		if old.Version != in.Version {
			return stale(old.Version, old, in.differs(old))
		}
		if row, err = s.moved(ctx, tree, old, in); err != nil {
			return err
		}
		if row.Name != old.Name || row.ParentID != old.ParentID {
			if err := nameIsFree(tree.All(), id, row.ParentID, row.Name); err != nil {
				return err
			}
		}
		if old.Active && !in.Active {
			if err := s.mayClose(ctx, tree, old); err != nil {
				return err
			}
		}
		if ok, err := s.writeDepartment(ctx, row, in.Version); err != nil {
			return err
		} else if !ok {
			return stale(old.Version, old, nil)
		}
		row.Version++
		s.tree.Changed(ctx)
		return s.Audit.Record(ctx, actor, "department.update", "department", id, map[string]any{"changed": in.differs(old)})
	})
	return row, err
}

// moved returns old with the input's values, and rewrites the paths below it when the parent is another.
func (s *Service) moved(ctx context.Context, tree *Tree, old models.Department, in DepartmentInput) (models.Department, error) {
	row := old
	row.Name, row.Short, row.NameEn, row.Phone, row.Active = in.Name, in.Short, in.NameEn, in.Phone, in.Active
	if in.ParentID == old.ParentID {
		return row, nil
	}
	below := tree.Subtree(old.ID)
	height := 0
	for _, d := range below {
		if d.ID == in.ParentID {
			return row, fieldFault("parent_id", i18n.N("部门不能设在自己的下级之下。"))
		}
		height = max(height, strings.Count(d.Path, "/")-strings.Count(old.Path, "/")+1)
	}
	_, path, err := s.standUnder(tree, in.ParentID, old.Level, height)
	if err != nil {
		return row, err
	}
	row.Sort = nextSort(tree.order, in.ParentID)
	row.ParentID, row.Path = in.ParentID, path+strconv.FormatInt(old.ID, 10)+"/"
	for _, d := range below {
		if d.ID == old.ID {
			continue
		}
		if err := s.writePath(ctx, d.ID, row.Path+strings.TrimPrefix(d.Path, old.Path)); err != nil {
			return row, err
		}
	}
	return row, nil
}
