package idempotency

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"huiyin/internal/database"
	"huiyin/models"
)

var errGone = errors.New("idempotency: the key came and went meanwhile")

// claim inserts the row, or returns the one that is there. An insert waits for another transaction that has inserted the same key.
func (k *Keys) claim(ctx context.Context, row models.IdempotencyKey) (old models.IdempotencyKey, won bool, err error) {
	conn, err := k.db.InTx(ctx)
	if err != nil {
		return old, false, err
	}
	for range 3 {
		fresh := row
		if err = conn.Create(&fresh).Error; !database.IsDuplicate(err) {
			return old, err == nil, err
		}
		err = k.byKey(conn, row).Take(&old).Error
		switch {
		case database.IsNotFound(err):
			err = errGone
			continue
		case err != nil:
			return old, false, err
		case row.CreatedAt.Sub(old.CreatedAt) < Life:
			return old, false, nil
		}
		if err := k.byKey(conn, row).Where("created_at = ?", old.CreatedAt).Delete(&models.IdempotencyKey{}).Error; err != nil {
			return old, false, err
		}
		err = errGone
	}
	return old, false, err
}

func (k *Keys) byKey(conn *gorm.DB, row models.IdempotencyKey) *gorm.DB {
	return conn.Model(&models.IdempotencyKey{}).Where("scope = ? AND key_hash = ?", row.Scope, row.KeyHash)
}

// takeOver gives a request that its process has left to another; false when somebody was faster.
func (k *Keys) takeOver(ctx context.Context, old models.IdempotencyKey, now time.Time) (bool, error) {
	res := k.underWay(ctx, old).UpdateColumn("created_at", now)
	return res.RowsAffected == 1, res.Error
}

// underWay is the key as long as nobody has answered it or taken it over.
func (k *Keys) underWay(ctx context.Context, row models.IdempotencyKey) *gorm.DB {
	return k.byKey(k.db.Conn(ctx), row).Where("status = 0 AND created_at = ?", row.CreatedAt)
}

func (k *Keys) answered(ctx context.Context, row models.IdempotencyKey, sealed string) error {
	return k.underWay(ctx, row).UpdateColumns(map[string]any{"status": 1, "body_sealed": sealed}).Error
}

// free forgets a request that failed.
func (k *Keys) free(ctx context.Context, row models.IdempotencyKey) error {
	return k.underWay(ctx, row).Delete(&models.IdempotencyKey{}).Error
}

func (k *Keys) deleteBefore(ctx context.Context, before time.Time, limit int) (int, error) {
	var rows []models.IdempotencyKey
	conn := k.db.Conn(ctx)
	if err := conn.Select("scope", "key_hash").Where("created_at < ?", before).Order("created_at").Limit(limit).Find(&rows).Error; err != nil {
		return 0, err
	}
	for _, row := range rows {
		if err := k.byKey(conn, row).Where("created_at < ?", before).Delete(&models.IdempotencyKey{}).Error; err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}
