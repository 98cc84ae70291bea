package textindex

import "slices"

// Segment is a piece of a text; Hit says that it is what was searched for. The pieces put together are the text.
type Segment struct {
	Text string
	Hit  bool
}

// Highlight marks in the text what the query finds there, by the same rules as the index. Where a stretch of Han does
// not stand as a whole, its pairs are marked. It returns nil for an empty text.
func Highlight(text, query string) []Segment {
	runes := []rune(text)
	return segments(runes, marks(folded(text), terms(query)))
}

// Snippet returns about so many runes of the text around the place where the query finds most, marked, with "…" where
// something is left out. Line breaks become spaces.
func Snippet(text, query string, size int) []Segment {
	runes := []rune(text)
	for i, r := range runes {
		if r == '\n' || r == '\r' || r == '\t' {
			runes[i] = ' '
		}
	}
	hit := marks(folded(text), terms(query))
	if size <= 0 {
		return nil
	}
	from := densest(hit, size)
	to := min(from+size, len(runes))
	out := segments(runes[from:to], hit[from:to])
	if from > 0 {
		out = append([]Segment{{Text: "…"}}, out...)
	}
	if to < len(runes) {
		out = append(out, Segment{Text: "…"})
	}
	return out
}

// densest returns where the window of that size with the most marks starts, with a little room before its first mark.
func densest(hit []bool, size int) int {
	if len(hit) <= size {
		return 0
	}
	count := 0
	for _, h := range hit[:size] {
		count += one(h)
	}
	best, most := 0, count
	for from := 1; from+size <= len(hit); from++ {
		count += one(hit[from+size-1]) - one(hit[from-1])
		if count > most {
			best, most = from, count
		}
	}
	if most == 0 {
		return 0
	}
	// The window was found at its last mark; move it on to its first and leave a fifth of it before.
	first := best + slices.Index(hit[best:best+size], true)
	return min(max(first-size/5, 0), len(hit)-size)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// marks says of each rune of a folded text whether it belongs to a match.
func marks(text []rune, ts []term) []bool {
	hit := make([]bool, len(text))
	for _, t := range ts {
		if t.class == word {
			markWords(text, t.runes, hit)
			continue
		}
		if !mark(text, t.runes, hit) && len(t.runes) > 2 {
			for i := 0; i+1 < len(t.runes); i++ {
				mark(text, t.runes[i:i+2], hit)
			}
		}
	}
	return hit
}

func mark(text, what []rune, hit []bool) bool {
	any := false
	for i := 0; i+len(what) <= len(text); i++ {
		if !slices.Equal(text[i:i+len(what)], what) {
			continue
		}
		any = true
		for j := range what {
			hit[i+j] = true
		}
	}
	return any
}

// markWords marks whole words only, as the index finds them.
func markWords(text, what []rune, hit []bool) {
	for _, r := range runs(text) {
		if r.class != word || !slices.Equal(text[r.from:min(r.to, r.from+maxWordRunes)], what) {
			continue
		}
		for i := r.from; i < r.to; i++ {
			hit[i] = true
		}
	}
}

func segments(runes []rune, hit []bool) []Segment {
	var out []Segment
	for i := 0; i < len(runes); {
		j := i + 1
		for j < len(runes) && hit[j] == hit[i] {
			j++
		}
		out = append(out, Segment{string(runes[i:j]), hit[i]})
		i = j
	}
	return out
}
