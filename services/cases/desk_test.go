package cases_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
	"huiyin/services/notices"
	"huiyin/test/fixture"
)

// Residents are told that the handler and the reviewer of their matter see how to address them: they do, and nobody else does.
func TestWhoSeesHowToAddressTheResident(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.DisplayName = "王女士" }).Case.Number
		must[models.ReplyTemplate](t)(c.Cases.SaveReplyTemplate(t.Context(), c.Actor(fixture.SystemAdmin), 0,
			cases.ReplyTemplateInput{Title: "问候", Body: "{{称呼}}，您好！感谢来信。", Active: true}))
		sees := func(who, want string) {
			t.Helper()
			thread := must[*cases.Thread](t)(c.Cases.Open(t.Context(), c.Actor(who), n))
			row := must[cases.InboxPage](t)(c.Cases.Inbox(t.Context(), c.Actor(who), cases.InboxQuery{View: cases.ViewAll})).Rows[0]
			if thread.DisplayName != want || row.Name != want {
				t.Errorf("%s sees %q on the case and %q in the list, want %q", who, thread.DisplayName, row.Name, want)
			}
			if thread.Phone == "" || thread.Phone == fixture.Phone || thread.Place != "" {
				t.Errorf("%s sees the phone %q and the place %q without a reveal", who, thread.Phone, thread.Place)
			}
			greeting := must[[]models.ReplyTemplate](t)(c.Cases.TemplatesFor(t.Context(), c.Actor(who), n))[0].Body
			if open := strings.HasPrefix(greeting, "王女士"); open != (want == "王女士") {
				t.Errorf("a template greets %q for %s", greeting, who)
			}
		}
		sees(fixture.Handler, "王**")
		c.Accept(n, fixture.Handler)
		sees(fixture.Handler, "王女士")
		sees(fixture.Reviewer, "王女士")
		sees(fixture.Handler2, "王**")
		sees(fixture.Overseer, "王**")
		sees(fixture.Leader, "王**")

		n = c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.DisplayName, in.Anonymous = "王女士", true }).Case.Number
		c.Accept(n, fixture.Handler)
		if thread := must[*cases.Thread](t)(c.Cases.Open(t.Context(), c.Actor(fixture.Handler), n)); thread.DisplayName != "" {
			t.Errorf("an anonymous resident is called %q", thread.DisplayName)
		}
	})
}

// Each viewer is told what the case waits for, and what they can do about it is something they may do.
func TestNextStep(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone).Case.Number
		next := func(who string, want cases.Action) {
			t.Helper()
			thread := must[*cases.Thread](t)(c.Cases.Open(t.Context(), c.Actor(who), n))
			got := thread.Next(c.Actor(who))
			if got.Action != want || got.Text.ID == "" {
				t.Errorf("%s: %+v in %s, want %q", who, got, thread.Case.Status, want)
			}
			if got.Action != "" && !thread.Can(got.Action) {
				t.Errorf("%s is told to %s and may not", who, got.Action)
			}
		}
		next(fixture.Handler, cases.ActAccept)
		next(fixture.Reviewer, cases.ActAssign)
		next(fixture.Leader, "")
		c.Accept(n, fixture.Handler)
		next(fixture.Handler, cases.ActDraft)
		next(fixture.Reviewer, "")
		c.SubmitReview(n, fixture.Handler)
		next(fixture.Handler, "")
		next(fixture.Reviewer, cases.ActApprove)
		next(fixture.Overseer, "") // may stand in: it is not their turn
		thread := must[*cases.Thread](t)(c.Cases.Open(t.Context(), c.Actor(fixture.Overseer), n))
		if got := thread.Next(c.Actor(fixture.Overseer)).Text; got.ID != "等%[1]s审核。必要时您可以代为审核。" || got.Args[0] != "赵宁 / 吴刚" || !thread.Can(cases.ActApprove) {
			t.Errorf("an overseer reads %q and may %v", got, thread.Actions)
		}
		c.Approve(n, fixture.Reviewer)
		next(fixture.Handler, cases.ActSend)
		next(fixture.Overseer, "")
		c.Send(n, fixture.Handler)
		next(fixture.Handler, cases.ActPrepare)
		next(fixture.Reviewer, "")
		c.Confirm(n)
		next(fixture.Handler, "")
		next(fixture.Reviewer, cases.ActPublish)
	})
}

