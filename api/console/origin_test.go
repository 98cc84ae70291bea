package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"huiyin/services/cases"
	"huiyin/test/fixture"
)

func TestACaseStaysInTheListItWasOpenedFrom(t *testing.T) {
	c, w := newCity(t)
	first, second := c.Submit(fixture.Phone).Case.Number, c.Submit(fixture.Phone2).Case.Number
	for _, n := range []string{first, second} {
		c.Accept(n, fixture.Handler)
		c.SubmitReview(n, fixture.Handler)
	}
	reviewer := at(t, c, w, fixture.Reviewer)
	list := "/console/cases?q=" + url.QueryEscape("公租房") + "&view=review"
	page := "/console/cases/" + first + "?q=" + url.QueryEscape("公租房") + "&view=review"
	reviewer.get(list).want(200, `href="`+page)
	reviewer.get(page).want(200, `href="`+list, "/approve?q=", "/return?q=").without("下一件")
	for _, act := range []string{"/reveal", "/note"} {
		to := reviewer.post("/console/cases/"+first+act+strings.TrimPrefix(page, "/console/cases/"+first), "text", "请先核对面积。").Header.Get("Location")
		if at, _, _ := strings.Cut(to, "#"); at != page {
			t.Errorf("%s leads to %q, want %q", act, to, page)
		}
	}
	p := reviewer.get(page)
	reviewer.done(reviewer.post("/console/cases/"+first+"/approve"+strings.TrimPrefix(page, "/console/cases/"+first), "version", p.input("version"))).
		want(200, "下一件", "/console/cases/"+second+"?q=", `href="`+list, "回到“待我审核”")
	// Only what makes a list is carried, and it leads nowhere else.
	reviewer.get("/console/cases/"+first+"?view=review&back=//evil.example&topic=7").want(200, `href="/console/cases?topic=7&view=review"`).without("evil.example")
	reviewer.get("/console/cases/"+first+"?view=nonsense").want(200, `href="/console/cases?view=all"`)
}

func TestTheReviewersCommentIsInTheRefreshedPart(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Accept(number, fixture.Handler)
	handler, reviewer, address := at(t, c, w, fixture.Handler), at(t, c, w, fixture.Reviewer), "/console/cases/"+number
	state := func(p page) string {
		_, rest, _ := strings.Cut(p.Body, `id="answer"`)
		_, rest, _ = strings.Cut(rest, `data-state="`)
		return rest[:strings.IndexByte(rest, '"')]
	}
	writing := state(handler.get(address).want(200, "#answer"))
	c.SubmitReview(number, fixture.Handler)
	waiting := handler.get(address)
	p := reviewer.get(address)
	reviewer.done(reviewer.post(address+"/return", "version", p.input("version"), "comment", "请写明办公时间"))
	back := handler.get(address).want(200, "请写明办公时间")
	_, answer, _ := strings.Cut(back.Body, `id="answer"`)
	if !strings.Contains(strings.Split(answer, "</form>")[0], "请写明办公时间") {
		t.Error("the comment is outside the part that is refreshed")
	}
	if a, b := state(waiting), state(back); a == b || a == writing || b == writing {
		t.Errorf("writing %q, under review %q, returned %q: an open page would not change", writing, a, b)
	}
	handler.done(handler.post(address+"/submit", "version", back.input("version"), "reply_version", back.input("reply_version"), "body", reply+"周一至周五九点到五点。"))
	reviewer.get(address).want(200, "上次退回的意见：请写明办公时间")
}

func TestOtherCasesOfTheSameResident(t *testing.T) {
	c, w := newCity(t)
	now, before := c.Submit(fixture.Phone).Case.Number, c.Submit(fixture.Phone).Case.Number
	elsewhere := c.Submit(fixture.Phone, c.About(fixture.Bus)).Case.Number
	unnamed := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Anonymous = true }).Case.Number
	other := c.Submit(fixture.Phone2).Case.Number
	handler := at(t, c, w, fixture.Handler)
	same := "/console/cases?view=all&same="
	handler.get("/console/cases/"+now).want(200, `href="`+same+now+`"`)
	handler.get(same+now).want(200, now, before, "同一位来信人").without(elsewhere, unnamed, other)
	handler.get("/console/cases/" + unnamed).want(200).without(same)
	handler.get(same+unnamed).want(200, "没有符合条件的诉求").without(before)
	at(t, c, w, fixture.OtherHandler).get(same+now).want(200, "没有符合条件的诉求").without(elsewhere)
	handler.get("/console/cases?view=all&q="+now[len(now)-4:]).want(200, now)
}

