// Package city keeps the settings of the city: its profile, its numbers with the source of each, and the pages it words itself.
//
// What everybody reads is kept in the process for two seconds. The package must not know cases, people or deadlines: it says
// how many days, never from when.
package city

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
	_ "time/tzdata" // a container may have no zones of its own

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/fresh"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/audit"
)

const ttl = 2 * time.Second

// Service is the settings of one city.
type Service struct {
	db    *database.DB
	clock clock.Clock
	audit *audit.Log
	kept  *fresh.Value[*snapshot]
}

// snapshot is everything as it stood at one moment; its readers share it.
type snapshot struct {
	profile   Profile
	security  Security
	handling  Handling
	retention Retention
	zone      *time.Location
	emblem    Emblem
	pages     map[pageKey]models.Page // the newest of each
	revision  int64
}

// New returns the settings kept in db. Without any, the defaults of an unnamed city hold.
func New(db *database.DB, c clock.Clock, log *audit.Log) *Service {
	s := &Service{db: db, clock: c, audit: log}
	s.kept = fresh.New(db, c, ttl, s.load)
	return s
}

func (s *Service) load(ctx context.Context) (*snapshot, error) {
	rows, err := s.settings(ctx)
	if err != nil {
		return nil, err
	}
	now := &snapshot{
		profile: DefaultProfile(), security: DefaultSecurity(), handling: DefaultHandling(), retention: DefaultRetention(),
		pages: map[pageKey]models.Page{},
	}
	for _, row := range rows {
		now.revision += row.Version
		if err := now.read(row); err != nil {
			return nil, err
		}
	}
	if now.zone, err = time.LoadLocation(now.profile.TimeZone); err != nil {
		return nil, fmt.Errorf("city: stored time zone: %w", err)
	}
	before, _ := s.kept.Last()
	if err := s.loadEmblem(ctx, now, before); err != nil {
		return nil, err
	}
	return now, s.loadPages(ctx, now, before)
}

func (n *snapshot) read(row models.Setting) error {
	var into any
	switch row.Name {
	case groupProfile:
		n.profile.Version, into = row.Version, &n.profile
	case groupSecurity:
		n.security.Version, into = row.Version, &n.security
	case groupHandling:
		n.handling.Version, into = row.Version, &n.handling
	case groupRetention:
		n.retention.Version, into = row.Version, &n.retention
	case groupEmblem:
		n.profile.EmblemVersion = row.Version
		return nil
	default:
		return nil
	}
	if err := json.Unmarshal([]byte(row.Value), into); err != nil {
		return fmt.Errorf("city: stored %s: %w", row.Name, err)
	}
	return nil
}

// Revision changes whenever any setting or page does: what is made of them may be kept under it.
func (s *Service) Revision(ctx context.Context) (int64, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return 0, err
	}
	return k.revision, nil
}

// Profile returns how the city presents itself.
func (s *Service) Profile(ctx context.Context) (Profile, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return Profile{}, err
	}
	return k.profile, nil
}

// Security returns the rules of signing in.
func (s *Service) Security(ctx context.Context) (Security, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return Security{}, err
	}
	return k.security, nil
}

// CaseNumbers returns the numbers that the handling of cases goes by.
func (s *Service) CaseNumbers(ctx context.Context) (Handling, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return Handling{}, err
	}
	return k.handling, nil
}

// Retention returns how long things are kept.
func (s *Service) Retention(ctx context.Context) (Retention, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return Retention{}, err
	}
	return k.retention, nil
}

// Zone returns the city's time zone; while the database does not answer, the one last known, or China's.
func (s *Service) Zone(ctx context.Context) *time.Location {
	if k, err := s.kept.Get(ctx); err == nil {
		return k.zone
	}
	if k, ok := s.kept.Last(); ok {
		return k.zone
	}
	return china
}

// china has had one zone and no summer time since 1992.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// PrivacyVersion returns the version of the privacy notice in force, that of its zh-CN text; 0 while there is none.
func (s *Service) PrivacyVersion(ctx context.Context) (int64, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return 0, err
	}
	return k.pages[pageKey{PagePrivacy, i18n.Source}].Version, nil
}

// may says why the actor, unless it is the program itself, may not change what belongs to the role.
func may(actor models.Actor, role models.Role) error {
	if actor.Has(role) || actor.Kind == models.SystemActor {
		return nil
	}
	if role == models.SecurityAdmin {
		return fault.New(fault.Forbidden, i18n.N("只有安全管理员可以修改这项设置。"))
	}
	return fault.New(fault.Forbidden, i18n.N("只有系统管理员可以修改这项设置。"))
}
