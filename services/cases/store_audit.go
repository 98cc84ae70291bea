package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/models"
)

// Numbers returns the numbers of cases by their ids, for lists that name cases and show nothing of them.
func (s *Service) Numbers(ctx context.Context, ids []int64) (map[int64]string, error) {
	numbers := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return numbers, nil
	}
	var rows []models.Case
	if err := s.DB.Conn(ctx).Select("id", "number").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, c := range rows {
		numbers[c.ID] = c.Number
	}
	return numbers, nil
}

// IDOf returns the id of the case with that number, 0 when there is none.
func (s *Service) IDOf(ctx context.Context, number string) (int64, error) {
	c, err := s.byNumber(ctx, number)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return c.ID, nil
}
