package library

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"huiyin/internal/fault"
	"huiyin/internal/textindex"
)

//i18n:keys
const msgSearchDown = "搜索暂时不能用，请稍后再试。"

const (
	queryMax    = 200  // characters of what is searched for
	similarMax  = 2000 // characters of a text that others are compared with
	snippetSize = 110  // characters
)

// Query is what to search for, and among which entries. Results come by relevance; After and Limit are as in a list.
type Query struct {
	Text string
	Filter
}

// Hit is one entry found. TitleParts and Snippet are plain text cut into pieces, those that match marked; they are not escaped.
type Hit struct {
	Entry
	TitleParts []textindex.Segment
	Snippet    []textindex.Segment
}

// Results is a page of hits. When TotalCapped there are more than Total; when Relaxed, none holds everything that was asked for.
type Results struct {
	Hits        []Hit
	Next        string
	Total       int
	TotalCapped bool
	Relaxed     bool
}

// Search finds published entries. A text without a letter, digit or Han character finds nothing: use List. It fails with
// fault.Unavailable while there is no index to ask.
func (l *Library) Search(ctx context.Context, q Query) (Results, error) {
	if l.index == nil {
		return Results{}, fault.New(fault.Unavailable, msgSearchDown)
	}
	after, err := textindex.ParseCursor(q.After)
	if err != nil {
		return Results{}, badCursor()
	}
	text := shorten(q.Text, queryMax)
	found, err := l.index.Search(ctx, textindex.Query{
		Text: text, TopicIDs: q.TopicIDs, DepartmentIDs: q.DepartmentIDs, From: q.From, To: q.To, Limit: pageSize(q.Limit), After: after,
	})
	if err != nil {
		return Results{}, l.indexFailed(ctx, err)
	}
	es, err := l.entriesOf(ctx, found.Hits)
	if err != nil {
		return Results{}, err
	}
	res := Results{
		Next: found.Next.String(), Total: found.Total - (len(found.Hits) - len(es)), TotalCapped: found.TotalCapped, Relaxed: found.Relaxed,
	}
	for _, e := range es {
		res.Hits = append(res.Hits, Hit{
			Entry: e, TitleParts: textindex.Highlight(e.Title, text), Snippet: textindex.Snippet(e.Question+"\n"+e.Answer, text, snippetSize),
		})
	}
	return res, nil
}

const (
	similarAmong = 24 // candidates that are compared, whatever the library's size
	doubtful     = 2  // shown when none is surely about the same
)

// Similar returns at most limit entries that are about the same as the text, best first; where none surely is, the best one or two that
// share its subject. What the text is about stands in its first line, as a title does. There are none while there is no index to ask.
func (l *Library) Similar(ctx context.Context, text string, limit int) ([]Entry, error) {
	if l.index == nil {
		return nil, nil
	}
	hits, like, err := l.index.Similar(ctx, shorten(text, similarMax), similarAmong)
	if errors.Is(err, textindex.ErrReset) {
		l.feed.poke()
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	es, err := l.entriesOf(ctx, hits)
	if err != nil {
		return nil, err
	}
	topics, err := l.topicNames(ctx, es) // what is asked by the name of a topic is not said again in its questions
	if err != nil {
		return nil, err
	}
	score, sure := make(map[int64]float64, len(es)), make(map[int64]bool, len(es))
	for _, e := range es {
		score[e.ID], sure[e.ID] = like.Score(e.Title, e.Question, topics[e.TopicID])
	}
	most, anySure := pageSize(limit), slices.ContainsFunc(es, func(e Entry) bool { return sure[e.ID] })
	if !anySure {
		most = min(most, doubtful)
	}
	es = slices.DeleteFunc(es, func(e Entry) bool { return score[e.ID] == 0 || anySure && !sure[e.ID] })
	slices.SortStableFunc(es, func(a, b Entry) int { return cmp.Compare(score[b.ID], score[a.ID]) })
	return es[:min(len(es), most)], nil
}

// entriesOf leaves out what has been taken out since the index was told.
func (l *Library) entriesOf(ctx context.Context, hits []textindex.Hit) ([]Entry, error) {
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	rows, err := l.published(ctx, ids)
	return entries(rows), err
}

func (l *Library) indexFailed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	l.feed.poke() // a damaged file has been replaced: fill it
	return fault.Wrap(err, fault.Unavailable, msgSearchDown)
}

func shorten(s string, most int) string {
	s = strings.ToValidUTF8(s, "")
	n := 0
	for i := range s {
		if n == most {
			return s[:i]
		}
		n++
	}
	return s
}
