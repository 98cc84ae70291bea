package story_test

import (
	"context"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"huiyin/api/kit"
)

// newcomers are two members of staff on their first day: one binds a second factor by choice, the other because the city demands it.
func newcomers(t *testing.T, browser context.Context, s *server) {
	admin := arrive(t, browser, s, 1440)
	admin.holds(kit.ConsoleCookie, s.staff(t, "anjing").cookie.Value)
	first := admin.employs(t, "qianyu", "钱雨")
	admin.inspect(t, "/console/settings/staff/:id", "staff-password", false)

	p := arrive(t, browser, s, 1440)
	p.firstDay(t, "qianyu", first, "first-password")
	p.pressIn("nav", "账号与安全")
	p.press("开启二次验证")
	p.inspect(t, "/console/account", "totp", false)
	secret := look[string](p, `document.querySelector(".qr-box").parentElement.querySelector("code").innerText.replace(/\s/g, "")`)
	p.fill("6 位验证码", passcode(t, secret, 0))
	p.press("确认绑定")
	p.sees("恢复码")
	p.inspect(t, "/console/account", "recovery-codes", false)
	p.pressIn("nav", "退出登录")
	p.gate("qianyu", newPassword)
	p.until(`location.pathname.endsWith("/second_factor")`)
	p.inspect(t, "/console/sign-in/second_factor", "second-factor", false)
	p.fill("验证码", passcode(t, secret, 30*time.Second))
	p.press("继续")
	p.until(`location.pathname === "/console/account"`)

	admin.open("/console/settings/security")
	admin.click("组织者")
	admin.press("保存")
	admin.sees("设置已保存")
	second := admin.employs(t, "sunhe", "孙禾")
	late := arrive(t, browser, s, 1440)
	late.firstDay(t, "sunhe", second, "first-password-again")
	late.until(`location.pathname.endsWith("/enrol")`)
	late.inspect(t, "/console/sign-in/enrol", "enrol", false)
}

const newPassword = "lan-tian-bai-yun-66"

// employs adds an organizer and returns the first password, which the screen shows once.
func (p *person) employs(t *testing.T, account, name string) string {
	t.Helper()
	p.open("/console/settings/staff")
	p.press("新增人员")
	p.fill("账号", account)
	p.fill("姓名", name)
	p.click("组织者")
	p.pressIn("main form", "新增")
	p.sees("初始密码")
	return look[string](p, `document.getElementById("initial-password").innerText`)
}

// firstDay signs in with the first password and sets one of one's own.
func (p *person) firstDay(t *testing.T, account, password, picture string) {
	t.Helper()
	p.gate(account, password)
	p.until(`location.pathname.endsWith("/sign-in/password")`)
	p.inspect(t, "/console/sign-in/password", picture, false)
	p.fill("现在的密码", password)
	p.fill("新密码", newPassword)
	p.fill("再输一次新密码", newPassword)
	p.press("保存新密码")
}

// gate types account and password.
func (p *person) gate(account, password string) {
	p.t.Helper()
	p.open("/console/sign-in")
	p.fill("账号", account)
	p.fill("密码", password)
	p.pressIn("form", "登录")
}

func passcode(t *testing.T, secret string, later time.Duration) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(later))
	if err != nil {
		t.Fatal(err)
	}
	return code
}
