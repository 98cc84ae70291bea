package textindex

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// candidates bounds the work of one search: the newest so many matches are ranked, older ones are not looked at.
const candidates = 2000

// A match in the title weighs this many times one in the text.
const titleWeight = 5.0

// Query says what to find. Empty TopicIDs or DepartmentIDs and zero times mean any; From is included, To is not.
type Query struct {
	Text          string
	TopicIDs      []int64
	DepartmentIDs []int64
	From, To      time.Time
	Limit         int    // 1 to 100; 20 when not positive
	After         Cursor // where the page before ended; the zero Cursor for the first
}

// Cursor is a place in a list of hits. It keeps its place when documents come and go; its String survives a URL.
type Cursor struct {
	Score float64
	Place int64
}

// IsZero reports whether the cursor is the start of the list.
func (c Cursor) IsZero() bool { return c == Cursor{} }

// String writes the cursor for ParseCursor; the start is empty.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	return strconv.FormatUint(math.Float64bits(c.Score), 36) + "." + strconv.FormatInt(c.Place, 36)
}

// ParseCursor reads what String wrote.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	score, place, _ := strings.Cut(s, ".")
	bits, err1 := strconv.ParseUint(score, 36, 64)
	n, err2 := strconv.ParseInt(place, 36, 64)
	c := Cursor{math.Float64frombits(bits), n}
	if err := errors.Join(err1, err2); err != nil || math.IsNaN(c.Score) || math.IsInf(c.Score, 0) {
		return Cursor{}, errors.New("textindex: not a cursor")
	}
	return c, nil
}

// Hit is one document found. A higher Score is a better match; scores compare within one search only.
type Hit struct {
	ID    int64
	Score float64
	At    time.Time
}

// Result is a page of hits, best first, the newer first among equals.
type Result struct {
	Hits []Hit
	Next Cursor // zero on the last page
	// Total counts the matches; when TotalCapped there are more, and only the newest of them were ranked.
	Total       int
	TotalCapped bool
	// Relaxed: nothing had all of what was asked for; these have some of it.
	Relaxed bool
}

type scored struct {
	place int64
	score float64
}

// Search finds the documents that hold every term of the text, a stretch of Han as it stands, or when there are none
// those that hold some of it. A text without a letter, digit or character finds nothing. Any text is safe.
func (x *Index) Search(ctx context.Context, q Query) (Result, error) {
	if q.Limit <= 0 {
		q.Limit = 20
	}
	q.Limit = min(q.Limit, 100)
	var res Result
	err := x.using(func() error {
		res = Result{}
		s := search{ctx: ctx, index: x, query: q, filter: filter(q)}
		found, err := s.all(terms(q.Text))
		if err == nil && len(found) == 0 {
			found, err = s.some(terms(q.Text))
			res.Relaxed = len(found) > 0
		}
		if err != nil {
			return err
		}
		res.Total, res.TotalCapped = len(found), s.capped
		return s.page(found, &res)
	})
	return res, err
}

// filter writes the topics and departments in FTS5's language, as numbers of ours.
func filter(q Query) string {
	var b strings.Builder
	for _, f := range []struct {
		kind string
		ids  []int64
	}{{topicTag, q.TopicIDs}, {departmentTag, q.DepartmentIDs}} {
		if len(f.ids) == 0 {
			continue
		}
		tags := make([]string, len(f.ids))
		for i, id := range f.ids {
			tags[i] = `"` + tag(f.kind, id) + `"`
		}
		b.WriteString(` AND ({tags} : (` + strings.Join(tags, " OR ") + `))`)
	}
	return b.String()
}

type search struct {
	ctx    context.Context
	index  *Index
	query  Query
	filter string
	capped bool
}

// span is the query's time as places, both ends included.
func (s *search) span() (low, high int64) {
	low, high = 0, math.MaxInt64
	if !s.query.From.IsZero() {
		low = earliest(s.query.From)
	}
	if !s.query.To.IsZero() {
		high = earliest(s.query.To.Add(time.Second-time.Nanosecond)) - 1
	}
	return low, high
}

// places returns the newest matches, newest first, at most limit.
func (s *search) places(match string, limit int) ([]int64, error) {
	low, high := s.span()
	rows, err := s.index.read.QueryContext(s.ctx,
		"SELECT rowid FROM texts WHERE texts MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?",
		match+s.filter, low, high, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []int64
	for rows.Next() {
		var p int64
		if err := rows.Scan(&p); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// all finds what holds every term.
func (s *search) all(terms []term) ([]scored, error) {
	if len(terms) == 0 {
		return nil, nil
	}
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = "(" + t.match() + ")"
	}
	low, high := s.span()
	rows, err := s.index.read.QueryContext(s.ctx,
		`SELECT rowid, -bm25(texts, 5.0, 1.0, 1.0, 0.2, 0.0) FROM texts
		 WHERE texts MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?`,
		strings.Join(parts, " AND ")+s.filter, low, high, candidates+1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []scored
	for rows.Next() {
		var f scored
		if err := rows.Scan(&f.place, &f.score); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	if len(out) > candidates {
		s.capped, out = true, out[:candidates]
	}
	return out, rows.Err()
}

// page sorts what was found and cuts the page out of it.
func (s *search) page(found []scored, res *Result) error {
	slices.SortFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.place, a.place))
	})
	after := s.query.After
	if !after.IsZero() {
		from := slices.IndexFunc(found, func(f scored) bool {
			return f.score < after.Score || f.score == after.Score && f.place < after.Place
		})
		if from < 0 {
			return nil
		}
		found = found[from:]
	}
	if len(found) > s.query.Limit {
		found = found[:s.query.Limit]
		last := found[len(found)-1]
		res.Next = Cursor{last.score, last.place}
	}
	hits, err := s.index.hits(s.ctx, found)
	res.Hits = hits
	return err
}

// hits looks up whose places they are. A document taken out in between is left out.
func (x *Index) hits(ctx context.Context, found []scored) ([]Hit, error) {
	var out []Hit
	for _, f := range found {
		h, at := Hit{Score: f.score}, int64(0)
		err := x.read.QueryRowContext(ctx, "SELECT id, at FROM docs WHERE place = ?", f.place).Scan(&h.ID, &at)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		h.At = time.UnixMilli(at).UTC()
		out = append(out, h)
	}
	return out, nil
}
