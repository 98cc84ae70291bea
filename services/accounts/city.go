package accounts

import (
	"context"
	"time"

	"huiyin/services/city"
)

// CitySettings are the numbers that the city's security settings hold at the moment they are asked for.
func CitySettings(c *city.Service) func(ctx context.Context) (Settings, error) {
	const day = 24 * time.Hour
	return func(ctx context.Context) (Settings, error) {
		s, err := c.Security(ctx)
		if err != nil {
			return Settings{}, err
		}
		p, err := c.Profile(ctx)
		return Settings{
			LockAfter: s.LockAfter, LockFor: time.Duration(s.LockMinutes) * time.Minute, SecondFactorRoles: s.SecondFactorRoles,
			StaffIdle: time.Duration(s.SessionMinutes) * time.Minute, StaffMax: time.Duration(s.SessionDays) * day,
			ResidentIdle: time.Duration(s.ResidentDays) * day, VisitorIdle: time.Duration(s.VisitorDays) * day, Issuer: p.SiteName,
		}, err
	}
}
