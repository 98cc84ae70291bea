package cases

import (
	"context"

	"gorm.io/gorm/clause"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

func (s *Service) allDesks(ctx context.Context) ([]models.Desk, error) {
	var list []models.Desk
	err := s.DB.Conn(ctx).Where("kind = ?", models.ConsultationDesk).Order("department_id").Limit(1000).Find(&list).Error
	return list, err
}

func (s *Service) putDesk(ctx context.Context, d *models.Desk, version int64) error {
	err := s.put(ctx, d, d.ID, version)
	if database.IsDuplicate(err) {
		return fault.Wrap(err, fault.Conflict, i18n.N("这个部门已经有受理窗口了，请直接修改它。"))
	}
	return err
}

func (s *Service) putTopic(ctx context.Context, t *models.Topic, version int64) error {
	return s.put(ctx, t, t.ID, version)
}

// lockTopics reads all; they stay as they are until the transaction ends.
func (s *Service) lockTopics(ctx context.Context) ([]models.Topic, error) {
	var list []models.Topic
	err := s.DB.Conn(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Order("sort, id").Find(&list).Error
	return list, err
}

func (s *Service) writeTopicSort(ctx context.Context, id, sort int64) error {
	return s.DB.Conn(ctx).Model(&models.Topic{}).Where("id = ?", id).UpdateColumn("sort", sort).Error
}

func (s *Service) putTemplate(ctx context.Context, t *models.ReplyTemplate, version int64) error {
	return s.put(ctx, t, t.ID, version)
}

// put creates a row (id 0), or replaces one that still has the version it was read with.
func (s *Service) put(ctx context.Context, row any, id, version int64) error {
	conn := s.DB.Conn(ctx)
	if id == 0 {
		return conn.Create(row).Error
	}
	res := conn.Model(row).Where("id = ? AND version = ?", id, version).Select("*").Omit("id").Updates(row)
	if res.Error == nil && res.RowsAffected != 1 {
		return fault.New(fault.Conflict, i18n.N("别人刚刚改过这一项，请看过最新的内容再改。")).WithReason("stale")
	}
	return res.Error
}

func (s *Service) templatesOf(ctx context.Context, departmentID int64) ([]models.ReplyTemplate, error) {
	var list []models.ReplyTemplate
	q := s.DB.Conn(ctx)
	if departmentID != 0 {
		q = q.Where("department_id IN ?", []int64{0, departmentID})
	}
	err := q.Order("department_id DESC, id").Limit(500).Find(&list).Error
	return list, err
}

func (s *Service) templateByID(ctx context.Context, id int64) (models.ReplyTemplate, error) {
	var t models.ReplyTemplate
	err := s.DB.Conn(ctx).Take(&t, id).Error
	if database.IsNotFound(err) {
		return t, notFound()
	}
	return t, err
}
