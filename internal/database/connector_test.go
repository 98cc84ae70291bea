package database_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"huiyin/internal/database"
	"huiyin/test/testenv"
)

func TestTransactionsAreReadCommitted(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		if db.Dialect() == database.SQLite {
			return // one writer at a time: nothing to choose
		}
		ctx := context.Background()
		err := db.Tx(ctx, func(ctx context.Context) error {
			var rows []struct{ Variable_name, Value string }
			if err := db.Conn(ctx).Raw("SHOW SESSION VARIABLES LIKE '%isolation'").Scan(&rows).Error; err != nil {
				return err
			}
			for _, r := range rows {
				if strings.HasPrefix(r.Variable_name, "innodb_") {
					continue
				}
				if r.Value != "READ-COMMITTED" {
					t.Errorf("%s is %s", r.Variable_name, r.Value)
				}
			}
			if len(rows) == 0 {
				t.Error("the server does not tell")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// MariaDB uses an index for a range of times only when they are no finer than the column.
func TestTimesAreNoFinerThanTheirColumns(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		if db.Dialect() == database.SQLite {
			return // it compares texts
		}
		at := time.Date(2026, 11, 22, 8, 0, 0, 123_999_999, time.UTC)
		var fraction int
		if err := db.Conn(t.Context()).Raw("SELECT MICROSECOND(CAST(? AS DATETIME(6)))", at).Scan(&fraction).Error; err != nil || fraction != 123_000 {
			t.Errorf("the server was told %d µs, %v", fraction, err)
		}
	})
}
