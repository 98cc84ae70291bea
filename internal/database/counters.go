package database

import "context"

// Count adds n to a row of counters, which begins at 0, and returns its value. The row stays locked until the transaction ends, so what
// is counted has no gaps and becomes visible in its order. Without a transaction: ErrNoTx.
func (db *DB) Count(ctx context.Context, name string, n int64) (int64, error) {
	conn, err := db.InTx(ctx)
	if err != nil {
		return 0, err
	}
	add := func() (int64, error) {
		res := conn.Exec("UPDATE counters SET value = value + ? WHERE name = ?", n, name)
		return res.RowsAffected, res.Error
	}
	found, err := add()
	if err == nil && found == 0 {
		// The first ever. Another transaction may be inserting it too: then this waits for it and finds the row.
		err = conn.Exec("INSERT INTO counters (name, value) VALUES (?, 0)", name).Error
		if err == nil || IsDuplicate(err) {
			_, err = add()
		}
	}
	if err != nil {
		return 0, err
	}
	var value int64
	err = conn.Raw("SELECT value FROM counters WHERE name = ?", name).Scan(&value).Error
	return value, err
}
