package portal_test

import (
	"net/url"
	"testing"

	"huiyin/test/fixture"
)

// Whoever does not know the topic is shown some, by a form that needs no script.
func TestTopicsForWords(t *testing.T) {
	_, v := open(t)
	rent := id(v.city.Topics[fixture.Rent].ID)
	v.get("/consult?words="+url.QueryEscape("想住公租房怎么办")).want(200, "可能属于这些，请选一个", `value="想住公租房怎么办"`)
	if got := v.find(`(?s)可能属于这些.*?name="topic_id" value="(\d+)"`); got != rent {
		t.Errorf("the first suggestion is %s, want %s", got, rent)
	}
	v.get("/consult?words="+url.QueryEscape("<b>火星移民")).want(200, "没有找到和“&lt;b&gt;火星移民”相近的分类", "还是拿不准？").lacks("可能属于这些")
	v.get("/consult?words=property&lang=en").want(200, "It may belong to one of these")
	v.get("/consult").want(200, "不知道选哪一类？").lacks("可能属于这些", "没有找到和")
}

// After a code was sent the form says to which phone and for how long, beside the field, and still does when something else is wrong.
func TestTheCodeIsAnnouncedWhereItIsTyped(t *testing.T) {
	_, v := open(t)
	v.begin(fixture.Rent)
	page := v.post("/consult/new", v.asked("do", "code")...).follow().want(200, "验证码已发到 138****8001，5 分钟内有效。", `data-countdown="60"`, "重新获取")
	sent := page.find(`name="sent" value="(\d+)"`)
	v.post("/consult/new", v.asked("sent", sent, "title", "短")...).want(422, "验证码已发到 138****8001，5 分钟内有效。", "标题：至少写", "6 位验证码：请点")
	v.city.Clock.Advance(40e9)
	v.get("/consult/new?sent="+sent).want(200, `data-countdown="20"`)
	v.city.Clock.Advance(300e9)
	v.get("/consult/new?sent="+sent).want(200, "获取验证码").lacks("验证码已发到", "data-countdown")
	for _, odd := range []string{"x", "-1", "99999999999999999999", "9999999999"} {
		v.get("/consult/new?sent="+odd).want(200, "获取验证码").lacks("验证码已发到")
	}
}

// A session that ends while somebody writes loses nothing of it, whether they come back by receipt or by phone.
func TestASessionThatEndsWhileWriting(t *testing.T) {
	city, v := open(t)
	r := city.Submit(fixture.Phone)
	page := "/track/" + r.Case.Number
	v.as(fixture.Phone).get(page).want(200, "补充说明或材料")
	v = v.another()
	const words = "我写了很久的一段话<b>"
	lost := v.send(page+"/supplement", []upload{{"照片.jpg", []byte("x")}}, "text", words).want(404, "您刚才写的内容还在", "附件没有收到", `name="do" value="begin"`)
	if lost.find(`name="text" value="([^"]*)"`) != "我写了很久的一段话&lt;b&gt;" {
		t.Error("the words are not in the form")
	}
	if err := city.Redis.Client.FlushAll(t.Context()).Err(); err != nil { // the last code was a moment ago
		t.Fatal(err)
	}
	carry := []string{"back", page, "kind", "supplement", "text", words, "privacy_version", "1", "phone", fixture.Phone}
	v.post("/me/sign-in", append(carry, "do", "begin")...).want(200, "您刚才写的内容还在，登录后接着发送", "我写了很久的一段话&lt;b&gt;")
	v.post("/me/sign-in", append(carry, "do", "code")...).want(200, "验证码已发到 138****8001，5 分钟内有效。", "我写了很久的一段话&lt;b&gt;")
	v.post("/me/sign-in", append(carry, "do", "submit", "code", city.SentCode(fixture.Phone))...).want(200, "我写了很久的一段话&lt;b&gt;</textarea>")
	v.post(page+"/supplement", "text", words).leads(page)
	v.get(page).want(200, "我写了很久的一段话&lt;b&gt;")
	// The question itself: without a session the phone is asked for, and all else is as it was.
	v.as(fixture.Phone).begin(fixture.Rent)
	v.client.Jar = v.another().client.Jar
	v.post("/consult/new", v.asked("phone", "")...).want(422, "手机号：请填写 11 位手机号码", fixture.Question.Title, fixture.Question.Text, "获取验证码")
}
