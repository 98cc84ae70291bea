// Package models says what is stored: entities, typed statuses, and in migrations the schema they live in.
//
// Entities carry no behaviour beyond small facts about themselves; what the product does with them is in services.
// A field whose name ends in Sealed holds personal data as internal/seal wrote it; it is opened only where a person may see it.
package models

import "time"

// Setting is one group of settings, stored as JSON.
type Setting struct {
	Name      string `gorm:"primaryKey"`
	Value     string
	Version   int64
	UpdatedAt time.Time
	UpdatedBy int64 // staff, 0 for the program itself
}

// Page is one version of a page that settings edit ("how", "privacy", "accessibility") in one locale; versions are never changed.
type Page struct {
	ID          int64
	Slug        string
	Locale      string
	Version     int64
	Title       string
	Body        string // sanitized HTML
	PublishedAt time.Time
	PublishedBy int64
}

// CalendarYear is one imported year of public holidays, as its JSON.
type CalendarYear struct {
	Year       int64 `gorm:"primaryKey;autoIncrement:false"`
	Data       string
	Source     string
	ImportedAt time.Time
	ImportedBy int64
}

// AuditEntry says who did what, or looked at what. Seq, PrevHash and Hash are filled by the sealer in commit order.
type AuditEntry struct {
	ID           int64
	At           time.Time
	ActorKind    string
	ActorID      int64
	DepartmentID int64
	Action       string
	ObjectKind   string
	ObjectID     int64
	SubjectID    int64 // the member of staff to whom somebody else did it, for searching: it is said in Object or Detail, which the chain holds
	RequestID    string
	Address      string // network address, shortened to its network
	Detail       string // JSON without personal data
	Seq          *int64
	PrevHash     string
	Hash         string
}

// AuditHead is the last sealed entry of the chain.
type AuditHead struct {
	Name     string `gorm:"primaryKey"`
	Seq      int64
	Hash     string
	SealedAt time.Time
}

// IdempotencyKey remembers what a program's request was answered, so that sending it again changes nothing.
type IdempotencyKey struct {
	Scope       string `gorm:"primaryKey"` // whose key: "resident:7"
	KeyHash     string `gorm:"primaryKey"`
	RequestHash string
	Status      int64 // 0 while the request is under way
	BodySealed  string
	CreatedAt   time.Time
}

// Owner kinds of an attachment.
const (
	OwnerDraft   = "draft"
	OwnerMessage = "message"
	OwnerReply   = "reply" // of a draft reply; becomes a message's when it is sent
)

// Attachment is one file that came with a question or a reply. It starts staged under a draft.
type Attachment struct {
	ID        int64
	OwnerKind string
	OwnerID   int64
	CaseID    int64
	BlobKey   string
	Name      string
	MIME      string `gorm:"column:mime"`
	Size      int64  // bytes
	SHA256    string `gorm:"column:sha256"`
	Width     int64  // pixels, images only
	Height    int64
	CreatedAt time.Time
}
