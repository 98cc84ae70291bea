package notices

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"huiyin/models"
)

func (s store) bell(ctx context.Context, staffID, after int64, limit int) ([]models.Delivery, error) {
	q := s.db.Conn(ctx).Where("staff_id = ? AND channel = ?", staffID, models.Bell).Order("id DESC").Limit(limit)
	if after != 0 {
		q = q.Where("id < ?", after)
	}
	var rows []models.Delivery
	err := q.Find(&rows).Error
	return rows, err
}

func (s store) unread(ctx context.Context, staffID int64, limit int) (int, error) {
	var ids []int64
	err := s.db.Conn(ctx).Model(&models.Delivery{}).Where("staff_id = ? AND channel = ? AND read_at IS NULL", staffID, models.Bell).
		Limit(limit).Pluck("id", &ids).Error
	return len(ids), err
}

// read marks one bell, or with upTo all up to that id, and returns how many were unread.
func (s store) read(ctx context.Context, staffID, id int64, upTo bool, now time.Time) (int64, error) {
	q := s.db.Conn(ctx).Model(&models.Delivery{}).Where("staff_id = ? AND channel = ? AND read_at IS NULL", staffID, models.Bell)
	if upTo {
		q = q.Where("id <= ?", id)
	} else {
		q = q.Where("id = ?", id)
	}
	res := q.Update("read_at", now)
	return res.RowsAffected, res.Error
}

// unreadOf finds the unread bells of a case, of all people.
func (s store) unreadOf(ctx context.Context, caseID int64) *gorm.DB {
	return s.db.Conn(ctx).Model(&models.Delivery{}).Where("case_id = ? AND channel = ? AND read_at IS NULL", caseID, models.Bell)
}

// readCase looks before it writes: most pages are opened with nothing left to mark.
func (s store) readCase(ctx context.Context, staffID, caseID int64, now time.Time) (int64, error) {
	var ids []int64
	if err := s.unreadOf(ctx, caseID).Where("staff_id = ?", staffID).Limit(MaxUnread).Pluck("id", &ids).Error; err != nil || len(ids) == 0 {
		return 0, err
	}
	res := s.db.Conn(ctx).Model(&models.Delivery{}).Where("id IN ? AND read_at IS NULL", ids).Update("read_at", now)
	return res.RowsAffected, res.Error
}

// settle marks the bells of some kinds and returns whose they were.
func (s store) settle(ctx context.Context, caseID int64, kinds []Kind, now time.Time) ([]int64, error) {
	q := s.unreadOf(ctx, caseID)
	if len(kinds) > 0 {
		q = q.Where("kind IN ?", kinds)
	}
	var rows []models.Delivery
	if err := q.Select("id", "staff_id").Limit(1000).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids, people []int64
	for _, d := range rows {
		ids = append(ids, d.ID)
		if !slices.Contains(people, d.StaffID) {
			people = append(people, d.StaffID)
		}
	}
	return people, s.db.Conn(ctx).Model(&models.Delivery{}).Where("id IN ?", ids).Update("read_at", now).Error
}

type wish struct {
	staffID int64
	channel models.Channel
}

func (s store) unwanted(ctx context.Context, k Kind, staffIDs []int64) (map[wish]bool, error) {
	if len(staffIDs) == 0 {
		return nil, nil
	}
	var rows []models.NoticePreference
	err := s.db.Conn(ctx).Where("staff_id IN ? AND kind = ? AND wanted = ?", staffIDs, k, false).Find(&rows).Error
	m := make(map[wish]bool, len(rows))
	for _, p := range rows {
		m[wish{p.StaffID, p.Channel}] = true
	}
	return m, err
}

func (s store) preferences(ctx context.Context, staffID int64) ([]models.NoticePreference, error) {
	var rows []models.NoticePreference
	err := s.db.Conn(ctx).Where("staff_id = ?", staffID).Find(&rows).Error
	return rows, err
}

func (s store) setPreferences(ctx context.Context, rows []models.NoticePreference) error {
	if len(rows) == 0 {
		return nil
	}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "staff_id"}, {Name: "kind"}, {Name: "channel"}},
		DoUpdates: clause.AssignmentColumns([]string{"wanted"}),
	}).Create(&rows).Error
}

// templates lists what settings changed.
func (s store) templates(ctx context.Context) ([]models.NoticeTemplate, error) {
	var rows []models.NoticeTemplate
	err := s.db.Conn(ctx).Find(&rows).Error
	return rows, err
}

// saveTemplate writes a wording over the version that was read, 0 for none; false when that is no longer the version.
func (s store) saveTemplate(ctx context.Context, t models.NoticeTemplate, version int64) (bool, error) {
	if version == 0 {
		err := s.db.Conn(ctx).Create(&t).Error
		return err == nil, err
	}
	res := s.db.Conn(ctx).Model(&models.NoticeTemplate{}).
		Where("kind = ? AND channel = ? AND locale = ? AND version = ?", t.Kind, t.Channel, t.Locale, version).
		Updates(map[string]any{"subject": t.Subject, "body": t.Body, "version": version + 1, "updated_at": t.UpdatedAt, "updated_by": t.UpdatedBy})
	return res.RowsAffected == 1, res.Error
}

func (s store) dropTemplate(ctx context.Context, k Kind, c models.Channel, locale string, version int64) (bool, error) {
	res := s.db.Conn(ctx).Where("kind = ? AND channel = ? AND locale = ? AND version = ?", k, c, locale, version).Delete(&models.NoticeTemplate{})
	return res.RowsAffected == 1, res.Error
}
