package console_test

import (
	"net/http"
	"strings"
	"testing"

	"huiyin/services/cases"
	"huiyin/test/fixture"
)

const reply = "您好，请带身份证和户口簿到县政务服务中心三楼住建窗口办理。"

func TestFromAcceptanceToTheLibrary(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone, func(in *cases.SubmitInput) {
		in.Text = "我叫张建国，电话13912345678，想申请公租房，请问需要准备哪些材料？"
	}).Case.Number
	handler, reviewer := at(t, c, w, fixture.Handler), at(t, c, w, fixture.Reviewer)
	address := "/console/cases/" + number

	handler.get("/console/cases?view=unassigned").want(200, number, "待受理", "还有 5 个工作日")
	p := handler.get(address+"?view=unassigned").want(200, "受理", "未分派")
	p = handler.done(handler.post(address+"/accept", "version", p.input("version"))).want(200, "已受理。", "答复稿", "提交审核", "审核人：")

	// The form with a reply too short comes back with what was typed.
	handler.post(address+"/submit", "version", p.input("version"), "reply_version", "0", "body", "太短").want(422, "太短", "字")
	p = handler.done(handler.post(address+"/draft", "version", p.input("version"), "reply_version", "0", "body", reply)).want(200, "答复稿已保存。", reply)
	p = handler.done(handler.post(address+"/submit", "version", p.input("version"), "reply_version", p.input("reply_version"), "body", reply+"谢谢。"))
	p.want(200, "已提交审核。", "待审核", "谢谢。", "撤回送审").without("审核通过</button>")

	reviewer.get("/console/cases?view=review").want(200, number)
	p = reviewer.get(address).want(200, "谢谢。", "审核通过", "退回修改")
	reviewer.post(address+"/return", "version", p.input("version"), "comment", "").want(422, "审核意见")
	reviewer.done(reviewer.post(address+"/return", "version", p.input("version"), "comment", "请写明办公时间")).want(200, "已退回修改")
	p = handler.get(address).want(200, "请写明办公时间", "退回修改", "谢谢。")
	handler.done(handler.post(address+"/submit", "version", p.input("version"), "reply_version", p.input("reply_version"), "body", reply+"工作日九点到五点。"))
	p = reviewer.get(address)
	reviewer.done(reviewer.post(address+"/approve", "version", p.input("version"), "comment", "")).want(200, "审核通过，还没有发送", "去发送")
	p = handler.get(address)
	if strings.Contains(p.Body, address+"/send") {
		p = handler.done(handler.post(address+"/send", "version", p.input("version"))).want(200, "答复已发送")
	}
	p.want(200, "已答复", "工作日九点到五点。", "打开公开版本", "发给来信人的通知")

	publish(t, handler, reviewer, address)
	if err := c.Library.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func publish(t *testing.T, handler, reviewer *desk, address string) {
	t.Helper()
	at := address + "/publication"
	handler.get("/console/cases?view=publish").want(200, at, "待准备")
	p := handler.get(at).want(200, "将要公开的内容", "张建国", `<mark class="pii">`, "处待确认")
	title, question, answer := "公租房申请需要哪些材料", "我叫张建国，电话13912345678，想申请公租房，请问需要准备哪些材料？", reply
	form := []string{"version", p.input("version"), "title", title, "question", question, "answer", answer}
	handler.done(handler.post(at+"/confirm", form...)).want(200, "没有确认", "准备中")

	p = handler.get(at)
	form[1] = p.input("version")
	for _, part := range strings.Split(p.Body, `name="key" value="`)[1:] {
		key := part[:strings.IndexByte(part, '"')]
		form = append(form, "key", key, "choice:"+key, "mask", "with:"+key, "")
	}
	p = handler.done(handler.post(at+"/confirm", form...)).want(200, "已提交，由另一位同事发布。", "核对后发布。")
	if strings.Contains(strings.Split(p.Body, `id="public"`)[1], "13912345678") {
		t.Error("the phone number is still in the public version")
	}

	p = reviewer.get(at).want(200, "发布", "退回修改")
	reviewer.done(reviewer.post(at+"/publish", "version", p.input("version"))).want(200, "已公开", "在公开库里看", "撤下这件")
	reviewer.post(at+"/unpublish", "reason", "").want(422)
	reviewer.done(reviewer.post(at+"/unpublish", "reason", "答复里的办公地点有误")).want(200, "已撤下", "答复里的办公地点有误")
}

