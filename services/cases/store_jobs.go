package cases

import (
	"context"
	"time"

	"huiyin/models"
)

func (s *Service) answeredBefore(ctx context.Context, t time.Time, limit int) ([]string, error) {
	var numbers []string
	err := s.DB.Conn(ctx).Model(&models.Case{}).Where("status = ? AND answered_at < ?", models.Answered, t).
		Order("answered_at").Limit(limit).Pluck("number", &numbers).Error
	return numbers, err
}

// untold lists open cases due in [from, until] about which nobody was told yet; column is one of our own names.
func (s *Service) untold(ctx context.Context, column string, from, until time.Time, limit int) ([]string, error) {
	var numbers []string
	err := s.DB.Conn(ctx).Model(&models.Case{}).Where("is_open = ? AND due_at >= ? AND due_at <= ? AND "+column+" IS NULL", true, from, until).
		Order("due_at, id").Limit(limit).Pluck("number", &numbers).Error
	return numbers, err
}

func (s *Service) markTold(ctx context.Context, id int64, column string, at time.Time) (bool, error) {
	res := s.DB.Conn(ctx).Model(&models.Case{}).Where("id = ? AND is_open = ? AND "+column+" IS NULL", id, true).UpdateColumn(column, at)
	return res.RowsAffected == 1, res.Error
}

// dueAfter lists open cases in the order of their deadlines, beginning behind one of them.
func (s *Service) dueAfter(ctx context.Context, last models.Case, limit int) ([]models.Case, error) {
	var list []models.Case
	err := s.DB.Conn(ctx).Where("is_open = ? AND due_at >= ? AND (due_at > ? OR id > ?)", true, last.DueAt, last.DueAt, last.ID).
		Order("due_at, id").Limit(limit).Find(&list).Error
	return list, err
}

// ProvisionalCount counts the open cases whose deadline passes through a year without data, at most limit.
func (s *Service) ProvisionalCount(ctx context.Context, limit int) (int, error) {
	var ids []int64
	err := s.DB.Conn(ctx).Model(&models.Case{}).Where("is_open = ? AND due_provisional = ?", true, true).Limit(limit).Pluck("id", &ids).Error
	return len(ids), err
}
