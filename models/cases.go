package models

import (
	"time"

	"huiyin/internal/i18n"
)

// DeskKind is a sort of place where cases arrive.
type DeskKind string

// ConsultationDesk takes questions one-on-one.
const ConsultationDesk DeskKind = "consultation"

// ReviewMode is a desk's answer to "who approves a reply".
type ReviewMode string

// The review modes. In every one the reviewer is somebody else than the author.
const (
	ReviewByDepartment ReviewMode = "department" // a reviewer of the department that answers
	ReviewByOverseer   ReviewMode = "overseer"   // 政务公开办
	ReviewNone         ReviewMode = "none"       // the handler sends
)

// Desk is where cases arrive; it carries the policy of handling. DepartmentID 0 is the desk of every department that has none of its own.
type Desk struct {
	ID             int64
	DepartmentID   int64
	Kind           DeskKind
	Name           string
	SimpleDays     int64
	OrdinaryDays   int64
	Unit           string // "working" or "natural" days
	Review         ReviewMode
	SendOnApproval bool
	Active         bool
	Version        int64
	UpdatedAt      time.Time
}

// TopicKind chooses the deadline.
type TopicKind string

// The topic kinds.
const (
	Simple   TopicKind = "simple"
	Ordinary TopicKind = "ordinary"
)

// Topic is what a case is about; a leaf routes it to a department.
type Topic struct {
	ID           int64
	ParentID     int64 // 0 at the top; the tree has two levels
	Name         string
	NameEn       string
	Hint         string
	HintEn       string
	DepartmentID int64 // 0 for a group
	Kind         TopicKind
	Sort         int64
	Active       bool
	Version      int64
	UpdatedAt    time.Time
}

// In is the topic's name in a locale.
func (t Topic) In(locale string) string { return i18n.Either(locale, t.Name, t.NameEn) }

// HintIn is the topic's hint to those who ask, in a locale.
func (t Topic) HintIn(locale string) string { return i18n.Either(locale, t.Hint, t.HintEn) }

// CaseStatus is where a case stands; exactly one at a time.
type CaseStatus string

// The statuses of a case.
const (
	Submitted CaseStatus = "submitted" // 待受理
	Handling  CaseStatus = "handling"  // 办理中
	Reviewing CaseStatus = "reviewing" // 待审核
	Approved  CaseStatus = "approved"  // 待发送
	Answered  CaseStatus = "answered"  // 已答复
	Closed    CaseStatus = "closed"    // 已办结
	Withdrawn CaseStatus = "withdrawn" // 已撤回
)

// CaseStatuses lists them in the order of a case's life.
var CaseStatuses = []CaseStatus{Submitted, Handling, Reviewing, Approved, Answered, Closed, Withdrawn}

// Open reports whether an answer is still owed.
func (s CaseStatus) Open() bool {
	return s == Submitted || s == Handling || s == Reviewing || s == Approved
}

// Case is one matter raised by one resident.
type Case struct {
	ID                int64
	Number            string // "20261120-0005"
	Kind              DeskKind
	Status            CaseStatus
	IsOpen            bool // Status.Open(), stored for the indexes
	DeskID            int64
	TopicID           int64
	DepartmentID      int64
	HandlerID         int64 // 0 while unassigned
	ResidentID        int64
	Title             string
	Body              string
	PlaceSealed       string
	DisplayNameSealed string
	Anonymous         bool
	Channel           string // web, miniprogram, phone, api
	Locale            string
	ConsentAt         *time.Time // to publication
	ConsentWithdrawn  *time.Time `gorm:"column:consent_withdrawn_at"`
	PrivacyVersion    int64
	CodeHash          string // of the query code
	SubmissionKey     string // one per filled form: a double click makes one case
	Round             int64  // 1 for the first question, +1 for every follow-up and the reopening
	AskedAt           time.Time
	DueAt             time.Time
	DueBasis          string // workdays.Computation as JSON
	DueProvisional    bool
	DueSoonToldAt     *time.Time
	OverdueToldAt     *time.Time
	SubmittedAt       time.Time
	AcceptedAt        *time.Time
	ReturnedAt        *time.Time // the reviewer's return of the present draft
	OverseerReviews   bool       // nobody of the department may judge the present reply
	AnsweredAt        *time.Time
	ClosedAt          *time.Time
	WithdrawnAt       *time.Time
	ReopenedAt        *time.Time
	PublishedAt       *time.Time
	Publication       PublicationStatus // "" none, "wanted" answered with consent, then the publication's own status
	Rating            int64             // 1–5, 0 while unrated
	RatingWord        string
	RatedAt           *time.Time
	Version           int64
	UpdatedAt         time.Time
}

// Consented reports whether the resident's consent to publication stands.
func (c *Case) Consented() bool { return c.ConsentAt != nil && c.ConsentWithdrawn == nil }

// MessageKind is what a message of the thread is.
type MessageKind string

// The message kinds. A note is for colleagues only.
const (
	Question   MessageKind = "question"
	FollowUp   MessageKind = "follow_up"
	Supplement MessageKind = "supplement"
	ReplySent  MessageKind = "reply"
	Note       MessageKind = "note"
)

// CaseMessage is one entry of a case's thread.
type CaseMessage struct {
	ID           int64
	CaseID       int64
	Round        int64
	Kind         MessageKind
	StaffID      int64 // 0 for the resident
	DepartmentID int64
	Body         string
	SentKey      *string // of the form it came by, unique within the case: a double click makes one message
	CreatedAt    time.Time
}

// CaseReply is the reply of one round while it is written and reviewed; sending it makes a CaseMessage.
type CaseReply struct {
	ID          int64
	CaseID      int64
	Round       int64
	AuthorID    int64   // who submitted it for review, or saved it last
	Authors     Authors // none of them may review it
	ReviewerID  int64
	Body        string
	Comment     string // the reviewer's, when returned
	SavedAt     time.Time
	SubmittedAt *time.Time
	ReviewedAt  *time.Time
	SentAt      *time.Time
	Version     int64
}

// CaseEvent is one row of a case's history.
type CaseEvent struct {
	ID           int64
	CaseID       int64
	Round        int64
	Action       string
	FromStatus   CaseStatus
	ToStatus     CaseStatus
	ActorKind    string
	ActorID      int64
	DepartmentID int64
	SubjectID    int64 // the person it concerns: an assigned handler
	Note         string
	CaseVersion  int64 // of the case after this step
	Shown        bool  // to the resident, on the timeline
	At           time.Time
}

// CaseDraft keeps what a resident typed before it was sent.
type CaseDraft struct {
	ID             int64
	TokenHash      string
	TopicID        int64
	PrivacyVersion int64
	BodySealed     string
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// ReplyTemplate is a 常用答复 with placeholders; DepartmentID and TopicID 0 mean any.
type ReplyTemplate struct {
	ID           int64
	DepartmentID int64
	TopicID      int64
	Title        string
	Body         string
	Active       bool
	Version      int64
	UpdatedAt    time.Time
}
