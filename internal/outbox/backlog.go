package outbox

import (
	"context"
	"time"
)

// Backlog returns how many tasks are open, counted up to limit, and how long the oldest that is due has been so; 0 when none is.
func (b *Box) Backlog(ctx context.Context, limit int) (openTasks int, late time.Duration, err error) {
	conn := b.db.Conn(ctx)
	if err = conn.Raw("SELECT count(*) FROM (SELECT id FROM outbox WHERE open_key = 1 LIMIT ?) AS few", limit).Scan(&openTasks).Error; err != nil {
		return 0, 0, err
	}
	now := b.clock.Now()
	var oldest []Task
	err = conn.Where("open_key = 1 AND due_at <= ?", now).Order("due_at, id").Limit(1).Find(&oldest).Error
	if err != nil || len(oldest) == 0 {
		return openTasks, 0, err
	}
	return openTasks, now.Sub(oldest[0].DueAt), nil
}
