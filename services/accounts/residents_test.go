package accounts_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/accounts"
)

func TestNormalizePhone(t *testing.T) {
	for typed, want := range map[string]string{
		"13800138000": "13800138000", "+86 138 0013 8000": "13800138000", "0086-138-0013-8000": "13800138000",
		"８６１３８００１３８０００": "13800138000", "　138　0013　8000 ": "13800138000", "1380013800０": "13800138000",
		"+86\u00a013800138000\u200b": "13800138000",
	} {
		if got, ok := accounts.NormalizePhone(typed); !ok || got != want {
			t.Errorf("%q: %q %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "12800138000", "1380013800", "138001380001", "+1 13800138000", "１３８abc", "010-88888888", strings.Repeat("1", 10000), "\x00\xff"} {
		if got, ok := accounts.NormalizePhone(typed); ok {
			t.Errorf("%q taken as %q", typed, got)
		}
	}
}

func TestResidentSignsInAndKeepsReceipts(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx := t.Context()
		visitorToken, sessionID, err := e.StartVisitor(ctx)
		ok(t, err)
		ok(t, e.Grant(ctx, sessionID, 7))
		ok(t, e.Grant(ctx, sessionID, 7))
		_, visitor := e.resolve(t, visitorToken)
		if visitor.Kind != models.VisitorActor || !visitor.Granted(7) {
			t.Fatalf("%+v", visitor)
		}
		kind(t, e.RequestPhoneCode(ctx, visitor, "12345", "zh-CN", 0), fault.Invalid)
		ok(t, e.RequestPhoneCode(ctx, visitor, "+86 13800138000", "en-GB", 0))
		if len(e.sms.sent) != 1 || e.sms.sent[0] != "13800138000 246810 en" {
			t.Fatal(e.sms.sent)
		}
		_, _, err = e.SignInByPhone(ctx, visitor, "13800138000", "000000", "en", 0)
		kind(t, err, fault.Invalid)
		token, r, err := e.SignInByPhone(ctx, visitor, "13800138000", "246810", "en", 0)
		ok(t, err)
		if token == visitorToken || r.PhoneMasked == "" || strings.Contains(r.PhoneMasked, "0013") || r.Locale != "en" {
			t.Fatalf("%+v", r)
		}
		if _, gone := e.resolve(t, visitorToken); gone.SessionID != 0 {
			t.Fatal("the visitor's session is still there")
		}
		session, actor := e.resolve(t, token)
		if !actor.IsResident() || actor.ID != r.ID || !actor.Granted(7) || session.Locale != "en" {
			t.Fatalf("%+v", actor)
		}
		if reach, err := e.ReachOf(ctx, r.ID); err != nil || reach.Phone != "13800138000" {
			t.Fatal(reach, err)
		}
		// The same phone is the same resident.
		ok(t, e.RequestPhoneCode(ctx, models.Actor{}, "13800138000", "", 0))
		_, again, err := e.SignInByPhone(ctx, models.Actor{}, "13800138000", "246810", "", 0)
		ok(t, err)
		if again.ID != r.ID {
			t.Fatal("a second resident")
		}
		if got := must[[]models.Session](t)(e.Sessions(ctx, actor)); len(got) != 2 {
			t.Fatalf("%d sessions", len(got))
		}
		ok(t, e.SignOut(ctx, actor))
		if _, gone := e.resolve(t, token); gone.ID != 0 {
			t.Fatal("signed out and still there")
		}
	})
}

func (e env) resident(t *testing.T, phone string) (string, models.Actor) {
	t.Helper()
	ok(t, e.RequestPhoneCode(t.Context(), models.Actor{}, phone, "", 0))
	token, _, err := e.SignInByPhone(t.Context(), models.Actor{}, phone, "246810", "", 0)
	ok(t, err)
	_, a := e.resolve(t, token)
	return token, a
}

// A phone is used for nothing before the notice in force is agreed to, and whoever is signed in has agreed.
func TestThePrivacyNoticeComesBeforeThePhone(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx, phone := t.Context(), "13800138000"
		e.Deps.Privacy = func(context.Context) (int64, error) { return 3, nil }
		for _, version := range []int64{0, 2, 4} {
			kind(t, e.RequestPhoneCode(ctx, models.Actor{}, phone, "", version), fault.Invalid)
		}
		if len(e.sms.sent) != 0 {
			t.Fatalf("sent %v", e.sms.sent)
		}
		ok(t, e.RequestPhoneCode(ctx, models.Actor{}, phone, "", 3))
		_, _, err := e.SignInByPhone(ctx, models.Actor{}, phone, "246810", "", 2)
		if f := kind(t, err, fault.Invalid); len(f.Fields) != 1 || f.Fields[0].Name != "privacy_version" {
			t.Fatal(f)
		}
		_, r, err := e.SignInByPhone(ctx, models.Actor{}, phone, "246810", "", 3) // the code is not used up by a refusal
		ok(t, err)
		if v := must[int64](t)(e.AgreedPrivacy(ctx, r.ID)); v != 3 {
			t.Fatalf("agreed to %d", v)
		}
	})
}

