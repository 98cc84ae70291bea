package cases

import "context"

// bumpCounter adds n to a counter, creating it at n, and returns its value.
func (s *Service) bumpCounter(ctx context.Context, name string, n int64) (int64, error) {
	conn, err := s.DB.InTx(ctx)
	if err != nil {
		return 0, err
	}
	res := conn.Exec("UPDATE counters SET value = value + ? WHERE name = ?", n, name)
	if res.Error != nil {
		return 0, res.Error
	}
	if res.RowsAffected == 0 {
		return n, conn.Exec("INSERT INTO counters (name, value) VALUES (?, ?)", name, n).Error
	}
	var v int64
	err = conn.Raw("SELECT value FROM counters WHERE name = ?", name).Scan(&v).Error
	return v, err
}
