package console_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"huiyin/models"
	"huiyin/test/fixture"
)

// The wording of a notice: tried out before it is saved, saved, sent, and put back.
func TestWordingIsPreviewedSavedAndReset(t *testing.T) {
	c, w := newCity(t)
	admin := at(t, c, w, fixture.SystemAdmin)
	const address = "/console/settings/notices/case_received/sms/zh-CN"
	form := admin.get(address).want(http.StatusOK, "收到的人看到的样子").without("恢复默认文字").filled(address)
	form.Set("body", "【{city}】收件号 {number}，进度看 {address}")
	admin.do(http.MethodPost, address+"/preview", form).want(http.StatusOK, "】收件号 20261116-0005", "收件号 {number}")
	admin.do(http.MethodPost, address+"/preview", form, "HX-Request", "true").want(http.StatusOK, "】收件号", `id="preview"`).without("<html")
	wrong := changed(admin.get(address).filled(address), map[string]string{"body": "【{city}】{phone} {number}{address}"})
	admin.do(http.MethodPost, address+"/preview", wrong).want(http.StatusUnprocessableEntity, "不能用占位符 {phone}")
	admin.do(http.MethodPost, address+"/preview", wrong, "HX-Request", "true").want(http.StatusOK, "改好后才能预览")
	if r := c.Submit(fixture.Phone); r.Case.Number == "" {
		t.Fatal("no case")
	}
	c.RunJobs()
	if said := c.SMS.To(fixture.Phone); !strings.Contains(said[len(said)-1].Text, "已收到") {
		t.Errorf("a preview changed what is sent: %q", said[len(said)-1].Text)
	}

	saved := admin.done(admin.do(http.MethodPost, address, form)).want(http.StatusOK, "通知模板已保存", "恢复默认文字")
	c.Submit(fixture.Phone)
	c.RunJobs()
	if said := c.SMS.To(fixture.Phone); !strings.Contains(said[len(said)-1].Text, "收件号") {
		t.Errorf("the new wording is not what is sent: %q", said[len(said)-1].Text)
	}
	reset := saved.filled(address + "/reset")
	admin.post(address+"/reset", "version", "7").want(http.StatusConflict)
	admin.done(admin.do(http.MethodPost, address+"/reset", reset)).want(http.StatusOK, "已恢复默认文字", "已收到").without("恢复默认文字</button>")
	admin.do(http.MethodPost, address+"/reset", reset).want(http.StatusConflict)
	other := at(t, c, w, fixture.SecurityAdmin)
	for _, act := range []string{"", "/reset", "/preview"} {
		other.do(http.MethodPost, address+act, form).want(http.StatusForbidden)
	}
	admin.get("/console/settings/notices/case_received/bell/zh-CN").want(http.StatusNotFound)
}

// A log longer than one step is verified step by step; the answer of each holds the form of the next, and a change in a later step is found.
func TestAuditIsVerifiedStepByStep(t *testing.T) {
	c, w := newCity(t)
	const steps = 5000 // entries a step
	if err := c.DB.Tx(c.Context(), func(ctx context.Context) error {
		for range steps + 700 {
			if err := c.Audit.Record(ctx, models.System(), "case.note", "case", 1, nil); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n > 0; {
		var err error
		if n, err = c.Audit.Seal(c.Context()); err != nil {
			t.Fatal(err)
		}
	}
	auditor := at(t, c, w, fixture.Auditor)
	const address = "/console/audit/verify"
	first := auditor.post(address).want(http.StatusOK, "<progress", "已核对 5,000 条", "继续核对").without("链条完整")
	next := first.filled(address)
	if next.Get("next") != "5001" {
		t.Fatalf("the next step starts at %q", next.Get("next"))
	}
	auditor.do(http.MethodPost, address, next, "HX-Request", "true").want(http.StatusOK, "链条完整", `id="verification"`).without("<html", "继续核对")
	auditor.do(http.MethodPost, address, next).want(http.StatusOK, "链条完整", "<html")
	if err := c.DB.Conn(c.Context()).Exec("UPDATE audit_entries SET object_id = 9 WHERE seq = 5300").Error; err != nil {
		t.Fatal(err)
	}
	auditor.post(address).want(http.StatusOK, "到这里都完整")
	auditor.do(http.MethodPost, address, next).want(http.StatusOK, "第 5300 条起核对不通过")
}

// What is new stands last among its siblings; a place up or down at a time, and nothing happens at the ends.
func TestDepartmentsAndTopicsAreMoved(t *testing.T) {
	c, w := newCity(t)
	admin := at(t, c, w, fixture.SystemAdmin)
	const departments, topics = "/console/settings/departments", "/console/settings/topics"
	inOrder := func(p page, names ...string) {
		t.Helper()
		at := -1
		for _, name := range names {
			next := strings.Index(p.Body, ">"+name+"<")
			if next <= at {
				t.Errorf("%s is not behind the one before it in %v", name, names)
			}
			at = next
		}
	}
	form := changed(admin.get(departments+"/new").filled(departments+"/new"), map[string]string{"name": "水利局", "level": "county", "parent_id": strconv.FormatInt(c.Root.ID, 10)})
	inOrder(admin.done(admin.do(http.MethodPost, departments+"/new", form)), c.Housing.Name, c.Transport.Name, c.Town.Name, "水利局")
	town := departments + "/" + strconv.FormatInt(c.Town.ID, 10)
	open := admin.get(town).filled(town)
	moved := admin.done(admin.post(town+"/move", "up", "1")).want(http.StatusOK, "顺序已改")
	inOrder(moved, c.Housing.Name, c.Town.Name, c.Transport.Name, "水利局")
	admin.done(admin.post(town+"/move", "up", "1"))
	inOrder(admin.done(admin.post(town+"/move", "up", "1")), c.Town.Name, c.Housing.Name, c.Transport.Name, "水利局")
	admin.done(admin.do(http.MethodPost, town, open)) // a form from before the moves is not stale, and undoes none of them
	inOrder(admin.done(admin.post(town+"/move", "up", "0")), c.Housing.Name, c.Town.Name, c.Transport.Name)

	tree, err := c.Cases.Topics(c.Context())
	if err != nil || len(tree.Groups) < 2 {
		t.Fatal(tree, err)
	}
	first, second := tree.Groups[0].Topic, tree.Groups[1].Topic
	inOrder(admin.get(topics), first.Name, second.Name)
	inOrder(admin.done(admin.post(topics+"/"+strconv.FormatInt(first.ID, 10)+"/move", "up", "0")), second.Name, first.Name)
	for _, address := range []string{town, topics + "/" + strconv.FormatInt(first.ID, 10)} {
		at(t, c, w, fixture.SecurityAdmin).post(address+"/move", "up", "1").want(http.StatusForbidden)
	}
	admin.post(departments+"/999999/move", "up", "1").want(http.StatusNotFound)
	admin.post(topics+"/999999/move", "up", "1").want(http.StatusNotFound)
}
