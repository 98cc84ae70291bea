package database

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Migrate brings the schema up to the newest version in migrations, a tree with one folder a dialect.
// Replicas that start together take turns: MySQL by a named lock, SQLite by the migration transaction itself.
// It returns how many steps were applied.
func (db *DB) Migrate(ctx context.Context, migrations fs.FS) (int, error) {
	dir, err := fs.Sub(migrations, string(db.dialect))
	if err != nil {
		return 0, err
	}
	pool, err := db.root.DB()
	if err != nil {
		return 0, err
	}
	unlock, err := db.lockMigrations(ctx, pool)
	if err != nil {
		return 0, err
	}
	defer unlock()
	dialect := database.DialectSQLite3
	if db.dialect == MySQL {
		dialect = database.DialectMySQL
	}
	provider, err := goose.NewProvider(dialect, pool, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return len(results), fmt.Errorf("migrate: %w", err)
	}
	return len(results), nil
}

func (db *DB) lockMigrations(ctx context.Context, pool *sql.DB) (func(), error) {
	if db.dialect != MySQL {
		return func() {}, nil
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(CONCAT('huiyin.migrate.', DATABASE()), 25)").Scan(&got); err != nil || got.Int64 != 1 {
		_ = conn.Close()
		return nil, fmt.Errorf("another replica holds the migration lock (%w)", err)
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT RELEASE_LOCK(CONCAT('huiyin.migrate.', DATABASE()))")
		_ = conn.Close()
	}, nil
}
