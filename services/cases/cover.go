package cases

import (
	"strings"

	"huiyin/internal/pii"
	"huiyin/models"
)

// Detector finds personal data in a text.
type Detector interface {
	Find(text string) []pii.Finding
}

// Part is a piece of a resident's text. Kind says what is covered there, "" for words that stand as they were written.
type Part struct {
	Text string
	Kind pii.Kind
}

// covers are the kinds that staff see only after a recorded look: what reaches a person, or proves who they are. Where something
// happened and who is spoken of stays, or nobody could answer.
var covers = map[pii.Kind]bool{pii.IDCard: true, pii.BankCard: true, pii.Phone: true, pii.Email: true, pii.WeChat: true, pii.QQ: true}

// written tells which messages are a resident's own words.
func written(k models.MessageKind) bool {
	return k == models.Question || k == models.FollowUp || k == models.Supplement
}

// cover hides what a resident's words hold of such data, for a viewer who is not the resident.
func (s *Service) cover(m *Message) {
	if !written(m.Kind) {
		return
	}
	if parts, hidden := s.covered(m.Body); parts != nil {
		m.Parts, m.open, m.Body = parts, m.Body, hidden
	}
}

// covered returns a text with such data hidden, in parts and as a whole; no parts, and the text itself, when it holds none.
func (s *Service) covered(text string) (parts []Part, hidden string) {
	var all strings.Builder
	end := 0
	add := func(text string, kind pii.Kind) {
		if text != "" {
			parts = append(parts, Part{text, kind})
			all.WriteString(text)
		}
	}
	for _, f := range s.PII.Find(text) {
		if covers[f.Kind] {
			add(text[end:f.Start], "")
			add(pii.Mask(f.Kind, f.Text), f.Kind)
			end = f.End
		}
	}
	if end == 0 {
		return nil, text
	}
	add(text[end:], "")
	return parts, all.String()
}

// coverRest hides such data in what else a resident wrote: names of files, the word to a rating, the reason of a withdrawal.
func (s *Service) coverRest(t *Thread) {
	hide := func(text *string) {
		if parts, hidden := s.covered(*text); parts != nil {
			open := *text
			t.uncover = append(t.uncover, func() { *text = open })
			*text = hidden
		}
	}
	hide(&t.Case.RatingWord)
	for i := range t.Events {
		if t.Events[i].ActorKind != string(models.StaffActor) {
			hide(&t.Events[i].Note)
		}
	}
	for i := range t.Messages {
		for j := range t.Messages[i].Files {
			if written(t.Messages[i].Kind) {
				hide(&t.Messages[i].Files[j].Name)
			}
		}
	}
}

// FileName is a file's name as it is handed to the actor: to staff as covered as on the page.
func (s *Service) FileName(actor models.Actor, a models.Attachment) string {
	if !actor.IsStaff() {
		return a.Name
	}
	_, name := s.covered(a.Name)
	return name
}

// Uncover shows what was covered: after a look that was recorded.
func (t *Thread) Uncover() {
	for i := range t.Messages {
		if m := &t.Messages[i]; m.open != "" {
			m.Body, m.Parts = m.open, nil
		}
	}
	for _, open := range t.uncover {
		open()
	}
}
