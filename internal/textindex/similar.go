package textindex

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"sync"
)

const (
	rarest     = 12   // tokens that a loose search goes by
	commonPart = 0.10 // a token in more than this part of all documents says little
	commonMin  = 20   // … unless that is fewer documents than this
	perToken   = 1000 // newest documents looked at for each token
)

// frequencies remembers in how many documents tokens are, until the next Apply.
type frequencies struct {
	mu    sync.Mutex
	known map[string]int
}

func (f *frequencies) forget() {
	f.mu.Lock()
	f.known = nil
	f.mu.Unlock()
}

func (f *frequencies) get(token string) (int, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.known[token]
	return n, ok
}

func (f *frequencies) put(token string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil || len(f.known) > 10_000 {
		f.known = make(map[string]int)
	}
	f.known[token] = n
}

type weighed struct {
	term  term
	count int
}

// frequency counts the documents that hold the term, but not beyond most.
func (s *search) frequency(t term, most int) (int, error) {
	key := string(t.runes)
	if n, ok := s.index.seen.get(key); ok {
		return n, nil
	}
	var n int
	err := s.index.read.QueryRowContext(s.ctx,
		"SELECT count(*) FROM (SELECT 1 FROM texts WHERE texts MATCH ? LIMIT ?)", t.match(), most).Scan(&n)
	if err == nil {
		s.index.seen.put(key, n)
	}
	return n, err
}

// often is in how many of so many documents a token says little.
func often(total int) int { return max(int(float64(total)*commonPart), commonMin) + 1 }

// telling returns the rarest tokens of the terms that the index holds at all, without the very common ones unless
// there are no others. total is the number of documents.
func (s *search) telling(ts []term) (out []weighed, total int, err error) {
	if err := s.index.read.QueryRowContext(s.ctx, "SELECT count(*) FROM docs").Scan(&total); err != nil {
		return nil, 0, err
	}
	most := often(total)
	var common []weighed
	seen := make(map[string]bool)
	for _, t := range ts {
		for _, token := range t.tokens() {
			if seen[token] {
				continue
			}
			seen[token] = true
			w := weighed{term: term{t.class, []rune(token)}}
			if w.count, err = s.frequency(w.term, most); err != nil {
				return nil, 0, err
			}
			switch {
			case w.count >= most:
				common = append(common, w)
			case w.count > 0:
				out = append(out, w)
			}
		}
	}
	if len(out) == 0 {
		out = common
	}
	slices.SortStableFunc(out, func(a, b weighed) int { return cmp.Compare(a.count, b.count) })
	return out[:min(len(out), rarest)], total, nil
}

type tally struct {
	score float64
	held  int
}

// gather scores every document that holds one of the tokens: the rarer the token, the more it counts, and more in a
// title.
func (s *search) gather(tokens []weighed, total int) (map[int64]*tally, error) {
	found := make(map[int64]*tally)
	for _, w := range tokens {
		idf := math.Log(1 + (float64(total)-float64(w.count)+0.5)/(float64(w.count)+0.5))
		idf = max(idf, 0.01)
		places, err := s.places("("+w.term.match()+")", perToken)
		if err != nil {
			return nil, err
		}
		s.capped = s.capped || len(places) == perToken
		for _, p := range places {
			if found[p] == nil {
				found[p] = &tally{}
			}
			found[p].score += idf
			found[p].held++
		}
		if w.term.single() {
			continue
		}
		titles, err := s.places(`({title} : "`+string(w.term.runes)+`")`, perToken)
		if err != nil {
			return nil, err
		}
		for _, p := range titles {
			if t := found[p]; t != nil {
				t.score += idf * (titleWeight - 1) / 2
			}
		}
	}
	return found, nil
}

// some finds what holds at least one telling token, the more the better.
func (s *search) some(ts []term) ([]scored, error) {
	tokens, total, err := s.telling(ts)
	if err != nil || len(tokens) == 0 {
		return nil, err
	}
	found, err := s.gather(tokens, total)
	if err != nil {
		return nil, err
	}
	out := make([]scored, 0, len(found))
	for place, t := range found {
		out = append(out, scored{place, t.score * float64(t.held) / float64(len(tokens))})
	}
	return out, nil
}

// Similar finds documents that may say the same as the text, at most limit, the likeliest first, and what tells whether they do: the
// index holds no text to compare with. What the text is about stands in its first line, as a title does; the rest only helps to find.
func (x *Index) Similar(ctx context.Context, text string, limit int) (hits []Hit, like Likeness, err error) {
	title, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	err = x.using(func() error {
		s := search{ctx: ctx, index: x}
		tokens, total, err := s.telling(inAllForms(saying(text)))
		if err != nil || len(tokens) == 0 {
			return err
		}
		if like, err = s.likeness(saying(title), total); err != nil {
			return err
		}
		found, err := s.gather(tokens, total)
		if err != nil {
			return err
		}
		all := make([]scored, 0, len(found))
		for place, t := range found {
			all = append(all, scored{place, t.score * float64(t.held) / float64(len(tokens))})
		}
		slices.SortFunc(all, func(a, b scored) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.place, a.place))
		})
		hits, err = x.hits(ctx, all[:max(0, min(len(all), limit))])
		return err
	})
	return hits, like, err
}

// inAllForms adds the other words for what the terms say.
func inAllForms(ts []term) []term {
	for _, t := range ts {
		for _, piece := range t.tokens() {
			for _, form := range same[piece] {
				ts = append(ts, term{han, []rune(form)})
			}
		}
	}
	return ts
}

// likeness weighs the title's pieces, of which telling has counted most already.
func (s *search) likeness(ts []term, total int) (Likeness, error) {
	most, counts := often(total), map[string]int{}
	for _, t := range ts {
		for _, piece := range meanings(t) {
			counts[piece] = 0
			for _, form := range forms(piece) {
				n, err := s.frequency(term{t.class, []rune(form)}, most)
				if err != nil {
					return Likeness{}, err
				}
				counts[piece] += n
			}
		}
	}
	return newLikeness(ts, counts, total, most), nil
}
