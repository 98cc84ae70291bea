package v1_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	v1 "huiyin/api/v1"
	"huiyin/internal/limit"
	"huiyin/models"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

func items(t *testing.T, a answer) []object {
	t.Helper()
	out := []object{}
	for _, one := range a.JSON(t)["items"].([]any) {
		out = append(out, one.(object))
	}
	return out
}

func id(o object) string { return strconv.FormatInt(int64(o["id"].(float64)), 10) }

func TestSessionsAndErasure(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	resident := f.ResidentToken(fixture.Phone)
	receipt := f.want(201, f.submit(resident, "case", f.question(fixture.Rent)))
	number := receipt.Text(t, "number")
	f.want(401, f.send("GET", "/sessions", "", nil))
	own := items(t, f.want(200, f.send("GET", "/sessions", resident, nil)))
	if len(own) != 1 || own[0]["current"] != true {
		t.Fatalf("own sessions %v", own)
	}
	f.want(404, f.send("DELETE", "/sessions/"+id(own[0]), f.ResidentToken(fixture.Phone2), nil))
	version := f.question(fixture.Rent)["privacy_version"]
	f.want(200, f.send("GET", fmt.Sprintf("/pages/privacy?version=%v", version), "", nil))
	f.want(404, f.send("GET", "/pages/privacy?version=99", "", nil))

	f.Answer(number)
	f.Publish(number)
	entry := f.want(200, f.send("GET", "/cases/"+number, resident, nil)).JSON(t)["entry_id"]
	f.want(204, f.send("PUT", fmt.Sprintf("/library/%.0f/favourite", entry), resident, nil))
	f.want(204, f.send("DELETE", "/me", resident, nil))
	f.want(401, f.send("GET", "/me", resident, nil))
	seen := f.want(200, f.send("GET", "/staff/cases/"+number, f.Token(fixture.Handler), nil)).JSON(t)
	if seen["display_name"] != nil || seen["phone_masked"] != "" {
		t.Errorf("the case still says whose it was: %v, %v", seen["display_name"], seen["phone_masked"])
	}
	contact := f.want(200, f.send("POST", "/staff/cases/"+number+"/reveal", f.Token(fixture.Handler), nil))
	if strings.Contains(string(contact.Raw), "王") || contact.Text(t, "phone") != "" {
		t.Errorf("revealed %s", contact.Raw)
	}
	holder := f.want(201, f.send("POST", "/receipts", "", object{"number": number, "code": receipt.Text(t, "code")})).Text(t, "token")
	f.want(200, f.send("GET", "/cases/"+number, holder, nil))
	f.want(201, f.send("POST", "/cases/"+number+"/follow-ups", holder, object{"text": "请问办理需要几天时间？"}))
	f.replies(number, "您好，一般五个工作日办结。")
	f.RunJobs() // nobody is told, and nothing fails for it

	handler := f.Token(fixture.Handler)
	second := f.signIn(fixture.Handler)
	for _, one := range items(t, f.want(200, f.send("GET", "/sessions", handler, nil))) {
		if one["current"] == false {
			f.want(204, f.send("DELETE", "/sessions/"+id(one), handler, nil))
		}
	}
	f.want(401, f.send("GET", "/staff/me", second, nil))
}