func TestTwoColleaguesLoseNothing(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Accept(number, fixture.Handler)
	one, two := at(t, c, w, fixture.Handler), at(t, c, w, fixture.Handler2)
	address := "/console/cases/" + number
	p := one.get(address)
	two.get(address).want(200).without("也在写这件的答复") // somebody has opened the page: that is not writing
	version := p.input("version")
	two.done(two.post(address+"/draft", "version", version, "reply_version", "0", "body", "同事先写好的一稿，内容完整。"))

	one.get(address+"/watch?version="+version+"&reply=0").want(200, "保存了另一稿", "也在写这件的答复")
	auto := one.do(http.MethodPost, address+"/draft", map[string][]string{"version": {version}, "reply_version": {"0"}, "body": {"我自己写的另外一稿。"}}, "HX-Request", "true")
	auto.want(200, "没有自动保存", "同事先写好的一稿", `name="over"`)
	p = one.post(address+"/draft", "version", version, "reply_version", "0", "body", "我自己写的另外一稿。").want(409, "同事先写好的一稿", "我自己写的另外一稿。")
	one.done(one.post(address+"/draft", "version", version, "reply_version", "0", "body", "我自己写的另外一稿。", "over", p.input("over"))).want(200, "我自己写的另外一稿。")

	// Somebody sends it to review meanwhile: the other's words stay, with what happened.
	c.SubmitReview(number, fixture.Handler2)
	one.post(address+"/submit", "version", version, "reply_version", "1", "body", "第三稿，还没有提交。").want(409, "第三稿，还没有提交。")
	one.post(address+"/assign", "version", version, "handler_id", "1").want(409, "您打开页面之后发生了", "提交审核")
}

func TestContactDetailsAreMaskedUntilRevealed(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	d := at(t, c, w, fixture.Handler)
	address := "/console/cases/" + number
	d.get(address).want(200, "显示联系方式").without(fixture.Phone, "王女士")
	d.done(d.post(address+"/reveal")).want(200, fixture.Phone, "王女士", "这次查看已记入经过和审计日志")
	again := d.get(address).want(200, "查看了联系方式").without(fixture.Phone, "王女士")
	if n := strings.Count(again.Body, "查看了联系方式"); n != 1 {
		t.Errorf("%d looks are recorded, want 1", n)
	}
	// The address of an act leads to the case.
	for _, act := range []string{"/reveal", "/draft", "/return"} {
		d.done(d.get(address+act)).want(200, number).without(fixture.Phone)
	}
	// A ticket opens for nobody else and on nothing else.
	ticket, err := c.Cases.SealLook(c.Actor(fixture.Handler), number, cases.Contact{Phone: fixture.Phone})
	if err != nil {
		t.Fatal(err)
	}
	if c.Cases.OpenLook(c.Actor(fixture.Handler), number, ticket) == nil {
		t.Error("the ticket opens nothing")
	}
	if c.Cases.OpenLook(c.Actor(fixture.Reviewer), number, ticket) != nil || c.Cases.OpenLook(c.Actor(fixture.Handler), "20260101-000001", ticket) != nil {
		t.Error("the ticket opens for others")
	}
}

func TestBulkAssignmentNamesWhatFailed(t *testing.T) {
	c, w := newCity(t)
	own, other := c.Submit(fixture.Phone).Case.Number, c.Submit(fixture.Phone2, c.About(fixture.Bus)).Case.Number
	d := at(t, c, w, fixture.Overseer)
	list := d.get("/console/cases?view=unassigned").want(200, own, other, "一次请选同一个部门的")
	id := list.optionOf(fixture.Handler)
	d.post("/console/cases/assign", "number", own, "number", other, "handler_id", id, "back", "/console/cases?view=unassigned").
		want(200, "已把 1 件分派给陈敏。", other, "请选择这个部门的一位经办人。")
	d.done(d.post("/console/cases/assign", "handler_id", id, "back", "/console/cases?view=all")).want(200, "请先勾选")
	at(t, c, w, fixture.Handler).get("/console/cases?view=mine").want(200, own).without(other)
}

// optionOf returns the value of the first offered handler of Housing.
func (p page) optionOf(string) string {
	p.t.Helper()
	_, rest, ok := strings.Cut(p.Body, `<optgroup label="住房和城乡建设局"><option value="`)
	if !ok {
		p.t.Fatal("no handlers of Housing are offered")
	}
	return rest[:strings.IndexByte(rest, '"')]
}

func TestFilesGoWithTheReply(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Accept(number, fixture.Handler)
	d := at(t, c, w, fixture.Handler)
	address := "/console/cases/" + number
	p := d.get(address)
	p = d.done(d.upload(address+"/draft", map[string]string{"version": p.input("version"), "reply_version": "0", "body": reply}, "办事指南.pdf", []byte("%PDF-1.4\n%%EOF\n")))
	p.want(200, "办事指南.pdf", "/remove")
	d.done(d.post(address+"/submit", "version", p.input("version"), "reply_version", p.input("reply_version"), "body", reply))
	c.Approve(number, fixture.Reviewer)
	if c.Case(number).Status != "answered" {
		c.Send(number, fixture.Handler)
	}
	p = d.get(address).want(200, "办事指南.pdf", "/console/files/")
	_, rest, _ := strings.Cut(p.Body, `href="/console/files/`)
	file := "/console/files/" + rest[:strings.IndexByte(rest, '"')]
	got := d.get(file).want(200, "%PDF-1.4")
	if !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("Content-Disposition %q", got.Header.Get("Content-Disposition"))
	}
	at(t, c, w, fixture.OtherHandler).get(file).want(404)
	at(t, c, w, fixture.OtherHandler).get(address).want(404)
}
