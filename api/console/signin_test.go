package console_test

import (
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"huiyin/api/kit"
	"huiyin/internal/limit"
	"huiyin/test/fixture"
)

func TestSignIn(t *testing.T) {
	c, w := newCity(t)
	d := at(t, c, w, "")
	if p := d.get("/console/cases?view=all"); p.Status != http.StatusSeeOther || !strings.Contains(p.Header.Get("Location"), "/console/sign-in?back=") {
		t.Fatalf("%d %s", p.Status, p.Header.Get("Location"))
	}
	d.get("/console/sign-in").want(200, "演示账号", "demo")
	d.get("/console/sign-in?account=demo").want(200, `value="demo"`)
	other := at(t, c, w, "")
	_, link, _ := strings.Cut(other.get("/console/sign-in?back=%2fconsole%2fcases%3fview%3dall").Body, `href="/prefs?lang=`)
	link, _, _ = strings.Cut(link, `"`)
	if to := other.get("/prefs?lang=" + html.UnescapeString(link)).Header.Get("Location"); !strings.HasPrefix(to, "/console/sign-in?back=") {
		t.Errorf("the language link leads to %q", to)
	}
	d.post("/console/sign-in", "account", fixture.Handler, "password", "wrong").want(401, "账号或密码不对", `value="`+fixture.Handler+`"`)
	d.done(d.post("/console/sign-in", "account", fixture.Handler, "password", fixture.Password, "back", "/console/cases?view=all")).want(200, "全部诉求")
	if p := d.get("/console"); p.Header.Get("Location") != "/console/cases?view=mine" {
		t.Errorf("home is %q", p.Header.Get("Location"))
	}
	d.done(d.post("/console/sign-out")).want(200, "您已退出登录。")
	if p := d.get("/console"); p.Status != http.StatusSeeOther {
		t.Errorf("still signed in: %d", p.Status)
	}
	for account, want := range map[string]string{fixture.SystemAdmin: "/console/settings", fixture.Auditor: "/console/audit", fixture.Reviewer: "/console/cases?view=review"} {
		if p := at(t, c, w, account).get("/console"); p.Header.Get("Location") != want {
			t.Errorf("%s: home is %q, want %q", account, p.Header.Get("Location"), want)
		}
	}
}

func TestSignInIsLimited(t *testing.T) {
	c, _ := newCity(t)
	w := c.Web(func(classes map[string]limit.Limit) {
		classes["staff-sign-in"] = limit.Limit{Rate: 2, Period: time.Hour}
	})
	d := at(t, c, w, "")
	for range 2 {
		d.post("/console/sign-in", "account", "nobody", "password", "x").want(401)
	}
	d.post("/console/sign-in", "account", "nobody", "password", "x").want(429, "操作太频繁了")
}

