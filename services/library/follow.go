package library

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"huiyin/internal/textindex"
	"huiyin/models"
)

const (
	lookEvery   = 2 * time.Second // other processes publish too, and nobody pokes us for those
	handOnEvery = 5 * time.Second
	batch       = 500
)

// follower is what this process knows of its index.
type follower struct {
	applying sync.Mutex // one at a time moves the cursor
	wake     chan struct{}
	revision atomic.Int64
}

func newFollower() *follower { return &follower{wake: make(chan struct{}, 1)} }

// poke says that the change feed has grown.
func (f *follower) poke() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Revision grows with every change of what is published, once this process has applied it: what was made from the library at one
// revision may be kept until the next. Votes and reads do not count.
func (l *Library) Revision() int64 { return l.feed.revision.Load() }

// Follow keeps this process's index in step with the change feed and hands its read counts on, until ctx ends. A failure is
// logged and tried again.
func (l *Library) Follow(ctx context.Context) {
	look, hand := time.NewTicker(lookEvery), time.NewTicker(handOnEvery)
	defer look.Stop()
	defer hand.Stop()
	failing := false
	for {
		if l.index != nil {
			err := l.CatchUp(ctx)
			if err != nil && !failing && ctx.Err() == nil {
				slog.WarnContext(ctx, "the library's index cannot follow, trying on", "error", err)
			}
			failing = err != nil
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			l.handOnReads(last)
			cancel()
			return
		case <-hand.C:
			l.handOnReads(ctx)
		case <-look.C:
		case <-l.feed.wake:
		}
	}
}

// CatchUp applies the change feed to the index up to its present end. An index that is empty, or further than the feed because
// the database was restored, is built anew.
func (l *Library) CatchUp(ctx context.Context) error {
	l.feed.applying.Lock()
	defer l.feed.applying.Unlock()
	for range 3 { // a damaged file is replaced by an empty one and filled again
		err := l.catchUp(ctx)
		if !errors.Is(err, textindex.ErrReset) {
			return err
		}
		slog.WarnContext(ctx, "the library's index was damaged and is built anew", "error", err)
	}
	return textindex.ErrReset
}

func (l *Library) catchUp(ctx context.Context) error {
	cursor, err := l.index.Cursor(ctx)
	if err != nil {
		return err
	}
	head, err := l.head(ctx)
	if err != nil {
		return err
	}
	if cursor > head || cursor == 0 && head > batch {
		return l.rebuild(ctx)
	}
	for cursor < head {
		changes, err := l.changes(ctx, cursor, batch)
		if err != nil || len(changes) == 0 {
			return err
		}
		ids := make([]int64, len(changes))
		for i, c := range changes {
			ids[i] = c.PublicationID
		}
		rows, err := l.byIDs(ctx, ids)
		if err != nil {
			return err
		}
		cursor = changes[len(changes)-1].Seq
		if err := l.apply(ctx, rows, cursor); err != nil {
			return err
		}
		l.feed.revision.Store(cursor)
	}
	l.feed.revision.Store(cursor)
	return nil
}

// apply puts the publications into the index as they stand now, which may be further than the feed up to cursor: a later step then
// only says the same again.
func (l *Library) apply(ctx context.Context, rows []models.Publication, cursor int64) error {
	var in []textindex.Doc
	var out []int64
	for _, p := range rows {
		if p.Status != models.Published || p.PublishedAt == nil {
			out = append(out, p.ID)
			continue
		}
		in = append(in, textindex.Doc{
			ID: p.ID, Title: p.Title, Body: p.Question, Answer: p.Answer, TopicID: p.TopicID, DepartmentID: p.DepartmentID, At: *p.PublishedAt,
		})
	}
	return l.index.Apply(ctx, in, out, cursor)
}

// rebuild fills the index from the publications themselves. It leaves the cursor at 0 until it is through, so that an interrupted one starts again. It takes out what is not published
// for the sake of what an interrupted one has left.
func (l *Library) rebuild(ctx context.Context) error {
	head, err := l.head(ctx) // before the rows are read: what changes meanwhile is applied again from the feed
	if err != nil {
		return err
	}
	for last := int64(0); ; {
		rows, err := l.rowsAfter(ctx, last, batch)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		if err := l.apply(ctx, rows, 0); err != nil {
			return err
		}
		last = rows[len(rows)-1].ID
	}
	if err := l.index.Apply(ctx, nil, nil, head); err != nil {
		return err
	}
	l.feed.revision.Store(head)
	return l.index.Optimize(ctx)
}

// Lag returns how many steps of the change feed the index has still to apply.
func (l *Library) Lag(ctx context.Context) (int64, error) {
	if l.index == nil {
		return 0, nil
	}
	cursor, err := l.index.Cursor(ctx)
	if err != nil {
		return 0, err
	}
	head, err := l.head(ctx)
	return max(head-cursor, 0), err
}
