package outbox

import (
	"context"
	"time"

	"huiyin/internal/database"
)

// Turn is a claim on one run of a schedule that all processes share.
type Turn struct {
	box   *Box
	name  string
	until int64
}

// Begin claims the schedule's next run when it is time and nobody else has it; nil when not. Whoever dies during the run
// loses the claim after lease. name has at most 54 characters.
func (b *Box) Begin(ctx context.Context, name string, lease time.Duration) (*Turn, error) {
	name = "schedule." + name
	now := b.clock.Now()
	conn := b.db.Conn(ctx)
	var next []int64
	if err := conn.Raw("SELECT value FROM counters WHERE name = ?", name).Scan(&next).Error; err != nil {
		return nil, err
	}
	if len(next) == 0 {
		if err := conn.Exec("INSERT INTO counters (name, value) VALUES (?, 0)", name).Error; err != nil && !database.IsDuplicate(err) {
			return nil, err
		}
	} else if next[0] > now.UnixMilli() {
		return nil, nil
	}
	t := &Turn{box: b, name: name, until: now.Add(lease).UnixMilli()}
	res := conn.Exec("UPDATE counters SET value = ? WHERE name = ? AND value <= ?", t.until, name, now.UnixMilli())
	if res.Error != nil || res.RowsAffected != 1 {
		return nil, res.Error
	}
	return t, nil
}

// End gives the turn back and says when the next one is. A turn whose lease ran out is no longer ours and stays as it is.
func (t *Turn) End(ctx context.Context, next time.Time) error {
	return t.box.db.Conn(ctx).Exec("UPDATE counters SET value = ? WHERE name = ? AND value = ?", next.UnixMilli(), t.name, t.until).Error
}
