// Package textindex is a full-text index in one file, for Chinese as it is searched: two characters find what they
// stand in. Each replica has its own and fills it from a change feed; the file may be deleted at any time.
//
// It stores no text, only what finds it, in SQLite's FTS5: Han text as overlapping pairs of characters, other words and
// digits whole; full-width as half-width, upper case as lower; traditional and simplified forms stay apart. A column of
// its own lists the characters of a document, because pairs do not find a single one.
//
// It knows nothing of cases or people. What must not be found must not be given to it.
package textindex

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// ErrReset means that the file was damaged and an empty one stands in its place: the cursor is 0, fill it again.
var ErrReset = errors.New("textindex: the file was damaged and has been replaced by an empty one")

const (
	version = 1 // a file of another version is replaced
	readers = 4
	ours    = 1215914836 // the file's application_id
	schema  = `
CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE docs (place INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, at INTEGER NOT NULL);
CREATE VIRTUAL TABLE texts USING fts5(title, body, answer, chars, tags, content='', contentless_delete=1, tokenize='ascii');
INSERT INTO state (name, value) VALUES ('cursor', 0);
PRAGMA application_id = 1215914836;
PRAGMA user_version = `
)

// Index is an open index. Many may search it while one applies changes.
type Index struct {
	path string

	mu    sync.RWMutex // held for writing only while a damaged file is replaced
	write *sql.DB
	read  *sql.DB

	seen frequencies
}

// Doc is one document. At is the time that From and To and "newest" mean, to the second.
type Doc struct {
	ID           int64
	Title        string
	Body         string
	Answer       string
	TopicID      int64
	DepartmentID int64
	At           time.Time
}

// Open opens the index at path, or makes an empty one there when the file is missing, damaged or of another version. A
// sound database that is not an index is left alone: that is a mistake in the settings.
func Open(path string) (*Index, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("textindex: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(abs), 0o750); err != nil {
		return nil, fmt.Errorf("textindex: %w", err)
	}
	if info, err := os.Stat(abs); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("textindex: %s is not a file", abs)
	}
	x := &Index{path: abs}
	if x.connect() == nil && x.sound() {
		return x, nil
	}
	if x.foreign() {
		_ = x.close()
		return nil, fmt.Errorf("textindex: %s is a database of something else", abs)
	}
	if err := x.replace(); err != nil {
		_ = x.close()
		return nil, err
	}
	return x, nil
}

func (x *Index) foreign() bool {
	var app, tables int64
	ctx := context.Background()
	return x.write != nil &&
		x.write.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app) == nil &&
		x.write.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables) == nil &&
		app != ours && tables > 0
}

func (x *Index) connect() (err error) {
	at := func(query string) string {
		return (&url.URL{Scheme: "file", Path: x.path, RawQuery: query}).String()
	}
	const common = "_pragma=busy_timeout(5000)&_pragma=cache_size(-6000)&"
	// What a crash loses is applied again from the feed, so the file need not be flushed at every commit.
	x.write, err = sql.Open("sqlite", at(common+"_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=journal_size_limit(16777216)&_txlock=immediate"))
	if err != nil {
		return fmt.Errorf("textindex: %w", err)
	}
	x.write.SetMaxOpenConns(1)
	x.read, err = sql.Open("sqlite", at(common+"_pragma=query_only(1)"))
	if err != nil {
		return fmt.Errorf("textindex: %w", err)
	}
	x.read.SetMaxOpenConns(readers)
	x.read.SetMaxIdleConns(readers)
	return nil
}

// sound reports whether the file is ours and can be read; damage deeper inside shows when it is met.
func (x *Index) sound() bool {
	var v, n int64
	ctx := context.Background()
	if x.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v) != nil || v != version {
		return false
	}
	if x.write.QueryRowContext(ctx, "SELECT value FROM state WHERE name = 'cursor'").Scan(&n) != nil {
		return false
	}
	return x.write.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT rowid FROM texts WHERE texts MATCH '\"a\"' LIMIT 1)").Scan(&n) == nil
}

// replace puts an empty file in the place of whatever is there.
func (x *Index) replace() error {
	_ = x.close()
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(x.path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("textindex: %w", err)
		}
	}
	x.seen.forget()
	if err := x.connect(); err != nil {
		return err
	}
	if _, err := x.write.Exec(schema + strconv.Itoa(version)); err != nil {
		return fmt.Errorf("textindex: make an empty file: %w", err)
	}
	return nil
}

// Close closes the file.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.close()
}

