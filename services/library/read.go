package library

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
)

//i18n:keys
const (
	msgMissing     = "没有找到这条公开答复。"
	msgUnpublished = "这条答复已经不再公开。"
	msgCursor      = "翻页的位置不对，请从第一页开始看。"
)

// Entry returns a published entry. Otherwise fault.NotFound, or fault.Gone for one that was published once.
func (l *Library) Entry(ctx context.Context, id int64) (Entry, error) {
	p, found, err := l.byID(ctx, id)
	switch {
	case err != nil:
		return Entry{}, err
	case !found || p.PublishedAt == nil:
		return Entry{}, fault.New(fault.NotFound, msgMissing)
	case p.Status != models.Published:
		return Entry{}, fault.New(fault.Gone, msgUnpublished).WithReason("unpublished")
	}
	return entry(p), nil
}

// Filter says which entries; empty lists and zero times mean any. From is included, To is not; both are about the publication.
type Filter struct {
	TopicIDs      []int64 // with the topics below them: the caller knows the tree
	DepartmentIDs []int64
	From, To      time.Time
	After         string // Page.Next of the page before
	Limit         int    // 1 to 100; 20 when not positive
}

// Page is a piece of a list. Next is empty on the last.
type Page struct {
	Entries []Entry
	Next    string
}

// List returns the newest first. A cursor that is none of ours is fault.Invalid on "after".
func (l *Library) List(ctx context.Context, f Filter) (Page, error) {
	after, err := parsePlace(f.After)
	if err != nil {
		return Page{}, err
	}
	limit := pageSize(f.Limit)
	places, err := l.places(ctx, f, after, limit+1)
	if err != nil {
		return Page{}, err
	}
	var page Page
	if len(places) > limit {
		places = places[:limit]
		page.Next = places[limit-1].String()
	}
	ids := make([]int64, len(places))
	for i, p := range places {
		ids[i] = p.ID
	}
	rows, err := l.published(ctx, ids)
	page.Entries = entries(rows)
	return page, err
}

func pageSize(limit int) int {
	if limit <= 0 {
		return 20
	}
	return min(limit, 100)
}

func (p place) String() string {
	return strconv.FormatInt(p.PublishedAt.UnixMilli(), 36) + "." + strconv.FormatInt(p.ID, 36)
}

func parsePlace(s string) (place, error) {
	if s == "" {
		return place{}, nil
	}
	ms, id, _ := strings.Cut(s, ".")
	at, err1 := strconv.ParseInt(ms, 36, 64)
	n, err2 := strconv.ParseInt(id, 36, 64)
	const farthest = 253402300799999 // the end of the year 9999, as far as databases go
	if err := errors.Join(err1, err2); err != nil || n <= 0 || at < 0 || at > farthest {
		return place{}, badCursor()
	}
	return place{ID: n, PublishedAt: time.UnixMilli(at).UTC()}, nil
}

func badCursor() error {
	var wrong fault.Fields
	wrong.Add("after", msgCursor)
	return wrong.Err()
}

// Newest returns the n newest entries, at most 100.
func (l *Library) Newest(ctx context.Context, n int) ([]Entry, error) {
	page, err := l.List(ctx, Filter{Limit: n})
	return page.Entries, err
}

// Count returns how many entries are published, as far as this process's index has followed.
func (l *Library) Count(ctx context.Context) (int, error) {
	if l.index == nil {
		n, err := l.countPublished(ctx)
		return int(n), err
	}
	revision := l.Revision()
	l.kept.mu.Lock()
	defer l.kept.mu.Unlock()
	if l.kept.counted && l.kept.revision == revision {
		return l.kept.count, nil
	}
	n, err := l.index.Count(ctx)
	if err == nil && revision > 0 {
		l.kept.counted, l.kept.revision, l.kept.count = true, revision, n
	}
	return n, err
}

// kept holds answers that are asked for on every home page.
type kept struct {
	mu       sync.Mutex
	counted  bool
	revision int64
	count    int

	popularAt time.Time
	popular   []int64
}

const (
	popularAmong = 1000 // newest entries
	popularMost  = 50
	popularFor   = 5 * time.Minute
)

// Popular returns at most n (up to 50) entries, the most read first, of the newest thousand. Whose turn it is is looked up every
// five minutes.
func (l *Library) Popular(ctx context.Context, n int) ([]Entry, error) {
	ids, err := l.popularIDs(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := l.published(ctx, ids[:min(max(n, 0), len(ids))])
	return entries(rows), err
}

func (l *Library) popularIDs(ctx context.Context) ([]int64, error) {
	now := l.clock.Now()
	l.kept.mu.Lock()
	defer l.kept.mu.Unlock()
	if age := now.Sub(l.kept.popularAt); l.kept.popular != nil && age >= 0 && age < popularFor {
		return l.kept.popular, nil
	}
	ids, err := l.mostRead(ctx, popularAmong, popularMost)
	if err == nil {
		l.kept.popularAt, l.kept.popular = now, ids
	}
	return ids, err
}

// Feed is what a feed is made of. Updated is the latest change among the entries; zero when there are none.
type Feed struct {
	Entries []Entry
	Updated time.Time
}

// Feed returns the n newest entries of the filter.
func (l *Library) Feed(ctx context.Context, f Filter, n int) (Feed, error) {
	f.After, f.Limit = "", n
	page, err := l.List(ctx, f)
	feed := Feed{Entries: page.Entries}
	for _, e := range page.Entries {
		if e.UpdatedAt.After(feed.Updated) {
			feed.Updated = e.UpdatedAt
		}
	}
	return feed, err
}

// SiteLink is one entry in a sitemap.
type SiteLink struct {
	ID        int64
	UpdatedAt time.Time
}

// siteStep is how many ids one file of the sitemap spans: always the same ids, so a file only changes when its entries do.
// The protocol allows 50,000 addresses a file.
const siteStep = 10_000

// SiteFiles returns how many files the sitemap has: Sitemap(ctx, 0) to Sitemap(ctx, n-1).
func (l *Library) SiteFiles(ctx context.Context) (int, error) {
	last, err := l.maxID(ctx)
	return int((last + siteStep - 1) / siteStep), err
}

// Sitemap returns the links of one file; fault.NotFound beyond the last.
func (l *Library) Sitemap(ctx context.Context, file int) ([]SiteLink, error) {
	n, err := l.SiteFiles(ctx)
	if err != nil {
		return nil, err
	}
	if file < 0 || file >= n {
		return nil, fault.New(fault.NotFound, msgMissing)
	}
	return l.siteLinks(ctx, int64(file)*siteStep, int64(file+1)*siteStep)
}
