package cases

import (
	"context"
	"time"

	"gorm.io/gorm"

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

// openFrom lists the open cases that are due in a year or later, beginning behind an id: not in the order of their deadlines, which move.
func (s *Service) openFrom(ctx context.Context, year int, after int64, limit int) (ids []int64, err error) {
	err = s.dueFrom(ctx, year).Where("id > ?", after).Order("id").Limit(limit).Pluck("id", &ids).Error
	return ids, err
}

// OpenFrom counts the open cases that are due in a year or later, at most limit: another calendar of that year counts them anew.
func (s *Service) OpenFrom(ctx context.Context, year, limit int) (int, error) {
	var ids []int64
	err := s.dueFrom(ctx, year).Limit(limit).Pluck("id", &ids).Error
	return len(ids), err
}

func (s *Service) dueFrom(ctx context.Context, year int) *gorm.DB {
	from := time.Date(year, 1, 1, 0, 0, 0, 0, s.Policy.Zone(ctx)).UTC()
	return s.DB.Conn(ctx).Model(&models.Case{}).Where("is_open = ? AND due_at >= ?", true, from)
}

// unname blanks what names a person on the cases that the condition finds, and returns their ids.
func (s *Service) unname(ctx context.Context, where string, id int64) ([]int64, error) {
	var ids []int64
	conn := s.DB.Conn(ctx)
	if err := conn.Model(&models.Case{}).Where(where, id).Pluck("id", &ids).Error; err != nil || len(ids) == 0 {
		return nil, err
	}
	return ids, conn.Model(&models.Case{}).Where("id IN ?", ids).
		UpdateColumns(map[string]any{"display_name_sealed": "", "place_sealed": ""}).Error
}

func (s *Service) untie(ctx context.Context, id int64) error {
	return s.DB.Conn(ctx).Model(&models.Case{}).Where("id = ?", id).UpdateColumn("resident_id", 0).Error
}

// endedBefore finds cases that ended before the instant and still name somebody.
func (s *Service) endedBefore(ctx context.Context, t time.Time, limit int) ([]models.Case, error) {
	var list []models.Case
	err := s.DB.Conn(ctx).Where("status = ? AND closed_at < ? AND resident_id <> 0", models.Closed, t).
		Order("closed_at").Limit(limit).Find(&list).Error
	if err != nil || len(list) == limit {
		return list, err
	}
	var withdrawn []models.Case
	err = s.DB.Conn(ctx).Where("status = ? AND withdrawn_at < ? AND resident_id <> 0", models.Withdrawn, t).
		Order("id").Limit(limit - len(list)).Find(&withdrawn).Error
	return append(list, withdrawn...), err
}
