package accounts

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"huiyin/internal/database"
	"huiyin/models"
)

// one reads one row, or fails with fault.NotFound.
func one[T any](q *gorm.DB) (T, error) {
	var row T
	err := q.Take(&row).Error
	if database.IsNotFound(err) {
		return row, notFound()
	}
	return row, err
}

func (s *Service) liveSession(ctx context.Context, hash string) (models.Session, bool, error) {
	var row models.Session
	err := s.DB.Conn(ctx).Where("token_hash = ? AND revoked_at IS NULL AND expires_at > ?", hash, s.Clock.Now()).Take(&row).Error
	if database.IsNotFound(err) {
		return models.Session{}, false, nil
	}
	return row, err == nil, err
}

func (s *Service) sessionByID(ctx context.Context, id int64) (models.Session, error) {
	return one[models.Session](s.DB.Conn(ctx).Where("id = ? AND revoked_at IS NULL AND expires_at > ?", id, s.Clock.Now()))
}

func (s *Service) createSession(ctx context.Context, row *models.Session) error {
	return s.DB.Conn(ctx).Create(row).Error
}

func (s *Service) touchSession(ctx context.Context, id int64, seen, expires time.Time) error {
	return s.DB.Conn(ctx).Model(&models.Session{}).Where("id = ? AND revoked_at IS NULL", id).
		UpdateColumns(map[string]any{"seen_at": seen, "expires_at": expires}).Error
}

// rotateToken gives a session that has gained rights a new token.
func (s *Service) rotateToken(ctx context.Context, id int64, hash string, secondFactorAt time.Time) error {
	return s.DB.Conn(ctx).Model(&models.Session{}).Where("id = ?", id).
		UpdateColumns(map[string]any{"token_hash": hash, "second_factor_at": secondFactorAt}).Error
}

func (s *Service) revokeSession(ctx context.Context, id int64) (bool, error) {
	res := s.DB.Conn(ctx).Model(&models.Session{}).Where("id = ? AND revoked_at IS NULL", id).UpdateColumn("revoked_at", s.Clock.Now())
	return res.RowsAffected == 1, res.Error
}

// revokeStaffSessions ends all sign-ins of a member of staff but one (0 for none), and with tokens those of programs too.
func (s *Service) revokeStaffSessions(ctx context.Context, staffID, except int64, tokens bool) error {
	q := s.DB.Conn(ctx).Model(&models.Session{}).Where("staff_id = ? AND revoked_at IS NULL AND id <> ?", staffID, except)
	if !tokens {
		q = q.Where("kind = ?", models.StaffSession)
	}
	return q.UpdateColumn("revoked_at", s.Clock.Now()).Error
}

func (s *Service) revokeResidentSessions(ctx context.Context, residentID int64) error {
	return s.DB.Conn(ctx).Model(&models.Session{}).Where("resident_id = ? AND revoked_at IS NULL", residentID).
		UpdateColumn("revoked_at", s.Clock.Now()).Error
}

func (s *Service) ownSessions(ctx context.Context, actor models.Actor, kinds ...models.SessionKind) (rows []models.Session, err error) {
	column := "resident_id"
	if actor.IsStaff() {
		column = "staff_id"
	}
	err = s.DB.Conn(ctx).Where(column+" = ? AND kind IN ? AND revoked_at IS NULL AND expires_at > ?", actor.ID, kinds, s.Clock.Now()).
		Order("id DESC").Limit(200).Find(&rows).Error
	return rows, err
}

func (s *Service) grants(ctx context.Context, sessionID int64) (ids []int64, err error) {
	err = s.DB.Conn(ctx).Model(&models.SessionGrant{}).Where("session_id = ?", sessionID).
		Order("case_id DESC").Limit(200).Pluck("case_id", &ids).Error
	return ids, err
}

func (s *Service) addGrant(ctx context.Context, sessionID, caseID int64) error {
	g := models.SessionGrant{SessionID: sessionID, CaseID: caseID, GrantedAt: s.Clock.Now()}
	return s.DB.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&g).Error
}

func (s *Service) deleteEnded(ctx context.Context, before time.Time, limit int) (int, error) {
	var ids []int64
	conn := s.DB.Conn(ctx)
	if err := conn.Model(&models.Session{}).Where("expires_at < ?", before).Order("expires_at").Limit(limit).Pluck("id", &ids).Error; err != nil || len(ids) == 0 {
		return 0, err
	}
	if err := conn.Where("session_id IN ?", ids).Delete(&models.SessionGrant{}).Error; err != nil {
		return 0, err
	}
	return len(ids), conn.Where("id IN ?", ids).Delete(&models.Session{}).Error
}

func (s *Service) resident(ctx context.Context, id int64) (models.Resident, error) {
	return one[models.Resident](s.DB.Conn(ctx).Where("id = ?", id))
}

func (s *Service) residentByIndex(ctx context.Context, index string) (models.Resident, error) {
	return one[models.Resident](s.DB.Conn(ctx).Where("phone_index = ?", index))
}

func (s *Service) createResident(ctx context.Context, row *models.Resident) error {
	return s.DB.Conn(ctx).Create(row).Error
}

func (s *Service) writeResident(ctx context.Context, id int64, columns map[string]any) error {
	columns["updated_at"] = s.Clock.Now()
	return s.DB.Conn(ctx).Model(&models.Resident{}).Where("id = ?", id).UpdateColumns(columns).Error
}

// addAgreement writes one agreement, once, and notes it with the resident if it is the newest.
func (s *Service) addAgreement(ctx context.Context, row *models.Agreement) error {
	if err := s.DB.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(row).Error; err != nil {
		return err
	}
	return s.DB.Conn(ctx).Model(&models.Resident{}).Where("id = ? AND agreed_privacy < ?", row.ResidentID, row.Version).
		UpdateColumn("agreed_privacy", row.Version).Error
}

func (s *Service) agreements(ctx context.Context, residentID int64) (rows []models.Agreement, err error) {
	err = s.DB.Conn(ctx).Where("resident_id = ?", residentID).Order("id").Find(&rows).Error
	return rows, err
}
