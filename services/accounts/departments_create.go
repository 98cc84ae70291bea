package accounts

import (
	"context"
	"strconv"

	"huiyin/models"
)

// CreateDepartment adds an active department under a parent (0 for a root), the last there.
func (s *Service) CreateDepartment(ctx context.Context, actor models.Actor, in DepartmentInput) (models.Department, error) {
	if reason := MayManageDepartments(actor); reason != nil {
		return models.Department{}, reason
	}
	if err := in.check(); err != nil {
		return models.Department{}, err
	}
	var row models.Department
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		rows, err := s.departments(ctx, true)
		if err != nil {
			return err
		}
		parent, path, err := s.standUnder(newTree(rows), in.ParentID, in.Level, 1)
		if err != nil {
			return err
		}
		if err := nameIsFree(rows, 0, parent, in.Name); err != nil {
			return err
		}
		now := s.Clock.Now()
		row = models.Department{
			ParentID: parent, Level: in.Level, Name: in.Name, Short: in.Short, NameEn: in.NameEn, Phone: in.Phone, Sort: nextSort(rows, parent),
			Active: true, Version: 1, CreatedAt: now, UpdatedAt: now,
		}
		if err := s.createDepartment(ctx, &row); err != nil {
			return err
		}
		row.Path = path + strconv.FormatInt(row.ID, 10) + "/"
		if err := s.writePath(ctx, row.ID, row.Path); err != nil {
			return err
		}
		s.tree.Changed(ctx)
		return s.Audit.Record(ctx, actor, "department.create", "department", row.ID, map[string]any{"name": row.Name, "parent": row.ParentID})
	})
	return row, err
}