func TestSecondFactor(t *testing.T) {
	c, w := newCity(t)
	d := at(t, c, w, fixture.Handler)
	p := d.post("/console/account/totp/begin").want(200, "用验证器扫这个二维码", "<svg")
	url := p.input("url")
	secret := strings.TrimPrefix(url[strings.Index(url, "secret="):], "secret=")
	secret, _, _ = strings.Cut(secret, "&")
	d.post("/console/account/totp/confirm", "url", url, "code", "000000").want(422, "验证码不对", "<svg")
	code, err := totp.GenerateCode(secret, c.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	d.post("/console/account/totp/confirm", "url", url, "code", code).want(200, "恢复码")
	d.get("/console/account").want(200, "已开启", "还剩 10 个恢复码")

	other := at(t, c, w, "")
	p = other.post("/console/sign-in", "account", fixture.Handler, "password", fixture.Password, "back", "/console/account")
	if p.Header.Get("Location") != "/console/sign-in/second_factor?back=%2Fconsole%2Faccount" {
		t.Fatalf("%d %q", p.Status, p.Header.Get("Location"))
	}
	if p := other.get("/console/cases"); p.Header.Get("Location") != "/console/sign-in/second_factor" {
		t.Errorf("a pending session got on: %d %q", p.Status, p.Header.Get("Location"))
	}
	other.get("/console/sign-in/second_factor").want(200, "二次验证")
	other.post("/console/sign-in/second_factor", "code", code).want(422, "验证码不对")
	c.Clock.Advance(time.Minute)
	code, _ = totp.GenerateCode(secret, c.Clock.Now())
	other.done(other.post("/console/sign-in/second_factor", "code", code, "back", "/console/account")).want(200, "账号与安全")
}

func TestAccount(t *testing.T) {
	c, w := newCity(t)
	d := at(t, c, w, fixture.Handler)
	d.get("/console/account").want(200, "修改密码", "这台设备", "您还没有令牌。", "提醒设置")
	d.post("/console/account/password", "old", fixture.Password, "new", "a-new-secret-2026", "repeat", "other").want(422, "两次输入的新密码不一样。")
	d.post("/console/account/tokens", "label", "", "days", "30").want(422, "请填写 1 到 60 个字。")
	d.post("/console/account/tokens", "label", "报表", "days", "30").want(200, "令牌只显示这一次")
	p := d.get("/console/account").want(200, "报表").without("令牌只显示这一次")
	_, rest, _ := strings.Cut(p.Body, `action="/console/account/tokens/`)
	id, _, _ := strings.Cut(rest, "/")
	d.done(d.post("/console/account/tokens/"+id+"/revoke")).want(200, "令牌已撤销")
	d.done(d.post("/console/account/notices")).want(200, "提醒设置已保存。")
	d.done(d.post("/console/account/language", "locale", "en")).want(200, "Account and security")
	d.done(d.post("/console/account/password", "old", fixture.Password, "new", "a-new-secret-2026", "repeat", "a-new-secret-2026"))
}

// A program's token lives for months and is for the JSON face; whoever finds one must not get the settings with it.
func TestAProgramsTokenOpensNoPages(t *testing.T) {
	c, w := newCity(t)
	_, actor, err := c.Accounts.Resolve(c.Context(), c.Token(fixture.SystemAdmin))
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.Accounts.CreateToken(c.Context(), actor, "脚本", 30)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{kit.ConsoleCookie, kit.PortalCookie} {
		d := at(t, c, w, "")
		d.jar[name] = &http.Cookie{Name: name, Value: token}
		for _, path := range []string{"/console/settings", "/me"} {
			if p := d.get(path); p.Status != http.StatusSeeOther {
				t.Errorf("%s in %s: %d", path, name, p.Status)
			}
		}
	}
	d := at(t, c, w, "")
	d.jar[kit.PortalCookie] = &http.Cookie{Name: kit.PortalCookie, Value: c.Token(fixture.SystemAdmin)}
	if p := d.get("/me"); p.Status != http.StatusSeeOther {
		t.Errorf("a staff session counts in the portal: %d", p.Status)
	}
}

// Who is signed in is counted by themselves: colleagues behind the same gateway do not use up each other's share.
func TestWritesOfAPersonAreLimited(t *testing.T) {
	c, _ := newCity(t)
	w := c.Web(func(classes map[string]limit.Limit) {
		classes["staff-write"] = limit.Limit{Rate: 2, Period: time.Hour}
	})
	number := c.Submit(fixture.Phone).Case.Number
	one, two := at(t, c, w, fixture.Handler), at(t, c, w, fixture.Handler2)
	address := "/console/cases/" + number
	for _, word := range []string{"第一条备注。", "第二条备注。"} {
		one.done(one.post(address+"/note", "text", word)).want(200, word)
	}
	one.post(address+"/note", "text", "第三条备注。").want(429, "秒后再试")
	one.get(address).want(200).without("第三条备注。")
	two.done(two.post(address+"/note", "text", "同事的备注。")).want(200, "同事的备注。")
}
