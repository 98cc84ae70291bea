package console_test

import (
	"net/http"
	"regexp"
	"testing"

	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// The page of a case shows what its resident was told, however often staff were told meanwhile and whoever had the case then.
func TestACaseShowsWhatItsResidentWasTold(t *testing.T) {
	c, w := newCity(t)
	r := c.Submit(fixture.Phone, c.About(fixture.Rent))
	number := r.Case.Number
	c.RunJobs()
	var bells []models.Delivery
	for range 60 {
		bells = append(bells, models.Delivery{
			Kind: "case_follow_up", Channel: models.Bell, State: models.DeliverySent, StaffID: 1, CaseID: r.Case.ID, DepartmentID: c.Housing.ID, CreatedAt: c.Clock.Now(), Version: 1,
		})
	}
	if err := c.DB.Conn(c.Context()).Create(&bells).Error; err != nil {
		t.Fatal(err)
	}
	address, told := "/console/cases/"+number, "发给来信人的通知"
	at(t, c, w, fixture.Handler).get(address).want(http.StatusOK, told, "138****", "重发")

	if _, err := c.Cases.Transfer(t.Context(), c.Actor(fixture.Reviewer), number, cases.TransferInput{TopicID: c.Topics[fixture.Bus].ID, Reason: "属于公交线路事项"}); err != nil {
		t.Fatal(err)
	}
	next := at(t, c, w, fixture.OtherHandler)
	p := next.get(address).want(http.StatusOK, told, "138****", "重发")
	next.get("/console/deliveries?channel=sms").want(http.StatusOK, "138****")
	at(t, c, w, fixture.Handler).get("/console/deliveries?channel=sms").want(http.StatusOK).without("138****")

	resend := regexp.MustCompile(`/deliveries/\d+/resend`).FindString(p.Body)
	other := c.Submit(fixture.Phone2, c.About(fixture.Bus)).Case.Number
	version := p.filled(address + resend).Get("version")
	next.post("/console/cases/"+other+resend, "version", version).want(http.StatusNotFound)
	next.post("/console/cases/ZX20260101-9999"+resend, "version", version).want(http.StatusNotFound)
	c.RunJobs()
	if n := len(c.SMS.To(fixture.Phone)); n != 2 { // a code and the receipt
		t.Fatalf("%d messages", n)
	}
	next.done(next.post(address+resend, "version", version)).want(http.StatusOK, "已重新发送。")
	c.RunJobs()
	if n := len(c.SMS.To(fixture.Phone)); n != 3 {
		t.Fatalf("%d messages", n)
	}
}
