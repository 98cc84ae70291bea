package accounts

import (
	"context"

	"gorm.io/gorm/clause"

	"huiyin/models"
)

// departments reads all; with lock the rows stay as they are until the transaction ends, so that two moves cannot make a circle.
func (s *Service) departments(ctx context.Context, lock bool) (rows []models.Department, err error) {
	q := s.DB.Conn(ctx).Order("id")
	if lock {
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	err = q.Find(&rows).Error
	return rows, err
}

func (s *Service) department(ctx context.Context, id int64) (models.Department, error) {
	return one[models.Department](s.DB.Conn(ctx).Where("id = ?", id))
}

func (s *Service) createDepartment(ctx context.Context, row *models.Department) error {
	return s.DB.Conn(ctx).Create(row).Error
}

func (s *Service) writePath(ctx context.Context, id int64, path string) error {
	return s.DB.Conn(ctx).Model(&models.Department{}).Where("id = ?", id).UpdateColumn("path", path).Error
}

func (s *Service) writeSort(ctx context.Context, id, sort int64) error {
	return s.DB.Conn(ctx).Model(&models.Department{}).Where("id = ?", id).UpdateColumn("sort", sort).Error
}

func (s *Service) writeDepartment(ctx context.Context, d models.Department, version int64) (bool, error) {
	res := s.DB.Conn(ctx).Model(&models.Department{}).Where("id = ? AND version = ?", d.ID, version).UpdateColumns(map[string]any{
		"parent_id": d.ParentID, "path": d.Path, "name": d.Name, "short": d.Short, "name_en": d.NameEn, "phone": d.Phone,
		"sort": d.Sort, "active": d.Active, "version": version + 1, "updated_at": s.Clock.Now(),
	})
	return res.RowsAffected == 1, res.Error
}
