package audit

import (
	"cmp"
	"context"
	"slices"
	"time"

	"huiyin/internal/workdays"
	"huiyin/models"
)

// Filter says which entries to list; zero fields ask nothing. From is included, To is not.
type Filter struct {
	ActorKind  string
	ActorID    int64
	SubjectID  int64  // a member of staff to whom somebody else did it
	PersonID   int64  // a member of staff who did it, or to whom somebody else did
	Action     string // a prefix: "case." finds all that happens to cases
	ObjectKind string
	ObjectID   int64
	From, To   time.Time
	After      int64 // the last id of the page before
	Limit      int   // 50 when 0, 500 at most
}

// Page is one page of entries, newest first. Next is the After of the page that follows, 0 when this is the last.
type Page struct {
	Entries []models.AuditEntry
	Next    int64
}

// skew is how much later than its neighbours' an entry's time may be, because its transaction was slow.
const skew = 10 * time.Minute

// List returns one page of the log to an auditor.
func (l *Log) List(ctx context.Context, actor models.Actor, f Filter) (Page, error) {
	if reason := MayRead(actor); reason != nil {
		return Page{}, reason
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	// Times rise with ids but for the skew: looking the ids up keeps a far away day as fast as today.
	var low int64
	var err error
	if !f.From.IsZero() {
		if low, err = l.idAt(ctx, f.From.Add(-skew)); err != nil {
			return Page{}, err
		}
	}
	if !f.To.IsZero() {
		high, err := l.idAt(ctx, f.To.Add(skew))
		if err != nil {
			return Page{}, err
		}
		if f.After == 0 || high < f.After {
			f.After = high
		}
	}
	es, err := l.find(ctx, f, low, limit+1)
	if err != nil {
		return Page{}, err
	}
	page := Page{Entries: es}
	if len(es) > limit {
		page.Entries = es[:limit]
		page.Next = es[limit-1].ID
	}
	return page, nil
}

// find lists what fits the filter, newest first. For a person on either side, or for the beginning of an action, it reads the end of
// each one's index and merges them: through one index, a database either reads everything for a rare action or sorts everything for a
// common one.
func (l *Log) find(ctx context.Context, f Filter, low int64, limit int) ([]models.AuditEntry, error) {
	if f.PersonID != 0 {
		by, about := f, f
		by.ActorKind, by.ActorID, by.PersonID = string(models.StaffActor), f.PersonID, 0
		about.SubjectID, about.PersonID = f.PersonID, 0
		return merged(limit, []Filter{by, about}, func(f Filter) ([]models.AuditEntry, error) { return l.find(ctx, f, low, limit) })
	}
	if f.Action == "" || f.ObjectID != 0 || f.ActorID != 0 || f.SubjectID != 0 {
		return l.list(ctx, f, "", low, limit)
	}
	actions, err := l.actions(ctx, f.Action)
	if err != nil {
		return nil, err
	}
	return merged(limit, actions, func(action string) ([]models.AuditEntry, error) { return l.list(ctx, f, action, low, limit) })
}

// merged puts lists that have no entry in common into one, newest first.
func merged[T any](limit int, parts []T, list func(T) ([]models.AuditEntry, error)) ([]models.AuditEntry, error) {
	var all []models.AuditEntry
	for _, p := range parts {
		es, err := list(p)
		if err != nil {
			return nil, err
		}
		all = append(all, es...)
	}
	slices.SortFunc(all, func(a, b models.AuditEntry) int { return cmp.Compare(b.ID, a.ID) })
	return all[:min(len(all), limit)], nil
}

// About returns the newest entries about one object, for the page of that object: who may see it is the caller's to say.
func (l *Log) About(ctx context.Context, kind string, id int64, limit int) ([]models.AuditEntry, error) {
	return l.list(ctx, Filter{ObjectKind: kind, ObjectID: id}, "", 0, limit)
}

// idAt returns the smallest id from which on entries are of t or later, by bisection over the primary key.
func (l *Log) idAt(ctx context.Context, t time.Time) (int64, error) {
	top, err := l.maxID(ctx)
	if err != nil {
		return 0, err
	}
	low, high := int64(1), top+1
	for low < high {
		mid := low + (high-low)/2
		id, at, err := l.firstFrom(ctx, mid)
		if err != nil {
			return 0, err
		}
		if id == 0 || !at.Before(t) {
			high = mid
		} else {
			low = id + 1
		}
	}
	return low, nil
}

// Outdated returns the time before which entries are older than months, and how many of them there are, at most limit.
func (l *Log) Outdated(ctx context.Context, months, limit int, zone *time.Location) (before time.Time, n int, err error) {
	before = workdays.MonthsBefore(l.clock.Now(), months, zone)
	times, err := l.oldest(ctx, limit)
	for _, at := range times {
		if at.Before(before) {
			n++
		}
	}
	return before, n, err
}
