package accounts

import (
	"context"
	"slices"

	"huiyin/models"
)

// SetRoles replaces a person's roles; they count from the next request on. Errors: what MayChangeRoles and MayHold say;
// Conflict when nobody active would be left to manage staff, or with a Stale.
func (s *Service) SetRoles(ctx context.Context, actor models.Actor, id, version int64, roles []models.Role) error {
	if reason := MayChangeRoles(actor, id); reason != nil {
		return reason
	}
	if reason := MayHold(roles); reason != nil {
		return reason
	}
	return s.edit(ctx, actor, id, version, "staff.roles", map[string]any{"roles": roles}, map[string]any{}, func(ctx context.Context, old StaffRow) error {
		if !slices.Contains(roles, models.SecurityAdmin) {
			if err := s.keepSecurityAdmin(ctx, old); err != nil {
				return err
			}
		}
		return s.writeRoles(ctx, id, roles)
	})
}

// keepSecurityAdmin refuses when old is the last active security administrator.
func (s *Service) keepSecurityAdmin(ctx context.Context, old StaffRow) error {
	if !old.Active || !slices.Contains(old.Roles, models.SecurityAdmin) {
		return nil
	}
	others, err := s.otherSecurityAdmins(ctx, old.ID)
	if err != nil {
		return err
	}
	if reason := mayLoseSecurityAdmin(others); reason != nil {
		return reason
	}
	return nil
}

// Deactivate ends a person's work here: every session and token ends, the name stays on what they did.
func (s *Service) Deactivate(ctx context.Context, actor models.Actor, id, version int64) error {
	if reason := MayDeactivate(actor, id); reason != nil {
		return reason
	}
	return s.edit(ctx, actor, id, version, "staff.deactivate", nil, map[string]any{"active": false}, func(ctx context.Context, old StaffRow) error {
		if err := s.keepSecurityAdmin(ctx, old); err != nil {
			return err
		}
		return s.revokeStaffSessions(ctx, id, 0, true)
	})
}

// Reactivate lets a person work here again; ResetPassword gives them a way in.
func (s *Service) Reactivate(ctx context.Context, actor models.Actor, id, version int64) error {
	if reason := MayDeactivate(actor, id); reason != nil {
		return reason
	}
	return s.edit(ctx, actor, id, version, "staff.reactivate", nil, map[string]any{"active": true}, nil)
}

// ResetPassword gives a person a random password, to be handed over once and changed at the next sign-in; every session
// and token ends, a lock-out too.
func (s *Service) ResetPassword(ctx context.Context, actor models.Actor, id int64) (initial string, err error) {
	if reason := MayDeactivate(actor, id); reason != nil {
		return "", reason
	}
	if initial, err = randomPassword(); err != nil {
		return "", err
	}
	hash, err := s.Passwords.Hash(initial)
	if err != nil {
		return "", err
	}
	err = s.change(ctx, actor, id, "staff.reset_password", func(ctx context.Context) error {
		if err := s.writePassword(ctx, id, hash, true); err != nil {
			return err
		}
		if _, err := s.columns(ctx, id, "", nil, map[string]any{"failed_count": 0, "locked_until": nil}); err != nil {
			return err
		}
		return s.revokeStaffSessions(ctx, id, 0, true)
	})
	if err != nil {
		return "", err
	}
	return initial, nil
}

// ResetSecondFactor takes a lost authenticator off a person's account and ends their sessions.
func (s *Service) ResetSecondFactor(ctx context.Context, actor models.Actor, id int64) error {
	if reason := MayDeactivate(actor, id); reason != nil {
		return reason
	}
	return s.change(ctx, actor, id, "staff.reset_second_factor", func(ctx context.Context) error {
		if err := s.dropTOTP(ctx, id); err != nil {
			return err
		}
		return s.revokeStaffSessions(ctx, id, 0, true)
	})
}

// Unlock ends a lock-out before its time.
func (s *Service) Unlock(ctx context.Context, actor models.Actor, id int64) error {
	if reason := MayManageStaff(actor); reason != nil {
		return reason
	}
	return s.change(ctx, actor, id, "staff.unlock", func(ctx context.Context) error {
		_, err := s.columns(ctx, id, "", nil, map[string]any{"failed_count": 0, "locked_until": nil})
		return err
	})
}

// change runs a change that needs no version, with its audit row.
func (s *Service) change(ctx context.Context, actor models.Actor, id int64, action string, do func(ctx context.Context) error) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.staff(ctx, id); err != nil {
			return err
		}
		if err := do(ctx); err != nil {
			return err
		}
		return s.Audit.Record(ctx, actor, action, "staff", id, nil)
	})
}
