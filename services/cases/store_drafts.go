package cases

import (
	"context"
	"time"

	"huiyin/models"
)

func (s *Service) draftByHash(ctx context.Context, hash string) (models.CaseDraft, bool, error) {
	var list []models.CaseDraft
	err := s.DB.Conn(ctx).Where("token_hash = ?", hash).Limit(1).Find(&list).Error
	if err != nil || len(list) == 0 {
		return models.CaseDraft{}, false, err
	}
	return list[0], true, nil
}

func (s *Service) putDraft(ctx context.Context, row *models.CaseDraft) error {
	conn := s.DB.Conn(ctx)
	if row.ID == 0 {
		return conn.Create(row).Error
	}
	return conn.Model(&models.CaseDraft{}).Where("id = ? AND token_hash = ?", row.ID, row.TokenHash).
		Updates(map[string]any{"topic_id": row.TopicID, "privacy_version": row.PrivacyVersion, "body_sealed": row.BodySealed, "updated_at": row.UpdatedAt}).Error
}

func (s *Service) deleteDraft(ctx context.Context, id int64) (bool, error) {
	done := s.DB.Conn(ctx).Where("id = ?", id).Delete(&models.CaseDraft{})
	return done.RowsAffected > 0, done.Error
}

func (s *Service) deleteDraftBefore(ctx context.Context, id int64, t time.Time) (bool, error) {
	done := s.DB.Conn(ctx).Where("id = ? AND updated_at < ?", id, t).Delete(&models.CaseDraft{})
	return done.RowsAffected > 0, done.Error
}

func (s *Service) draftsBefore(ctx context.Context, t time.Time, limit int) ([]int64, error) {
	var ids []int64
	err := s.DB.Conn(ctx).Model(&models.CaseDraft{}).Where("updated_at < ?", t).Order("updated_at").Limit(limit).Pluck("id", &ids).Error
	return ids, err
}