func (x *Index) close() error {
	var errs []error
	for _, db := range []*sql.DB{x.read, x.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Cursor returns how far the change feed has been applied; 0 means from the start.
func (x *Index) Cursor(ctx context.Context) (int64, error) {
	var n int64
	err := x.using(func() error {
		return x.read.QueryRowContext(ctx, "SELECT value FROM state WHERE name = 'cursor'").Scan(&n)
	})
	return n, err
}

// Count returns the number of documents.
func (x *Index) Count(ctx context.Context) (int, error) {
	var n int
	err := x.using(func() error { return x.read.QueryRowContext(ctx, "SELECT count(*) FROM docs").Scan(&n) })
	return n, err
}

// using runs do on a file that stays open meanwhile, and replaces the file when do finds it damaged.
func (x *Index) using(do func() error) error {
	x.mu.RLock()
	db := x.write
	err := do()
	x.mu.RUnlock()
	if err == nil || !damaged(err) {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.write == db { // nobody was faster
		if again := x.replace(); again != nil {
			return errors.Join(err, again)
		}
	}
	return fmt.Errorf("%w: %w", ErrReset, err)
}

// damaged recognises SQLITE_CORRUPT and SQLITE_NOTADB, with their extended codes.
func damaged(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == 11 || e.Code()&0xff == 26)
}

// Apply writes documents, new or changed, and takes others out, and moves the cursor: all of it or nothing. A document
// that is both written and taken out is out. After ErrReset, start again from cursor 0.
func (x *Index) Apply(ctx context.Context, upserts []Doc, deletes []int64, cursor int64) error {
	defer x.seen.forget()
	return x.using(func() error {
		tx, err := x.write.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		w := writer{tx: tx}
		for _, d := range upserts {
			if err := w.put(ctx, d); err != nil {
				return err
			}
		}
		for _, id := range deletes {
			if err := w.remove(ctx, id); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "UPDATE state SET value = ? WHERE name = 'cursor'", cursor); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// Optimize merges the index into its fastest form. Worth calling once after a first fill; readers are not kept waiting.
func (x *Index) Optimize(ctx context.Context) error {
	return x.using(func() error {
		_, err := x.write.ExecContext(ctx, "INSERT INTO texts (texts) VALUES ('optimize')")
		return err
	})
}

type writer struct{ tx *sql.Tx }

func (w writer) remove(ctx context.Context, id int64) error {
	var place int64
	err := w.tx.QueryRowContext(ctx, "DELETE FROM docs WHERE id = ? RETURNING place", id).Scan(&place)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, "DELETE FROM texts WHERE rowid = ?", place)
	return err
}

func (w writer) put(ctx context.Context, d Doc) error {
	if err := w.remove(ctx, d.ID); err != nil {
		return err
	}
	place, err := w.place(ctx, d)
	if err != nil {
		return err
	}
	if _, err := w.tx.ExecContext(ctx, "INSERT INTO docs (place, id, at) VALUES (?, ?, ?)", place, d.ID, d.At.UnixMilli()); err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, "INSERT INTO texts (rowid, title, body, answer, chars, tags) VALUES (?, ?, ?, ?, ?, ?)",
		place, document(d.Title), document(d.Body), document(d.Answer), characters(d.Title, d.Body, d.Answer),
		tag(topicTag, d.TopicID)+" "+tag(departmentTag, d.DepartmentID))
	return err
}

// place finds the rowid of a document. FTS5 hands out matches by rowid, so time is its upper part: then the newest come
// first and a span of time is a span of rowids, without sorting. Every posting stores the distance to the one before, so
// the places are as close together as serves: to the second, with a few in each; a crowd moves on to the seconds after.
func (w writer) place(ctx context.Context, d Doc) (int64, error) {
	for first := earliest(d.At); ; first += slots {
		var last sql.NullInt64
		err := w.tx.QueryRowContext(ctx, "SELECT max(place) FROM docs WHERE place BETWEEN ? AND ?", first, first+slots-1).Scan(&last)
		switch {
		case err != nil:
			return 0, err
		case !last.Valid:
			return first, nil
		case last.Int64 < first+slots-1:
			return last.Int64 + 1, nil
		}
	}
}

const (
	slotBits = 6
	slots    = 1 << slotBits
	lastTime = 1 << 40 // seconds
)

// earliest is the lowest place of a second; times before 1970 count as its start.
func earliest(at time.Time) int64 { return min(max(at.Unix(), 0), lastTime) << slotBits }

const (
	topicTag      = "t"
	departmentTag = "d"
)

func tag(kind string, id int64) string { return kind + strconv.FormatUint(uint64(id), 10) }
