package accounts

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"huiyin/models"
)

func (s *Service) staff(ctx context.Context, id int64) (models.Staff, error) {
	return one[models.Staff](s.DB.Conn(ctx).Where("id = ?", id))
}

func (s *Service) staffByAccount(ctx context.Context, account string) (models.Staff, error) {
	return one[models.Staff](s.DB.Conn(ctx).Where("account = ?", account))
}

func (s *Service) rolesOf(ctx context.Context, staffID int64) ([]models.Role, error) {
	roles, err := s.rolesOfMany(ctx, []int64{staffID})
	return roles[staffID], err
}

// rolesOfMany returns each one's roles in the order screens show.
func (s *Service) rolesOfMany(ctx context.Context, ids []int64) (map[int64][]models.Role, error) {
	var rows []models.StaffRole
	if err := s.DB.Conn(ctx).Where("staff_id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := map[int64][]models.Role{}
	for _, role := range models.Roles {
		for _, row := range rows {
			if row.Role == role {
				out[row.StaffID] = append(out[row.StaffID], role)
			}
		}
	}
	return out, nil
}

func (s *Service) columns(ctx context.Context, staffID int64, where string, args []any, set map[string]any) (bool, error) {
	q := s.DB.Conn(ctx).Model(&models.Staff{}).Where("id = ?", staffID)
	if where != "" {
		q = q.Where(where, args...)
	}
	res := q.UpdateColumns(set)
	return res.RowsAffected == 1, res.Error
}

// countAttempt counts one more, unless the account is locked.
func (s *Service) countAttempt(ctx context.Context, staffID int64, now time.Time) (bool, error) {
	return s.columns(ctx, staffID, "locked_until IS NULL OR locked_until <= ?", []any{now}, map[string]any{
		"failed_count": gorm.Expr("failed_count + 1"), "locked_until": nil,
	})
}

func (s *Service) lockWhenSpent(ctx context.Context, staffID int64, after int, until time.Time) (bool, error) {
	return s.columns(ctx, staffID, "failed_count >= ?", []any{after}, map[string]any{"failed_count": 0, "locked_until": until})
}

// takeBackAttempt undoes one count; with all it begins anew. The attempt may have been the last free one and have locked
// the account: then the lock goes, and the count returns to what it was before.
func (s *Service) takeBackAttempt(ctx context.Context, staffID int64, all bool, settings Settings) error {
	if all {
		_, err := s.columns(ctx, staffID, "", nil, map[string]any{"failed_count": 0, "locked_until": nil})
		return err
	}
	unlocked, err := s.columns(ctx, staffID, "locked_until IS NOT NULL", nil, map[string]any{"failed_count": settings.LockAfter - 1, "locked_until": nil})
	if err != nil || unlocked {
		return err
	}
	_, err = s.columns(ctx, staffID, "failed_count > 0", nil, map[string]any{"failed_count": gorm.Expr("failed_count - 1")})
	return err
}

func (s *Service) replaceHash(ctx context.Context, staffID int64, old, fresh string) error {
	_, err := s.columns(ctx, staffID, "password_hash = ?", []any{old}, map[string]any{"password_hash": fresh})
	return err
}

func (s *Service) writePassword(ctx context.Context, staffID int64, hash string, mustChange bool) error {
	_, err := s.columns(ctx, staffID, "", nil, map[string]any{"password_hash": hash, "must_change": mustChange})
	return err
}

func (s *Service) noteSignIn(ctx context.Context, staffID int64) error {
	_, err := s.columns(ctx, staffID, "", nil, map[string]any{"last_login_at": s.Clock.Now()})
	return err
}

// useStep accepts each step once, and none before one that was accepted.
func (s *Service) useStep(ctx context.Context, staffID, at int64) (bool, error) {
	return s.columns(ctx, staffID, "totp_last_step < ?", []any{at}, map[string]any{"totp_last_step": at})
}

func (s *Service) writePendingTOTP(ctx context.Context, staffID int64, sealed string) (bool, error) {
	return s.columns(ctx, staffID, "totp_enabled_at IS NULL", nil, map[string]any{"totp_sealed": sealed})
}

func (s *Service) enableTOTP(ctx context.Context, staffID int64, sealed string, at int64) (bool, error) {
	return s.columns(ctx, staffID, "totp_enabled_at IS NULL AND totp_sealed = ?", []any{sealed},
		map[string]any{"totp_enabled_at": s.Clock.Now(), "totp_last_step": at})
}

func (s *Service) dropTOTP(ctx context.Context, staffID int64) error {
	if _, err := s.columns(ctx, staffID, "", nil, map[string]any{"totp_sealed": "", "totp_enabled_at": nil}); err != nil {
		return err
	}
	return s.replaceRecovery(ctx, staffID, nil)
}

func (s *Service) replaceRecovery(ctx context.Context, staffID int64, rows []models.RecoveryCode) error {
	conn := s.DB.Conn(ctx)
	if err := conn.Where("staff_id = ?", staffID).Delete(&models.RecoveryCode{}).Error; err != nil || len(rows) == 0 {
		return err
	}
	return conn.Create(&rows).Error
}

// spendRecovery uses a code up; false means that there is none such, or that it was used.
func (s *Service) spendRecovery(ctx context.Context, staffID int64, hash string) (bool, error) {
	res := s.DB.Conn(ctx).Model(&models.RecoveryCode{}).Where("staff_id = ? AND hash = ? AND used_at IS NULL", staffID, hash).
		UpdateColumn("used_at", s.Clock.Now())
	return res.RowsAffected == 1, res.Error
}

func (s *Service) countRecovery(ctx context.Context, staffID int64) (int, error) {
	var n int64
	err := s.DB.Conn(ctx).Model(&models.RecoveryCode{}).Where("staff_id = ? AND used_at IS NULL", staffID).Count(&n).Error
	return int(n), err
}

func (s *Service) createStaff(ctx context.Context, row *models.Staff) error {
	return s.DB.Conn(ctx).Create(row).Error
}

// editStaff writes columns when the version still is what the editor saw.
func (s *Service) editStaff(ctx context.Context, id, version int64, set map[string]any) (bool, error) {
	set["version"], set["updated_at"] = version+1, s.Clock.Now()
	return s.columns(ctx, id, "version = ?", []any{version}, set)
}

func (s *Service) writeRoles(ctx context.Context, staffID int64, roles []models.Role) error {
	conn := s.DB.Conn(ctx)
	if err := conn.Where("staff_id = ?", staffID).Delete(&models.StaffRole{}).Error; err != nil || len(roles) == 0 {
		return err
	}
	rows := make([]models.StaffRole, len(roles))
	for i, r := range roles {
		rows[i] = models.StaffRole{StaffID: staffID, Role: r}
	}
	return conn.Create(&rows).Error
}

// otherSecurityAdmins counts the active ones besides one person. The rows it read stay locked, so that two administrators
// cannot remove each other at once.
func (s *Service) otherSecurityAdmins(ctx context.Context, staffID int64) (int, error) {
	conn := s.DB.Conn(ctx)
	var ids []int64
	if err := conn.Model(&models.StaffRole{}).Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("role = ?", models.SecurityAdmin).Order("staff_id").Pluck("staff_id", &ids).Error; err != nil || len(ids) == 0 {
		return 0, err
	}
	var active []int64
	err := conn.Model(&models.Staff{}).Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("id IN ? AND active = ? AND id <> ?", ids, true, staffID).Order("id").Pluck("id", &active).Error
	return len(active), err
}

func (s *Service) listStaff(ctx context.Context, f StaffFilter, departments []int64, limit int) (rows []models.Staff, err error) {
	q := s.DB.Conn(ctx).Where("id > ?", f.After).Order("id").Limit(limit)
	if departments != nil {
		q = q.Where("department_id IN ?", departments)
	}
	if f.Role != "" {
		q = q.Where("id IN (?)", s.DB.Conn(ctx).Model(&models.StaffRole{}).Select("staff_id").Where("role = ?", f.Role))
	}
	if f.Name != "" {
		q = q.Where("name = ?", f.Name)
	}
	if f.Query != "" {
		like := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(f.Query) + "%"
		q = q.Where("name LIKE ? ESCAPE '!' OR account LIKE ? ESCAPE '!'", like, strings.ToLower(like))
	}
	err = q.Find(&rows).Error
	return rows, err
}

func (s *Service) staffByIDs(ctx context.Context, ids []int64) (rows []models.Staff, err error) {
	err = s.DB.Conn(ctx).Where("id IN ?", ids).Find(&rows).Error
	return rows, err
}

// staffByRole reads those who are active in any of the departments, in all where none is named.
func (s *Service) staffByRole(ctx context.Context, departments []int64, role models.Role) (rows []models.Staff, err error) {
	q := s.DB.Conn(ctx).Where("active = ?", true).
		Where("id IN (?)", s.DB.Conn(ctx).Model(&models.StaffRole{}).Select("staff_id").Where("role = ?", role))
	if len(departments) > 0 {
		q = q.Where("department_id IN ?", departments)
	}
	err = q.Order("id").Find(&rows).Error
	return rows, err
}
