package console_test

import (
	"net/http"
	"strconv"
	"testing"

	"huiyin/internal/workdays"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// An overseer may stand in for a department's reviewers: the page says whose turn it is, and offers no sending that they cannot do.
func TestAnOverseerStandsIn(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Accept(number, fixture.Handler)
	c.SubmitReview(number, fixture.Handler)
	overseer, address := at(t, c, w, fixture.Overseer), "/console/cases/"+number
	p := overseer.get(address).want(http.StatusOK, "必要时您可以代为审核。").without("请审核答复")
	overseer.done(overseer.post(address+"/approve", "version", p.input("version"))).want(http.StatusOK, "已提醒陈敏发送。").without("您也可以在下面发送", `id="send"`)
}

// Who writes a reply is not named among its reviewers, whatever their roles.
func TestTheAuthorIsNoReviewer(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	if err := c.Accounts.SetRoles(c.Context(), c.Actor(fixture.SecurityAdmin), c.Actor(fixture.Handler).ID, rowOf(t, c, fixture.Handler).Version, []models.Role{models.Handler, models.Reviewer}); err != nil {
		t.Fatal(err)
	}
	c.Accept(number, fixture.Handler)
	at(t, c, w, fixture.Handler).get("/console/cases/"+number).want(http.StatusOK, "审核人：赵宁、吴刚<").without("审核人：陈敏", "、陈敏")
}

func rowOf(t *testing.T, c *fixture.City, account string) accounts.StaffRow {
	t.Helper()
	row, err := c.Accounts.Me(c.Context(), c.Actor(account))
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// A desk without review is asked about once more, and the history says that nobody else saw the reply.
func TestADeskWithoutReview(t *testing.T) {
	c, w := newCity(t)
	desks, err := c.Cases.Desks(c.Context())
	if err != nil {
		t.Fatal(err)
	}
	number := c.Submit(fixture.Phone).Case.Number
	address := "/console/settings/desks/" + strconv.FormatInt(desks[0].ID, 10)
	admin := at(t, c, w, fixture.SystemAdmin)
	form := changed(admin.get(address).want(http.StatusOK).without("不论怎么设置").filled(address), map[string]string{"review": "none"})
	asked := admin.do(http.MethodPost, address, form).want(http.StatusOK, "没有第二个人看过", "公开仍要另一位同事发布", "确认不审核并保存")
	if now, err := c.Cases.Desks(c.Context()); err != nil || now[0].Review == models.ReviewNone {
		t.Fatal("saved without being asked", err)
	}
	admin.done(admin.do(http.MethodPost, address, asked.filled(address))).want(http.StatusOK, "受理窗口已保存。")
	admin.done(admin.do(http.MethodPost, address, admin.get(address).filled(address))) // as it is already: nothing to ask

	c.Accept(number, fixture.Handler)
	if _, err := c.Cases.Send(c.Context(), c.Actor(fixture.Handler), number, cases.ReplyInput{Body: fixture.Answer}); err != nil {
		t.Fatal(err)
	}
	at(t, c, w, fixture.Handler).get("/console/cases/"+number).want(http.StatusOK, "陈敏发送了答复，没有经过审核")
}

// Between a new calendar and the counting by it, a deadline's day and the days left are of two calendars: neither is shown.
func TestADeadlineThatIsBeingCountedAnew(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Accept(number, fixture.Handler)
	c.RunJobs()
	handler := at(t, c, w, fixture.Handler)
	handler.get("/console/cases/"+number).want(http.StatusOK, "还有 5 个工作日", "11 月 23 日")
	day, err := workdays.ParseDate("2026-11-18")
	if err == nil {
		err = c.Calendar.SetDay(c.Context(), c.Actor(fixture.SystemAdmin), day, calendar.Off)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"/console/cases/" + number, "/console/cases?view=mine"} {
		handler.get(page).want(http.StatusOK, "正在按新日历重新计算").without("还有 4 个工作日", "应于 11 月 23 日")
	}
	c.RunJobs()
	c.Clock.Advance(calendar.Settled)
	c.RunJobs()
	handler.get("/console/cases/"+number).want(http.StatusOK, "还有 5 个工作日", "11 月 24 日").without("正在按新日历重新计算")
}

// The list of what is wrong names the fields.
func TestErrorsNameTheirFields(t *testing.T) {
	c, w := newCity(t)
	number := c.Submit(fixture.Phone).Case.Number
	c.Accept(number, fixture.Handler)
	handler, address := at(t, c, w, fixture.Handler), "/console/cases/"+number
	p := handler.get(address)
	handler.post(address+"/submit", "version", p.input("version"), "reply_version", "0", "body", "").want(http.StatusUnprocessableEntity, `<a href="#body">答复：这一项要填写。</a>`)
	at(t, c, w, fixture.SystemAdmin).multipart("/console/settings/calendar/import", map[string]string{"json": `{"year": 2027}`}, "", nil).
		want(http.StatusUnprocessableEntity, "off：缺少这一项。", "source", "JSON 怎么写")
}
