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
	return s.changeDepartment(ctx, actor, id, "department.update", func(ctx context.Context, tree *Tree, old models.Department) (models.Department, map[string]any, error) {
		if err := in.check(); err != nil {
			return old, nil, err
		}
		row, err := s.updated(ctx, tree, old, in)
		return row, map[string]any{"changed": in.differs(old)}, err
	})
}

// changeDepartment runs one change of a department with its audit row. change returns the department as it is then and what the audit log
// says of it; nil when nothing changed.
func (s *Service) changeDepartment(ctx context.Context, actor models.Actor, id int64, action string, change func(ctx context.Context, tree *Tree, old models.Department) (models.Department, map[string]any, error)) (row models.Department, err error) {
	if reason := MayManageDepartments(actor); reason != nil {
		return row, reason
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		tree, old, err := s.treeToChange(ctx, id)
		if err != nil {
			return err
		}
		var detail map[string]any
		if row, detail, err = change(ctx, tree, old); err != nil || detail == nil {
			return err
		}
		s.tree.Changed(ctx)
		return s.Audit.Record(ctx, actor, action, "department", id, detail)
	})
	return row, err
}

func (s *Service) updated(ctx context.Context, tree *Tree, old models.Department, in DepartmentInput) (models.Department, error) {
	if old.Version != in.Version {
		return old, stale(old.Version, old, in.differs(old))
	}
	row, err := s.moved(ctx, tree, old, in)
	if err != nil {
		return old, err
	}
	if row.Name != old.Name || row.ParentID != old.ParentID {
		if err := nameIsFree(tree.All(), old.ID, row.ParentID, row.Name); err != nil {
			return old, err
		}
	}
	if old.Active && !in.Active {
		if err := s.mayClose(ctx, tree, old); err != nil {
			return old, err
		}
	}
	if ok, err := s.writeDepartment(ctx, row, in.Version); err != nil {
		return old, err
	} else if !ok {
		return old, stale(old.Version, old, nil)
	}
	row.Version++
	return row, nil
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
