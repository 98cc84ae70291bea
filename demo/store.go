package demo

import (
	"context"

	"huiyin/internal/database"
)

// Progress of a demo city in a database.
type Progress string

// None: nobody began one here. Partial: a build was interrupted; empty the database and build again. Complete: it stands.
const (
	None     Progress = "none"
	Partial  Progress = "partial"
	Complete Progress = "complete"
)

// mark is the counter that says how far a build came: 0 begun, 1 complete.
const mark = "demo.built"

// State tells whether a migrated database holds a demo city.
func State(ctx context.Context, db *database.DB) (Progress, error) {
	var values []int64
	if err := db.Conn(ctx).Raw("SELECT value FROM counters WHERE name = ?", mark).Scan(&values).Error; err != nil {
		return "", err
	}
	switch {
	case len(values) == 0:
		return None, nil
	case values[0] == 0:
		return Partial, nil
	}
	return Complete, nil
}

// Empty reports whether a migrated database holds nobody yet: no department, no member of staff, no resident.
func Empty(ctx context.Context, db *database.DB) (bool, error) {
	for _, table := range []string{"departments", "staff", "residents"} {
		var ids []int64
		if err := db.Conn(ctx).Table(table).Limit(1).Pluck("id", &ids).Error; err != nil || len(ids) > 0 {
			return false, err
		}
	}
	return true, nil
}

func begun(ctx context.Context, db *database.DB) error {
	return db.Conn(ctx).Exec("INSERT INTO counters (name, value) VALUES (?, 0)", mark).Error
}

func completed(ctx context.Context, db *database.DB) error {
	return db.Conn(ctx).Exec("UPDATE counters SET value = 1 WHERE name = ?", mark).Error
}
