package audit

import (
	"context"

	"huiyin/models"
)

func (l *Log) insert(ctx context.Context, e *models.AuditEntry) error {
	conn, err := l.db.InTx(ctx)
	if err != nil {
		return err
	}
	return conn.Create(e).Error
}
