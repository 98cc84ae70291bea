package story_test

import (
	"fmt"
	"strings"
	"testing"

	"huiyin/test/testenv"
)

const (
	handler  = "zhoumin"
	reviewer = "likezhang"
)

// TestStory is the main job from the question to the rating, by three people who follow only what their screens say.
func TestStory(t *testing.T) {
	t.Parallel()
	s, browser := city(t), testenv.Browser(t)
	resident := arrive(t, browser, s, 1440)
	q := question{
		group: "就业创业", topic: "创业担保贷款", title: "返乡开民宿能不能申请创业担保贷款贴息",
		text: "我叫吴思远，今年返乡在青石村开民宿。请问能不能申请创业担保贷款？要准备哪些材料？电话 19912345678。",
		name: "吴先生", phone: "19900090001", photo: photo(t, "民宿门口.jpg"), consent: true,
	}

	resident.open("/")
	resident.fillIn("main", "搜索公开库", "返乡民宿贷款贴息")
	resident.press("查一查")
	resident.doesNotSee(q.title)
	resident.press("临江县") // the brand leads home
	resident.ask(q)
	resident.press("查看进度")
	resident.sees("待受理", q.title, "民宿门口.jpg")

	official := arrive(t, browser, s, 1440)
	official.signIn(handler)
	official.press("未分派")
	official.press(q.title)
	official.press("受理")
	official.sees("已受理")
	checkPhoto(official)
	resident.sees("已受理") // by itself: the page was not loaded again

	official.click("常用答复")
	official.clickIn("details[open] .reuse", "插入")
	if !strings.Contains(official.value("答复"), "您好") {
		t.Errorf("the template is not in the reply: %q", official.value("答复"))
	}
	const first = "您好！返乡开民宿符合条件的，可以申请创业担保贷款贴息。"
	official.writes(first)
	official.press("提交审核")
	official.sees("已提交审核", "撤回送审")

	leader := arrive(t, browser, s, 1440)
	leader.signIn(reviewer)
	leader.press("待我审核")
	leader.press(q.title)
	leader.fill("审核意见", "请写清要准备的材料。")
	leader.press("退回修改")
	leader.sees("已退回修改")

	official.sees("请写清要准备的材料。", "保存草稿") // the editor came back by itself
	official.writes(first + "请带身份证、营业执照和经营场所证明，到县政务服务中心 3 号窗口办理。")
	official.press("提交审核")
	leader.press("待我审核")
	leader.press(q.title)
	leader.press("审核通过")
	official.press("发送答复")
	official.sees("答复已发送")
	resident.sees("3 号窗口", "您对这个答复满意吗？")

	resident.fillIn("#follow-up", "内容", "利息怎么贴？多久能到账？")
	resident.press("发送追问")
	resident.sees("利息怎么贴？")
	answerAgain(official, leader, q.title, "按季度贴息，审核通过后 10 个工作日内到账。")
	resident.sees("10 个工作日内到账")

	publish(official, leader, q.title)
	resident.press("临江县")
	found := false
	for range 40 { // the library follows within seconds
		resident.fillIn("main", "搜索公开库", "返乡开民宿")
		resident.press("查一查")
		if found = look[bool](resident, `document.querySelector("main").innerText.includes("返乡开民宿能不能申请")`); found {
			break
		}
	}
	if !found {
		t.Fatal("not found in the library: ", resident.screen())
	}
	resident.press("返乡开民宿能不能申请")
	resident.sees("青石村")
	resident.doesNotSee("吴思远")
	resident.doesNotSee("19912345678")

	resident.press("我的诉求")
	resident.press(q.title)
	resident.click("很满意")
	resident.press("提交评价")
	resident.sees("您的评价", "很满意")
	outbox := s.get(t, "/demo/outbox")
	for _, words := range []string{"已收到", "已受理", "已答复", "公开"} {
		if !strings.Contains(s.sms(outbox, q.phone), words) {
			t.Errorf("no message says %s: %s", words, s.sms(outbox, q.phone))
		}
	}
	for _, p := range []*person{resident, official, leader} {
		for _, c := range p.complaints() {
			t.Error("the console of the browser: ", c)
		}
	}
}

// checkPhoto downloads the attachment as the handler sees it: a picture still, and nothing of where it was taken.
func checkPhoto(p *person) {
	p.t.Helper()
	p.until(`(() => { if (window.__photo === undefined) { window.__photo = ""; fetch(document.querySelector(".files a").href).then((r) => r.arrayBuffer()).then((b) => { window.__photo = [...new Uint8Array(b)].map((n) => String.fromCharCode(n)).join("").slice(0, 2000); }); } return window.__photo.length > 100; })()`)
	if !look[bool](p, `window.__photo.startsWith("\xff\xd8\xff") && !window.__photo.includes("Exif") && !window.__photo.includes("Phone")`) {
		p.t.Error("the picture still tells where it was taken, or is no picture any more")
	}
}

// answerAgain is the second round, with nothing to object to.
func answerAgain(official, leader *person, title, reply string) {
	official.t.Helper()
	official.sees("利息怎么贴？") // live
	official.press("我的待办")
	official.press(title)
	official.writes(reply)
	official.press("提交审核")
	leader.press("待我审核")
	leader.press(title)
	leader.press("审核通过")
	official.press("发送答复")
	official.sees("答复已发送")
}

// publish prepares the public version, decides every finding, and has a second person publish it.
func publish(official, leader *person, title string) {
	official.t.Helper()
	official.press("打开公开版本")
	official.sees("可能的个人信息", "处待确认", "吴思远", "19912345678")
	n := look[int](official, `document.querySelectorAll(".findings fieldset").length`)
	for i := range n {
		official.clickIn(fmt.Sprintf(".findings li:nth-child(%d)", i+1), "隐去，换成")
	}
	official.press("提交公开")
	official.sees("由另一位同事发布")
	leader.press("待公开")
	leader.press(title)
	leader.until(`location.pathname.endsWith("/publication")`)
	leader.click("发布") // asks once more
	leader.press("确认发布")
	leader.sees("已公开")
}
