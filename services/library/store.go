package library

import (
	"context"
	"time"

	"huiyin/internal/database"
	"huiyin/models"
)

func (l *Library) ofCase(ctx context.Context, caseID int64) (p models.Publication, found bool, err error) {
	err = l.db.Conn(ctx).Where("case_id = ?", caseID).Take(&p).Error
	if database.IsNotFound(err) {
		return models.Publication{}, false, nil
	}
	return p, err == nil, err
}

func (l *Library) insert(ctx context.Context, p *models.Publication) error {
	return l.db.Conn(ctx).Create(p).Error
}

// update writes p where old still stands as it was read; false means that somebody was faster.
func (l *Library) update(ctx context.Context, p, old models.Publication) (bool, error) {
	res := l.db.Conn(ctx).Model(&models.Publication{}).
		Where("id = ? AND status = ? AND version = ?", old.ID, old.Status, old.Version).
		UpdateColumns(map[string]any{
			"status": p.Status, "topic_id": p.TopicID, "department_id": p.DepartmentID,
			"title": p.Title, "question": p.Question, "answer": p.Answer, "decisions": p.Decisions, "comment": p.Comment,
			"prepared_by": p.PreparedBy, "authors": p.Authors, "published_by": p.PublishedBy, "asked_at": p.AskedAt, "answered_at": p.AnsweredAt,
			"working_days": p.WorkingDays, "published_at": p.PublishedAt, "unpublished_at": p.UnpublishedAt,
			"version": p.Version, "updated_at": p.UpdatedAt,
		})
	return res.RowsAffected == 1, res.Error
}

// seqName counts the change feed's numbers.
const seqName = "library.seq"

func (l *Library) appendChange(ctx context.Context, publicationID int64, at time.Time) error {
	conn, err := l.db.InTx(ctx)
	if err != nil {
		return err
	}
	seq, err := l.db.Count(ctx, seqName, 1)
	if err != nil {
		return err
	}
	return conn.Create(&models.LibraryChange{Seq: seq, PublicationID: publicationID, At: at}).Error
}

// addReads adds counts[id] for each of the ids, in one transaction.
func (l *Library) addReads(ctx context.Context, ids []int64, counts map[int64]int64) error {
	return l.db.Tx(ctx, func(ctx context.Context) error {
		for _, id := range ids {
			err := l.db.Conn(ctx).Exec("UPDATE publications SET reads_count = reads_count + ? WHERE id = ?", counts[id], id).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
}
