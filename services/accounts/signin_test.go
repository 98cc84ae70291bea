package accounts_test

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/accounts"
)

func TestStaffSignIn(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		root := e.root(t)
		row := e.hire(t, root.ID, "zhoumin", models.Handler)
		token, pending, err := e.SignInStaff(t.Context(), models.Actor{Address: "10.0.0.0"}, " ZhouMin ", secret)
		ok(t, err)
		session, a := e.resolve(t, token)
		if pending != "" || !a.Has(models.Handler) || a.ID != row.ID || a.DepartmentPath != root.Path || session.Label != "10.0.0.0" {
			t.Fatalf("%q %+v", pending, a)
		}
		again, _, err := e.SignInStaff(t.Context(), a, "zhoumin", secret)
		ok(t, err)
		if _, old := e.resolve(t, token); again == token || old.ID != 0 {
			t.Fatal("the old session goes on")
		}
		_, a = e.resolve(t, again)
		e.clk.Advance(12*time.Hour + time.Second)
		if _, gone := e.resolve(t, again); gone.ID != 0 {
			t.Fatal("idle and still there")
		}
		if did := e.actions(t); did["staff.signin"] != 2 {
			t.Fatal(did)
		}
		kind(t, e.RevokeSession(t.Context(), a, 999), fault.NotFound)
	})
}

func TestWrongUnknownLockedLookTheSame(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		root := e.root(t)
		e.hire(t, root.ID, "zhoumin")
		var msgs []string
		try := func(account, password string) {
			_, _, err := e.SignInStaff(t.Context(), models.Actor{}, account, password)
			msgs = append(msgs, kind(t, err, fault.Unauthenticated).Error())
		}
		try("nobody", secret)
		for range 5 {
			try("zhoumin", "wrong password")
		}
		try("zhoumin", secret) // locked by now
		for _, m := range msgs {
			if m != msgs[0] {
				t.Fatal(msgs)
			}
		}
		if did := e.actions(t); did["staff.signin_failed"] != 7 || did["staff.lock"] != 1 {
			t.Fatal(did)
		}
		e.clk.Advance(15 * time.Minute)
		e.signIn(t, "zhoumin")
	})
}

func TestSuccessBeginsTheCountAnew(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		root := e.root(t)
		e.hire(t, root.ID, "zhoumin")
		for range 3 {
			for range 4 {
				_, _, err := e.SignInStaff(t.Context(), models.Actor{}, "zhoumin", "wrong password")
				kind(t, err, fault.Unauthenticated)
			}
			e.signIn(t, "zhoumin")
		}
	})
}

// Ten wrong passwords at once are five guesses and a lock, not ten guesses.
func TestLockOutCountsConcurrentFailures(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		root := e.root(t)
		row := e.hire(t, root.ID, "zhoumin")
		atOnce(2, func(int) bool {
			_, _, err := e.SignInStaff(t.Context(), models.Actor{}, "zhoumin", "wrong password")
			return err == nil
		})
		if n := e.failures(t, row.ID); n != 2 {
			t.Fatalf("two failures count %d", n)
		}
		atOnce(10, func(int) bool {
			_, _, err := e.SignInStaff(t.Context(), models.Actor{}, "zhoumin", "wrong password")
			return err == nil
		})
		rows, _, err := e.StaffList(t.Context(), models.System(), accounts.StaffFilter{})
		ok(t, err)
		if rows[0].LockedUntil == nil || !rows[0].LockedUntil.Equal(start.Add(15*time.Minute)) {
			t.Fatalf("%+v", rows[0])
		}
		if did := e.actions(t); did["staff.lock"] != 1 {
			t.Fatal(did)
		}
		ok(t, e.Unlock(t.Context(), models.System(), row.ID))
		e.signIn(t, "zhoumin")
	})
}

func (e env) failures(t *testing.T, id int64) (n int64) {
	t.Helper()
	ok(t, e.db.Conn(t.Context()).Raw("SELECT failed_count FROM staff WHERE id = ?", id).Scan(&n).Error)
	return n
}

func (e env) enrol(t *testing.T, actor models.Actor) (secret string, recovery []string, token string) {
	t.Helper()
	x := must[accounts.Enrolment](t)(e.BeginTOTP(t.Context(), actor))
	_, _, err := e.ConfirmTOTP(t.Context(), actor, "000000")
	kind(t, err, fault.Invalid)
	recovery, token, err = e.ConfirmTOTP(t.Context(), actor, e.code(t, x.Secret))
	ok(t, err)
	return x.Secret, recovery, token
}

