package console_test

import (
	"net/http"
	"strconv"
	"testing"

	"huiyin/models"
	"huiyin/test/fixture"
)

// A department to which questions are routed cannot be stopped, and who stops a person is told of what they hold.
func TestNothingIsStoppedThatIsStillInUse(t *testing.T) {
	c, w := newCity(t)
	n := c.Submit(fixture.Phone).Case.Number
	c.Accept(n, fixture.Handler)
	admin := at(t, c, w, fixture.SystemAdmin)
	address := "/console/settings/departments/" + strconv.FormatInt(c.Housing.ID, 10)
	form := admin.get(address).want(http.StatusOK).filled(address)
	form.Del("active")
	admin.do(http.MethodPost, address, form).want(http.StatusConflict, "个事项分类转到这里：", "请先改到别的部门")
	person := "/console/settings/staff/" + strconv.FormatInt(c.Actor(fixture.Handler).ID, 10)
	at(t, c, w, fixture.SecurityAdmin).get(person).want(http.StatusOK, "手上还有 1 件未办结的诉求")
}

// Below a town a village is offered, and a second department of the same name is refused beside the name.
func TestDepartmentBelowATown(t *testing.T) {
	c, w := newCity(t)
	admin := at(t, c, w, fixture.SystemAdmin)
	tree, err := c.Accounts.Departments(c.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range tree.All() {
		if d.Level != models.Town {
			continue
		}
		const address = "/console/settings/departments/new"
		form := admin.get(address + "?parent=" + strconv.FormatInt(d.ID, 10)).want(http.StatusOK).filled(address)
		if form.Get("level") != string(models.Village) {
			t.Errorf("below %s: %q", d.Name, form.Get("level"))
		}
		form.Set("name", "柳林新村")
		admin.done(admin.do(http.MethodPost, address, form))
		admin.do(http.MethodPost, address, form).want(http.StatusUnprocessableEntity, "已经有一个叫“柳林新村”的部门")
		return
	}
	t.Fatal("no town in the fixture")
}

// The log says what a setting was and what it is now, in words.
func TestAuditSaysWhatASettingWas(t *testing.T) {
	c, w := newCity(t)
	keeper := at(t, c, w, fixture.SecurityAdmin)
	const address = "/console/settings/retention"
	asked := keeper.do(http.MethodPost, address, changed(keeper.get(address).filled(address), map[string]string{"audit_months": "24"}))
	keeper.done(keeper.do(http.MethodPost, address, asked.filled(address)))
	at(t, c, w, fixture.Auditor).get("/console/audit?action=settings.").want(http.StatusOK, "审计日志保存多久：原为 36，现为 24")
}
