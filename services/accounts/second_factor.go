package accounts

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/text/unicode/norm"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// step is the period of a code (RFC 6238 section 5.2); one step before and after is accepted, for clocks that differ.
const step = 30 * time.Second

func wrongSecondFactor() error { return fieldFault("code", i18n.N("验证码不对或已用过。")) }

// VerifySecondFactor accepts a code of the authenticator app or a recovery code, each once, and gives the session a new
// token. Wrong ones count towards the lock-out. Errors: Invalid on "code"; TooMany when locked.
func (s *Service) VerifySecondFactor(ctx context.Context, actor models.Actor, code string) (token string, err error) {
	staff, session, as, err := s.self(ctx, actor)
	if err != nil {
		return "", err
	}
	if staff.TOTPEnabledAt == nil {
		return "", fault.New(fault.Conflict, i18n.N("还没有绑定验证器。"))
	}
	token = newToken()
	err = s.proveSecondFactor(ctx, as, staff, code, func(ctx context.Context, how string) error {
		if err := s.rotateToken(ctx, session.ID, hashToken(token), s.Clock.Now()); err != nil {
			return err
		}
		return s.Audit.Record(ctx, as, "staff.second_factor", "staff", staff.ID, map[string]any{"how": how})
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// proveSecondFactor runs then in the transaction that uses the code up.
func (s *Service) proveSecondFactor(ctx context.Context, as models.Actor, staff models.Staff, code string, then func(ctx context.Context, how string) error) error {
	settings, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	admitted, err := s.reserveAttempt(ctx, staff.ID, settings)
	if err != nil {
		return err
	}
	if !admitted {
		return lockedOut(settings)
	}
	used := false
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		how, err := s.useCode(ctx, staff, code)
		if used = how != ""; err != nil || !used {
			return err
		}
		if err := s.takeBackAttempt(ctx, staff.ID, true, settings); err != nil {
			return err
		}
		return then(ctx, how)
	})
	if err != nil || used {
		return err
	}
	if err := s.DB.Tx(ctx, func(ctx context.Context) error {
		return s.Audit.Record(ctx, as, "staff.second_factor_failed", "staff", staff.ID, nil)
	}); err != nil {
		return err
	}
	return wrongSecondFactor()
}

// useCode uses up a code of either sort and says which it was, "" when it is not valid.
func (s *Service) useCode(ctx context.Context, staff models.Staff, typed string) (string, error) {
	secret, err := s.Seal.Open(staff.TOTPSealed, sealTOTP)
	if err != nil {
		return "", err
	}
	at, ok, err := matchStep(secret, typed, s.Clock.Now())
	if err != nil {
		return "", err
	}
	if ok {
		if used, err := s.useStep(ctx, staff.ID, at); err != nil || !used {
			return "", err
		}
		return "totp", nil
	}
	if used, err := s.useRecovery(ctx, staff.ID, typed); err != nil || !used {
		return "", err
	}
	return "recovery", nil
}

// matchStep finds the step, counted in 30 s since 1970, whose code this is.
func matchStep(secret, typed string, now time.Time) (int64, bool, error) {
	code := strings.ReplaceAll(norm.NFKC.String(strings.TrimSpace(clip(typed, 32))), " ", "")
	present := now.Unix() / int64(step/time.Second)
	for _, at := range []int64{present, present - 1, present + 1} {
		want, err := hotp.GenerateCode(secret, uint64(at))
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return at, true, nil
		}
	}
	return 0, false, nil
}

// Enrolment is what an authenticator app needs, shown once.
type Enrolment struct {
	Secret string // base32, to type by hand
	URL    string // otpauth://…, for a QR code
}

// BeginTOTP makes a secret for the actor's authenticator app. Nothing changes for sign-in until ConfirmTOTP; beginning
// again replaces the secret. Conflict when one is enabled already.
func (s *Service) BeginTOTP(ctx context.Context, actor models.Actor) (Enrolment, error) {
	staff, _, as, err := s.self(ctx, actor)
	if err != nil {
		return Enrolment{}, err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: settings.Issuer, AccountName: staff.Account})
	if err != nil {
		return Enrolment{}, err
	}
	sealed, err := s.Seal.Seal(key.Secret(), sealTOTP)
	if err != nil {
		return Enrolment{}, err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if ok, err := s.writePendingTOTP(ctx, staff.ID, sealed); err != nil {
			return err
		} else if !ok {
			return alreadyEnrolled()
		}
		return s.Audit.Record(ctx, as, "staff.totp_begin", "staff", staff.ID, nil)
	})
	return Enrolment{Secret: key.Secret(), URL: key.URL()}, err
}

func alreadyEnrolled() *fault.Error {
	return fault.New(fault.Conflict, i18n.N("已经绑定了验证器，要更换请先解绑。")).WithReason("totp_enabled")
}

// ConfirmTOTP enables the secret with a first code of it, counts the session as verified, and returns ten recovery codes,
// which are never shown again.
func (s *Service) ConfirmTOTP(ctx context.Context, actor models.Actor, code string) (recovery []string, token string, err error) {
	staff, session, as, err := s.self(ctx, actor)
	if err != nil {
		return nil, "", err
	}
	if staff.TOTPEnabledAt != nil {
		return nil, "", alreadyEnrolled()
	}
	if staff.TOTPSealed == "" {
		return nil, "", fault.New(fault.Conflict, i18n.N("请先扫码添加验证器。"))
	}
	secret, err := s.Seal.Open(staff.TOTPSealed, sealTOTP)
	if err != nil {
		return nil, "", err
	}
	at, ok, err := matchStep(secret, code, s.Clock.Now())
	if err != nil {
		return nil, "", err
	}
	if !ok {
		return nil, "", wrongSecondFactor()
	}
	token = newToken()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if ok, err := s.enableTOTP(ctx, staff.ID, staff.TOTPSealed, at); err != nil {
			return err
		} else if !ok {
			return alreadyEnrolled()
		}
		if recovery, err = s.newRecovery(ctx, staff.ID); err != nil {
			return err
		}
		if err := s.rotateToken(ctx, session.ID, hashToken(token), s.Clock.Now()); err != nil {
			return err
		}
		if err := s.revokeStaffSessions(ctx, staff.ID, session.ID, false); err != nil {
			return err
		}
		return s.Audit.Record(ctx, as, "staff.totp_enable", "staff", staff.ID, nil)
	})
	if err != nil {
		return nil, "", err
	}
	return recovery, token, nil
}

// DisableTOTP takes the second factor off, against one last code of it. Where a role demands it, the person must enrol anew.
func (s *Service) DisableTOTP(ctx context.Context, actor models.Actor, code string) error {
	staff, session, as, err := s.self(ctx, actor)
	if err != nil {
		return err
	}
	if staff.TOTPEnabledAt == nil {
		return nil
	}
	if reason := needSecondFactor(staff, session); reason != nil {
		return reason
	}
	return s.proveSecondFactor(ctx, as, staff, code, func(ctx context.Context, _ string) error {
		if err := s.dropTOTP(ctx, staff.ID); err != nil {
			return err
		}
		return s.Audit.Record(ctx, as, "staff.totp_disable", "staff", staff.ID, nil)
	})
}
