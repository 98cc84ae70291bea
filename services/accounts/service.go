// Package accounts knows who somebody is: residents, staff, departments and roles, how each signs in, and the actor that
// every use case takes.
//
// It knows nothing of cases or activities, nor of cookies and HTTP; what it needs from others it names as small interfaces.
package accounts

import (
	"context"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/fresh"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// Sealer keeps personal data and secrets unreadable at rest; internal/seal is one.
type Sealer interface {
	Seal(plain, context string) (string, error)
	Open(sealed, context string) (string, error)
	BlindIndex(kind, value string) string
	Derive(purpose, input string) []byte
}

// Hasher hashes passwords; internal/password is one. Verify of an empty hash must take as long as of a real one.
type Hasher interface {
	Hash(plain string) (string, error)
	Verify(encoded, plain string) (ok, needsRehash bool)
}

// Codes issues and checks one-time codes; internal/onetime is one.
type Codes interface {
	Issue(ctx context.Context, purpose, key string) (string, error)
	Check(ctx context.Context, purpose, key, code string) error
}

// CodeSender brings a one-time code to a phone, in the words of the locale.
type CodeSender interface {
	SendCode(ctx context.Context, phone, code, locale string) error
}

// Recorder notes who did what; services/audit is one.
type Recorder interface {
	Record(ctx context.Context, actor models.Actor, action, kind string, id int64, detail map[string]any) error
}

// InUse tells what is still tied to a department or a member of staff; counts stop at a bound.
type InUse interface {
	OpenCases(ctx context.Context, departmentID int64) (int, error)
	OpenCasesOf(ctx context.Context, staffID int64) (int, error)
	// Serves returns the names of the active topics that a department answers, and of its own active desk, "" for none.
	Serves(ctx context.Context, departmentID int64) (topics []string, desk string, err error)
}

// Deps is what the service is built from. Settings may be nil: DefaultSettings is used. Privacy is the version of the privacy notice in
// force; nil while there is none to agree to.
type Deps struct {
	DB        *database.DB
	Clock     clock.Clock
	Audit     Recorder
	Seal      Sealer
	Passwords Hasher
	Codes     Codes
	Sender    CodeSender
	Settings  func(ctx context.Context) (Settings, error)
	Privacy   func(ctx context.Context) (int64, error)
}

// Service is the accounts of one city.
type Service struct {
	Deps
	inUse InUse
	tree  *fresh.Value[*Tree]
}

// New returns the service.
func New(d Deps) *Service {
	if d.Settings == nil {
		d.Settings = func(context.Context) (Settings, error) { return DefaultSettings(), nil }
	}
	if d.Privacy == nil {
		d.Privacy = func(context.Context) (int64, error) { return 0, nil }
	}
	s := &Service{Deps: d}
	s.tree = fresh.New(d.DB, d.Clock, treeTTL, s.loadTree)
	return s
}

// SetInUse says who knows of open cases. It belongs to the wiring, before the first request; without it no department can
// be deactivated.
func (s *Service) SetInUse(u InUse) { s.inUse = u }

// Settings are the numbers a city sets about signing in.
type Settings struct {
	LockAfter         int           // consecutive failures until the lock-out
	LockFor           time.Duration // how long it lasts
	SecondFactorRoles []models.Role // who must use a second factor (等级保护 level 3: all staff)
	StaffIdle         time.Duration // a staff session ends after so long without a request
	StaffMax          time.Duration // and so long after the sign-in, however busy
	ResidentIdle      time.Duration
	VisitorIdle       time.Duration
	Issuer            string // names the city in an authenticator app
}

// DefaultSettings returns 5 failures, 15 minutes, 12 h and at most 7 days for staff, 30 days for residents, 7 days for visitors, and no role
// that must use a second factor.
func DefaultSettings() Settings {
	return Settings{
		LockAfter: 5, LockFor: 15 * time.Minute, StaffIdle: 12 * time.Hour, StaffMax: 7 * 24 * time.Hour, ResidentIdle: 30 * 24 * time.Hour,
		VisitorIdle: 7 * 24 * time.Hour, Issuer: "回音",
	}
}

// Stale is the Detail of a Conflict: the row as it is now, and the names of the inputs that differ from what was sent.
type Stale struct {
	Version int64
	Present any
	Changed []string
}

func stale(version int64, present any, changed []string) *fault.Error {
	return fault.New(fault.Conflict, i18n.N("有人在您之前改过这一条，请核对后再保存。")).WithReason("stale").
		WithDetail(Stale{Version: version, Present: present, Changed: changed})
}

func notFound() *fault.Error { return fault.New(fault.NotFound, i18n.N("没有找到。")) }

func signInFirst() *fault.Error {
	return fault.New(fault.Unauthenticated, i18n.N("请先登录。"))
}