func TestReceiptsOfAnotherResidentStay(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		_, first := e.resident(t, "13800138000")
		ok(t, e.Grant(t.Context(), first.SessionID, 5))
		ok(t, e.RequestPhoneCode(t.Context(), first, "13900139000", "", 0))
		token, _, err := e.SignInByPhone(t.Context(), first, "13900139000", "246810", "", 0)
		ok(t, err)
		if _, second := e.resolve(t, token); second.Granted(5) {
			t.Fatal("inherited a receipt")
		}
	})
}

func TestSessionsSlideAndEnd(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		token, _ := e.resident(t, "13800138000")
		for range 5 {
			e.clk.Advance(29 * 24 * time.Hour)
			if _, a := e.resolve(t, token); !a.IsResident() {
				t.Fatal("ended while in use")
			}
		}
		e.clk.Advance(30 * 24 * time.Hour)
		if s, a := e.resolve(t, token); s.ID != 0 || a.Kind != "" {
			t.Fatalf("%+v", a)
		}
		visitor, _, err := e.StartVisitor(t.Context())
		ok(t, err)
		before, _ := e.resolve(t, visitor)
		e.clk.Advance(4 * time.Minute)
		if s, _ := e.resolve(t, visitor); !s.SeenAt.Equal(before.SeenAt) {
			t.Fatal("touched too soon")
		}
		e.clk.Advance(38 * 24 * time.Hour)
		if n := must[int](t)(e.SweepSessions(t.Context())); n != 2 {
			t.Fatalf("swept %d", n)
		}
		for _, wrong := range []string{"", "x", strings.Repeat("a", 43), strings.Repeat("a", 5000)} {
			if _, a := e.resolve(t, wrong); a.Kind != "" {
				t.Fatal(wrong)
			}
		}
	})
}

func TestProfileExportErase(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx := t.Context()
		token, actor := e.resident(t, "13800138000")
		f := kind(t, e.UpdateProfile(ctx, actor, accounts.Profile{DisplayName: strings.Repeat("字", 31), Locale: "fr"}), fault.Invalid)
		if len(f.Fields) != 2 {
			t.Fatal(f)
		}
		ok(t, e.UpdateProfile(ctx, actor, accounts.Profile{DisplayName: "  𠮷野家 😀 ", Locale: "en", NotifySMS: false}))
		ok(t, e.AgreePrivacy(ctx, actor, 3))
		ok(t, e.AgreePrivacy(ctx, actor, 3))
		if v := must[int64](t)(e.AgreedPrivacy(ctx, actor.ID)); v != 3 {
			t.Fatal(v)
		}
		x := must[accounts.Export](t)(e.ExportOwn(ctx, actor))
		if x.DisplayName != "𠮷野家 😀" || x.Phone != "13800138000" || x.NotifySMS || len(x.Agreements) != 1 || len(x.Sessions) != 1 {
			t.Fatalf("%+v", x)
		}
		ok(t, e.Erase(ctx, actor))
		if _, gone := e.resolve(t, token); gone.ID != 0 {
			t.Fatal("still signed in")
		}
		r := must[accounts.Resident](t)(e.Resident(ctx, actor.ID))
		if r.DisplayName != "" || r.PhoneMasked != "" {
			t.Fatalf("%+v", r)
		}
		if _, anew := e.resident(t, "13800138000"); anew.ID == actor.ID {
			t.Fatal("the erased account came back")
		}
		kind(t, e.Erase(ctx, models.Actor{}), fault.Unauthenticated)
	})
}

func TestOnePhoneAtOnceIsOneResident(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ids := make([]int64, 6)
		won := atOnce(6, func(i int) bool {
			s := newEnv(t, e.db) // each with a code of its own
			if s.RequestPhoneCode(t.Context(), models.Actor{}, "13800138000", "", 0) != nil {
				return false
			}
			_, r, err := s.SignInByPhone(t.Context(), models.Actor{}, "13800138000", "246810", "", 0)
			if err != nil {
				t.Error(err)
			}
			ids[i] = r.ID
			return err == nil
		})
		for _, id := range ids {
			if id != ids[0] {
				t.Fatal(ids)
			}
		}
		if won != 6 {
			t.Fatal(won)
		}
	})
}

func TestSMSDown(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		e.sms.down = true
		kind(t, e.RequestPhoneCode(t.Context(), models.Actor{}, "13800138000", "", 0), fault.Unavailable)
	})
}
