package database_test

import (
	"context"
	"strings"
	"testing"

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
