package library

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"huiyin/internal/pii"
	"huiyin/models"
)

// The fields of a public version, in the order of the screen.
const (
	fieldTitle    = "title"
	fieldQuestion = "question"
	fieldAnswer   = "answer"
)

// Findings lists what may be personal data in the publication as it stands, and how many of them nobody has decided on. The
// publication need not be saved: before the first Save this is the proposal.
func (l *Library) Findings(p models.Publication) (list []Finding, undecided int) {
	decided := byKey(decisions(p.Decisions))
	for _, f := range []struct{ name, text string }{{fieldTitle, p.Title}, {fieldQuestion, p.Question}, {fieldAnswer, p.Answer}} {
		for _, found := range l.find(f.name, f.text) {
			found.Decided = decided[found.Key].Choice == Keep
			if !found.Decided {
				undecided++
			}
			list = append(list, found)
		}
	}
	return list, undecided
}

func (l *Library) find(field, text string) []Finding {
	var out []Finding
	for _, f := range l.pii.Find(text) {
		if f.Replacement == f.Text { // masked already
			continue
		}
		out = append(out, Finding{
			Field: field, Kind: f.Kind, Start: f.Start, End: f.End, Text: f.Text, Replacement: f.Replacement, Key: l.key(field, f),
		})
	}
	return out
}

// key recognises a finding again without keeping the personal text: decisions are stored by it.
func (l *Library) key(field string, f pii.Finding) string {
	return l.seal.BlindIndex("library.finding", field+"\x00"+string(f.Kind)+"\x00"+f.Text)
}

// masked carries out the mask decisions on a field, again and again while hiding one datum uncovers another, and adds what was
// decided by the way: what a person chose to put there is not asked about again.
func (l *Library) masked(field, text string, known map[string]Decision) string {
	for range maxRounds {
		found := l.find(field, text)
		var at []span
		var b strings.Builder
		end := 0
		for _, f := range found {
			d := known[f.Key]
			if d.Choice != Mask {
				continue
			}
			with := d.Replacement
			if with == "" {
				with = f.Replacement
			}
			b.WriteString(text[end:f.Start])
			at = append(at, span{b.Len(), b.Len() + len(with)})
			b.WriteString(with)
			end = f.End
		}
		if len(at) == 0 {
			return text
		}
		b.WriteString(text[end:])
		text = b.String()
		for _, f := range l.find(field, text) {
			if known[f.Key].Choice == "" && within(f, at) {
				known[f.Key] = Decision{Key: f.Key, Choice: Keep}
			}
		}
	}
	return text
}

// maxRounds ends the masking of a replacement that is itself to be masked.
const maxRounds = 4

type span struct{ from, to int }

func within(f Finding, spans []span) bool {
	for _, s := range spans {
		if f.Start >= s.from && f.End <= s.to {
			return true
		}
	}
	return false
}

// decisions reads what was stored; a row that cannot be read has none, so that every finding is asked about again.
func decisions(stored string) []Decision {
	var ds []Decision
	if json.Unmarshal([]byte(stored), &ds) != nil {
		return nil
	}
	return ds
}

func byKey(ds []Decision) map[string]Decision {
	m := make(map[string]Decision, len(ds))
	for _, d := range ds {
		m[d.Key] = d
	}
	return m
}

func runes(s string) int { return utf8.RuneCountInString(s) }
