package story_test

import (
	"regexp"
	"strings"
	"testing"

	"huiyin/test/testenv"
)

// TestWithoutScripts is the resident's part with scripts turned off: ask, keep the receipt, follow by number and code, rate.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	s, browser := city(t), testenv.Browser(t)
	resident := arrive(t, browser, s, 1440)
	resident.withoutScripts()
	q := question{
		group: "就业创业", topic: "失业保险金", title: "辞职后能领失业保险金吗", text: "我上个月主动辞职，交满了三年失业保险，能不能领失业金？",
		name: "郑女士", phone: "19900090002", photo: photo(t, "离职证明.jpg"),
	}
	resident.open("/")
	r := resident.ask(q)
	resident.doesNotSee("复制编号和查询码") // what needs scripts does not show
	s.answer(t, r.number, "您好，主动辞职不属于非本人意愿中断就业，不能领取失业保险金。")

	// Another day, at another device, with the receipt in hand.
	later := arrive(t, browser, s, 1440)
	later.withoutScripts()
	later.open("/")
	later.track(r)
	later.sees("已答复", "不能领取失业保险金", "离职证明.jpg")
	later.click("满意")
	later.fill("想说的话", "说得清楚")
	later.press("提交评价")
	later.sees("您的评价", "说得清楚")
	wrong := arrive(t, browser, s, 1440)
	wrong.withoutScripts()
	wrong.open("/")
	wrong.pressIn("main", "查询进度")
	wrong.fill("编号", r.number)
	wrong.fill("查询码", "AAAA-BBBB-CCCC-DDDD")
	wrong.press("查看")
	wrong.sees("编号或查询码不对")
	wrong.doesNotSee(q.title)
}

// TestLargeTypeOnAPhone is the resident's part on the smallest phone in large type: nothing scrolls sideways, nothing is covered.
func TestLargeTypeOnAPhone(t *testing.T) {
	t.Parallel()
	s, browser := city(t), testenv.Browser(t)
	resident := arrive(t, browser, s, 360)
	resident.open("/")
	resident.press("长辈版")
	if size := look[string](resident, `getComputedStyle(document.body).fontSize`); size != "21px" {
		t.Errorf("large type is %s", size)
	}
	r := resident.ask(question{
		group: "就业创业", topic: "劳动报酬与欠薪", title: "工地拖欠两个月工资怎么办", text: "我在城东一个工地干活，老板拖欠了两个月工资，该找谁？",
		name: "孙师傅", phone: "19900090003", photo: photo(t, "考勤.jpg"),
	})
	resident.fitsIn("receipt", 360)
	resident.press("查看进度")
	resident.fitsIn("thread", 360)
	s.answer(t, r.number, "您好，请带考勤记录到县劳动保障监察大队登记，我们 10 个工作日内处理。")
	resident.sees("10 个工作日内处理") // live, on the phone too
	resident.click("一般")
	resident.press("提交评价")
	resident.sees("您的评价", "一般")
	resident.fitsIn("rated thread", 360)
}

// fitsIn fails the test when the page scrolls sideways.
func (p *person) fitsIn(what string, width int) {
	p.t.Helper()
	if wide := look[int](p, `document.documentElement.scrollWidth`); wide > width {
		p.t.Errorf("%s is %d px wide on a screen of %d", what, wide, width)
	}
}

var versionField = regexp.MustCompile(`name="(version|reply_version)"[^>]*value="(\d+)"`)

// answer has the handler, the reviewer and the handler again do their part behind the screen, through the console's forms.
func (s *server) answer(t *testing.T, number, text string) {
	t.Helper()
	official, leader := s.staff(t, handler), s.staff(t, reviewer)
	at := "/console/cases/" + number
	s.act(t, official, at, "/accept")
	s.act(t, official, at, "/submit", "body", text)
	s.act(t, leader, at, "/approve")
	s.act(t, official, at, "/send")
}

// act sends one form of a page with the versions that the page carries.
func (s *server) act(t *testing.T, as session, page, act string, fields ...string) {
	t.Helper()
	form := map[string]string{}
	for _, m := range versionField.FindAllStringSubmatch(s.get(t, page, as.cookie), -1) {
		if _, set := form[m[1]]; !set {
			form[m[1]] = m[2]
		}
	}
	for i := 0; i < len(fields); i += 2 {
		form[fields[i]] = fields[i+1]
	}
	if status, where := s.post(t, page+act, form, as.cookie); status != 303 || strings.Contains(where, "sign-in") {
		t.Fatalf("%s%s: %d %s", page, act, status, where)
	}
}
