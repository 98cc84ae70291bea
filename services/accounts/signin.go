package accounts

import (
	"context"
	"strings"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/password"
	"huiyin/models"
)

// errWrong is the one answer to every sign-in that fails, so that it tells nothing about the account: not that it exists,
// is locked or was deactivated.
func errWrong(set Settings) *fault.Error {
	return fault.New(fault.Unauthenticated, i18n.N("账号或密码不对。连续输错 %[1]d 次会锁定：如已锁定，密码对也登录不了，请等 %[2]d 分钟，或请安全管理员解锁。"),
		set.LockAfter, int(set.LockFor/time.Minute)).WithReason("signin_wrong")
}

// SignInStaff signs in by account and password. The actor is the browser's as it comes: its address and request id go to
// the log. The session may not do anything until what pending says is done.
//
// An attempt is counted before its password is looked at, so that many at once get no more guesses than one after another;
// a right password takes its count back.
func (s *Service) SignInStaff(ctx context.Context, actor models.Actor, account, plain string) (token string, pending Pending, err error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return "", "", err
	}
	staff, err := s.staffByAccount(ctx, strings.ToLower(strings.TrimSpace(account)))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", "", err
	}
	known := err == nil && staff.Active
	// Also for an account that does not exist (id 0): it takes as long.
	admitted, err := s.reserveAttempt(ctx, staff.ID, settings)
	if err != nil {
		return "", "", err
	}
	admitted = admitted && known
	hash := ""
	if admitted {
		hash = staff.PasswordHash
	}
	right, rehash := s.Passwords.Verify(hash, plain)
	if !right || !admitted {
		return "", "", s.refuse(ctx, actor, staff, known, admitted, settings)
	}
	return s.admit(ctx, actor, staff, plain, rehash, settings)
}

// refuse records the failure and returns what to tell.
func (s *Service) refuse(ctx context.Context, actor models.Actor, staff models.Staff, known, admitted bool, settings Settings) error {
	detail := map[string]any{"known": known}
	if known && !admitted {
		detail["locked"] = true
	}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		return s.Audit.Record(ctx, actor, "staff.signin_failed", "staff", staff.ID, detail)
	})
	if err != nil {
		return err
	}
	return errWrong(settings)
}

func (s *Service) admit(ctx context.Context, actor models.Actor, staff models.Staff, plain string, rehash bool, settings Settings) (token string, pending Pending, err error) {
	fresh := ""
	if rehash {
		if fresh, err = s.Passwords.Hash(plain); err != nil {
			return "", "", err
		}
	}
	roles, err := s.rolesOf(ctx, staff.ID)
	if err != nil {
		return "", "", err
	}
	row := models.Session{Kind: models.StaffSession, StaffID: staff.ID, Label: clip(actor.Address, 60)}
	pending = pendingOf(staff, roles, row, settings)
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		// Whoever knows only the password must not clear the count of wrong second factors: it is given back, not cleared.
		if err := s.takeBackAttempt(ctx, staff.ID, pending != PendingSecondFactor, settings); err != nil {
			return err
		}
		if fresh != "" {
			if err := s.replaceHash(ctx, staff.ID, staff.PasswordHash, fresh); err != nil {
				return err
			}
		}
		if err := s.noteSignIn(ctx, staff.ID); err != nil {
			return err
		}
		var id int64
		if token, id, err = s.begin(ctx, row, settings); err != nil {
			return err
		}
		if actor.SessionID != 0 && !actor.IsResident() {
			if err := s.endPrevious(ctx, actor.SessionID); err != nil {
				return err
			}
		}
		as := actor
		as.Kind, as.ID, as.SessionID, as.DepartmentID = models.StaffActor, staff.ID, id, staff.DepartmentID
		return s.Audit.Record(ctx, as, "staff.signin", "staff", staff.ID, map[string]any{"pending": string(pending)})
	})
	return token, pending, err
}

