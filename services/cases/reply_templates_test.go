package cases_test

import (
	"slices"
	"testing"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// Whoever writes a reply is offered the templates in use for the case's department and topic, wherever they themselves belong.
func TestTemplatesForACase(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		k := c.Submit(fixture.Phone).Case
		admin, elsewhere := c.Actor(fixture.SystemAdmin), c.Actor(fixture.OtherHandler)
		save := func(title string, department, topic int64, active bool) {
			must[models.ReplyTemplate](t)(c.Cases.SaveReplyTemplate(ctx, admin, 0, cases.ReplyTemplateInput{
				DepartmentID: department, TopicID: topic, Title: title, Body: "您好，您的诉求 {{编号}} 已收到。", Active: active,
			}))
		}
		save("都能用", 0, 0, true)
		save("本部门", k.DepartmentID, 0, true)
		save("这一类", k.DepartmentID, k.TopicID, true)
		save("别的类", 0, c.Topics[fixture.Bus].ID, true)
		save("停用的", k.DepartmentID, 0, false)
		save("别的部门", elsewhere.DepartmentID, 0, true)
		want := func(who, number string, titles ...string) {
			t.Helper()
			var got []string
			for _, r := range must[[]models.ReplyTemplate](t)(c.Cases.TemplatesFor(ctx, c.Actor(who), number)) {
				got = append(got, r.Title)
				if filled := r.Body == "您好，您的诉求 "+k.Number+" 已收到。"; filled != (number != "") {
					t.Errorf("%q: %s", number, r.Body)
				}
			}
			slices.Sort(got)
			slices.Sort(titles)
			if !slices.Equal(got, titles) {
				t.Errorf("%s, case %q: %v, want %v", who, number, got, titles)
			}
		}
		want(fixture.Handler, k.Number, "都能用", "本部门", "这一类")
		want(fixture.Overseer, k.Number, "都能用", "本部门", "这一类")
		want(fixture.Handler, "", "都能用", "本部门", "这一类", "别的类")
		refused(t, c, "another department's case", fault.NotFound, "", func() error { return err1(c.Cases.TemplatesFor(ctx, elsewhere, k.Number)) })
		kept := func(a models.Actor) (all, mine int) {
			for _, r := range must[[]cases.KeptTemplate](t)(c.Cases.ReplyTemplates(ctx, a)) {
				if all++; r.MayEdit {
					mine++
				}
			}
			return all, mine
		}
		if all, mine := kept(admin); all != 6 || mine != 6 {
			t.Errorf("the administrator sees %d and keeps %d", all, mine)
		}
		if all, mine := kept(c.Actor(fixture.Reviewer)); all != 5 || mine != 3 {
			t.Errorf("a reviewer sees %d and keeps %d", all, mine)
		}
	})
}