// Who prepared a public version is not offered to publish it, whatever their roles.
func TestOwnPublicVersionIsNotOffered(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone).Case.Number
		c.Answer(n)
		c.Confirm(n)
		both := c.Actor(fixture.Handler)
		both.Roles = []models.Role{models.Handler, models.Reviewer}
		thread := must[*cases.Thread](t)(c.Cases.Open(t.Context(), both, n))
		if thread.Can(cases.ActPublish) || reasonOf(thread.Why(cases.ActPublish)) != "own_work" || thread.Next(both).Action != "" {
			t.Errorf("%v, %v, %+v", thread.Actions, thread.Why(cases.ActPublish), thread.Next(both))
		}
	})
}

// A notice is read once the step it asks for is done by anybody, and an approval tells the handler that sending is theirs.
func TestNoticesAreSettledByTheStep(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		unread := func(who string, want ...notices.Kind) {
			t.Helper()
			items, _, err := c.Notices.Bell(t.Context(), c.Actor(who).ID, 0)
			if err != nil {
				t.Fatal(err)
			}
			var got []notices.Kind
			for _, it := range items {
				if !it.Read {
					got = append(got, it.Kind)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s has unread %v, want %v", who, got, want)
			}
		}
		n := c.Submit(fixture.Phone).Case.Number
		assign := func(to string) {
			t.Helper()
			if _, err := c.Cases.Assign(t.Context(), c.Actor(fixture.Reviewer), n, cases.AssignInput{HandlerID: c.Actor(to).ID}); err != nil {
				t.Fatal(err)
			}
		}
		assign(fixture.Handler2)
		unread(fixture.Handler2, notices.CaseAssigned)
		assign(fixture.Handler)
		unread(fixture.Handler2)
		unread(fixture.Handler, notices.CaseAssigned)
		c.Accept(n, fixture.Handler)
		unread(fixture.Handler)
		c.SubmitReview(n, fixture.Handler)
		unread(fixture.Reviewer, notices.CaseToReview)
		unread(fixture.Reviewer2, notices.CaseToReview)
		c.Approve(n, fixture.Reviewer)
		unread(fixture.Reviewer2)
		unread(fixture.Handler, notices.CaseApproved)
		c.Send(n, fixture.Reviewer)
		unread(fixture.Handler)

		c.Confirm(n)
		unread(fixture.Reviewer, notices.PublicationToPublish)
		k := c.Case(n)
		if err := c.Notices.MarkCaseRead(t.Context(), c.Actor(fixture.Reviewer).ID, k.ID); err != nil {
			t.Fatal(err)
		}
		unread(fixture.Reviewer)
		unread(fixture.Reviewer2, notices.PublicationToPublish)
		briefs := must[map[int64]cases.Brief](t)(c.Cases.Briefs(t.Context(), c.Actor(fixture.OtherHandler), []int64{k.ID}))
		if len(briefs) != 0 {
			t.Errorf("another department reads the title %q", briefs[k.ID].Case.Title)
		}

		owner := c.Resident(fixture.Phone)
		must[*models.Case](t)(c.Cases.WithdrawConsent(t.Context(), owner, n))
		unread(fixture.Reviewer2) // it may not be published any more
		must[*models.Case](t)(c.Cases.Consent(t.Context(), owner, n))
		unread(fixture.Reviewer, notices.PublicationToPublish)
		unread(fixture.Reviewer2, notices.PublicationToPublish)
		must[*models.Case](t)(c.Cases.ReturnPublication(t.Context(), c.Actor(fixture.Reviewer), n, c.Publication(n).Version, "请把门牌号去掉。"))
		unread(fixture.Handler, notices.PublicationReturned)
		must[*models.Case](t)(c.Cases.WithdrawConsent(t.Context(), owner, n))
		unread(fixture.Handler)
	})
}

