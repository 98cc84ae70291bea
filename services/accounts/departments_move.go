package accounts

import (
	"context"

	"huiyin/internal/order"
	"huiyin/models"
)

// MoveDepartment moves a department one place up or down among those under the same parent; at the end it does nothing. Where a thing
// stands is not part of its version: a form that is open elsewhere stays good.
func (s *Service) MoveDepartment(ctx context.Context, actor models.Actor, id int64, up bool) (models.Department, error) {
	return s.changeDepartment(ctx, actor, id, "department.move", func(ctx context.Context, tree *Tree, old models.Department) (models.Department, map[string]any, error) {
		var ids []int64
		for _, d := range tree.order {
			if d.ParentID == old.ParentID {
				ids = append(ids, d.ID)
			}
		}
		ids, ok := order.Moved(ids, id, up)
		if !ok {
			return old, nil, nil
		}
		for i, d := range ids {
			if err := s.writeSort(ctx, d, int64(i+1)); err != nil {
				return old, nil, err
			}
		}
		return old, map[string]any{"up": up}, nil
	})
}
