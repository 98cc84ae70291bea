package accounts

import (
	"context"

	"huiyin/internal/order"
	"huiyin/models"
)

// MoveDepartment moves a department one place up or down among those under the same parent; at the end it does nothing. Where a thing
// stands is not part of its version: a form that is open elsewhere stays good.
func (s *Service) MoveDepartment(ctx context.Context, actor models.Actor, id int64, up bool) (models.Department, error) {
	if reason := MayManageDepartments(actor); reason != nil {
		return models.Department{}, reason
	}
	var row models.Department
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		tree, old, err := s.treeToChange(ctx, id)
		if err != nil {
			return err
		}
		row = old
		var ids []int64
		for _, d := range tree.order {
			if d.ParentID == row.ParentID {
				ids = append(ids, d.ID)
			}
		}
		ids, ok := order.Moved(ids, id, up)
		if !ok {
			return nil
		}
		for i, d := range ids {
			if err := s.writeSort(ctx, d, int64(i+1)); err != nil {
				return err
			}
		}
		s.tree.Changed(ctx)
		return s.Audit.Record(ctx, actor, "department.move", "department", id, map[string]any{"up": up})
	})
	return row, err
}
