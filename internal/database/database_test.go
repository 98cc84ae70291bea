package database_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"huiyin/internal/database"
	"huiyin/models/migrations"
)

func TestMigrateIsRepeatable(t *testing.T) {
	ctx := context.Background()
	db, err := database.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first, err := db.Migrate(ctx, migrations.FS)
	if err != nil || first == 0 {
		t.Fatalf("first: %d steps, %v", first, err)
	}
	if again, err := db.Migrate(ctx, migrations.FS); err != nil || again != 0 {
		t.Fatalf("again: %d steps, %v", again, err)
	}
}

func TestTxRollsBackAndRunsHooksOnlyAfterCommit(t *testing.T) {
	ctx := context.Background()
	db, err := database.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(ctx, migrations.FS); err != nil {
		t.Fatal(err)
	}
	insert := func(ctx context.Context) error {
		return db.Conn(ctx).Exec("INSERT INTO counters (name, value) VALUES ('a', 1)").Error
	}
	boom := errors.New("boom")
	hooked := 0
	err = db.Tx(ctx, func(ctx context.Context) error {
		database.AfterCommit(ctx, func() { hooked++ })
		if err := insert(ctx); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) || hooked != 0 {
		t.Fatalf("err %v, hooks %d", err, hooked)
	}
	if err := db.Tx(ctx, func(ctx context.Context) error {
		database.AfterCommit(ctx, func() { hooked++ })
		return db.Tx(ctx, insert) // joins
	}); err != nil || hooked != 1 {
		t.Fatalf("err %v, hooks %d", err, hooked)
	}
	if err := insert(ctx); !database.IsDuplicate(err) {
		t.Fatalf("want a duplicate, got %v", err)
	}
}
