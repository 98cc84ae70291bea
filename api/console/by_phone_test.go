package console_test

import (
	"strings"
	"testing"

	"huiyin/services/cases"
	"huiyin/test/fixture"
)

func TestWhoIsOnTheLineIsFoundByPhone(t *testing.T) {
	c, w := newCity(t)
	first, second := c.Submit(fixture.Phone).Case.Number, c.Submit(fixture.Phone).Case.Number
	hidden := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Anonymous = true }).Case.Number
	other := c.Submit(fixture.Phone2).Case.Number
	const at1, form = "/console/cases?view=all", "/console/cases/by-phone"
	d := at(t, c, w, fixture.Handler)
	d.get(at1).want(200, "按手机号查")
	typed := fixture.Phone[:3] + " " + fixture.Phone[3:7] + "-" + fixture.Phone[7:]
	found := d.post(form, "phone", typed, "view", "mine")
	if to := found.Header.Get("Location"); to != "/console/cases?same="+second+"&view=all" {
		t.Fatalf("leads to %q", to)
	}
	d.done(found).want(200, first, second, "同一位来信人").without(hidden, other, fixture.Phone)

	// Nobody, no phone, nobody of this department: told beside the field, with what was typed.
	for phone, word := range map[string]string{"13900009999": "没有这个手机号提的", "1390000": "请填写 11 位手机号码", "": "请填写 11 位手机号码"} {
		d.post(form, "phone", phone, "view", "mine").want(422, word, `value="`+phone+`"`, `id="phone-error"`)
	}
	at(t, c, w, fixture.OtherHandler).post(form, "phone", fixture.Phone).want(422, "没有这个手机号提的").without(first)
	at(t, c, w, fixture.SystemAdmin).post(form, "phone", fixture.Phone).want(403)
	if to := d.get(form).Header.Get("Location"); to != at1 {
		t.Errorf("a reload leads to %q", to)
	}

	// Typed into the search, it is not looked for in texts, nor kept in addresses.
	d.done(d.get("/console/cases?view=all&topic=1&q="+typed[:3]+typed[4:8]+typed[9:])).want(200, "手机号请填在“按手机号查”里", `id="by-phone" open`).without(fixture.Phone)
	if log := w.Log.String(); strings.Contains(log, fixture.Phone) {
		t.Error("the phone is in the log")
	}

	// Every look is in the audit log, also the one that found nothing; not the phone.
	page := at(t, c, w, fixture.Auditor).get("/console/audit?action=case.find_by_phone").want(200, "按手机号查诉求")
	if n := strings.Count(page.Body, "按手机号查诉求"); n != 3 { // who was found, who is not known, whose cases the other may not see
		t.Errorf("%d looks in the audit log", n)
	}
	page.without(fixture.Phone)
}
