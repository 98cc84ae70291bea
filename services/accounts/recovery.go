package accounts

import (
	"context"
	"encoding/base64"
	"strconv"

	"huiyin/internal/password"
	"huiyin/models"
)

const recoveryCodes = 10

func (s *Service) hashRecovery(staffID int64, normalised string) string {
	return base64.RawURLEncoding.EncodeToString(s.Seal.Derive("accounts.recovery", strconv.FormatInt(staffID, 10)+":"+normalised))
}

// newRecovery replaces a person's recovery codes.
func (s *Service) newRecovery(ctx context.Context, staffID int64) ([]string, error) {
	codes, err := password.RecoveryCodes(recoveryCodes)
	if err != nil {
		return nil, err
	}
	rows := make([]models.RecoveryCode, len(codes))
	for i, c := range codes {
		rows[i] = models.RecoveryCode{StaffID: staffID, Hash: s.hashRecovery(staffID, password.NormalizeCode(c))}
	}
	return codes, s.replaceRecovery(ctx, staffID, rows)
}

func (s *Service) useRecovery(ctx context.Context, staffID int64, typed string) (bool, error) {
	code := password.NormalizeCode(typed)
	if code == "" {
		return false, nil
	}
	return s.spendRecovery(ctx, staffID, s.hashRecovery(staffID, code))
}

// RecoveryLeft tells the actor how many unused recovery codes they have.
func (s *Service) RecoveryLeft(ctx context.Context, actor models.Actor) (int, error) {
	staff, _, _, err := s.self(ctx, actor)
	if err != nil {
		return 0, err
	}
	return s.countRecovery(ctx, staff.ID)
}

// RenewRecovery replaces the actor's recovery codes, against a code of the authenticator or one of the old ones.
func (s *Service) RenewRecovery(ctx context.Context, actor models.Actor, code string) (codes []string, err error) {
	staff, session, as, err := s.self(ctx, actor)
	if err != nil {
		return nil, err
	}
	if reason := needSecondFactor(staff, session); reason != nil {
		return nil, reason
	}
	if staff.TOTPEnabledAt == nil {
		return nil, notFound()
	}
	err = s.proveSecondFactor(ctx, as, staff, code, func(ctx context.Context, _ string) error {
		if codes, err = s.newRecovery(ctx, staff.ID); err != nil {
			return err
		}
		return s.Audit.Record(ctx, as, "staff.recovery_renew", "staff", staff.ID, nil)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}
