// Package messages finds every message id that the product can show: in templates and in Go. The house rules check that each has
// its translation, and test/catalog writes the ones that are missing. It reads the source, it runs nothing of it.
package messages

import (
	"regexp"
	"slices"
	"strings"
)

// Message is one msgid and where it was first met.
type Message struct {
	ID    string
	Where string // "api/portal/ask.go:31", from the root
}

// Found is what Find finds.
type Found struct {
	Messages []Message       // each once, templates first
	Bare     []string        // places in templates where Chinese stands outside of {{t "…"}} and so is never translated
	Literals map[string]bool // every string literal of the Go source: an entry of a catalog that is not even here is unused
}

// Find reads everything under root. In Go a message is what fault, i18n and a Localizer are given, and each Chinese literal of a
// declaration marked //i18n:keys; in api every Chinese literal is one, and so is the doc of a field.
func Find(root string) (Found, error) {
	all := Found{Literals: map[string]bool{}}
	err := all.templates(root)
	if err == nil {
		err = all.packages(root)
	}
	seen := map[string]bool{}
	all.Messages = slices.DeleteFunc(all.Messages, func(m Message) bool {
		again := seen[m.ID]
		seen[m.ID] = true
		return again
	})
	return all, err
}

// Han reports whether s has a Chinese character.
func Han(s string) bool { return han.MatchString(s) }

var han = regexp.MustCompile(`\p{Han}`)

// Names stand in any language as they are: the product's own, and the languages in their own words.
var Names = []string{"回音", "简体中文", "中文"}

// WithoutNames removes the names from s.
func WithoutNames(s string) string {
	for _, n := range Names {
		s = strings.ReplaceAll(s, n, "")
	}
	return s
}