// endPrevious ends the staff session that the browser held; a visitor's receipts stay with the visitor.
func (s *Service) endPrevious(ctx context.Context, sessionID int64) error {
	previous, err := s.sessionByID(ctx, sessionID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || previous.Kind != models.StaffSession {
		return err
	}
	_, err = s.revokeSession(ctx, sessionID)
	return err
}

// reserveAttempt counts one attempt, and locks the account with the last one that is free; false means it is locked.
func (s *Service) reserveAttempt(ctx context.Context, staffID int64, settings Settings) (bool, error) {
	admitted := false
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		now := s.Clock.Now()
		if admitted, err = s.countAttempt(ctx, staffID, now); err != nil || !admitted {
			return err
		}
		locked, err := s.lockWhenSpent(ctx, staffID, settings.LockAfter, now.Add(settings.LockFor))
		if err != nil || !locked {
			return err
		}
		return s.Audit.Record(ctx, models.System(), "staff.lock", "staff", staffID, map[string]any{"minutes": int(settings.LockFor / time.Minute)})
	})
	return admitted, err
}

// self returns the member of staff whose own sign-in the actor's session is, whatever is still pending, and the actor as
// whom to record what they do. A program's token is refused.
func (s *Service) self(ctx context.Context, actor models.Actor) (models.Staff, models.Session, models.Actor, error) {
	fail := func(err error) (models.Staff, models.Session, models.Actor, error) {
		return models.Staff{}, models.Session{}, models.Actor{}, err
	}
	if actor.SessionID == 0 {
		return fail(signInFirst())
	}
	session, err := s.sessionByID(ctx, actor.SessionID)
	if fault.Is(err, fault.NotFound) || (err == nil && session.Kind != models.StaffSession) {
		return fail(signInFirst())
	}
	if err != nil {
		return fail(err)
	}
	staff, err := s.staff(ctx, session.StaffID)
	if err != nil {
		return fail(err)
	}
	if !staff.Active {
		return fail(signInFirst())
	}
	as := actor
	as.Kind, as.ID, as.DepartmentID = models.StaffActor, staff.ID, staff.DepartmentID
	return staff, session, as, nil
}

// needSecondFactor refuses a session that has not shown the second factor its owner has.
func needSecondFactor(staff models.Staff, session models.Session) *fault.Error {
	if staff.TOTPEnabledAt != nil && session.SecondFactorAt == nil {
		return fault.New(fault.Forbidden, i18n.N("请先完成二次验证。")).WithReason(string(PendingSecondFactor))
	}
	return nil
}

// ChangePassword replaces the actor's own password, ends their other sign-ins, and clears a demand to change it. Errors:
// Invalid on "old" or "new"; TooMany when the account is locked.
func (s *Service) ChangePassword(ctx context.Context, actor models.Actor, old, plain string) error {
	staff, session, as, err := s.self(ctx, actor)
	if err != nil {
		return err
	}
	if reason := needSecondFactor(staff, session); reason != nil {
		return reason
	}
	if why := password.Check(plain, staff.Account); why != "" {
		return fieldFault("new", why)
	}
	if plain == old {
		return fieldFault("new", i18n.N("新密码要和原来的不一样。"))
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	if admitted, err := s.reserveAttempt(ctx, staff.ID, settings); err != nil {
		return err
	} else if !admitted {
		return lockedOut(settings)
	}
	if right, _ := s.Passwords.Verify(staff.PasswordHash, old); !right {
		return fieldFault("old", i18n.N("原密码不对。"))
	}
	hash, err := s.Passwords.Hash(plain)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.takeBackAttempt(ctx, staff.ID, true, settings); err != nil {
			return err
		}
		if err := s.writePassword(ctx, staff.ID, hash, false); err != nil {
			return err
		}
		if err := s.revokeStaffSessions(ctx, staff.ID, session.ID, false); err != nil {
			return err
		}
		return s.Audit.Record(ctx, as, "staff.password", "staff", staff.ID, nil)
	})
}

func lockedOut(set Settings) *fault.Error {
	return fault.New(fault.TooMany, i18n.N("试错次数太多，账号已锁定，请 %[1]d 分钟后再试，或请安全管理员解锁。"), int(set.LockFor/time.Minute)).WithReason("locked")
}
