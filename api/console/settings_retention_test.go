package console_test

import (
	"net/http"
	"testing"
	"time"

	"huiyin/test/fixture"
)

// A shorter time to keep things deletes: the form says what, and is sent a second time before anything is saved.
func TestShorterRetentionIsAskedAbout(t *testing.T) {
	c, w := newCity(t)
	c.Submit(fixture.Phone)
	c.RunJobs()
	c.Clock.Advance(200 * 24 * time.Hour)
	const address = "/console/settings/retention"
	admin := at(t, c, w, fixture.SecurityAdmin)
	months := func() int {
		now, err := c.City.Retention(c.Context())
		if err != nil {
			t.Fatal(err)
		}
		return now.DeliveriesMonths
	}
	form := changed(admin.get(address).want(http.StatusOK).without("不能恢复：").filled(address), map[string]string{"deliveries_months": "6", "audit_months": "48"})
	asked := admin.do(http.MethodPost, address, form).want(http.StatusOK, "不能恢复：", "以前的通知记录：现在有 2 条", "确认删除并保存").without("以前的审计日志", "个人信息：")
	if months() != 12 {
		t.Fatal("saved without being asked")
	}
	admin.do(http.MethodPost, address, changed(asked.filled(address), map[string]string{"deliveries_months": "7"})).want(http.StatusOK, "不能恢复：") // something else than was agreed to
	admin.done(admin.do(http.MethodPost, address, asked.filled(address))).want(http.StatusOK, "设置已保存。")
	if months() != 6 {
		t.Fatal("not saved")
	}
	longer := changed(admin.get(address).filled(address), map[string]string{"deliveries_months": "9"})
	admin.done(admin.do(http.MethodPost, address, longer)).want(http.StatusOK, "设置已保存。")
}
