package city

import (
	"context"

	"huiyin/internal/database"
	"huiyin/models"
)

// settings returns every group; that of the emblem, which is large, without its value.
func (s *Service) settings(ctx context.Context) ([]models.Setting, error) {
	var rows []models.Setting
	err := s.db.Conn(ctx).
		Select("name, version, updated_at, updated_by, CASE WHEN name = ? THEN '' ELSE value END AS value", groupEmblem).
		Find(&rows).Error
	return rows, err
}

func (s *Service) value(ctx context.Context, group string) (string, error) {
	var row models.Setting
	err := s.db.Conn(ctx).Where("name = ?", group).Take(&row).Error
	return row.Value, err
}

// put stores the row over that version (0: there is none yet); won is false when somebody was faster.
func (s *Service) put(ctx context.Context, row models.Setting, version int64) (won bool, err error) {
	if version == 0 {
		err := s.db.Conn(ctx).Create(&row).Error
		if database.IsDuplicate(err) {
			return false, nil
		}
		return err == nil, err
	}
	res := s.db.Conn(ctx).Model(&models.Setting{}).Where("name = ? AND version = ?", row.Name, version).
		Updates(map[string]any{"value": row.Value, "version": row.Version, "updated_at": row.UpdatedAt, "updated_by": row.UpdatedBy})
	return res.RowsAffected == 1, res.Error
}
