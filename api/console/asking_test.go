package console_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"huiyin/internal/sms"
	"huiyin/models"
	"huiyin/test/fixture"
)

// Where no script opens the dialog, a page asks once more, and sends along what the form held.
func TestAGraveActIsAskedAbout(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Answer(number)
	c.Publish(number)
	reviewer, at := at(t, c, w, fixture.Reviewer), "/console/cases/"+number+"/publication"
	reviewer.get(at).want(http.StatusOK, `data-open="unpublish-sure"`, `<dialog id="unpublish-sure"`, "确认撤下")
	asked := reviewer.post(at+"/unpublish", "reason", "答复里的办公地点有误", "ask", "unpublish").want(http.StatusOK, "撤下这件问答？", "公开库、搜索和订阅里都看不到")
	reviewer.get(at).want(http.StatusOK, "在公开库里看")
	reviewer.done(reviewer.do(http.MethodPost, at+"/unpublish", asked.filled(at+"/unpublish"))).want(http.StatusOK, "已撤下", "答复里的办公地点有误")
}

// What a carrier says is for the log: staff read in their language what became of a message, and are asked before somebody may get it twice.
func TestWhatBecameOfAMessageIsSaidInWords(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.SMS.Fail(fmt.Errorf("%w: Post \"http://10.0.0.7/send\": context deadline exceeded", sms.ErrUnknown))
	c.RunJobs()
	handler := at(t, c, w, fixture.Handler)
	raw := []string{"sms:", "10.0.0.7", "deadline exceeded"}
	handler.get("/console/cases/"+number).want(http.StatusOK, "服务商没有及时回复", "对方可能收到两条").without(raw...)
	p := handler.get("/console/deliveries?state=unknown").want(http.StatusOK, "服务商没有及时回复，不知道对方收到没有").without(raw...)
	if n := len(regexp.MustCompile("服务商没有及时回复").FindAllString(p.Body, -1)); n != 1 {
		t.Errorf("it is said %d times", n)
	}
	resend := regexp.MustCompile(`/console/deliveries/\d+/resend`).FindString(p.Body)
	form := changed(p.filled(resend), map[string]string{"ask": "resend_unknown"})
	asked := handler.do(http.MethodPost, resend, form).want(http.StatusOK, "对方可能收到两条", "确认再发一次")
	c.SMS.Fail(nil)
	handler.done(handler.do(http.MethodPost, resend, asked.filled(resend))).want(http.StatusOK, "已重新发送")
	c.RunJobs()
	var n int64
	if err := c.DB.Conn(c.Context()).Model(&models.Delivery{}).Where("state = ?", models.DeliverySent).Where("resend_of <> 0").Count(&n).Error; err != nil || n != 1 {
		t.Errorf("%d were sent again: %v", n, err)
	}
}

// A search for nothing shows again what the reply's topic has.
func TestAnEmptySearchShowsTheTopicsAnswers(t *testing.T) {
	c, w := newCity(t)
	published := c.Submit(fixture.Phone).Case.Number
	c.Answer(published)
	c.Publish(published)
	number := c.Submit(fixture.Phone2).Case.Number
	c.Accept(number, fixture.Handler)
	handler := at(t, c, w, fixture.Handler)
	handler.get("/console/cases/"+number).want(http.StatusOK, fixture.Answer, `/console/answers?case=`+number)
	handler.get("/console/answers?case="+number+"&q=").want(http.StatusOK, fixture.Answer).without("还没有这个分类的答复")
	at(t, c, w, fixture.OtherHandler).get("/console/answers?case=" + number + "&q=").want(http.StatusNotFound)
}
