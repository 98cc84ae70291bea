package city

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"huiyin/internal/fault"
	"huiyin/models"
)

//go:embed defaults/pages.json
var defaultPages []byte

// SeedDefaults publishes the first version of each page that there is none of. The other settings need no row: their defaults
// hold until somebody changes them. Call it at every start.
func (s *Service) SeedDefaults(ctx context.Context) error {
	var pages []struct{ Slug, Locale, Title, Body string }
	if err := json.Unmarshal(defaultPages, &pages); err != nil {
		return fmt.Errorf("city: default pages: %w", err)
	}
	for _, d := range pages {
		body, err := cleanPage(d.Slug, d.Locale, &d.Title, d.Body)
		if err != nil {
			return fmt.Errorf("city: default page %s in %s: %w", d.Slug, d.Locale, err)
		}
		err = s.db.Tx(ctx, func(ctx context.Context) error {
			newest, err := s.newest(ctx, d.Slug, d.Locale)
			if err != nil || newest.Version > 0 {
				return err
			}
			return s.publish(ctx, models.System(), &models.Page{Slug: d.Slug, Locale: d.Locale, Version: 1, Title: d.Title, Body: body})
		})
		if err != nil && !fault.Is(err, fault.Conflict) { // a conflict: another replica was faster
			return err
		}
	}
	return nil
}
