package audit

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"huiyin/internal/database"
	"huiyin/models"
)

// Names of the rows of audit_heads: the end of the chain, and the last entry that retention has deleted.
const (
	chainHead  = "chain"
	prunedHead = "pruned"
)

func (l *Log) insert(ctx context.Context, e *models.AuditEntry) error {
	conn, err := l.db.InTx(ctx)
	if err != nil {
		return err
	}
	return conn.Create(e).Error
}

// head returns the named row; one that does not exist yet is at seq 0 with an empty hash.
func (l *Log) head(ctx context.Context, name string) (models.AuditHead, error) {
	h := models.AuditHead{Name: name}
	err := l.db.Conn(ctx).Where("name = ?", name).Take(&h).Error
	if database.IsNotFound(err) {
		return models.AuditHead{Name: name}, nil
	}
	return h, err
}

func (l *Log) ensureHead(ctx context.Context, name string) error {
	h := models.AuditHead{Name: name, SealedAt: l.clock.Now()}
	return l.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&h).Error
}

// advance moves the named head from one entry to a later one; false means that somebody else moved it first.
func (l *Log) advance(ctx context.Context, from models.AuditHead, seq int64, hash string) (bool, error) {
	res := l.db.Conn(ctx).Model(&models.AuditHead{}).
		Where("name = ? AND seq = ? AND hash = ?", from.Name, from.Seq, from.Hash).
		UpdateColumns(map[string]any{"seq": seq, "hash": hash, "sealed_at": l.clock.Now()})
	return res.RowsAffected == 1, res.Error
}

func (l *Log) unsealed(ctx context.Context, limit int) (es []models.AuditEntry, err error) {
	err = l.db.Conn(ctx).Where("seq IS NULL").Order("id").Limit(limit).Find(&es).Error
	return es, err
}

func (l *Log) writeSeal(ctx context.Context, e models.AuditEntry) (bool, error) {
	res := l.db.Conn(ctx).Model(&models.AuditEntry{}).Where("id = ? AND seq IS NULL", e.ID).
		UpdateColumns(map[string]any{"seq": *e.Seq, "prev_hash": e.PrevHash, "hash": e.Hash})
	return res.RowsAffected == 1, res.Error
}

func (l *Log) sealed(ctx context.Context, from, to int64, limit int) (es []models.AuditEntry, err error) {
	err = l.db.Conn(ctx).Where("seq >= ? AND seq <= ?", from, to).Order("seq").Limit(limit).Find(&es).Error
	return es, err
}

func (l *Log) maxSeq(ctx context.Context) (n int64, err error) {
	err = l.db.Conn(ctx).Model(&models.AuditEntry{}).Select("COALESCE(MAX(seq), 0)").Scan(&n).Error
	return n, err
}

func (l *Log) deleteThrough(ctx context.Context, seq int64) error {
	return l.db.Conn(ctx).Where("seq <= ?", seq).Delete(&models.AuditEntry{}).Error
}

// actions returns the actions that begin so and were ever recorded, hopping over the index from one to the next.
func (l *Log) actions(ctx context.Context, begin string) ([]string, error) {
	var all []string
	for from := "action >= ?"; ; from = "action > ?" {
		last := begin
		if len(all) > 0 {
			last = all[len(all)-1]
		}
		var next []string
		err := l.db.Conn(ctx).Model(&models.AuditEntry{}).Where(from+" AND action < ?", last, begin+"~"). // "~" is behind all that actions are made of
															Order("action").Limit(1).Pluck("action", &next).Error
		if err != nil || len(next) == 0 {
			return all, err
		}
		all = append(all, next[0])
	}
}

// list returns the entries that fit the filter, newest first; action, unless empty, is the whole one.
func (l *Log) list(ctx context.Context, f Filter, action string, lowID int64, limit int) (es []models.AuditEntry, err error) {
	q := l.db.Conn(ctx).Order("id DESC").Limit(limit)
	if f.After > 0 {
		q = q.Where("id < ?", f.After)
	}
	if lowID > 0 {
		q = q.Where("id >= ?", lowID)
	}
	if f.ActorKind != "" {
		q = q.Where("actor_kind = ?", f.ActorKind)
	}
	if f.ActorID != 0 {
		q = q.Where("actor_id = ?", f.ActorID)
	}
	if f.SubjectID != 0 {
		q = q.Where("subject_id = ?", f.SubjectID)
	}
	switch {
	case action != "":
		q = q.Where("action = ?", action)
	case f.Action != "":
		escaped := strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(f.Action)
		q = q.Where("action LIKE ? ESCAPE '!'", escaped+"%")
	}
	if f.ObjectKind != "" {
		q = q.Where("object_kind = ?", f.ObjectKind)
	}
	if f.ObjectID != 0 {
		q = q.Where("object_id = ?", f.ObjectID)
	}
	if !f.From.IsZero() {
		q = q.Where("at >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("at < ?", f.To)
	}
	err = q.Find(&es).Error
	return es, err
}

// firstFrom returns the id and the time of the first entry whose id is at least id; id 0 means there is none.
func (l *Log) firstFrom(ctx context.Context, id int64) (int64, time.Time, error) {
	var e models.AuditEntry
	err := l.db.Conn(ctx).Select("id", "at").Where("id >= ?", id).Order("id").Limit(1).Take(&e).Error
	if database.IsNotFound(err) {
		return 0, time.Time{}, nil
	}
	return e.ID, e.At, err
}

func (l *Log) maxID(ctx context.Context) (n int64, err error) {
	err = l.db.Conn(ctx).Model(&models.AuditEntry{}).Select("COALESCE(MAX(id), 0)").Scan(&n).Error
	return n, err
}

func (l *Log) oldest(ctx context.Context, limit int) (times []time.Time, err error) {
	err = l.db.Conn(ctx).Model(&models.AuditEntry{}).Order("id").Limit(limit).Pluck("at", &times).Error
	return times, err
}