func (e env) code(t *testing.T, secret string) string {
	t.Helper()
	return must[string](t)(totp.GenerateCode(secret, e.clk.Now()))
}

func TestSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx := t.Context()
		root := e.root(t)
		row := e.hire(t, root.ID, "anjing", models.SecurityAdmin)
		before, actor := e.signIn(t, "anjing")
		secretKey, recovery, token := e.enrol(t, actor)
		if _, gone := e.resolve(t, before); gone.ID != 0 || len(recovery) != 10 {
			t.Fatal("the token did not change")
		}
		if s, a := e.resolve(t, token); s.Pending != "" || a.ID != row.ID {
			t.Fatalf("%+v", s)
		}
		_, err := e.BeginTOTP(ctx, actor)
		kind(t, err, fault.Conflict)

		half, pending := e.half(t, "anjing")
		if pending.Kind != models.VisitorActor || pending.ID != 0 || len(pending.Roles) != 0 {
			t.Fatalf("%+v", pending)
		}
		kind(t, e.ChangePassword(ctx, pending, secret, "another good phrase"), fault.Forbidden)
		kind(t, e.DisableTOTP(ctx, pending, "123456"), fault.Forbidden)
		_, err = e.CreateToken(ctx, pending, "x", 1)
		kind(t, err, fault.Unauthenticated)
		// The step that confirmed the enrolment is spent.
		_, err = e.VerifySecondFactor(ctx, pending, e.code(t, secretKey))
		kind(t, err, fault.Invalid)
		e.clk.Advance(30 * time.Second)
		whole, err := e.VerifySecondFactor(ctx, pending, e.code(t, secretKey))
		ok(t, err)
		if _, a := e.resolve(t, half); a.SessionID != 0 {
			t.Fatal("the token of the first step goes on")
		}
		if _, a := e.resolve(t, whole); !a.Has(models.SecurityAdmin) {
			t.Fatalf("%+v", a)
		}

		_, pending = e.half(t, "anjing")
		if _, err := e.VerifySecondFactor(ctx, pending, " "+recovery[3]+" "); err != nil {
			t.Fatal(err)
		}
		_, full := e.half(t, "anjing")
		_, err = e.VerifySecondFactor(ctx, full, recovery[3])
		kind(t, err, fault.Invalid)
	})
}

// half signs in with the password only.
func (e env) half(t *testing.T, account string) (string, models.Actor) {
	t.Helper()
	token, pending, err := e.SignInStaff(t.Context(), models.Actor{}, account, secret)
	ok(t, err)
	s, a := e.resolve(t, token)
	if pending != accounts.PendingSecondFactor || s.Pending != pending {
		t.Fatalf("pending %q, %q", pending, s.Pending)
	}
	return token, a
}

// Knowing the password gives no more than five guesses at the second factor, however often one signs in anew.
func TestSecondFactorGuessesAreLimited(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		root := e.root(t)
		e.hire(t, root.ID, "anjing", models.SecurityAdmin)
		_, actor := e.signIn(t, "anjing")
		e.enrol(t, actor)
		for range 5 {
			_, pending := e.half(t, "anjing")
			_, err := e.VerifySecondFactor(t.Context(), pending, "999999x")
			kind(t, err, fault.Invalid)
		}
		_, _, err := e.SignInStaff(t.Context(), models.Actor{}, "anjing", secret)
		kind(t, err, fault.Unauthenticated)
	})
}

func TestOneStepOneRecoveryCodeOneWinner(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		e.settings.LockAfter = 100
		root := e.root(t)
		e.hire(t, root.ID, "anjing", models.SecurityAdmin)
		_, actor := e.signIn(t, "anjing")
		key, recovery, _ := e.enrol(t, actor)
		for name, code := range map[string]string{"step": "", "recovery": recovery[0]} {
			e.clk.Advance(time.Minute)
			if code == "" {
				code = e.code(t, key)
			}
			var pending [5]models.Actor
			for i := range pending {
				_, pending[i] = e.half(t, "anjing")
			}
			won := atOnce(len(pending), func(i int) bool {
				_, err := e.VerifySecondFactor(t.Context(), pending[i], code)
				if err != nil && !fault.Is(err, fault.Invalid) {
					t.Error(err)
				}
				return err == nil
			})
			if won != 1 {
				t.Errorf("%s: %d accepted", name, won)
			}
		}
		_, pending := e.half(t, "anjing")
		if n := must[int](t)(e.RecoveryLeft(t.Context(), pending)); n != 9 {
			t.Fatalf("%d left", n)
		}
	})
}

