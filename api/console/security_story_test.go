package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/test/fixture"
)

// secretOf reads the secret of the authenticator from the page that shows its QR code.
func secretOf(t *testing.T, p page) (address, secret string) {
	t.Helper()
	address = p.input("url")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return address, u.Query().Get("secret")
}

func (d *desk) totp(secret string) string {
	d.t.Helper()
	code, err := totp.GenerateCode(secret, d.city.Clock.Now())
	if err != nil {
		d.t.Fatal(err)
	}
	return code
}

func (d *desk) signIn(account, password string) page {
	d.t.Helper()
	return d.post("/console/sign-in", "account", account, "password", password)
}

var recoveryCode = regexp.MustCompile(`<li><code>([^<]+)</code></li>`)

// A role is made to use a second factor: the person enrols at the next page, signs in with it, and once with a recovery code.
func TestASecondFactorIsDemandedOfARole(t *testing.T) {
	c, w := newCity(t)
	person := "/console/settings/staff/" + strconv.FormatInt(c.Actor(fixture.Handler).ID, 10)
	handler, untouched := at(t, c, w, fixture.Handler), at(t, c, w, fixture.Reviewer)
	handler.get("/console/cases").want(http.StatusOK)

	const address = "/console/settings/security"
	admin := at(t, c, w, fixture.SecurityAdmin)
	form := admin.get(address).want(http.StatusOK, "哪些角色必须使用二次验证").filled(address)
	form["second_factor_roles"] = []string{string(models.Handler)}
	admin.done(admin.do(http.MethodPost, address, form)).want(http.StatusOK, "设置已保存")

	if p := handler.get("/console/cases"); p.Header.Get("Location") != "/console/sign-in/enrol" {
		t.Fatalf("a session from before goes on: %d %q", p.Status, p.Header.Get("Location"))
	}
	untouched.get("/console/cases").want(http.StatusOK)
	if p := at(t, c, w, "").signIn(fixture.Handler, fixture.Password); p.Header.Get("Location") != "/console/sign-in/enrol" {
		t.Fatalf("the next sign-in leads to %q", p.Header.Get("Location"))
	}
	handler.get("/console/sign-in/enrol").want(http.StatusOK, "您的岗位登录时需要二次验证")
	begun := handler.post("/console/sign-in/enrol").want(http.StatusOK, "<svg")
	link, secret := secretOf(t, begun)
	handler.post("/console/sign-in/enrol", "url", link, "code", "000000").want(http.StatusUnprocessableEntity, "验证码不对", "<svg")
	bound := handler.post("/console/sign-in/enrol", "url", link, "code", handler.totp(secret)).want(http.StatusOK, "验证器已绑定")
	codes := recoveryCode.FindAllStringSubmatch(bound.Body, -1)
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes: %s", len(codes), bound.text())
	}
	handler.get("/console/cases").want(http.StatusOK)

	spare := codes[0][1]
	for i, want := range []int{http.StatusSeeOther, http.StatusUnprocessableEntity} {
		d := at(t, c, w, "")
		if p := d.signIn(fixture.Handler, fixture.Password); p.Header.Get("Location") != "/console/sign-in/second_factor" {
			t.Fatalf("sign-in %d leads to %q", i, p.Header.Get("Location"))
		}
		if p := d.post("/console/sign-in/second_factor", "code", strings.ToLower(spare)); p.Status != want {
			t.Errorf("recovery code, time %d: status %d, want %d", i+1, p.Status, want)
		}
	}
	handler.get("/console/account").want(http.StatusOK, "还剩 9 个恢复码")

	c.Clock.Advance(time.Minute) // a code counts once
	d := at(t, c, w, "")
	d.signIn(fixture.Handler, fixture.Password)
	code := d.totp(secret)
	d.done(d.post("/console/sign-in/second_factor", "code", code, "back", "/console/account")).want(http.StatusOK)
	late := at(t, c, w, "")
	late.signIn(fixture.Handler, fixture.Password)
	late.post("/console/sign-in/second_factor", "code", code).want(http.StatusUnprocessableEntity, "已用过")

	admin.done(admin.post(person+"/second-factor")).want(http.StatusOK, "已重置二次验证")
	if p := d.get("/console/cases"); !strings.HasPrefix(p.Header.Get("Location"), "/console/sign-in") {
		t.Errorf("signed in still, without a second factor: %d", p.Status)
	}
	if p := at(t, c, w, "").signIn(fixture.Handler, fixture.Password); p.Header.Get("Location") != "/console/sign-in/enrol" {
		t.Errorf("after the reset the sign-in leads to %q", p.Header.Get("Location"))
	}
}