func TestOwnAccountOfStaff(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	token := f.signIn(fixture.Handler)
	program := f.want(201, f.send("POST", "/staff/tokens", token, object{"label": "program", "days": 30})).Text(t, "token")
	f.want(401, f.send("PUT", "/staff/password", program, object{"old": fixture.Password, "new": "another-long-secret-77"}))
	f.want(401, f.send("PUT", "/staff/password", f.ResidentToken(fixture.Phone), object{"old": "x", "new": "another-long-secret-77"}))
	f.want(422, f.send("PUT", "/staff/password", token, object{"old": "wrong", "new": "another-long-secret-77"}))
	f.want(204, f.send("PUT", "/staff/password", token, object{"old": fixture.Password, "new": "another-long-secret-77"}))
	me := f.want(200, f.send("PATCH", "/staff/me", token, object{"locale": "en"})).JSON(t)
	if me["account"] != fixture.Handler || me["second_factor"] != false {
		t.Errorf("me %v", me)
	}
	f.want(200, f.send("GET", "/staff/me", program, nil))

	begun := f.want(201, f.send("POST", "/staff/authenticator", token, nil)).JSON(t)
	f.want(422, f.send("POST", "/staff/authenticator/confirmation", token, object{"code": "000000"}))
	code := func() string {
		f.Clock.Advance(time.Minute)
		c, err := totp.GenerateCode(begun["secret"].(string), f.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	done := f.want(201, f.send("POST", "/staff/authenticator/confirmation", token, object{"code": code()})).JSON(t)
	if n := len(done["recovery_codes"].([]any)); n != 10 || done["kind"] != "staff" {
		t.Fatalf("confirmed: %v", done)
	}
	f.want(401, f.send("GET", "/staff/me", token, nil)) // the token is another now
	token = done["token"].(string)
	f.want(409, f.send("POST", "/staff/authenticator", token, nil))
	renewed := f.want(201, f.send("POST", "/staff/recovery-codes", token, object{"code": done["recovery_codes"].([]any)[0]})).JSON(t)
	if left := f.want(200, f.send("GET", "/staff/me", token, nil)).JSON(t)["recovery_codes_left"]; left != 10.0 {
		t.Errorf("%v codes left", left)
	}
	half := f.want(201, f.send("POST", "/staff/sessions", "", object{"account": fixture.Handler, "password": "another-long-secret-77"}))
	if half.Text(t, "pending") != "second_factor" {
		t.Fatalf("signed in as %s", half.Raw)
	}
	f.want(403, f.send("PUT", "/staff/password", half.Text(t, "token"), object{"old": "another-long-secret-77", "new": "third-long-secret-78"}))
	f.want(201, f.send("POST", "/staff/second-factor", half.Text(t, "token"), object{"code": renewed["recovery_codes"].([]any)[0]}))
	f.want(204, f.send("POST", "/staff/authenticator/removal", token, object{"code": code()}))
	if me := f.want(200, f.send("GET", "/staff/me", token, nil)).JSON(t); me["second_factor"] != false {
		t.Errorf("after removal %v", me)
	}
}

func TestNoticesOfStaff(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	handler := f.Token(fixture.Handler)
	list := items(t, f.want(200, f.send("GET", "/staff/notice-preferences", handler, nil)))
	var free, fixed object
	for _, p := range list {
		if p["fixed"] == true {
			fixed = p
		} else {
			free = p
		}
	}
	without := func(p object) object {
		return object{"preferences": []object{{"kind": p["kind"], "channel": p["channel"], "wanted": false}}}
	}
	f.want(422, f.send("PUT", "/staff/notice-preferences", handler, without(fixed)))
	for _, p := range items(t, f.want(200, f.send("PUT", "/staff/notice-preferences", handler, without(free)))) {
		if p["kind"] == free["kind"] && p["channel"] == free["channel"] && p["wanted"] != false {
			t.Errorf("still wanted: %v", p)
		}
	}

	number := f.want(201, f.submit(f.ResidentToken(fixture.Phone), "case", f.question(fixture.Rent))).Text(t, "number")
	f.RunJobs()
	at := "/staff/cases/" + number + "/deliveries"
	f.want(404, f.send("GET", at, f.Token(fixture.OtherHandler), nil))
	var sent object
	for _, d := range items(t, f.want(200, f.send("GET", at, handler, nil))) {
		if d["resendable"] == true {
			sent = d
		}
	}
	if sent == nil || strings.Contains(sent["to"].(string), fixture.Phone) {
		t.Fatalf("deliveries %v", sent)
	}
	resend := func(token, key string) answer {
		return f.send("POST", "/staff/deliveries/"+id(sent)+"/resend", token, object{"version": sent["version"]}, "Idempotency-Key", key)
	}
	f.want(404, resend(f.Token(fixture.OtherHandler), "a"))
	first := f.want(201, resend(handler, "a"))
	if again := f.want(201, resend(handler, "a")); string(again.Raw) != string(first.Raw) {
		t.Errorf("%s, then %s", first.Raw, again.Raw)
	}
	f.want(409, resend(handler, "b"))
	all := items(t, f.want(200, f.send("GET", "/staff/deliveries?channel=sms", f.Token(fixture.Overseer), nil)))
	if len(all) < 2 {
		t.Errorf("%d deliveries", len(all))
	}
	f.want(403, f.send("GET", "/staff/deliveries", f.Token(fixture.Auditor), nil))
}

// A phone and an account are limited themselves, wherever the requests come from, as on the pages.
func TestLimitsOfAPhoneAndAnAccount(t *testing.T) {
	f := newFace(t, testenv.SQLite(t), func(classes map[string]limit.Limit) {
		classes["code"] = limit.Limit{Rate: 1, Period: time.Hour}
		classes["staff-sign-in"] = limit.Limit{Rate: 1, Period: time.Hour}
	})
	from := func(i int, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, v1.Prefix+path, strings.NewReader(body))
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", i)
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		f.web.Handler.ServeHTTP(rec, r)
		return rec
	}
	for path, bodies := range map[string][2]string{
		"/phone-codes":    {`{"phone":"13800138001","privacy_version":1}`, `{"phone":"+86 138-0013-8001","privacy_version":1}`},
		"/staff/sessions": {`{"account":"chen.min","password":"wrong"}`, `{"account":" CHEN.min","password":"wrong"}`},
	} {
		first, second := from(1, path, bodies[0]), from(2, path, bodies[1])
		wait, _ := strconv.Atoi(second.Header().Get("Retry-After"))
		if first.Code == http.StatusTooManyRequests || second.Code != http.StatusTooManyRequests || wait < 600 {
			t.Errorf("%s: %d, then %d with %d s to wait", path, first.Code, second.Code, wait)
		}
	}
}

// A sign-in that names a wrong code, or a receipt that is wrong, leaves no session behind that anybody could hold.
func TestAWrongSecretLeavesNoSession(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		handler, ctx := f.Actor(fixture.Handler), t.Context()
		e, err := f.Accounts.BeginTOTP(ctx, handler)
		if err != nil {
			t.Fatal(err)
		}
		code, err := totp.GenerateCode(e.Secret, f.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := f.Accounts.ConfirmTOTP(ctx, handler, code); err != nil {
			t.Fatal(err)
		}
		live := func() (n int64) {
			t.Helper()
			if err := f.DB.Conn(ctx).Model(&models.Session{}).Where("revoked_at IS NULL").Count(&n).Error; err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := live()
		f.want(422, f.send("POST", "/staff/sessions", "", object{"account": fixture.Handler, "password": fixture.Password, "code": "000000"}))
		f.want(422, f.send("POST", "/receipts", "", object{"number": "20261116-0001", "code": "2222222222222222"}))
		if n := live(); n != before {
			t.Errorf("%d live sessions more", n-before)
		}
		half := f.want(201, f.send("POST", "/staff/sessions", "", object{"account": fixture.Handler, "password": fixture.Password})).Text(t, "token")
		f.want(422, f.send("POST", "/staff/second-factor", half, object{"code": "000000"})) // who was given it may try again
		f.Clock.Advance(time.Minute)
		if code, err = totp.GenerateCode(e.Secret, f.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		f.want(201, f.send("POST", "/staff/second-factor", half, object{"code": code}))
	})
}