func TestEnrolmentIsDemandedByRole(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx := t.Context()
		e.settings.SecondFactorRoles = []models.Role{models.Auditor}
		root := e.root(t)
		e.hire(t, root.ID, "yanshen", models.Auditor)
		e.hire(t, root.ID, "zhoumin", models.Handler)
		if _, a := e.signIn(t, "zhoumin"); !a.Has(models.Handler) {
			t.Fatal("asked of the wrong role")
		}
		token, pending, err := e.SignInStaff(ctx, models.Actor{}, "yanshen", secret)
		ok(t, err)
		s, a := e.resolve(t, token)
		if pending != accounts.PendingEnrol || s.Pending != pending || a.Has(models.Auditor) {
			t.Fatalf("%q %+v", pending, a)
		}
		key, _, token := e.enrol(t, a)
		if _, a = e.resolve(t, token); !a.Has(models.Auditor) {
			t.Fatalf("%+v", a)
		}
		e.clk.Advance(time.Minute)
		ok(t, e.DisableTOTP(ctx, a, e.code(t, key)))
		if s, _ := e.resolve(t, token); s.Pending != accounts.PendingEnrol {
			t.Fatalf("%q", s.Pending)
		}
	})
}

func TestFirstPasswordMustBeChanged(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx := t.Context()
		root := e.root(t)
		_, initial, err := e.CreateStaff(ctx, models.System(), accounts.StaffInput{Account: "lele", Name: "乐乐", DepartmentID: root.ID, Roles: []models.Role{models.Handler}})
		ok(t, err)
		token, pending, err := e.SignInStaff(ctx, models.Actor{}, "lele", initial)
		ok(t, err)
		_, a := e.resolve(t, token)
		if pending != accounts.PendingPassword || a.IsStaff() {
			t.Fatalf("%q %+v", pending, a)
		}
		kind(t, e.ChangePassword(ctx, a, initial, "short"), fault.Invalid)
		kind(t, e.ChangePassword(ctx, a, initial, initial), fault.Invalid)
		kind(t, e.ChangePassword(ctx, a, "not the old one", secret), fault.Invalid)
		other, _, err := e.SignInStaff(ctx, models.Actor{}, "lele", initial)
		ok(t, err)
		ok(t, e.ChangePassword(ctx, a, initial, secret))
		if _, a := e.resolve(t, token); !a.Has(models.Handler) {
			t.Fatalf("%+v", a)
		}
		if _, a := e.resolve(t, other); a.SessionID != 0 {
			t.Fatal("other sessions go on")
		}
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx := t.Context()
		root := e.root(t)
		row := e.hire(t, root.ID, "zhoumin", models.Handler)
		_, a := e.signIn(t, "zhoumin")
		_, err := e.CreateToken(ctx, a, "", 400)
		if f := kind(t, err, fault.Invalid); len(f.Fields) != 2 {
			t.Fatal(f)
		}
		token := must[string](t)(e.CreateToken(ctx, a, "统计程序", 30))
		e.clk.Advance(29 * 24 * time.Hour)
		_, program := e.resolve(t, token)
		if !program.Has(models.Handler) || program.ID != row.ID {
			t.Fatalf("%+v", program)
		}
		_, err = e.CreateToken(ctx, program, "another", 30)
		kind(t, err, fault.Unauthenticated)
		own := must[[]models.Session](t)(e.Tokens(ctx, program))
		if len(own) != 1 || own[0].Label != "统计程序" {
			t.Fatalf("%+v", own)
		}
		_, a = e.signIn(t, "zhoumin")
		kind(t, e.RevokeSession(ctx, a, own[0].ID), fault.NotFound)
		second := must[string](t)(e.CreateToken(ctx, a, "b", 1))
		ok(t, e.RevokeToken(ctx, a, own[0].ID))
		if _, gone := e.resolve(t, token); gone.ID != 0 {
			t.Fatal("revoked and still good")
		}
		e.clk.Advance(24 * time.Hour)
		if _, gone := e.resolve(t, second); gone.ID != 0 {
			t.Fatal("a token's end does not slide")
		}
	})
}