// Somebody else may know the password: a reset ends every session and every program's token at once, not at their next use.
func TestAPasswordResetEndsSessionsAndTokens(t *testing.T) {
	c, w := newCity(t)
	browser := at(t, c, w, fixture.Handler)
	made := browser.post("/console/account/tokens", "label", "报表", "days", "30").want(http.StatusOK, "令牌只显示这一次")
	token := regexp.MustCompile(`class="token">([^<]+)<`).FindStringSubmatch(made.Body)[1]
	program := func() int {
		return at(t, c, w, "").do(http.MethodGet, "/api/v1/staff/inbox", nil, "Authorization", "Bearer "+token).Status
	}
	if status := program(); status != http.StatusOK {
		t.Fatalf("the token does not work to begin with: %d", status)
	}
	admin := at(t, c, w, fixture.SecurityAdmin)
	person := "/console/settings/staff/" + strconv.FormatInt(c.Actor(fixture.Handler).ID, 10)
	shown := admin.post(person+"/password").want(http.StatusOK, "只在这里显示一次")
	if p := browser.get("/console/cases"); !strings.HasPrefix(p.Header.Get("Location"), "/console/sign-in?") {
		t.Errorf("the browser is signed in still: %d %q", p.Status, p.Header.Get("Location"))
	}
	if status := program(); status != http.StatusUnauthorized {
		t.Errorf("the program's token works still: %d", status)
	}
	at(t, c, w, "").signIn(fixture.Handler, fixture.Password).want(http.StatusUnauthorized)
	initial := regexp.MustCompile(`id="initial-password">([^<]+)<`).FindStringSubmatch(shown.Body)[1]
	fresh := at(t, c, w, "")
	if p := fresh.signIn(fixture.Handler, initial); p.Header.Get("Location") != "/console/sign-in/password" {
		t.Fatalf("the first sign-in leads to %q", p.Header.Get("Location"))
	}
	fresh.post("/console/sign-in/password", "old", initial, "new", initial, "repeat", initial).want(http.StatusUnprocessableEntity)
	fresh.done(fresh.post("/console/sign-in/password", "old", initial, "new", "green-lantern-2026", "repeat", "green-lantern-2026", "back", "/console/account")).want(http.StatusOK, "密码已修改")
	if status := program(); status != http.StatusUnauthorized {
		t.Errorf("the old token is back: %d", status)
	}
}

// A session that is used all day long still ends, after the days that the settings say.
func TestAStaffSessionEndsHoweverBusy(t *testing.T) {
	c, w := newCity(t)
	const address = "/console/settings/security"
	admin := at(t, c, w, fixture.SecurityAdmin)
	form := admin.get(address).want(http.StatusOK, "登录后最长多久要重新登录").filled(address)
	admin.done(admin.do(http.MethodPost, address, changed(form, map[string]string{"session_days": "2", "session_minutes": "720"})))

	idle, busy := at(t, c, w, ""), at(t, c, w, "")
	idle.signIn(fixture.Handler, fixture.Password)
	busy.signIn(fixture.Handler, fixture.Password)
	for range 7 {
		c.Clock.Advance(6 * time.Hour)
		busy.get("/console/cases").want(http.StatusOK)
	}
	if p := idle.get("/console/cases"); p.Status != http.StatusSeeOther {
		t.Errorf("idle for 42 hours and signed in still: %d", p.Status)
	}
	c.Clock.Advance(6 * time.Hour)
	if p := busy.get("/console/cases"); p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Header.Get("Location"), "/console/sign-in?") {
		t.Errorf("48 hours after the sign-in: %d %q", p.Status, p.Header.Get("Location"))
	}
	if _, held := busy.jar[kit.ConsoleCookie]; !held {
		t.Error("the test lost its cookie: it proves nothing")
	}
}

// Minutes without a request end a session, counted from the last one.
func TestAnIdleStaffSessionEndsByTheMinute(t *testing.T) {
	c, w := newCity(t)
	const address = "/console/settings/security"
	admin := at(t, c, w, fixture.SecurityAdmin)
	form := admin.get(address).want(http.StatusOK, "工作台多久不操作要重新登录", "可填 10 到 1440，标准值 720。").filled(address)
	admin.do(http.MethodPost, address, changed(form, map[string]string{"session_minutes": "9"})).want(http.StatusUnprocessableEntity)
	admin.done(admin.do(http.MethodPost, address, changed(form, map[string]string{"session_minutes": "10"})))
	handler := at(t, c, w, "")
	handler.signIn(fixture.Handler, fixture.Password)
	for _, wait := range []time.Duration{4, 9, 3, 8} {
		c.Clock.Advance(wait * time.Minute)
		handler.get("/console/cases").want(http.StatusOK)
	}
	c.Clock.Advance(11 * time.Minute)
	if p := handler.get("/console/cases"); p.Status != http.StatusSeeOther {
		t.Errorf("idle for 11 minutes and signed in still: %d", p.Status)
	}
}
