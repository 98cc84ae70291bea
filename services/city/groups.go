package city

import (
	"huiyin/internal/i18n"
	"huiyin/models"
)

// The groups of settings, by the names of their rows.
const (
	groupProfile   = "profile"
	groupSecurity  = "security"
	groupHandling  = "handling"
	groupRetention = "retention"
	groupEmblem    = "emblem"
)

// Profile is how the city presents itself. Version is 0 until somebody has set it.
type Profile struct {
	CityName         string   `json:"city_name" form:"city_name"`
	CityNameEn       string   `json:"city_name_en" form:"city_name_en"`
	SiteName         string   `json:"site_name" form:"site_name"`
	SiteNameEn       string   `json:"site_name_en" form:"site_name_en"`
	Slogan           string   `json:"slogan" form:"slogan"`
	SloganEn         string   `json:"slogan_en" form:"slogan_en"`
	Color            string   `json:"color" form:"color"` // "#1f5f99"
	TimeZone         string   `json:"time_zone" form:"time_zone"`
	Phone            string   `json:"phone" form:"phone"`
	Address          string   `json:"address" form:"address"`
	ICP              string   `json:"icp" form:"icp"` // 备案号
	Footer           string   `json:"footer" form:"footer"`
	FooterEn         string   `json:"footer_en" form:"footer_en"`
	PopularQuestions []string `json:"popular_questions" form:"popular_questions"` // 大家常问

	Version       int64 `json:"-" form:"-"`
	HasEmblem     bool  `json:"-" form:"-"` // the city's own, else the built-in one; see Service.Emblem
	EmblemVersion int64 `json:"-" form:"-"`
}

// Name is the city's name in a locale.
func (p Profile) Name(locale string) string { return i18n.Either(locale, p.CityName, p.CityNameEn) }

// Site is the name of the site in a locale.
func (p Profile) Site(locale string) string { return i18n.Either(locale, p.SiteName, p.SiteNameEn) }

// Motto is the slogan in a locale.
func (p Profile) Motto(locale string) string { return i18n.Either(locale, p.Slogan, p.SloganEn) }

// Foot is the line at the foot of every page in a locale.
func (p Profile) Foot(locale string) string { return i18n.Either(locale, p.Footer, p.FooterEn) }

// Security is the rules of signing in.
type Security struct {
	SecondFactorRoles []models.Role `json:"second_factor_roles" form:"second_factor_roles"`
	LockAfter         int           `json:"lock_after" form:"lock_after"`           // failures in a row
	LockMinutes       int           `json:"lock_minutes" form:"lock_minutes"`       // how long an account stays locked
	SessionMinutes    int           `json:"session_minutes" form:"session_minutes"` // of staff, without a request
	SessionDays       int           `json:"session_days" form:"session_days"`       // of staff, however busy
	ResidentDays      int           `json:"resident_days" form:"resident_days"`     // a resident's session, without a request
	VisitorDays       int           `json:"visitor_days" form:"visitor_days"`       // a visitor's with receipts

	Version int64 `json:"-" form:"-"`
}

// Handling is the numbers that the handling of cases goes by.
type Handling struct {
	ReopenDays  int `json:"reopen_days" form:"reopen_days"`     // natural days after the answer
	CloseDays   int `json:"close_days" form:"close_days"`       // natural days after the answer
	DueSoonDays int `json:"due_soon_days" form:"due_soon_days"` // working days before the deadline
	Attachments int `json:"attachments" form:"attachments"`     // files a message
	DraftHours  int `json:"draft_hours" form:"draft_hours"`     // what was typed and not sent is deleted after these

	Version int64 `json:"-" form:"-"`
}

// Retention is how long things are kept; drafts are among Handling.
type Retention struct {
	AuditMonths      int `json:"audit_months" form:"audit_months"`
	DeliveriesMonths int `json:"deliveries_months" form:"deliveries_months"`
	ClosedCasesYears int `json:"closed_cases_years" form:"closed_cases_years"`

	Version int64 `json:"-" form:"-"`
}

// DefaultProfile is that of a city nobody has named yet.
func DefaultProfile() Profile {
	return Profile{
		CityName: "本市", CityNameEn: "Our city", SiteName: "回音 · 政民互动", SiteNameEn: "Huiyin · Residents and government",
		Slogan: "您问，办事的人答。", SloganEn: "You ask; the people who do the work answer.",
		Color: "#1f5f99", TimeZone: "Asia/Shanghai", PopularQuestions: []string{},
	}
}

// DefaultSecurity asks all staff for a second factor (等级保护 level 3).
func DefaultSecurity() Security {
	return Security{
		SecondFactorRoles: append([]models.Role{}, models.Roles...),
		LockAfter:         standard("lock_after"), LockMinutes: standard("lock_minutes"), SessionMinutes: standard("session_minutes"),
		SessionDays: standard("session_days"), ResidentDays: standard("resident_days"), VisitorDays: standard("visitor_days"),
	}
}

// DefaultHandling returns the standard numbers of Defaults.
func DefaultHandling() Handling {
	return Handling{
		ReopenDays: standard("reopen_days"), CloseDays: standard("close_days"), DueSoonDays: standard("due_soon_days"),
		Attachments: standard("attachments"), DraftHours: standard("draft_hours"),
	}
}

// DefaultRetention returns the standard numbers of Defaults.
func DefaultRetention() Retention {
	return Retention{
		AuditMonths: standard("audit_months"), DeliveriesMonths: standard("deliveries_months"),
		ClosedCasesYears: standard("closed_cases_years"),
	}
}
