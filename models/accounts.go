package models

import (
	"time"

	"huiyin/internal/i18n"
)

// Level is a department's place in the three levels of a county.
type Level string

// The levels.
const (
	County  Level = "county"
	Town    Level = "town"
	Village Level = "village"
)

// Department is a unit that answers: a county bureau, a town or sub-district, a village or community.
type Department struct {
	ID        int64
	ParentID  int64  // 0 for the root
	Path      string // "/1/5/12/": own id last, so a subtree is a prefix
	Level     Level
	Name      string
	Short     string
	NameEn    string
	Phone     string
	Sort      int64
	Active    bool
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// In is the department's name in a locale.
func (d Department) In(locale string) string { return i18n.Either(locale, d.Name, d.NameEn) }

// Resident is somebody who confirmed a phone number.
type Resident struct {
	ID                int64
	PhoneSealed       string
	PhoneIndex        string
	DisplayNameSealed string
	Locale            string
	NotifySMS         bool  `gorm:"column:notify_sms"`
	AgreedPrivacy     int64 // newest version of the privacy notice agreed to, as the agreements say; 0 for none
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// Agreement says that a resident agreed to one version of a page (the privacy notice).
type Agreement struct {
	ID         int64
	ResidentID int64
	Slug       string
	Version    int64
	AgreedAt   time.Time
}

// Role is what a member of staff may do.
type Role string

// The roles. The last three are separate persons (三权分立, 等级保护 level 3).
const (
	Handler       Role = "handler"
	Reviewer      Role = "reviewer"
	Overseer      Role = "overseer"
	Leader        Role = "leader"
	Organizer     Role = "organizer"
	SystemAdmin   Role = "system_admin"
	SecurityAdmin Role = "security_admin"
	Auditor       Role = "auditor"
)

// Roles lists every role in the order screens show them.
var Roles = []Role{Handler, Reviewer, Overseer, Leader, Organizer, SystemAdmin, SecurityAdmin, Auditor}

// Staff is a person who signs in to the console.
type Staff struct {
	ID            int64
	Account       string
	Name          string
	DepartmentID  int64
	Office        string // 科室
	Email         string
	PasswordHash  string
	MustChange    bool
	TOTPSealed    string     `gorm:"column:totp_sealed"`
	TOTPEnabledAt *time.Time `gorm:"column:totp_enabled_at"`
	TOTPLastStep  int64      `gorm:"column:totp_last_step"` // the last 30 s step used, so that a code works once
	Active        bool
	FailedCount   int64
	LockedUntil   *time.Time
	Locale        string
	LastLoginAt   *time.Time
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// TableName is the table of staff.
func (Staff) TableName() string { return "staff" }

// StaffRole gives one role to one person.
type StaffRole struct {
	StaffID int64 `gorm:"primaryKey;autoIncrement:false"`
	Role    Role  `gorm:"primaryKey"`
}

// RecoveryCode replaces the second factor once.
type RecoveryCode struct {
	ID      int64
	StaffID int64
	Hash    string
	UsedAt  *time.Time
}

// SessionKind says what a session's token stands for.
type SessionKind string

// The kinds: a visitor holds receipts only; a token is a program's, made by a member of staff.
const (
	VisitorSession  SessionKind = "visitor"
	ResidentSession SessionKind = "resident"
	StaffSession    SessionKind = "staff"
	TokenSession    SessionKind = "token"
)

// Session is one sign-in; the database keeps it, so an emptied Redis signs nobody out.
type Session struct {
	ID             int64
	TokenHash      string
	Kind           SessionKind
	ResidentID     int64
	StaffID        int64
	Label          string
	SecondFactorAt *time.Time
	CreatedAt      time.Time
	SeenAt         time.Time
	ExpiresAt      time.Time
	RevokedAt      *time.Time
}

// SessionGrant lets a session follow one case: its receipt was shown.
type SessionGrant struct {
	SessionID int64 `gorm:"primaryKey;autoIncrement:false"`
	CaseID    int64 `gorm:"primaryKey;autoIncrement:false"`
	GrantedAt time.Time
}
