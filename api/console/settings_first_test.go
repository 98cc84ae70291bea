package console_test

import (
	"net/http"
	"strings"
	"testing"

	"huiyin/test/fixture"
)

// What a new city still needs stands at the head of the settings, for those who can do it, until it is done.
func TestFirstSteps(t *testing.T) {
	c, w := newCity(t)
	const head = "开通之前要做的"
	admin := at(t, c, w, fixture.SystemAdmin)
	p := admin.get("/console/settings").want(http.StatusOK, head)
	if strings.Count(p.Body, "待做") != 1 || strings.Count(p.Body, "已完成") != 3 {
		t.Errorf("the city has no name, all else is there: %s", p.text())
	}
	at(t, c, w, fixture.Auditor).get("/console/settings").want(http.StatusOK).without(head)
	const form = "/console/settings/city"
	admin.done(admin.do(http.MethodPost, form, changed(admin.get(form).filled(form), map[string]string{"city_name": "临江县"})))
	admin.get("/console/settings").want(http.StatusOK).without(head)
}
