// Package demo makes the demo county 临江县: its departments, people, topics, texts and a few hundred cases, all invented, and builds it
// into an empty database.
//
// The content is embedded; Build turns it into calls of the use cases, each at its own past moment, so that a demo case went through the
// same doors as a real one and its history, audit and notices are true. It must not write a table of the product itself.
package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed content/*.json
var files embed.FS

// City is the name of the demo county.
const City = "临江县"

// Department is one unit of the tree; parents stand before their children. Parent is "" for the root.
type Department struct {
	Key    string `json:"key"`
	Parent string `json:"parent"`
	Level  string `json:"level"` // county, town or village
	Name   string `json:"name"`
	Short  string `json:"short"`
	Phone  string `json:"phone"`
	En     string `json:"en"`
}

// Topic is a group (Parent and Department empty) or a leaf, which routes to a department.
type Topic struct {
	Key        string `json:"key"`
	Parent     string `json:"parent"`
	Name       string `json:"name"`
	En         string `json:"en"`
	Department string `json:"department"`
	Kind       string `json:"kind"` // simple or ordinary; empty for a group
	Hint       string `json:"hint"`
	HintEn     string `json:"hint_en"`
}

// Leaf reports whether a case may be filed under the topic.
func (t Topic) Leaf() bool { return t.Department != "" }

// Person is a member of staff. Roles are the codes of models.Role.
type Person struct {
	Account    string   `json:"account"`
	Name       string   `json:"name"`
	Department string   `json:"department"`
	Office     string   `json:"office"`
	Roles      []string `json:"roles"`
}

// Template is a 常用答复. Topic and Department are keys; both empty means anybody may use it anywhere.
type Template struct {
	Title      string `json:"title"`
	Body       string `json:"body"`
	Topic      string `json:"topic"`
	Department string `json:"department"`
}

// Placeholders are the only ones a Template may hold.
var Placeholders = []string{"称呼", "编号", "部门", "经办人", "日期", "期限", "科室电话"}

// FollowUp is one more round; Reply is "" while an answer is owed.
type FollowUp struct {
	Question string `json:"question"`
	Reply    string `json:"reply"`
}

// Case is one matter as its resident wrote it, and what became of it.
//
// State is the status it shall reach, with four words for a status plus a fact: returned (handling, the draft came back with
// ReturnComment), followed_up (handling, the last FollowUp has no reply), reopened (handling again, after Rating and with
// ReopenReason) and published (closed, and in the library with the Public texts). In reviewing, returned and approved, Reply is the draft.
type Case struct {
	Topic       string `json:"topic"`
	Title       string `json:"title"`
	Text        string `json:"text"`
	Place       string `json:"place"`
	DisplayName string `json:"display_name"`
	Anonymous   bool   `json:"anonymous"`
	Consent     bool   `json:"consent"`
	Channel     string `json:"channel"` // web, miniprogram or phone
	State       string `json:"state"`
	DaysAgo     int    `json:"days_ago"`
	Overdue     bool   `json:"overdue"`
	HasPII      bool   `json:"has_pii"`

	Office         string     `json:"office"`
	Reply          string     `json:"reply"`
	FollowUps      []FollowUp `json:"follow_ups"`
	Rating         int        `json:"rating"` // 1–5, 0 while unrated
	RatingWord     string     `json:"rating_word"`
	ReturnComment  string     `json:"return_comment"`
	ReopenReason   string     `json:"reopen_reason"`
	WithdrawReason string     `json:"withdraw_reason"`
	Notes          []string   `json:"notes"`

	PublicTitle    string `json:"public_title"`
	PublicQuestion string `json:"public_question"`
	PublicAnswer   string `json:"public_answer"`
}

// Content is everything the demo is made of.
type Content struct {
	Departments []Department
	Topics      []Topic
	Staff       []Person
	Templates   []Template
	Cases       []Case
}

// Load parses the embedded files. It fails on a field that no struct here knows.
func Load() (*Content, error) {
	c := &Content{}
	for name, into := range map[string]any{
		"departments": &c.Departments, "topics": &c.Topics, "staff": &c.Staff,
		"reply_templates": &c.Templates,
	} {
		if err := parse("content/"+name+".json", into); err != nil {
			return nil, err
		}
	}
	names, err := fs.Glob(files, "content/cases-*.json")
	if err != nil {
		return nil, fmt.Errorf("list case files: %w", err)
	}
	for _, name := range names {
		var some []Case
		if err := parse(name, &some); err != nil {
			return nil, err
		}
		c.Cases = append(c.Cases, some...)
	}
	return c, nil
}

func parse(name string, into any) error {
	raw, err := files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("parse %s: %w", name, err)
	}
	return nil
}
