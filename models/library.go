package models

import "time"

// PublicationStatus is where the public version of a case stands.
type PublicationStatus string

// The statuses of a publication. A case's own column also knows none ("") and wanted.
const (
	PublicationNone   PublicationStatus = ""
	PublicationWanted PublicationStatus = "wanted"      // answered with consent, not yet prepared
	PublicationDraft  PublicationStatus = "draft"       // being prepared
	PublicationReady  PublicationStatus = "ready"       // every finding decided; waits for a second person
	Published         PublicationStatus = "published"   // in the library
	Unpublished       PublicationStatus = "unpublished" // taken out, with a reason in the history
)

// Publication is the public version of a case: its own text.
type Publication struct {
	ID            int64
	CaseID        int64
	Status        PublicationStatus
	TopicID       int64
	DepartmentID  int64
	Title         string
	Question      string
	Answer        string
	Decisions     string // JSON: what was decided on each finding of the detector
	Comment       string // of the second person, when returned; the reason, when unpublished
	PreparedBy    int64
	Authors       Authors // none of them may publish it
	PublishedBy   int64
	AskedAt       time.Time
	AnsweredAt    time.Time
	WorkingDays   int64 // from the question to the answer
	PublishedAt   *time.Time
	UnpublishedAt *time.Time
	Reads         int64 `gorm:"column:reads_count"`
	Helpful       int64
	Unhelpful     int64
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// LibraryChange is one step of the library's change feed: gapless, in commit order. The publication's present state says what to do.
type LibraryChange struct {
	Seq           int64 `gorm:"primaryKey;autoIncrement:false"`
	PublicationID int64
	At            time.Time
}

// LibraryVote is one reader's "helpful" or "not helpful".
type LibraryVote struct {
	PublicationID int64  `gorm:"primaryKey;autoIncrement:false"`
	Voter         string `gorm:"primaryKey"` // a blind index of the reader
	Helpful       bool
	At            time.Time
}

// Favourite is a publication that a signed-in resident keeps.
type Favourite struct {
	ID            int64
	ResidentID    int64
	PublicationID int64
	CreatedAt     time.Time
}
