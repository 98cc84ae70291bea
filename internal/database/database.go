// Package database opens the main database and owns its transactions: retry, nesting and what happens after a commit.
//
// It runs the same code on SQLite (the embedded default), MySQL 8.4 and MariaDB 10.11; what differs between them stays here
// and in models/migrations. It knows nothing of the domain.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	_ "modernc.org/sqlite" // the pure Go driver behind the "sqlite" name
)

// Dialect names the SQL family; migrations are kept in a folder of that name.
type Dialect string

// The dialects. MariaDB and the MySQL-compatible clusters speak MySQL.
const (
	SQLite Dialect = "sqlite"
	MySQL  Dialect = "mysql"
)

// DB is the main database.
type DB struct {
	root    *gorm.DB
	dialect Dialect
	// writer is held by the one transaction at a time that SQLite allows: those who wait for it here take turns, where SQLite itself
	// would let them sleep and try again, some of them for seconds. nil elsewhere.
	writer chan struct{}
}

// Open connects to dsn: "sqlite:PATH" (or a bare path) or "mysql://user:password@tcp(host:port)/name".
// maxConns bounds the pool; 0 means 32, and 8 for SQLite, where each has a cache of its own and one at a time writes.
func Open(ctx context.Context, dsn string, maxConns int) (*DB, error) {
	dialect, dialector, err := dialector(dsn)
	if err != nil {
		return nil, err
	}
	if maxConns == 0 {
		maxConns = 32
		if dialect == SQLite {
			maxConns = 8
		}
	}
	root, err := gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true,
		PrepareStmt:            dialect == SQLite, // MySQL's connections keep their statements themselves: see preparing
		Logger:                 logger.Discard,    // statements carry personal data; errors are reported by their callers
		NowFunc:                func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dialect, err)
	}
	pool, err := root.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(maxConns)
	pool.SetMaxIdleConns(maxConns)
	pool.SetConnMaxLifetime(30 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("reach %s: %w", dialect, err)
	}
	db := &DB{root: root, dialect: dialect}
	if dialect == SQLite {
		db.writer = make(chan struct{}, 1)
	}
	return db, nil
}

func dialector(dsn string) (Dialect, gorm.Dialector, error) {
	if rest, ok := strings.CutPrefix(dsn, "mysql://"); ok {
		cfg, err := mysqldriver.ParseDSN(rest)
		if err != nil {
			return "", nil, fmt.Errorf("database address: %w", err)
		}
		cfg.ParseTime, cfg.Loc = true, time.UTC
		cfg.InterpolateParams = false
		cfg.Collation = "utf8mb4_bin"
		if cfg.Params == nil {
			cfg.Params = map[string]string{}
		}
		cfg.Params["time_zone"] = "'+00:00'"
		// A list reads the start of one index in its order; merging two means reading and sorting everything that matches.
		cfg.Params["optimizer_switch"] = "'index_merge=off'"
		cfg.Params["sql_mode"] = "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'"
		cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = 5*time.Second, 30*time.Second, 30*time.Second
		cfg.Logger = &mysqldriver.NopLogger{} // what goes wrong is in the error, which its caller reports
		// The number of rows that matched, not that changed: a guarded UPDATE counts on it.
		cfg.ClientFoundRows = true
		// Times have milliseconds, as the columns do. With more, an argument would be rounded when it is stored and MariaDB finds no range
		// of an index for it.
		if err := cfg.Apply(mysqldriver.TimeTruncate(time.Millisecond)); err != nil {
			return "", nil, err
		}
		connector, err := newReadCommitted(cfg)
		if err != nil {
			return "", nil, fmt.Errorf("database address: %w", err)
		}
		return MySQL, mysql.New(mysql.Config{Conn: sql.OpenDB(connector), SkipInitializeWithVersion: true}), nil
	}
	path := strings.TrimPrefix(dsn, "sqlite:")
	if path == "" {
		return "", nil, errors.New("database address is empty")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", nil, err
	}
	q := url.Values{}
	q.Set("_txlock", "immediate")
	q.Set("_time_format", "sqlite")
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-8000)", "temp_store(MEMORY)"} {
		q.Add("_pragma", p)
	}
	return SQLite, sqlite.Dialector{DriverName: "sqlite", DSN: "file:" + path + "?" + q.Encode()}, nil
}

// Dialect tells which SQL family this database speaks.
func (db *DB) Dialect() Dialect { return db.dialect }

// Close ends all connections.
func (db *DB) Close() error {
	pool, err := db.root.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	pool, err := db.root.DB()
	if err != nil {
		return err
	}
	return pool.PingContext(ctx)
}

type txKey struct{}

type tx struct {
	db    *DB
	conn  *gorm.DB
	after []func()
}

// Conn returns the transaction that ctx carries, or the pool outside of one.
func (db *DB) Conn(ctx context.Context) *gorm.DB {
	if t, ok := ctx.Value(txKey{}).(*tx); ok && t.db == db {
		return t.conn.WithContext(ctx)
	}
	return db.root.WithContext(ctx)
}

// ErrNoTx is returned by writers that only make sense inside a transaction, such as the audit log and the outbox.
var ErrNoTx = errors.New("this write needs the transaction of a use case")

// InTx returns the transaction that ctx carries, or ErrNoTx.
func (db *DB) InTx(ctx context.Context) (*gorm.DB, error) {
	if t, ok := ctx.Value(txKey{}).(*tx); ok && t.db == db {
		return t.conn.WithContext(ctx), nil
	}
	return nil, ErrNoTx
}

const maxTries = 8

// Tx runs fn in one READ COMMITTED transaction that the context passed to fn carries; a Tx inside a Tx joins it.
// Deadlocks, lock timeouts and a busy SQLite are tried again, so fn must not touch anything outside of the database:
// such effects belong in AfterCommit or in the outbox.
func (db *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if t, ok := ctx.Value(txKey{}).(*tx); ok && t.db == db {
		return fn(ctx)
	}
	var err error
	for try := range maxTries {
		t := &tx{db: db}
		err = db.once(ctx, t, fn)
		if err == nil {
			for _, f := range t.after {
				f()
			}
			return nil
		}
		if !IsTransient(err) || ctx.Err() != nil {
			return err
		}
		slog.DebugContext(ctx, "transaction tried again", "try", try+1, "reason", err)
		if err := backOff(ctx, try); err != nil {
			return err
		}
	}
	return fmt.Errorf("gave up after %d tries: %w", maxTries, err)
}

func (db *DB) once(ctx context.Context, t *tx, fn func(ctx context.Context) error) error {
	if db.writer != nil {
		select {
		case db.writer <- struct{}{}:
			defer func() { <-db.writer }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return db.root.WithContext(ctx).Transaction(func(conn *gorm.DB) error {
		t.conn = conn
		return fn(context.WithValue(ctx, txKey{}, t))
	})
}

// AfterCommit runs f when the transaction of ctx has been committed, or at once outside of one.
// f is a hint (waking the relay, a live update): it is lost when the process dies in between.
func AfterCommit(ctx context.Context, f func()) {
	if t, ok := ctx.Value(txKey{}).(*tx); ok {
		t.after = append(t.after, f)
		return
	}
	f()
}
