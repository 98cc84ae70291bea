package story_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"huiyin/demo"
	"huiyin/test/testenv"
)

// stop is where the focus stands after a press of Tab.
type stop struct {
	What    string
	Outline bool // something is drawn around it, or around the box it sits in
	Covered bool // something else lies over it
	Order   int  // its place in the document
}

const focused = `(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return { What: "" };
  e.scrollIntoView({ block: "nearest", behavior: "instant" });
  const drawn = (x) => { const s = getComputedStyle(x); return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none"; };
  const box = e.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, Math.min(Math.max(box.y + box.height / 2, 1), innerHeight - 1));
  return { What: e.tagName.toLowerCase() + " " + (e.getAttribute("aria-label") || e.innerText || e.name || e.id).trim().slice(0, 24),
    Outline: drawn(e) || (!!e.closest("form, label, .drop") && drawn(e.closest("label, .drop, form"))),
    Covered: !(top && (e.contains(top) || top.contains(e))),
    Order: [...document.querySelectorAll("*")].indexOf(e) };
})()`

// tabs presses Tab until the focus leaves the page and fails the test at each stop that cannot be seen or comes out of order.
func (p *person) tabs(t *testing.T, name string, atLeast int) {
	t.Helper()
	last, n := -1, 0
	for range 200 {
		p.do(chromedp.KeyEvent(kb.Tab))
		s := look[stop](p, focused)
		if s.What == "" || s.Order < last && n > 0 && s.Order <= 40 && n >= atLeast {
			break // round once
		}
		n++
		switch {
		case !s.Outline:
			t.Errorf("%s: the focus cannot be seen on %s", name, s.What)
		case s.Covered:
			t.Errorf("%s: %s has the focus and is covered", name, s.What)
		case s.Order <= last:
			t.Errorf("%s: the focus jumps back to %s", name, s.What)
		}
		last = s.Order
	}
	if n < atLeast {
		t.Errorf("%s: only %d stops", name, n)
	}
}

// TestKeyboard goes through home, the form and a matter without a mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	s, browser := city(t), testenv.Browser(t)
	p := arrive(t, browser, s, 1440)
	p.open("/")
	p.do(chromedp.KeyEvent(kb.Tab))
	if s := look[stop](p, focused); !strings.Contains(s.What, "跳到正文") || s.Covered {
		t.Errorf("the first stop is %+v and not the skip link", s)
	}
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.activeElement.id === "main"`)
	p.do(chromedp.KeyEvent(kb.Tab))
	if !look[bool](p, `document.querySelector("main").contains(document.activeElement)`) {
		t.Error("after the skip link the focus is not in the main part")
	}
	p.open("/")
	p.tabs(t, "home", 25)
	p.begin(question{group: "教育", topic: "义务教育入学"})
	p.do(chromedp.Navigate(s.url + "/consult/new"))
	p.loaded()
	p.tabs(t, "the form", 18)

	// A dialog takes the focus, Esc closes it and gives it back.
	p.open("/me")
	p.click("我已阅读并同意隐私说明")
	p.fill("手机号", "19900090005")
	p.press("获取验证码")
	p.fill("6 位验证码", p.code("19900090005"))
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`location.pathname === "/me"`)
	p.open("/")
	p.begin(question{group: "教育", topic: "课后服务与校园管理"})
	p.fill("标题", "课后服务几点结束能不能晚一点")
	p.fill("具体情况", "课后服务五点半结束，双职工来不及接，能不能延长到六点半？")
	p.fill("怎么称呼您", "冯女士")
	p.press("提交")
	p.press("查看进度")
	look[bool](p, `document.querySelector('[data-open="withdraw"]').focus(), true`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.querySelector("dialog[open]") !== null && document.querySelector("dialog[open]").contains(document.activeElement)`)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until(`document.querySelector("dialog[open]") === null && document.activeElement.matches('[data-open="withdraw"]')`)

	staff := arrive(t, browser, s, 1440)
	staff.open("/console/sign-in")
	staff.tabs(t, "the console's sign-in", 4)
	staff.fill("账号", "fangheng")
	staff.fill("密码", demo.Password)
	staff.do(chromedp.KeyEvent(kb.Enter))
	staff.until(`location.pathname === "/console/account"`)
	staff.loaded()
	staff.tabs(t, "a page of the console", 15)
	if c := staff.complaints(); len(c) > 0 {
		t.Error(fmt.Sprint(c))
	}
}
