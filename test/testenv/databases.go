// Package testenv gives tests real surroundings: databases, a Redis, a browser. test/run.sh starts the servers and says in the
// environment where they are; what was asked for and is not there fails the test, it never skips it. With -short only SQLite and an
// in-process Redis are used, so that a quick check needs no set-up.
//
// Only tests import it.
package testenv

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	mysqldriver "github.com/go-sql-driver/mysql"

	"huiyin/internal/database"
	"huiyin/models/migrations"
)

// DB is a fresh, migrated database of one test's own.
type DB struct {
	Name string // "sqlite" or "mariadb"
	DSN  string // as database.Open takes it
}

// Databases returns one fresh database per kind that the product runs on; they go away with the test.
func Databases(t testing.TB) []DB {
	t.Helper()
	all := []DB{{"sqlite", sqliteDSN(t)}}
	if !testing.Short() || os.Getenv("HUIYIN_TEST_MYSQL") != "" {
		all = append(all, DB{"mariadb", mariadbDSN(t)})
	}
	return all
}

// EachDB runs test once per kind of database, each time on a fresh one, already open.
func EachDB(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	kinds := []string{"sqlite", "mariadb"}
	if testing.Short() && os.Getenv("HUIYIN_TEST_MYSQL") == "" {
		kinds = kinds[:1]
	}
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) { test(t, OpenKind(t, kind)) })
	}
}

// SQLite returns a fresh, migrated SQLite database, open: for tests in which the database is not the point.
func SQLite(t testing.TB) *database.DB {
	t.Helper()
	return OpenKind(t, "sqlite")
}

// OpenKind returns a fresh, migrated, open database of that kind, "sqlite" or "mariadb".
func OpenKind(t testing.TB, kind string) *database.DB {
	t.Helper()
	dsn := sqliteDSN
	if kind == "mariadb" {
		dsn = mariadbDSN
	}
	return Open(t, dsn(t))
}

// Open opens the database at dsn until the test ends.
func Open(t testing.TB, dsn string) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), dsn, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func sqliteDSN(t testing.TB) string {
	t.Helper()
	file, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "huiyin.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// sqliteTemplate migrates once a process; each test gets a copy of the bytes.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "huiyin-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "huiyin.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // Close has folded the write-ahead log into it
})

func migrate(dsn string) error {
	ctx := context.Background()
	db, err := database.Open(ctx, dsn, 0)
	if err != nil {
		return err
	}
	if _, err := db.Migrate(ctx, migrations.FS); err != nil {
		_ = db.Close()
		return err
	}
	return db.Close()
}

func mariadbDSN(t testing.TB) string {
	t.Helper()
	server := os.Getenv("HUIYIN_TEST_MYSQL")
	if server == "" {
		t.Fatal("This test needs MariaDB: run `make test`, or `test/run.sh ./this/package`, which start one; or use -short for SQLite only.")
	}
	cfg, err := mysqldriver.ParseDSN(server)
	if err != nil {
		t.Fatal("HUIYIN_TEST_MYSQL: ", err)
	}
	cfg.MultiStatements = true
	pool, err := mariadbPool(cfg)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := mariadbTemplate()
	if err != nil {
		t.Fatal("migrate MariaDB: ", err)
	}
	name := "huiyin_" + random()
	if _, err := pool.Exec(fmt.Sprintf("CREATE DATABASE %s", name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec("DROP DATABASE " + name); err != nil {
			t.Error(err)
		}
		_ = pool.Close()
	})
	if err := copySchema(pool, name, schema); err != nil {
		t.Fatal("copy the migrated database: ", err)
	}
	cfg.DBName, cfg.MultiStatements = name, false
	return "mysql://" + cfg.FormatDSN()
}

func mariadbPool(cfg *mysqldriver.Config) (*sql.DB, error) {
	pool, err := sql.Open("mysql", cfg.FormatDSN())
	if err == nil {
		pool.SetMaxIdleConns(1)
	}
	return pool, err
}

// mariadbTemplate returns the statements that make a migrated database. The template itself is made once a server and schema
// version, whichever test process comes first; database.Migrate lets only one of them work.
var mariadbTemplate = sync.OnceValues(func() (string, error) {
	cfg, err := mysqldriver.ParseDSN(os.Getenv("HUIYIN_TEST_MYSQL"))
	if err != nil {
		return "", err
	}
	pool, err := mariadbPool(cfg)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	version, err := migrationsHash()
	if err != nil {
		return "", err
	}
	name := "huiyin_template_" + version
	if _, err := pool.Exec("CREATE DATABASE IF NOT EXISTS " + name); err != nil {
		return "", err
	}
	cfg.DBName = name
	if err := migrate("mysql://" + cfg.FormatDSN()); err != nil {
		return "", err
	}
	return describe(pool, name)
})

// describe returns CREATE TABLE and INSERT … SELECT statements for every table of a database, as they stand.
func describe(pool *sql.DB, name string) (string, error) {
	rows, err := pool.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name", name)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return "", err
		}
		tables = append(tables, table)
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	b := strings.Builder{}
	b.WriteString("SET foreign_key_checks = 0;\n")
	for _, table := range tables {
		var same, create string
		if err := pool.QueryRow("SHOW CREATE TABLE "+name+"."+table).Scan(&same, &create); err != nil {
			return "", err
		}
		var filled bool
		if err := pool.QueryRow("SELECT EXISTS (SELECT 1 FROM " + name + "." + table + ")").Scan(&filled); err != nil {
			return "", err
		}
		b.WriteString(create + ";\n")
		if filled {
			fmt.Fprintf(&b, "INSERT INTO %[1]s SELECT * FROM %[2]s.%[1]s;\n", table, name)
		}
	}
	return b.String(), nil
}

func copySchema(pool *sql.DB, name, schema string) error {
	ctx := context.Background()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "USE "+name+"; "+schema+" SET foreign_key_checks = 1"); err != nil {
		_ = conn.Close()
		return err
	}
	return conn.Close()
}

func migrationsHash() (string, error) {
	h := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(migrations.FS, path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(content), content)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:16], err
}

func random() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
