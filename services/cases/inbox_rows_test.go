package cases_test

import (
	"fmt"
	"strings"
	"testing"

	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// What the list says of a row is decided with it: due soon by the setting, who may assign it, which departments there are.
func TestInboxRowsSayWhatMayBeDone(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		n := c.Submit(fixture.Phone).Case.Number
		first := func(who string) (cases.InboxPage, cases.InboxRow) {
			p := must[cases.InboxPage](t)(c.Cases.Inbox(ctx, c.Actor(who), cases.InboxQuery{View: cases.ViewAll}))
			return p, p.Rows[0]
		}
		soon := func(want bool) {
			t.Helper()
			_, row := first(fixture.Handler)
			listed := len(must[cases.InboxPage](t)(c.Cases.Inbox(ctx, c.Actor(fixture.Handler), cases.InboxQuery{View: cases.ViewDueSoon})).Rows) == 1
			page := must[*cases.Thread](t)(c.Cases.Open(ctx, c.Actor(fixture.Handler), n)).DueSoon
			if row.DueSoon != want || listed != want || page != want {
				t.Errorf("due soon: the row says %v, the list %v, the page %v, want %v", row.DueSoon, listed, page, want)
			}
		}
		soon(false)
		settings := must[cases.Numbers](t)(c.City.CaseNumbers(ctx))
		settings.DueSoonDays = 5
		must[int64](t)(c.City.UpdateHandling(ctx, c.Actor(fixture.SystemAdmin), settings, settings.Version))
		soon(true)
		for who, want := range map[string]bool{fixture.Handler: true, fixture.Overseer: true, fixture.Leader: false} {
			p, row := first(who)
			if row.Assignable != want || len(p.Departments) > 1 != (who != fixture.Handler) {
				t.Errorf("%s: assignable %v, %d departments", who, row.Assignable, len(p.Departments))
			}
		}
		c.Answer(n)
		if _, row := first(fixture.Handler); row.Assignable || row.DueSoon {
			t.Error("an answered case is to be assigned, or due")
		}
		if topics := must[[]string](t)(c.Cases.LiveTopics(ctx, c.Actor(fixture.Auditor))); len(topics) != 0 {
			t.Errorf("the auditor follows %v", topics)
		}
		if topics := must[[]string](t)(c.Cases.LiveTopics(ctx, c.Actor(fixture.Handler))); len(topics) != 1 {
			t.Errorf("a handler follows %v", topics)
		}
	})
}

// A department's older case is found by its number however many newer ones others have, and digits that begin no number are words.
func TestSearchByNumberAndDigits(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		old := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Text = "打 12345 也没有人管这件事" }).Case
		rows := make([]models.Case, 2500)
		for i := range rows {
			rows[i] = *old
			rows[i].ID, rows[i].DepartmentID, rows[i].Body = 0, old.DepartmentID+1000, "别的事"
			rows[i].Number, rows[i].SubmissionKey = fmt.Sprintf("%s-9%04d", old.Number[:8], i), fmt.Sprint("elsewhere", i)
		}
		if err := c.DB.Conn(ctx).CreateInBatches(rows, 500).Error; err != nil {
			t.Fatal(err)
		}
		find := func(search string) cases.InboxPage {
			return must[cases.InboxPage](t)(c.Cases.Inbox(ctx, c.Actor(fixture.Handler), cases.InboxQuery{View: cases.ViewAll, Search: search}))
		}
		if p := find(strings.Split(old.Number, "-")[0]); len(p.Rows) != 1 || p.InText {
			t.Errorf("by the beginning of its number: %d found", len(p.Rows))
		}
		if p := find("12345"); len(p.Rows) != 1 || !p.InText {
			t.Errorf("digits in the text: %d found, said %v", len(p.Rows), p.InText)
		}
	})
}

// A resident is answered by a department: no name of its staff, no id, none of the office's inner steps.
func TestAResidentSeesNobodyBehindTheDepartment(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone).Case.Number
		k := c.Answer(n)
		thread := must[*cases.Thread](t)(c.Cases.Open(t.Context(), c.Resident(fixture.Phone), n))
		for _, m := range thread.Messages {
			if m.StaffID != 0 || m.Kind == models.ReplySent && m.DepartmentID == 0 {
				t.Errorf("%+v", m.CaseMessage)
			}
		}
		if len(thread.Staff) != 0 {
			t.Errorf("staff: %v", thread.Staff)
		}
		for inner, shown := range map[models.PublicationStatus]models.PublicationStatus{
			models.PublicationDraft: models.PublicationWanted, models.PublicationReady: models.PublicationWanted, models.Published: models.Published,
		} {
			k.Publication = inner
			if _, got := cases.ResidentStatus(k); got != shown {
				t.Errorf("%s is shown as %s", inner, got)
			}
		}
	})
}
