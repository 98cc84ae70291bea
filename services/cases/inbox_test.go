package cases_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

func TestInboxViewsScopeSearchAndPages(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		fresh := c.Submit(fixture.Phone).Case.Number
		c.Clock.Advance(time.Minute)
		mine := c.Submit(fixture.Phone, func(in *cases.SubmitInput) {
			in.Title, in.Text = "电梯坏了没人修", "小区电梯坏了100%没人修_真的"
		}).Case.Number
		c.Accept(mine, fixture.Handler)
		soon := c.Submit(fixture.Phone, c.About(fixture.Repair)).Case.Number
		review := c.Submit(fixture.Phone).Case.Number
		c.Accept(review, fixture.Handler)
		c.SubmitReview(review, fixture.Handler)
		done := c.Submit(fixture.Phone).Case.Number
		c.Answer(done)
		bus := c.Submit(fixture.Phone, c.About(fixture.Bus)).Case.Number

		view := func(who string, q cases.InboxQuery, want ...string) {
			t.Helper()
			got := numbers(must[cases.InboxPage](t)(c.Cases.Inbox(ctx, c.Actor(who), q)))
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s sees %v in %+v, want %v", who, got, q, want)
			}
		}
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewMine}, mine, review)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewUnassigned}, fresh, soon)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewDueSoon}, soon)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewAll}, fresh, mine, soon, review, done)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewPublish}, done)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewReview})
		view(fixture.Reviewer, cases.InboxQuery{View: cases.ViewReview}, review)
		view(fixture.Reviewer, cases.InboxQuery{View: cases.ViewPublish})
		view(fixture.OtherHandler, cases.InboxQuery{View: cases.ViewAll}, bus)
		view(fixture.Overseer, cases.InboxQuery{View: cases.ViewUnassigned}, fresh, soon, bus)
		view(fixture.Leader, cases.InboxQuery{View: cases.ViewAll}, fresh, mine, soon, review, done, bus)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewAll, Search: "100%没人修_"}, mine)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewAll, Search: "电梯"}, mine)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewAll, Search: "%"}, mine)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewAll, Search: bus})
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewAll, Search: mine}, mine)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewAll, TopicID: c.Topics[fixture.Repair].ID}, soon)
		view(fixture.Handler, cases.InboxQuery{View: cases.ViewAll, Status: models.Answered}, done)

		// Somebody who writes and reviews is not asked to judge their own.
		both := c.Actor(fixture.Handler)
		both.Roles = []models.Role{models.Handler, models.Reviewer}
		if got := numbers(must[cases.InboxPage](t)(c.Cases.Inbox(ctx, both, cases.InboxQuery{View: cases.ViewReview}))); len(got) != 0 {
			t.Errorf("asked to review own work: %v", got)
		}
		for _, who := range []string{fixture.SystemAdmin, fixture.Auditor, fixture.Organizer} {
			a := c.Actor(who)
			refused(t, c, who+" opens the inbox", fault.Forbidden, "", func() error { return err1(c.Cases.Inbox(ctx, a, cases.InboxQuery{})) })
		}
		counts := must[map[cases.View]int](t)(c.Cases.Counts(ctx, c.Actor(fixture.Overseer), 2))
		want := map[cases.View]int{cases.ViewMine: 0, cases.ViewReview: 0, cases.ViewUnassigned: 3, cases.ViewDueSoon: 1, cases.ViewOverdue: 0, cases.ViewPublish: 0}
		if !reflect.DeepEqual(counts, want) {
			t.Errorf("counts %v, want %v: 3 says more than 2", counts, want)
		}
		c.Clock.Advance(10 * 24 * time.Hour)
		view(fixture.Handler2, cases.InboxQuery{View: cases.ViewOverdue}, fresh, mine, soon, review)
		counts = must[map[cases.View]int](t)(c.Cases.Counts(ctx, c.Actor(fixture.Overseer), 2))
		if counts[cases.ViewOverdue] != 3 {
			t.Errorf("counted %d overdue, want 3 at the most", counts[cases.ViewOverdue])
		}
	})
}

func TestInboxPagesMissNothingAndRepeatNothing(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, chen := t.Context(), c.Actor(fixture.Handler)
		const all = 7
		for i := range all {
			c.Submit(fixture.Phone)
			if i%3 == 0 { // several with the same deadline, a few days apart
				c.Clock.Advance(24 * time.Hour)
			}
		}
		for _, v := range []cases.View{cases.ViewUnassigned, cases.ViewAll} {
			var seen []string
			after := ""
			for range all {
				page := must[cases.InboxPage](t)(c.Cases.Inbox(ctx, chen, cases.InboxQuery{View: v, Limit: 2, After: after}))
				seen = append(seen, numbers(page)...)
				if after = page.Next; after == "" {
					break
				}
			}
			sorted := slices.Sorted(slices.Values(seen))
			if v == cases.ViewAll {
				slices.Reverse(sorted)
			}
			if len(seen) != all || !slices.Equal(seen, sorted) {
				t.Errorf("%s: %v", v, seen)
			}
		}
		for _, bad := range []string{"!", "bm8", "MQ", "MS4y"} { // of a view with another order, or of none
			v := cases.ViewAll
			if bad == "MQ" {
				v = cases.ViewMine
			}
			refused(t, c, "cursor "+bad, fault.Invalid, "", func() error { return err1(c.Cases.Inbox(ctx, chen, cases.InboxQuery{View: v, After: bad})) })
		}
	})
}

// A search in words looks through the newest cases of one's department, however many other departments have, and says how many unless it read them all.
func TestSearchInWordsIsBounded(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		old := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Title = "楼道的灯不亮" }).Case
		find := func(search string) cases.InboxPage {
			return must[cases.InboxPage](t)(c.Cases.Inbox(ctx, c.Actor(fixture.Handler), cases.InboxQuery{View: cases.ViewAll, Search: search}))
		}
		fill := func(departmentID int64, mark string, n int) {
			rows := make([]models.Case, n)
			for i := range rows {
				rows[i] = *old
				rows[i].ID, rows[i].DepartmentID, rows[i].Title, rows[i].Body = 0, departmentID, "别的事", "别的事"
				rows[i].Number, rows[i].SubmissionKey = fmt.Sprintf("%s-%d", mark, i), fmt.Sprintf("%s-%d", mark, i)
			}
			if err := c.DB.Conn(ctx).CreateInBatches(rows, 500).Error; err != nil {
				t.Fatal(err)
			}
		}
		fill(old.DepartmentID+1000, "elsewhere", 5000)
		if p := find("灯不亮"); len(p.Rows) != 1 || p.SearchedBack != 0 {
			t.Errorf("behind the cases of another department: %d found, %d searched", len(p.Rows), p.SearchedBack)
		}
		fill(old.DepartmentID, "here", 5000)
		if p := find("灯不亮"); len(p.Rows) != 0 || p.SearchedBack != 5000 {
			t.Error("a search in words read more than it says")
		}
		if p := find(old.Number); len(p.Rows) != 1 || p.SearchedBack != 0 {
			t.Errorf("by number: %d found, %d searched", len(p.Rows), p.SearchedBack)
		}
	})
}
