package files

import (
	"context"
	"time"

	"huiyin/internal/database"
	"huiyin/models"
)

// nobody owns a row whose bytes are not there yet, or are about to go.
const nobody = "nobody"

func (f *Files) insert(ctx context.Context, a *models.Attachment) error {
	return f.db.Conn(ctx).Create(a).Error
}

// give makes the row its owner's and says what was stored.
func (f *Files) give(ctx context.Context, a models.Attachment) error {
	return f.db.Conn(ctx).Model(&models.Attachment{}).Where("id = ? AND owner_kind = ?", a.ID, nobody).
		UpdateColumns(map[string]any{"owner_kind": a.OwnerKind, "owner_id": a.OwnerID, "size": a.Size, "sha256": a.SHA256}).Error
}

// count counts up to limit.
func (f *Files) count(ctx context.Context, ownerKind string, ownerID int64, limit int) (int, error) {
	var ids []int64
	err := f.db.Conn(ctx).Model(&models.Attachment{}).Where("owner_kind = ? AND owner_id = ?", ownerKind, ownerID).
		Limit(limit).Pluck("id", &ids).Error
	return len(ids), err
}

func (f *Files) owned(ctx context.Context, ownerKind string, ownerID int64) (as []models.Attachment, err error) {
	err = f.db.Conn(ctx).Where("owner_kind = ? AND owner_id = ?", ownerKind, ownerID).Order("id").Find(&as).Error
	return as, err
}

// disown makes rows of an owner, or the one with that id, nobody's, and returns them.
func (f *Files) disown(ctx context.Context, ownerKind string, ownerID, id int64) (gone []models.Attachment, err error) {
	err = f.db.Tx(ctx, func(ctx context.Context) error {
		gone = nil
		q := f.db.Conn(ctx).Where("owner_kind = ? AND owner_id = ?", ownerKind, ownerID)
		if id != 0 {
			q = q.Where("id = ?", id)
		}
		var found []models.Attachment
		if err := q.Order("id").Find(&found).Error; err != nil {
			return err
		}
		for _, a := range found {
			res := f.db.Conn(ctx).Model(&models.Attachment{}).Where("id = ? AND owner_kind = ? AND owner_id = ?", a.ID, ownerKind, ownerID).
				UpdateColumns(map[string]any{"owner_kind": nobody, "owner_id": 0})
			if res.Error != nil {
				return res.Error
			}
			if res.RowsAffected == 1 {
				gone = append(gone, a)
			}
		}
		return nil
	})
	return gone, err
}

func (f *Files) handOver(ctx context.Context, fromKind string, fromID, caseID, messageID int64) error {
	conn, err := f.db.InTx(ctx)
	if err != nil {
		return err
	}
	return conn.Model(&models.Attachment{}).Where("owner_kind = ? AND owner_id = ?", fromKind, fromID).
		UpdateColumns(map[string]any{"owner_kind": models.OwnerMessage, "owner_id": messageID, "case_id": caseID}).Error
}

func (f *Files) ofCase(ctx context.Context, caseID int64) (as []models.Attachment, err error) {
	err = f.db.Conn(ctx).Where("case_id = ? AND owner_kind = ?", caseID, models.OwnerMessage).Order("id").Find(&as).Error
	return as, err
}

func (f *Files) byID(ctx context.Context, id int64) (a models.Attachment, found bool, err error) {
	err = f.db.Conn(ctx).Where("id = ? AND owner_kind <> ?", id, nobody).Take(&a).Error
	if database.IsNotFound(err) {
		return a, false, nil
	}
	return a, err == nil, err
}

func (f *Files) stale(ctx context.Context, before time.Time, limit int) (as []models.Attachment, err error) {
	err = f.db.Conn(ctx).Where("owner_kind IN ? AND created_at < ?", []string{models.OwnerDraft, nobody}, before).
		Order("created_at").Limit(limit).Find(&as).Error
	return as, err
}

func (f *Files) delete(ctx context.Context, id int64) error {
	return f.db.Conn(ctx).Where("id = ? AND owner_kind = ?", id, nobody).Delete(&models.Attachment{}).Error
}

func (f *Files) isNobodys(ctx context.Context, id int64) (bool, error) {
	var ids []int64
	err := f.db.Conn(ctx).Model(&models.Attachment{}).Where("id = ? AND owner_kind = ?", id, nobody).Pluck("id", &ids).Error
	return len(ids) == 1, err
}
