package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"huiyin/services/cases"
	"huiyin/services/notices"
	"huiyin/test/fixture"
)

// everyNotice plays a case, asked in English, through every step that tells somebody.
func everyNotice(t *testing.T, c *fixture.City) (phone string) {
	t.Helper()
	ctx := t.Context()
	phone = "13800138009"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range []string{fixture.Handler, fixture.Handler2, fixture.Reviewer, fixture.Reviewer2, fixture.Overseer} {
		must(c.Accounts.UpdateLocale(ctx, c.Actor(who), "en"))
	}
	resident := c.Resident(phone) // whose own language is Chinese: a case's messages speak the case's
	ask := func(key string) string {
		r, err := c.Cases.Submit(ctx, resident, c.Ask(), cases.Submission{Key: key, Channel: "web", Locale: "en"})
		must(err)
		return r.Case.Number
	}
	number := ask("k1")
	c.Accept(number, fixture.Handler)
	handler := c.Actor(fixture.Handler)
	_, err := c.Cases.Assign(ctx, c.Actor(fixture.Overseer), number, cases.AssignInput{HandlerID: handler.ID})
	must(err)
	c.SubmitReview(number, fixture.Handler)
	_, err = c.Cases.Return(ctx, c.Actor(fixture.Reviewer), number, cases.ReviewInput{Comment: "请写明办公时间"})
	must(err)
	c.SubmitReview(number, fixture.Handler)
	c.Approve(number, fixture.Reviewer)
	c.Send(number, fixture.Handler)
	_, err = c.Cases.FollowUp(ctx, c.Resident(phone), number, cases.MessageInput{Text: "请问周末能办理吗？谢谢。"})
	must(err)
	c.SubmitReview(number, fixture.Handler)
	c.Approve(number, fixture.Reviewer)
	c.Send(number, fixture.Handler)
	c.Rate(number, phone, 1)
	_, err = c.Cases.Reopen(ctx, c.Resident(phone), number, cases.MessageInput{Text: "答复没有说清楚要哪些材料。"})
	must(err)
	c.SubmitReview(number, fixture.Handler)
	c.Approve(number, fixture.Reviewer2) // another one looks at a case that came back
	c.Send(number, fixture.Handler)
	p := c.Confirm(number)
	_, err = c.Cases.ReturnPublication(ctx, c.Actor(fixture.Reviewer), number, p.Version, "标题请再短一些")
	must(err)
	c.Publish(number)
	_, err = c.Cases.Unpublish(ctx, c.Actor(fixture.Reviewer), number, "the address in the reply is wrong")
	must(err)
	c.Accept(ask("k2"), fixture.Handler)
	c.RunJobs()
	for range 40 { // soon due, then late
		c.Clock.Advance(12 * time.Hour)
		_, err := c.Cases.WarnDeadlines(ctx, 100)
		must(err)
	}
	c.RunJobs()
	return phone
}

// Every kind of message arrives in the language of the case, or of the member of staff, as the demo's outbox shows it.
func TestEveryMessageInEnglish(t *testing.T) {
	c, w := newCity(t)
	phone := everyNotice(t, c)
	told := map[notices.Kind]bool{}
	for after := int64(0); ; {
		page, next, err := c.Notices.OpenOutbox(t.Context(), 200, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page {
			if o.Kind == notices.Code || strings.HasPrefix(o.To, "sun.") { // asked for by the fixture, in Chinese
				continue
			}
			told[o.Kind] = true
			if strings.ContainsFunc(o.Subject+strings.NewReplacer("【", "", "】", "").Replace(o.Body), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s to %s: %s %s", o.Kind, o.To, o.Subject, o.Body)
			}
		}
		if after = next; next == 0 {
			break
		}
	}
	for _, spec := range notices.Specs() {
		if !told[spec.Kind] && spec.Kind != notices.Code {
			t.Errorf("nobody was told %s", spec.Kind)
		}
	}
	d := at(t, c, w, "")
	d.jar["hy_lang"] = cookieNamed("hy_lang", "en")
	d.get("/demo/outbox").want(200, "is published: ", "waits for your review", "【Our city】").without("您的诉求")
	if texts := c.SMS.To(phone); !strings.Contains(texts[len(texts)-1].Text, "Your matter") {
		t.Error(texts[len(texts)-1].Text)
	}
}

// The side bar names the department as the reader's language does.
func TestTheSideBarSpeaksEnglish(t *testing.T) {
	c, w := newCity(t)
	d := at(t, c, w, fixture.Handler)
	d.get("/console/cases").want(200, "<small>住房和城乡建设局")
	d.jar["hy_lang"] = cookieNamed("hy_lang", "en")
	d.get("/console/cases").want(200, "Housing and Construction Bureau").without("住房和城乡建设局</")
}

func cookieNamed(name, value string) *http.Cookie { return &http.Cookie{Name: name, Value: value} }
