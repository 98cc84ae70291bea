// Package library keeps what has been published: the public version of an answered case, which is a text of its own, and
// everything that reads it: lists, search, feeds, votes, favourites.
//
// It is told what a case is called and when it was answered; it must not know cases, nor who asked. Whether somebody may prepare
// or publish at all (roles, the resident's consent) is decided above; here stands only what makes a publication sound.
package library

import (
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/pii"
	"huiyin/internal/seal"
	"huiyin/internal/textindex"
	"huiyin/models"
	"huiyin/services/audit"
)

// Detector finds personal data in a text; *pii.Detector is one.
type Detector interface {
	Find(text string) []pii.Finding
}

// Deps is what the library works with.
type Deps struct {
	DB    *database.DB
	Clock clock.Clock
	Audit *audit.Log
	Index *textindex.Index // nil in a process that never searches
	Seal  *seal.Box
	PII   Detector
	Reads Counter // nil counts in this process's memory only
}

// Library is the room.
type Library struct {
	db    *database.DB
	clock clock.Clock
	audit *audit.Log
	index *textindex.Index
	seal  *seal.Box
	pii   Detector
	reads *reads
	feed  *follower
	kept  kept
}

// New returns the library.
func New(d Deps) *Library {
	return &Library{
		db: d.DB, clock: d.Clock, audit: d.Audit, index: d.Index, seal: d.Seal, pii: d.PII,
		reads: newReads(d.Reads), feed: newFollower(),
	}
}

// Source is what the library is told about the case whose public version is prepared.
type Source struct {
	CaseID       int64
	TopicID      int64
	DepartmentID int64
	AskedAt      time.Time
	AnsweredAt   time.Time
	WorkingDays  int // from the question to the answer
}

// Choice is what a person decided about a finding.
type Choice string

// The choices.
const (
	Mask Choice = "mask" // put the replacement in its place
	Keep Choice = "keep" // it is not personal, or may be public
)

// Decision is a person's word on one finding, recognised by its key wherever that text stands in that field.
type Decision struct {
	Key         string `form:"key" json:"key"`
	Choice      Choice `form:"choice" json:"choice" enum:"mask,keep"`
	Replacement string `form:"replacement" json:"replacement,omitempty"` // for mask; empty takes what is proposed
}

// PrepareInput is the public version as its preparer wrote it.
type PrepareInput struct {
	Title     string     `form:"title" json:"title"`
	Question  string     `form:"question" json:"question"`
	Answer    string     `form:"answer" json:"answer"`
	Decisions []Decision `form:"-" json:"decisions,omitempty"`
	Version   int64      `form:"version" json:"version,omitempty"` // 0 when there is none yet
}

// Finding is one place that may hold personal data. Start and End are byte offsets into the field.
type Finding struct {
	Field       string   `json:"field"` // "title", "question" or "answer"
	Kind        pii.Kind `json:"kind"`
	Start       int      `json:"start"`
	End         int      `json:"end"`
	Text        string   `json:"text"`
	Replacement string   `json:"replacement"` // what is proposed instead
	Key         string   `json:"key"`
	Decided     bool     `json:"decided"` // somebody said that it may stay
}

// Entry is what everybody may see of a published publication.
type Entry struct {
	ID           int64
	TopicID      int64
	DepartmentID int64
	Title        string
	Question     string
	Answer       string
	AskedAt      time.Time
	AnsweredAt   time.Time
	WorkingDays  int
	PublishedAt  time.Time
	UpdatedAt    time.Time
	Reads        int64
	Helpful      int64
	Unhelpful    int64
}

func entry(p models.Publication) Entry {
	e := Entry{
		ID: p.ID, TopicID: p.TopicID, DepartmentID: p.DepartmentID, Title: p.Title, Question: p.Question, Answer: p.Answer,
		AskedAt: p.AskedAt, AnsweredAt: p.AnsweredAt, WorkingDays: int(p.WorkingDays), UpdatedAt: p.UpdatedAt,
		Reads: p.Reads, Helpful: p.Helpful, Unhelpful: p.Unhelpful,
	}
	if p.PublishedAt != nil {
		e.PublishedAt = *p.PublishedAt
	}
	return e
}

func entries(ps []models.Publication) []Entry {
	out := make([]Entry, len(ps))
	for i, p := range ps {
		out[i] = entry(p)
	}
	return out
}
