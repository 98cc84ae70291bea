package textindex

import (
	"strings"
	"unicode"
)

const (
	maxQueryRunes = 100 // of a search; the rest is not looked at
	maxWordRunes  = 64  // longer Latin words are cut
	maxTerms      = 10
)

// fold maps a rune to the one it is found by: full-width forms to half-width, upper case to lower. One rune stays one
// rune, so positions in a folded text are positions in the text. Traditional and simplified forms stay apart.
func fold(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		r -= 0xFEE0
	}
	return unicode.ToLower(r)
}

type class int

const (
	gap class = iota
	han
	word
)

func classify(r rune) class {
	switch {
	case r == unicode.ReplacementChar:
		return gap
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return word
	}
	return gap
}

// run is a stretch of one class in a folded text: runes[from:to].
type run struct {
	class    class
	from, to int
}

func folded(text string) []rune {
	runes := []rune(text)
	for i, r := range runes {
		runes[i] = fold(r)
	}
	return runes
}

func runs(runes []rune) []run {
	var out []run
	for i := 0; i < len(runes); {
		c := classify(runes[i])
		j := i + 1
		for j < len(runes) && classify(runes[j]) == c {
			j++
		}
		if c != gap {
			out = append(out, run{c, i, j})
		}
		i = j
	}
	return out
}

// document writes a text as FTS5 gets it: words whole, a stretch of Han as its overlapping pairs (a lone character as
// itself). Tokens hold nothing but letters, digits and marks, and stand between spaces.
func document(text string) string {
	runes := folded(text)
	var b strings.Builder
	b.Grow(len(text) * 3)
	for _, r := range runs(runes) {
		if r.class == word {
			b.WriteString(string(runes[r.from:min(r.to, r.from+maxWordRunes)]))
			b.WriteByte(' ')
			continue
		}
		for _, pair := range pairs(runes[r.from:r.to]) {
			b.WriteString(pair)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// characters lists the different Han characters of the texts: what a search for a single character looks in.
func characters(texts ...string) string {
	seen := make(map[rune]struct{})
	var b strings.Builder
	for _, t := range texts {
		for _, r := range t {
			if _, again := seen[r]; again || classify(r) != han {
				continue
			}
			seen[r] = struct{}{}
			b.WriteRune(r)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func pairs(runes []rune) []string {
	if len(runes) == 1 {
		return []string{string(runes)}
	}
	out := make([]string, 0, len(runes)-1)
	for i := 0; i+1 < len(runes); i++ {
		out = append(out, string(runes[i:i+2]))
	}
	return out
}

// term is one thing searched for, folded: a word or a stretch of Han.
type term struct {
	class class
	runes []rune
}

// terms takes a query apart, each term once.
func terms(query string) []term {
	runes := folded(query)
	runes = runes[:min(len(runes), maxQueryRunes)]
	var out []term
	seen := make(map[string]struct{})
	for _, r := range runs(runes) {
		t := term{r.class, runes[r.from:r.to]}
		if t.class == word {
			t.runes = t.runes[:min(len(t.runes), maxWordRunes)]
		}
		if _, again := seen[string(t.runes)]; again || len(out) == maxTerms {
			continue
		}
		seen[string(t.runes)] = struct{}{}
		out = append(out, t)
	}
	return out
}

// tokens are the term's as the index holds them.
func (t term) tokens() []string {
	if t.class == word {
		return []string{string(t.runes)}
	}
	return pairs(t.runes)
}

// single reports whether the term is one Han character, which the pairs cannot find.
func (t term) single() bool { return t.class == han && len(t.runes) == 1 }

// match writes the term in FTS5's language: a quoted phrase. A token holds no quote, so none needs escaping.
func (t term) match() string {
	if t.single() {
		return `{chars} : "` + string(t.runes) + `"`
	}
	return `{title body answer} : "` + strings.Join(t.tokens(), " ") + `"`
}
