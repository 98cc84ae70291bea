package notices

import (
	"context"
	"maps"
	"slices"
	"time"

	"huiyin/internal/database"
	"huiyin/models"
)

type store struct{ db *database.DB }

func (s store) insert(ctx context.Context, d *models.Delivery) error {
	conn, err := s.db.InTx(ctx)
	if err != nil {
		return err
	}
	return conn.Create(d).Error
}

func (s store) delivery(ctx context.Context, id int64) (models.Delivery, error) {
	var d models.Delivery
	err := s.db.Conn(ctx).Take(&d, id).Error
	return d, err
}

// forgotten is what is left of a message to somebody who must not be known from it.
var forgotten = map[string]any{"address_sealed": "", "address_masked": "", "body_sealed": ""}

// change is what a step of a delivery writes beside its state.
type change struct {
	nextAt     *time.Time
	sentAt     *time.Time
	providerID string
	lastError  string
	attempts   int64 // to add
	forget     bool  // the address and the body
}

// move is the only writer of a delivery's state, and of its history: every outcome of an attempt has a line there. It reports false
// when the record is no longer as d says; when it moved, d follows.
func (s store) move(ctx context.Context, d *models.Delivery, to models.DeliveryState, at time.Time, c change) (bool, error) {
	conn, err := s.db.InTx(ctx)
	if err != nil {
		return false, err
	}
	set := map[string]any{
		"state": to, "next_at": c.nextAt, "sent_at": c.sentAt, "provider_id": clip(c.providerID, 100), "last_error": clip(c.lastError, 300),
		"attempts": d.Attempts + c.attempts, "version": d.Version + 1,
	}
	if c.forget {
		maps.Copy(set, forgotten)
	}
	res := conn.Model(&models.Delivery{}).Where("id = ? AND state = ? AND version = ?", d.ID, d.State, d.Version).Updates(set)
	if res.Error != nil || res.RowsAffected != 1 {
		return false, res.Error
	}
	d.State, d.Attempts, d.Version, d.NextAt = to, d.Attempts+c.attempts, d.Version+1, c.nextAt
	if to == models.DeliverySending {
		return true, nil // its outcome will be told
	}
	return true, s.happened(ctx, models.DeliveryEvent{DeliveryID: d.ID, At: at, What: to, Attempt: d.Attempts, Note: clip(c.lastError, 300)})
}

func (s store) happened(ctx context.Context, events ...models.DeliveryEvent) error {
	conn, err := s.db.InTx(ctx)
	if err != nil {
		return err
	}
	return conn.Create(&events).Error
}

// histories returns what happened to each of those messages, oldest first.
func (s store) histories(ctx context.Context, ids []int64) (map[int64][]models.DeliveryEvent, error) {
	var rows []models.DeliveryEvent
	of := map[int64][]models.DeliveryEvent{}
	if len(ids) == 0 {
		return of, nil
	}
	err := s.db.Conn(ctx).Where("delivery_id IN ?", ids).Order("delivery_id, id").Find(&rows).Error
	for _, e := range rows {
		of[e.DeliveryID] = append(of[e.DeliveryID], e)
	}
	return of, err
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// stuck lists attempts that should have reported back by now.
func (s store) stuck(ctx context.Context, now time.Time, limit int) ([]models.Delivery, error) {
	var rows []models.Delivery
	err := s.db.Conn(ctx).Where("state = ? AND next_at < ?", models.DeliverySending, now).Order("id").Limit(limit).Find(&rows).Error
	return rows, err
}

// bump counts a version that nobody else has counted, so that one of two clicks wins.
func (s store) bump(ctx context.Context, id, version int64) (bool, error) {
	res := s.db.Conn(ctx).Model(&models.Delivery{}).Where("id = ? AND version = ?", id, version).Update("version", version+1)
	return res.RowsAffected == 1, res.Error
}

func (s store) forget(ctx context.Context, before time.Time, limit int) (int64, error) {
	var rows []models.Delivery // ids rise with time, so the oldest need no index on it
	if err := s.db.Conn(ctx).Select("id", "created_at").Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return 0, err
	}
	var ids []int64
	for _, d := range rows {
		if d.CreatedAt.Before(before) {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	conn, err := s.db.InTx(ctx)
	if err != nil {
		return 0, err
	}
	if err := conn.Where("delivery_id IN ?", ids).Delete(&models.DeliveryEvent{}).Error; err != nil {
		return 0, err
	}
	res := conn.Where("id IN ?", ids).Delete(&models.Delivery{})
	return res.RowsAffected, res.Error
}

func (s store) list(ctx context.Context, f Filter, departmentID int64, limit int) ([]models.Delivery, error) {
	q := s.db.Conn(ctx).Order("id DESC").Limit(limit)
	if departmentID != 0 {
		q = q.Where("department_id = ?", departmentID)
	}
	if f.CaseID != 0 {
		q = q.Where("case_id = ?", f.CaseID)
	}
	switch f.To {
	case ToResident:
		q = q.Where("staff_id = 0")
	case ToStaff:
		q = q.Where("staff_id <> 0")
	}
	if f.Channel != "" {
		q = q.Where("channel = ?", f.Channel)
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	if f.After != 0 {
		q = q.Where("id < ?", f.After)
	}
	var rows []models.Delivery
	err := q.Find(&rows).Error
	return rows, err
}

// carried lists what went through a carrier, everything but bells, as long as it is known to whom.
func (s store) carried(ctx context.Context, limit int, after int64) ([]models.Delivery, error) {
	q := s.db.Conn(ctx).Where("channel <> ? AND address_sealed <> ''", models.Bell).Order("id DESC").Limit(limit)
	if after != 0 {
		q = q.Where("id < ?", after)
	}
	var rows []models.Delivery
	err := q.Find(&rows).Error
	return rows, err
}

func (s store) forgetCases(ctx context.Context, caseIDs []int64) error {
	const portion = 500
	for ids := range slices.Chunk(caseIDs, portion) {
		if err := s.db.Conn(ctx).Model(&models.Delivery{}).Where("case_id IN ? AND channel = ?", ids, models.SMS).
			UpdateColumns(forgotten).Error; err != nil {
			return err
		}
	}
	return nil
}

func (s store) hand(ctx context.Context, caseID, departmentID int64) error {
	return s.db.Conn(ctx).Model(&models.Delivery{}).Where("case_id = ?", caseID).UpdateColumn("department_id", departmentID).Error
}

func (s store) oldest(ctx context.Context, limit int) (times []time.Time, err error) {
	err = s.db.Conn(ctx).Model(&models.Delivery{}).Order("id").Limit(limit).Pluck("created_at", &times).Error
	return times, err
}