func TestWhoPublishesAndWhatIsFound(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone, func(in *cases.SubmitInput) {
		in.Text = "我叫张建国，电话13912345678，想申请公租房，请问需要准备哪些材料？"
	}).Case.Number
	c.Answer(number)
	handler, reviewer := at(t, c, w, fixture.Handler), at(t, c, w, fixture.Reviewer)
	page := "/console/cases/" + number + "/publication"
	p := handler.get(page).want(200, "全部隐去").without("公众看到的就是这样", "都已确认")
	form := []string{"version", p.input("version"), "title", "公租房申请需要哪些材料", "question", "我叫张建国，电话13912345678，想申请公租房，请问需要准备哪些材料？", "answer", reply}
	for _, part := range strings.Split(p.Body, `name="key" value="`)[1:] {
		form = append(form, "key", part[:strings.IndexByte(part, '"')])
	}
	p = handler.done(handler.post(page, append(form, "all", "mask")...)).want(200, "没有发现", "发布后公众看到的就是这样")
	if strings.Contains(strings.Split(p.Body, `id="public"`)[1], "13912345678") {
		t.Error("the phone number is still in the public version")
	}
	for range 2 {
		form[1] = handler.get(page).input("version")
		form[5] = "想申请公租房，请问需要准备哪些材料？"
		handler.done(handler.post(page, form[:8]...))
	}
	if n := strings.Count(handler.get("/console/cases/"+number).Body, "准备公开版本</li>"); n > 1 {
		t.Errorf("the history says %d times that the same person prepares it", n)
	}
	form[1] = handler.get(page).input("version")
	handler.done(handler.post(page+"/confirm", form[:8]...))
	at(t, c, w, fixture.Handler2).get(page).want(200, "核对后发布。", "经办人准备，审核人或督办岗发布。")
	if nav := handler.get("/console/cases?view=mine").Body; strings.Contains(nav, "待公开 <b>") {
		t.Error("what only others can publish is counted as the handler's")
	}
	p = reviewer.get(page).want(200, "确认发布", "publish-sure")
	p = reviewer.post(page+"/publish", "version", p.input("version"), "ask", "publish").want(200, `id="sure"`, "发布这件问答？")
	reviewer.done(reviewer.post(page+"/publish", "version", p.input("version"))).want(200, "已公开")
	handler.get("/console/notices").want(200, "公开稿已发布")
}

func TestAssigningWhatIsOverdueSaysSoOnce(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Clock.Advance(40 * 24 * time.Hour)
	reviewer := at(t, c, w, fixture.Reviewer)
	p := reviewer.get("/console/cases/" + number)
	_, rest, _ := strings.Cut(p.Body, `<select id="handler_id"`)
	_, rest, _ = strings.Cut(rest, `</option><option value="`)
	reviewer.done(reviewer.post("/console/cases/"+number+"/assign", "version", p.input("version"), "handler_id", rest[:strings.IndexByte(rest, '"')]))
	if _, err := c.Cases.WarnDeadlines(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	bells := at(t, c, w, fixture.Handler).get("/console/notices").want(200, number, "（已超期）").Body
	if n := strings.Count(bells, `name="id"`); n != 1 {
		t.Errorf("%d messages at once, want one", n)
	}
}

func TestThePrivacyNoticeIsPublishedOnSecondThought(t *testing.T) {
	c, w := newCity(t)
	admin, page := at(t, c, w, fixture.SystemAdmin), "/console/settings/pages/privacy/zh-CN"
	first := admin.get(page).want(200, "预览", "<h2>")
	form := []string{"version", first.input("version"), "title", "隐私说明", "body", "<p>只为办理您的诉求。</p><script>x</script>"}
	admin.post(page, append(form, "do", "preview")...).want(200, "还没有发布", "<p>只为办理您的诉求。</p></article>").without("请居民重新同意")
	admin.post(page, form...).want(200, "请居民重新同意", "还没有发布")
	admin.done(admin.post(page, append(form, "sure", "1")...)).want(200, "版已发布")
	same := []string{"version", admin.get(page).input("version"), "title", "隐私说明", "body", "\n<p>只为办理您的诉求。</p>\n", "sure", "1"}
	admin.done(admin.post(page, same...)).want(200, "内容没有变化")
}
