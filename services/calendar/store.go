package calendar

import (
	"context"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

func (s *Service) rows(ctx context.Context) ([]models.CalendarYear, error) {
	var rows []models.CalendarYear
	err := s.db.Conn(ctx).Order("year").Find(&rows).Error
	return rows, err
}

// stored returns the row's data of a year as it was read, "" for none: what is written over it must be guarded by this read.
func (k *known) stored(year int) string {
	for _, row := range k.rows {
		if int(row.Year) == year {
			return row.Data
		}
	}
	return ""
}

func faster(year int) error {
	return fault.New(fault.Conflict, i18n.N("刚刚有人改过 %[1]d 年的日历，请刷新后再改。"), year)
}

// put writes the row where the stored data is still old. A year has no version: its data is the guard.
func (s *Service) put(ctx context.Context, row models.CalendarYear, old string) error {
	if old == "" {
		err := s.db.Conn(ctx).Create(&row).Error
		if database.IsDuplicate(err) {
			return faster(int(row.Year))
		}
		return err
	}
	res := s.db.Conn(ctx).Model(&models.CalendarYear{}).Where("year = ? AND data = ?", row.Year, old).
		Updates(map[string]any{"data": row.Data, "source": row.Source, "imported_at": row.ImportedAt, "imported_by": row.ImportedBy})
	if res.Error == nil && res.RowsAffected == 0 {
		return faster(int(row.Year))
	}
	return res.Error
}
