package city

import (
	"context"

	"huiyin/internal/database"
	"huiyin/models"
)

// loadPages fills in the newest pages; a version never changes, so only those that are new are read.
func (s *Service) loadPages(ctx context.Context, now, before *snapshot) error {
	var heads []models.Page
	err := s.db.Conn(ctx).Model(&models.Page{}).Select("slug, locale, MAX(version) AS version").Group("slug, locale").Find(&heads).Error
	if err != nil {
		return err
	}
	for _, h := range heads {
		now.revision += h.Version
		key := pageKey{h.Slug, h.Locale}
		if before != nil && before.pages[key].Version == h.Version {
			now.pages[key] = before.pages[key]
			continue
		}
		var p models.Page
		if err := s.db.Conn(ctx).Where("slug = ? AND locale = ? AND version = ?", h.Slug, h.Locale, h.Version).Take(&p).Error; err != nil {
			return err
		}
		now.pages[key] = p
	}
	return nil
}

func (s *Service) versions(ctx context.Context, slug, locale string) ([]models.Page, error) {
	var all []models.Page
	err := s.db.Conn(ctx).Where("slug = ? AND locale = ?", slug, locale).Order("version DESC").Find(&all).Error
	return all, err
}

// version returns one version, the zero value when there is none.
func (s *Service) version(ctx context.Context, slug, locale string, version int64) (models.Page, error) {
	var p models.Page
	err := s.db.Conn(ctx).Where("slug = ? AND locale = ? AND version = ?", slug, locale, version).Take(&p).Error
	if database.IsNotFound(err) {
		return models.Page{}, nil
	}
	return p, err
}

// newest returns the newest version, the zero value when there is none.
func (s *Service) newest(ctx context.Context, slug, locale string) (models.Page, error) {
	var p models.Page
	err := s.db.Conn(ctx).Where("slug = ? AND locale = ?", slug, locale).Order("version DESC").Take(&p).Error
	if database.IsNotFound(err) {
		return models.Page{}, nil
	}
	return p, err
}

func (s *Service) insertPage(ctx context.Context, p *models.Page) (won bool, err error) {
	err = s.db.Conn(ctx).Create(p).Error
	if database.IsDuplicate(err) {
		return false, nil
	}
	return err == nil, err
}
