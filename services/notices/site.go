package notices

import (
	"context"
	"time"

	"huiyin/services/city"
)

// CitySite is the city as its settings describe it, at the address it is reached by.
type CitySite struct {
	City    *city.Service
	Address string // "https://hy.example.cn", without a slash at the end
}

// CityName is the city's name in the reader's language.
func (s CitySite) CityName(ctx context.Context, locale string) (string, error) {
	p, err := s.City.Profile(ctx)
	return p.Name(locale), err
}

// Origin is the address that paths are appended to.
func (s CitySite) Origin(context.Context) string { return s.Address }

// Zone is the city's time zone.
func (s CitySite) Zone(ctx context.Context) *time.Location { return s.City.Zone(ctx) }
