package pii

import (
	"unicode"
	"unicode/utf8"
)

// scanner holds the text as characters, folded to half width and lower case, and where each stands in the original.
type scanner struct {
	text  string
	r     []rune
	at    []int // byte offset of each character, and of the end
	found []Finding
}

func newScanner(text string) *scanner {
	n := utf8.RuneCountInString(text)
	s := &scanner{text: text, r: make([]rune, 0, n), at: make([]int, 0, n+1)}
	for i, r := range text { // an invalid byte counts as one character of one byte
		s.r = append(s.r, lower(fold(r)))
		s.at = append(s.at, i)
	}
	s.at = append(s.at, len(text))
	return s
}

// fold maps full-width ASCII to ASCII, every kind of space to one, every kind of dash to the hyphen.
func fold(r rune) rune {
	switch {
	case r < 0x80:
		if r == '\t' {
			return ' '
		}
		return r
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x3000 || r == 0xA0 || (r >= 0x2000 && r <= 0x200B):
		return ' '
	case r >= 0x2010 && r <= 0x2015 || r == 0x2212 || r == 0xFE63:
		return '-'
	}
	return r
}

func lower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 32
	}
	return r
}

// get returns the character at i, 0 outside the text.
func (s *scanner) get(i int) rune {
	if i < 0 || i >= len(s.r) {
		return 0
	}
	return s.r[i]
}

func (s *scanner) slice(from, to int) string { return string(s.r[max(from, 0):min(to, len(s.r))]) }

// has reports whether word, in lower case, stands at i.
func (s *scanner) has(i int, word string) bool {
	for _, r := range word {
		if s.get(i) != r {
			return false
		}
		i++
	}
	return true
}

// hasAny returns the length in characters of the first of the words that stands at i, 0 when none does.
func (s *scanner) hasAny(i int, words []string) int {
	for _, w := range words {
		if s.has(i, w) {
			return utf8.RuneCountInString(w)
		}
	}
	return 0
}

func (s *scanner) add(kind Kind, from, to int) {
	text := s.text[s.at[from]:s.at[to]]
	if with := Replacement(kind, text); with != text { // 王某 is hidden already
		s.addAs(kind, from, to, with)
	}
}

func (s *scanner) addAs(kind Kind, from, to int, replacement string) {
	s.found = append(s.found, Finding{Kind: kind, Start: s.at[from], End: s.at[to], Text: s.text[s.at[from]:s.at[to]], Replacement: replacement})
}

func digit(r rune) bool  { return r >= '0' && r <= '9' }
func letter(r rune) bool { return r >= 'a' && r <= 'z' }
func alnum(r rune) bool  { return digit(r) || letter(r) }
func han(r rune) bool    { return r >= 0x4E00 && r <= 0x9FFF || r > 0x9FFF && unicode.Is(unicode.Han, r) }
