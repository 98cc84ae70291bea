package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"huiyin/api/kit"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// A session that ends while somebody writes takes nothing along.
func TestWhatIsTypedOutlivesTheSession(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Accept(number, fixture.Handler)
	address := "/console/cases/" + number
	d := at(t, c, w, fixture.Handler)
	p := d.get(address).want(200, `id="saved-401"`, "没有保存：登录已过期。")
	version := p.input("version")
	d.jar[kit.ConsoleCookie] = &http.Cookie{Name: kit.ConsoleCookie, Value: "ended-long-ago-ended-long-ago-ended"}

	form := url.Values{"version": {version}, "reply_version": {"0"}, "body": {reply}}
	d.do(http.MethodPost, address+"/draft", form, "HX-Request", "true").want(401)
	p = d.do(http.MethodPost, address+"/submit", form, "Referer", "http://example.com"+address)
	p.want(401, "登录已过期", reply, `action="`+address+`/submit"`, "/console/sign-in?back=%2fconsole%2fcases%2f"+number)
	p = d.upload(address+"/submit", map[string]string{"version": version, "body": reply}, "a.pdf", []byte("%PDF-1.4"))
	p.want(401, reply, "附件没有带上")
	d.get("/console/sign-in?back="+url.QueryEscape(address)).want(200, "登录已过期，登录后回到刚才的页面。")
	d.post("/console/account/password", "old", "Huiyin-2026-old", "new", "Huiyin-2026-new", "repeat", "Huiyin-2026-new").want(303)

	// Signed in again, the same form goes through.
	d = at(t, c, w, fixture.Handler)
	d.done(d.do(http.MethodPost, address+"/submit", form)).want(200, "已提交审核。", reply)
	at(t, c, w, "").get("/console/sign-in?back=" + url.QueryEscape(address)).want(200).without("登录已过期，登录后回到刚才的页面。")
}

func TestBlanksOfATemplateAreNotSubmitted(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Accept(number, fixture.Handler)
	address := "/console/cases/" + number
	d := at(t, c, w, fixture.Handler)
	p := d.get(address)
	text := "请您补充：一、（请填写需要的材料）；二、（请填写）。收到后我们接着办。"
	p = d.done(d.post(address+"/draft", "version", p.input("version"), "reply_version", "0", "body", text)).want(200, text)
	d.post(address+"/submit", "version", p.input("version"), "reply_version", p.input("reply_version"), "body", text).
		want(422, "还有 2 处“（请填写…）”没有填。", text)
	_, err := c.Cases.SubmitReview(c.Context(), c.Actor(fixture.Handler), number, cases.ReplyInput{Body: text, ReplyVersion: 1})
	if err == nil {
		t.Error("a reply with blanks was submitted")
	}
}
