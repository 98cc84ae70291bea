package story_test

import (
	"regexp"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// question is what a resident asks.
type question struct {
	group, topic, title, text, name, phone string
	photo                                  string
	consent                                bool
}

// receipt is what a resident takes home.
type receipt struct{ number, code string }

// begin goes from wherever the person is to the form.
func (p *person) begin(q question) {
	p.t.Helper()
	p.pressIn("main", "我要咨询")
	p.click(q.group)
	p.click(q.topic)
	p.click("我已阅读并同意隐私说明")
	p.press("下一步：写问题")
}

// ask goes through the whole form, fetches the code from the demo's outbox and submits.
func (p *person) ask(q question) receipt {
	p.t.Helper()
	p.begin(q)
	p.fill("标题", q.title)
	p.fill("具体情况", q.text)
	p.fill("怎么称呼您", q.name)
	p.fill("手机号", q.phone)
	if q.photo != "" {
		p.do(chromedp.SetUploadFiles(chromedp.CSS("#attachments"), []string{q.photo}))
	}
	if q.consent {
		p.click("同意公开这次问答")
	}
	p.press("获取验证码")
	p.fill("6 位验证码", p.code(q.phone))
	p.press("提交")
	p.sees("诉求回执", "接下来")
	return p.receipt()
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// code reads the newest message to the phone in the demo's outbox, in another tab.
func (p *person) code(phone string) string {
	p.t.Helper()
	masked := phone[:3] + "****" + phone[7:]
	text := ""
	p.eventually("a code for "+masked, func() bool {
		page := p.server.get(p.t, "/demo/outbox")
		_, after, found := strings.Cut(page, `aria-label="`+masked+`"`)
		if !found {
			return false
		}
		bubble, _, _ := strings.Cut(after, "</p>")
		text = sixDigits.FindString(bubble[strings.Index(bubble, `class="bubble"`)+1:])
		return text != ""
	})
	return text
}

// sms returns what the phone has got, newest first.
func (s *server) sms(page, phone string) string {
	masked := phone[:3] + "****" + phone[7:]
	var all []string
	for _, part := range strings.Split(page, `<section class="handset" aria-label="`)[1:] {
		if strings.HasPrefix(part, masked) {
			text, _, _ := strings.Cut(part, "</section>")
			all = append(all, text)
		}
	}
	return strings.Join(all, "\n")
}

func (p *person) eventually(what string, happens func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if happens() {
			return
		}
	}
	p.t.Fatalf("never: %s\n%s", what, p.screen())
}

// receipt reads number and code off the receipt and checks that the code is in no address, neither here nor in the QR code's alternative.
func (p *person) receipt() receipt {
	p.t.Helper()
	r := receipt{
		number: look[string](p, `document.querySelector(".receipt b.num").innerText.trim()`),
		code:   look[string](p, `document.querySelector(".receipt b.secret").innerText.trim()`),
	}
	bare := strings.NewReplacer("-", "", " ", "").Replace(r.code)
	if len(bare) != 16 {
		p.t.Errorf("a query code of %d characters: %s", len(bare), r.code)
	}
	if !look[bool](p, `!!document.querySelector(".receipt .keep svg")`) {
		p.t.Error("no QR code on the receipt")
	}
	links := look[string](p, `[location.href, ...[...document.querySelectorAll("[href], [src], [action]")].map((e) => e.href || e.src || e.action)].join(" ")`)
	for _, secret := range []string{r.code, bare} {
		if strings.Contains(links, secret) {
			p.t.Error("the query code is in an address on the receipt")
		}
	}
	return r
}

// track follows a matter by its receipt.
func (p *person) track(r receipt) {
	p.t.Helper()
	p.pressIn("main", "查询进度")
	p.fill("编号", r.number)
	p.fill("查询码", r.code)
	p.press("查看")
	p.sees(r.number)
}

// signIn comes into the console by the list of demo accounts.
func (p *person) signIn(account string) {
	p.t.Helper()
	p.open("/console")
	p.sees("登录工作台", "演示账号")
	p.press(account)
	p.press("登录")
	p.until(`location.pathname.startsWith("/console") && !location.pathname.includes("sign-in")`)
}

// writes fills the reply and waits until the page says that it is kept.
func (p *person) writes(reply string) {
	p.t.Helper()
	look[string](p, `document.getElementById("saved").dataset.before = "1"`)
	p.fillIn("#reply", "答复", reply)
	p.until(`!document.getElementById("saved").dataset.before && document.getElementById("saved").innerText.includes("自动保存于")`)
}