// Who was moved to another department or is no handler any more cannot open the case: its handlers are told instead.
func TestWhoLeftTheDepartmentIsNotToldOfItsCases(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		told := func(who string, number string) int { return countAbout(c.Mail.To(who+"@qingxi.example.cn"), number) }
		leave := map[string]func(row accounts.StaffRow) error{
			"moved": func(row accounts.StaffRow) error {
				_, err := c.Accounts.UpdateStaff(ctx, models.System(), row.ID, accounts.StaffInput{Version: row.Version, Name: row.Name, DepartmentID: c.Transport.ID, Email: row.Email})
				return err
			},
			"no handler": func(row accounts.StaffRow) error {
				return c.Accounts.SetRoles(ctx, models.System(), row.ID, row.Version, []models.Role{models.Organizer})
			},
		}
		for name, who := range map[string]string{"moved": fixture.Handler, "no handler": fixture.OtherHandler} {
			topic, reviewer, other := fixture.Rent, fixture.Reviewer, fixture.Handler2
			if who == fixture.OtherHandler {
				topic, reviewer, other = fixture.Bus, fixture.OtherReviewer, "new.one"
				if _, _, err := c.Accounts.CreateStaff(ctx, models.System(), accounts.StaffInput{
					Account: other, Name: "周新", DepartmentID: c.Transport.ID, Email: other + "@qingxi.example.cn", Roles: []models.Role{models.Handler}, Password: fixture.Password,
				}); err != nil {
					t.Fatal(err)
				}
			}
			overdue, returned := c.Submit(fixture.Phone, c.About(topic)).Case.Number, c.Submit(fixture.Phone, c.About(topic)).Case.Number
			c.Accept(overdue, who)
			c.Accept(returned, who)
			c.SubmitReview(returned, who)
			if err := leave[name](must[accounts.StaffRow](t)(c.Accounts.StaffMember(ctx, models.System(), c.Actor(who).ID))); err != nil {
				t.Fatal(err)
			}
			must[*models.Case](t)(c.Cases.Return(ctx, c.Actor(reviewer), returned, cases.ReviewInput{Comment: "请写明依据。"}))
			c.Clock.Advance(14 * 24 * time.Hour)
			must[int](t)(c.Cases.WarnDeadlines(ctx, 10))
			c.RunJobs()
			for _, n := range []string{overdue, returned} {
				if told(who, n) != 0 || told(other, n) == 0 {
					t.Errorf("%s: of %s %d mails to whom it was, %d to a colleague", name, n, told(who, n), told(other, n))
				}
			}
		}
	})
}

// Choosing a group of topics or a department finds what is below it, page by page and without a case twice.
func TestInboxByGroupOfTopicsAndDepartment(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		var want []string
		for _, topic := range []string{fixture.Rent, fixture.Repair, fixture.Rent, fixture.Repair, fixture.Rent} {
			want = append(want, c.Submit(fixture.Phone, c.About(topic)).Case.Number)
		}
		// Another group, of another department.
		admin := c.Actor(fixture.SystemAdmin)
		other := must[models.Topic](t)(c.Cases.SaveTopic(t.Context(), admin, 0, cases.TopicInput{Name: "道路", NameEn: "Roads", Kind: models.Ordinary, Active: true}))
		leaf := must[models.Topic](t)(c.Cases.SaveTopic(t.Context(), admin, 0, cases.TopicInput{
			ParentID: other.ID, Name: "路灯", NameEn: "Lamps", DepartmentID: c.Transport.ID, Kind: models.Ordinary, Active: true,
		}))
		bus := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.TopicID = leaf.ID }).Case.Number
		slices.Reverse(want)
		all := func(who string, q cases.InboxQuery) (got []string) {
			t.Helper()
			for q.Limit = 2; ; {
				page := must[cases.InboxPage](t)(c.Cases.Inbox(t.Context(), c.Actor(who), q))
				got = append(got, numbers(page)...)
				if q.After = page.Next; q.After == "" || len(got) > 20 {
					return got
				}
			}
		}
		group := c.Topics[fixture.Rent].ParentID
		for _, who := range []string{fixture.Handler, fixture.Overseer, fixture.Leader} {
			if got := all(who, cases.InboxQuery{View: cases.ViewAll, TopicID: group}); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", who, got, want)
			}
			if got := all(who, cases.InboxQuery{View: cases.ViewUnassigned, TopicID: group}); len(got) != len(want) {
				t.Errorf("%s by deadline: %v", who, got)
			}
		}
		for _, who := range []string{fixture.Overseer, fixture.Leader} {
			if got := all(who, cases.InboxQuery{View: cases.ViewAll, DepartmentID: c.Root.ID}); len(got) != len(want)+1 {
				t.Errorf("%s below the root: %v", who, got)
			}
			if got := all(who, cases.InboxQuery{View: cases.ViewAll, DepartmentID: c.Transport.ID}); !slices.Equal(got, []string{bus}) {
				t.Errorf("%s: %v, want %s", who, got, bus)
			}
		}
		if got := all(fixture.Handler, cases.InboxQuery{View: cases.ViewAll, DepartmentID: c.Transport.ID}); len(got) != 0 {
			t.Errorf("a handler sees another department's %v", got)
		}
		if people, err := c.Cases.Handlers(t.Context(), c.Actor(fixture.Overseer), c.Transport.ID); err != nil || len(people) != 1 {
			t.Errorf("%v, %v", people, err)
		}
		if _, err := c.Cases.Handlers(t.Context(), c.Actor(fixture.Handler), c.Transport.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a handler lists another department's people: %v", err)
		}
	})
}
