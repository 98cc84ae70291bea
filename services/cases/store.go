package cases

import (
	"context"
	"slices"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

func notFound() error {
	return fault.New(fault.NotFound, i18n.N("没有找到这件诉求，或者您无权查看。"))
}

func (s *Service) byNumber(ctx context.Context, number string) (*models.Case, error) {
	var c models.Case
	if err := s.DB.Conn(ctx).Where("number = ?", number).Take(&c).Error; err != nil {
		if database.IsNotFound(err) {
			return nil, notFound()
		}
		return nil, err
	}
	return &c, nil
}

func (s *Service) byID(ctx context.Context, id int64) (*models.Case, error) {
	var c models.Case
	if err := s.DB.Conn(ctx).Take(&c, id).Error; err != nil {
		if database.IsNotFound(err) {
			return nil, notFound()
		}
		return nil, err
	}
	return &c, nil
}

func (s *Service) idsOf(ctx context.Context, numbers []string) ([]int64, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	var ids []int64
	err := s.DB.Conn(ctx).Model(&models.Case{}).Where("number IN ?", numbers).Pluck("id", &ids).Error
	return ids, err
}

func (s *Service) casesByID(ctx context.Context, ids []int64) ([]models.Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var list []models.Case
	err := s.DB.Conn(ctx).Where("id IN ?", ids).Find(&list).Error
	return list, err
}

func (s *Service) bySubmission(ctx context.Context, key string) (*models.Case, error) {
	var c models.Case
	err := s.DB.Conn(ctx).Where("submission_key = ?", key).Take(&c).Error
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// write is the only place that changes the status and the version of a case: guarded by the status and the version it was decided on.
// No row means that somebody was faster.
func (s *Service) write(ctx context.Context, c *models.Case, status models.CaseStatus, set map[string]any) error {
	conn, err := s.DB.InTx(ctx)
	if err != nil {
		return err
	}
	set["status"], set["is_open"] = status, status.Open()
	set["version"], set["updated_at"] = c.Version+1, s.Clock.Now()
	res := conn.Model(&models.Case{}).Where("id = ? AND status = ? AND version = ?", c.ID, c.Status, c.Version).Updates(set)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected != 1 {
		return stale()
	}
	var now models.Case // a fresh one: scanning NULL into a field that is set would leave it set
	err = conn.Take(&now, c.ID).Error
	*c = now
	return err
}

func stale() *fault.Error {
	return fault.New(fault.Conflict, i18n.N("刚才有人先一步更新了这件诉求。请看最新的情况，再决定怎么做。")).WithReason("stale")
}

func (s *Service) insertCase(ctx context.Context, c *models.Case) error {
	return s.DB.Conn(ctx).Create(c).Error
}

func (s *Service) insertMessage(ctx context.Context, m *models.CaseMessage) error {
	return s.DB.Conn(ctx).Create(m).Error
}

func (s *Service) insertEvent(ctx context.Context, e *models.CaseEvent) error {
	return s.DB.Conn(ctx).Create(e).Error
}

// threadMost bounds what a thread shows: of more, the newest, and the question they are about.
const threadMost = 500

// messages returns the thread in its order, at most threadMost of it.
func (s *Service) messages(ctx context.Context, caseID int64) ([]models.CaseMessage, error) {
	var list []models.CaseMessage
	if err := s.DB.Conn(ctx).Where("case_id = ?", caseID).Order("id DESC").Limit(threadMost).Find(&list).Error; err != nil {
		return nil, err
	}
	slices.Reverse(list)
	if len(list) == threadMost && list[0].Kind != models.Question {
		question, err := s.firstMessage(ctx, caseID, models.Question)
		return append(question, list[1:]...), err
	}
	return list, nil
}

// firstMessage returns the first message of a kind, or none.
func (s *Service) firstMessage(ctx context.Context, caseID int64, kind models.MessageKind) ([]models.CaseMessage, error) {
	var list []models.CaseMessage
	err := s.DB.Conn(ctx).Where("case_id = ? AND kind = ?", caseID, kind).Order("id").Limit(1).Find(&list).Error
	return list, err
}

func (s *Service) messageByID(ctx context.Context, id int64) (models.CaseMessage, error) {
	var m models.CaseMessage
	err := s.DB.Conn(ctx).Take(&m, id).Error
	if database.IsNotFound(err) {
		err = notFound()
	}
	return m, err
}

// countMessages counts up to limit.
func (s *Service) countMessages(ctx context.Context, caseID, round int64, kind models.MessageKind, limit int) (int, error) {
	var ids []int64
	err := s.DB.Conn(ctx).Model(&models.CaseMessage{}).Where("case_id = ? AND round = ? AND kind = ?", caseID, round, kind).Limit(limit).Pluck("id", &ids).Error
	return len(ids), err
}

// events returns the history in its order, of more than threadMost rows the newest.
func (s *Service) events(ctx context.Context, caseID int64) ([]models.CaseEvent, error) {
	var list []models.CaseEvent
	err := s.DB.Conn(ctx).Where("case_id = ?", caseID).Order("id DESC").Limit(threadMost).Find(&list).Error
	slices.Reverse(list)
	return list, err
}

func (s *Service) eventsSince(ctx context.Context, caseID, version int64) ([]models.CaseEvent, error) {
	var list []models.CaseEvent
	err := s.DB.Conn(ctx).Where("case_id = ? AND case_version > ?", caseID, version).Order("id").Limit(20).Find(&list).Error
	return list, err
}

func (s *Service) replies(ctx context.Context, caseID int64) ([]models.CaseReply, error) {
	var list []models.CaseReply
	err := s.DB.Conn(ctx).Where("case_id = ?", caseID).Order("round DESC").Limit(100).Find(&list).Error
	slices.Reverse(list)
	return list, err
}

func (s *Service) replyByID(ctx context.Context, id int64) (*models.CaseReply, error) {
	var r models.CaseReply
	if err := s.DB.Conn(ctx).Take(&r, id).Error; err != nil {
		if database.IsNotFound(err) {
			return nil, notFound()
		}
		return nil, err
	}
	return &r, nil
}

func (s *Service) reply(ctx context.Context, caseID, round int64) (*models.CaseReply, error) {
	var list []models.CaseReply
	if err := s.DB.Conn(ctx).Where("case_id = ? AND round = ?", caseID, round).Limit(1).Find(&list).Error; err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// writeReply changes a reply that still has the version it was read with.
func (s *Service) writeReply(ctx context.Context, r *models.CaseReply, set map[string]any) error {
	conn := s.DB.Conn(ctx)
	set["version"] = r.Version + 1
	res := conn.Model(&models.CaseReply{}).Where("id = ? AND version = ?", r.ID, r.Version).Updates(set)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected != 1 {
		return stale()
	}
	var now models.CaseReply
	err := conn.Take(&now, r.ID).Error
	*r = now
	return err
}

// holdDraft changes what belongs to a reply besides its words, so its version stays, and holds it until the transaction ends. It must still be
// a draft: the case may have been read before a colleague submitted the reply, and the reply after.
func (s *Service) holdDraft(ctx context.Context, r *models.CaseReply, set map[string]any) error {
	conn, err := s.DB.InTx(ctx)
	if err != nil {
		return err
	}
	res := conn.Model(&models.CaseReply{}).Where("id = ? AND version = ? AND submitted_at IS NULL AND sent_at IS NULL", r.ID, r.Version).Updates(set)
	if res.Error == nil && res.RowsAffected != 1 {
		return stale()
	}
	return res.Error
}

func (s *Service) insertReply(ctx context.Context, r *models.CaseReply) error {
	return s.DB.Conn(ctx).Create(r).Error
}

func (s *Service) allTopics(ctx context.Context) ([]models.Topic, error) {
	var list []models.Topic
	err := s.DB.Conn(ctx).Order("sort, id").Limit(2000).Find(&list).Error
	return list, err
}

func (s *Service) casesOfResident(ctx context.Context, residentID, after int64, limit int) ([]models.Case, error) {
	q := s.DB.Conn(ctx).Where("resident_id = ?", residentID)
	if after > 0 {
		q = q.Where("id < ?", after)
	}
	var list []models.Case
	err := q.Order("id DESC").Limit(limit).Find(&list).Error
	return list, err
}

// countOthers counts the other cases of a case's resident, at most limit.
func (s *Service) countOthers(ctx context.Context, c *models.Case, limit int) (int, error) {
	var ids []int64
	err := s.DB.Conn(ctx).Model(&models.Case{}).Where("resident_id = ? AND id <> ?", c.ResidentID, c.ID).Limit(limit).Pluck("id", &ids).Error
	return len(ids), err
}
