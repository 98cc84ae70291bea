package cases_test

import (
	"strings"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/mail"
	"huiyin/internal/workdays"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

func countAbout(mails []mail.Message, number string) int {
	n := 0
	for _, m := range mails {
		if strings.Contains(m.Subject+m.Text, number) {
			n++
		}
	}
	return n
}

func TestFromQuestionToAnswerWithReview(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		r := c.Submit(fixture.Phone)
		n, chen, zhao := r.Case.Number, c.Actor(fixture.Handler), c.Actor(fixture.Reviewer)
		other := c.Actor(fixture.OtherHandler)
		refused(t, c, "another department accepts", fault.NotFound, "", func() error { return err1(c.Cases.Accept(ctx, other, n, 0)) })
		refused(t, c, "a number nobody has", fault.NotFound, "", func() error { return err1(c.Cases.Accept(ctx, chen, "20261116-9999", 0)) })
		refused(t, c, "a reviewer accepts", fault.Forbidden, "not_permitted", func() error { return err1(c.Cases.Accept(ctx, zhao, n, 0)) })
		k := c.Accept(n, fixture.Handler)
		wantStatus(t, k, models.Handling)
		if k.HandlerID != chen.ID || k.AcceptedAt == nil {
			t.Fatalf("accepted: %+v", k)
		}
		refused(t, c, "accepting twice", fault.Conflict, "wrong_status", func() error { return err1(c.Cases.Accept(ctx, chen, n, 0)) })
		refused(t, c, "an empty reply", fault.Invalid, "", func() error { return err1(c.Cases.SubmitReview(ctx, chen, n, cases.ReplyInput{Body: "短"})) })
		refused(t, c, "sending before the review", fault.Conflict, "review_first", func() error {
			return err1(c.Cases.Send(ctx, chen, n, cases.ReplyInput{Body: fixture.Answer}))
		})

		d := c.Draft(n, fixture.Handler)
		if d.Version != 1 || d.AuthorID != chen.ID || c.Case(n).Version != k.Version {
			t.Fatalf("draft %+v; saving one must not make colleagues' pages stale", d)
		}
		lin := c.Actor(fixture.Handler2)
		refused(t, c, "a colleague's draft from an older one", fault.Conflict, "stale_reply", func() error {
			return err1(c.Cases.SaveReply(ctx, lin, n, cases.ReplyInput{Body: "另一份完全不同的答复内容"}))
		})
		wantStatus(t, c.SubmitReview(n, fixture.Handler), models.Reviewing)
		refused(t, c, "the author approves", fault.Forbidden, "not_permitted", func() error { return err1(c.Cases.Approve(ctx, chen, n, cases.ReviewInput{})) })
		refused(t, c, "a return without a word", fault.Invalid, "", func() error { return err1(c.Cases.Return(ctx, zhao, n, cases.ReviewInput{})) })
		back := must[*models.Case](t)(c.Cases.Return(ctx, zhao, n, cases.ReviewInput{Comment: "请写明窗口"}))
		wantStatus(t, back, models.Handling)
		if back.ReturnedAt == nil || c.Open(n).Reply.Comment != "请写明窗口" {
			t.Fatalf("returned: %+v", back)
		}
		if again := c.SubmitReview(n, fixture.Handler); again.ReturnedAt != nil {
			t.Fatal("handed in again and still returned")
		}
		wantStatus(t, must[*models.Case](t)(c.Cases.Recall(ctx, chen, n, 0)), models.Handling)
		c.SubmitReview(n, fixture.Handler)
		refused(t, c, "a colleague recalls", fault.Forbidden, "not_author", func() error { return err1(c.Cases.Recall(ctx, lin, n, 0)) })
		wantStatus(t, c.Approve(n, fixture.Reviewer), models.Approved)
		k = c.Send(n, fixture.Handler)
		wantStatus(t, k, models.Answered)
		if k.AnsweredAt == nil || k.Publication != models.PublicationWanted {
			t.Fatalf("answered: %+v", k)
		}
		th := must[*cases.Thread](t)(c.Cases.Open(ctx, c.Resident(fixture.Phone), n))
		if last := th.Messages[len(th.Messages)-1]; last.Kind != models.ReplySent || last.Body != fixture.Answer || last.StaffID != 0 || last.DepartmentID != k.DepartmentID {
			t.Fatalf("the resident reads %+v", last)
		}
		wantActions(t, c, n, "submit", "accept", "submit_review", "return", "submit_review", "recall", "submit_review", "approve", "send")
		for _, e := range th.Events {
			switch e.Action {
			case "submit", "accept", "send":
			default:
				t.Errorf("the resident sees %q", e.Action)
			}
		}
		c.RunJobs()
		if got := countAbout(c.Mail.To(fixture.Reviewer+"@qingxi.example.cn"), n); got != 3 {
			t.Errorf("the reviewer was told %d times", got)
		}
	})
}

func TestDesksThatNeedNoReviewOrSendAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		n := c.Submit(fixture.Phone, c.About(fixture.Water)).Case.Number
		c.Accept(n, fixture.TownHandler)
		li := c.Actor(fixture.TownHandler)
		refused(t, c, "a review where nobody reviews", fault.Conflict, "no_review", func() error {
			return err1(c.Cases.SubmitReview(ctx, li, n, cases.ReplyInput{Body: fixture.Answer}))
		})
		wantStatus(t, c.Send(n, fixture.TownHandler), models.Answered)
		wantActions(t, c, n, "submit", "accept", "send")

		admin := c.Actor(fixture.SystemAdmin)
		in := cases.DeskInput{
			DepartmentID: c.Transport.ID, Name: "交通咨询窗口", SimpleDays: 2, OrdinaryDays: 7, Unit: "natural", Review: models.ReviewByOverseer, SendOnApproval: true, Active: true,
		}
		desk := must[models.Desk](t)(c.Cases.SaveDesk(ctx, admin, 0, in))
		r := c.Submit(fixture.Phone, c.About(fixture.Bus))
		if want := time.Date(2026, 11, 23, 15, 59, 59, int(999*time.Millisecond), time.UTC); !r.Case.DueAt.Equal(want) || r.Case.DeskID != desk.ID {
			t.Fatalf("due %v at desk %d", r.Case.DueAt, r.Case.DeskID)
		}
		c.Accept(r.Case.Number, fixture.OtherHandler)
		c.SubmitReview(r.Case.Number, fixture.OtherHandler)
		qian := c.Actor(fixture.OtherReviewer)
		refused(t, c, "the department where the overseer reviews", fault.Forbidden, "overseer_reviews", func() error {
			return err1(c.Cases.Approve(ctx, qian, r.Case.Number, cases.ReviewInput{}))
		})
		for who, want := range map[string]int{fixture.OtherReviewer: 0, fixture.Overseer: 1} {
			if got := must[cases.InboxPage](t)(c.Cases.Inbox(ctx, c.Actor(who), cases.InboxQuery{View: cases.ViewReview})).Rows; len(got) != want {
				t.Errorf("%s is asked to review %d", who, len(got))
			}
		}
		wantStatus(t, c.Approve(r.Case.Number, fixture.Overseer), models.Answered)
		wantActions(t, c, r.Case.Number, "submit", "accept", "submit_review", "approve", "send")

		in.DepartmentID, in.Version = c.Housing.ID, desk.Version
		refused(t, c, "moving a desk", fault.Invalid, "", func() error { return err1(c.Cases.SaveDesk(ctx, admin, desk.ID, in)) })
		in.DepartmentID = c.Transport.ID
		refused(t, c, "a second desk", fault.Conflict, "", func() error { return err1(c.Cases.SaveDesk(ctx, admin, 0, in)) })
		in.Version = 0
		refused(t, c, "a stale desk", fault.Conflict, "stale", func() error { return err1(c.Cases.SaveDesk(ctx, admin, desk.ID, in)) })
		refused(t, c, "a handler's desk", fault.Forbidden, "", func() error { return err1(c.Cases.SaveDesk(ctx, li, 0, in)) })
	})
}

// What a page no longer offers is not taken either: whoever still has the old page is told.
func TestATopicOfAGroupSwitchedOffCannotBeAskedAbout(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner, leaf := t.Context(), c.Resident(fixture.Phone), c.Topics[fixture.Rent]
		n := c.Submit(fixture.Phone, c.About(fixture.Bus)).Case.Number
		tree := must[*cases.TopicTree](t)(c.Cases.Topics(ctx))
		g := tree.ByID(leaf.ParentID)
		must[models.Topic](t)(c.Cases.SaveTopic(ctx, c.Actor(fixture.SystemAdmin), g.ID, cases.TopicInput{
			Name: g.Name, NameEn: g.NameEn, Hint: g.Hint, HintEn: g.HintEn, Kind: g.Kind, Version: g.Version,
		}))
		routes := must[map[int64]cases.Routing](t)(c.Cases.Routings(ctx))
		if _, offered := routes[leaf.ID]; offered {
			t.Error("it is still offered")
		}
		refused(t, c, "a route", fault.NotFound, "", func() error { _, err := c.Cases.Route(ctx, leaf.ID); return err })
		refused(t, c, "a question", fault.Invalid, "", func() error {
			_, err := c.Cases.Submit(ctx, owner, c.Ask(c.About(fixture.Rent)), cases.Submission{Key: "k", Channel: "web"})
			return err
		})
		overseer := c.Actor(fixture.Overseer)
		refused(t, c, "a transfer", fault.Invalid, "", func() error {
			return err1(c.Cases.Transfer(ctx, overseer, n, cases.TransferInput{TopicID: leaf.ID, Reason: "属于住房事项"}))
		})
	})
}

func TestAssignAndTransfer(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		r := c.Submit(fixture.Phone)
		n, zhao := r.Case.Number, c.Actor(fixture.Reviewer)
		lin, sun := c.Actor(fixture.Handler2), c.Actor(fixture.OtherHandler)
		refused(t, c, "a handler of another department", fault.Invalid, "", func() error {
			return err1(c.Cases.Assign(ctx, zhao, n, cases.AssignInput{HandlerID: sun.ID}))
		})
		k := must[*models.Case](t)(c.Cases.Assign(ctx, zhao, n, cases.AssignInput{HandlerID: lin.ID, Note: "请尽快"}))
		wantStatus(t, k, models.Submitted)
		c.RunJobs()
		if countAbout(c.Mail.To(fixture.Handler2+"@qingxi.example.cn"), n) != 1 {
			t.Error("the handler was not told")
		}
		if c.Accept(n, fixture.Handler).HandlerID != lin.ID {
			t.Error("accepting took the case from whom it was assigned to")
		}
		for what, in := range map[string]cases.TransferInput{
			"without a reason":       {TopicID: c.Topics[fixture.Bus].ID},
			"to the same department": {TopicID: c.Topics[fixture.Repair].ID, Reason: "应由本部门另一科室办理"},
			"to a group":             {TopicID: c.Topics[fixture.Rent].ParentID, Reason: "应由别的部门办理"},
			"to nowhere":             {TopicID: 9999, Reason: "应由别的部门办理"},
		} {
			refused(t, c, "a transfer "+what, fault.Invalid, "", func() error { return err1(c.Cases.Transfer(ctx, zhao, n, in)) })
		}
		due := c.Case(n).DueAt
		k = must[*models.Case](t)(c.Cases.Transfer(ctx, zhao, n, cases.TransferInput{TopicID: c.Topics[fixture.Water].ID, Reason: "属于乡镇水利事项"}))
		wantStatus(t, k, models.Submitted)
		if k.DepartmentID != c.Town.ID || k.HandlerID != 0 || !k.DueAt.Equal(due) || k.TopicID != c.Topics[fixture.Water].ID {
			t.Fatalf("transferred: %+v", k)
		}
		if c.Accept(n, fixture.TownHandler).DeskID == r.Case.DeskID {
			t.Error("the case did not move to the town's own desk")
		}
		refused(t, c, "the department that gave it away", fault.NotFound, "", func() error { return err1(c.Cases.Open(ctx, zhao, n)) })
	})
}

func TestAssignMany(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, zhao, lin := t.Context(), c.Actor(fixture.Reviewer), c.Actor(fixture.Handler2)
		a, b := c.Submit(fixture.Phone).Case.Number, c.Submit(fixture.Phone).Case.Number
		foreign, done := c.Submit(fixture.Phone, c.About(fixture.Bus)).Case.Number, c.Submit(fixture.Phone).Case.Number
		c.Answer(done)
		list := must[[]cases.BulkOutcome](t)(c.Cases.AssignMany(ctx, zhao, []string{a, foreign, b, done}, cases.AssignInput{HandlerID: lin.ID}))
		for i, want := range []fault.Kind{fault.Internal, fault.NotFound, fault.Internal, fault.Conflict} {
			if fault.KindOf(list[i].Err) != want || (want == fault.Internal) != (list[i].Err == nil) {
				t.Errorf("%s: %v", list[i].Number, list[i].Err)
			}
		}
		if c.Case(a).HandlerID != lin.ID || c.Case(b).HandlerID != lin.ID {
			t.Error("not assigned")
		}
		refused(t, c, "nothing ticked", fault.Invalid, "", func() error { return err1(c.Cases.AssignMany(ctx, zhao, nil, cases.AssignInput{})) })
		refused(t, c, "too many", fault.Invalid, "", func() error {
			return err1(c.Cases.AssignMany(ctx, zhao, make([]string, cases.MaxBulk+1), cases.AssignInput{}))
		})
	})
}

func TestAStalePageIsToldWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone).Case.Number
		seen := c.Case(n).Version
		c.Accept(n, fixture.Handler)
		lin := c.Actor(fixture.Handler2)
		var err error
		refused(t, c, "an old page", fault.Conflict, "stale", func() error {
			err = err1(c.Cases.Assign(t.Context(), lin, n, cases.AssignInput{HandlerID: lin.ID, Version: seen}))
			return err
		})
		e := err.(*fault.Error) //nolint:errorlint // refused has looked
		if list, ok := e.Detail.([]models.CaseEvent); !ok || len(list) != 1 || list[0].Action != "accept" {
			t.Fatalf("what changed: %+v", e.Detail)
		}
	})
}

func TestRoundsAfterTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner := t.Context(), c.Resident(fixture.Phone)
		n := c.Submit(fixture.Phone).Case.Number
		c.Answer(n)
		refused(t, c, "an empty follow-up", fault.Invalid, "", func() error { return err1(c.Cases.FollowUp(ctx, owner, n, cases.MessageInput{})) })
		c.Clock.Advance(48 * time.Hour)
		k := must[*models.Case](t)(c.Cases.FollowUp(ctx, owner, n, cases.MessageInput{Text: "租户也可以申请吗"}))
		wantStatus(t, k, models.Handling)
		if want := time.Date(2026, 11, 25, 15, 59, 59, int(999*time.Millisecond), time.UTC); k.Round != 2 || !k.DueAt.Equal(want) || k.AnsweredAt != nil || !k.AskedAt.Equal(c.Clock.Now()) {
			t.Fatalf("second round: %+v", k)
		}
		c.RunJobs()
		mails := c.Mail.To(fixture.Handler + "@qingxi.example.cn")
		if told := mails[len(mails)-1]; !strings.Contains(told.Subject, "追问") || !strings.Contains(told.Text, "期限 11月25日") {
			t.Errorf("the handler is told of another deadline: %+v", told)
		}
		must[*models.Case](t)(c.Cases.Supplement(ctx, owner, n, cases.MessageInput{Text: "我是外地户口"}))
		c.SubmitReview(n, fixture.Handler)
		c.Approve(n, fixture.Reviewer) // an ordinary round: the same reviewer may
		c.Send(n, fixture.Handler)
		refused(t, c, "a rating that is none", fault.Invalid, "", func() error { return err1(c.Cases.Rate(ctx, owner, n, cases.RateInput{Rating: 6})) })
		wantStatus(t, c.Rate(n, fixture.Phone, 1), models.Answered)
		refused(t, c, "rating twice", fault.Conflict, "already_rated", func() error { return err1(c.Cases.Rate(ctx, owner, n, cases.RateInput{Rating: 5})) })
		k = must[*models.Case](t)(c.Cases.Reopen(ctx, owner, n, cases.MessageInput{Text: "没有回答我的问题"}))
		wantStatus(t, k, models.Handling)
		if k.Round != 3 || k.ReopenedAt == nil {
			t.Fatalf("reopened: %+v", k)
		}
		c.SubmitReview(n, fixture.Handler)
		zhao := c.Actor(fixture.Reviewer)
		refused(t, c, "the reviewer of the first answer", fault.Forbidden, "same_reviewer", func() error { return err1(c.Cases.Approve(ctx, zhao, n, cases.ReviewInput{})) })
		if th := c.Open(n); len(th.Reviewers) != 1 || th.Reviewers[0].ID != c.Actor(fixture.Reviewer2).ID {
			t.Fatalf("who may review: %+v", th.Reviewers)
		}
		c.Approve(n, fixture.Reviewer2)
		c.Send(n, fixture.Handler)
		refused(t, c, "reopening twice", fault.Conflict, "already_reopened", func() error { return err1(c.Cases.Reopen(ctx, owner, n, cases.MessageInput{Text: "还是不满意"})) })
		c.RunJobs()
		if countAbout(c.Mail.To(fixture.Reviewer+"@qingxi.example.cn"), n) != 2 {
			t.Error("who may not review the reopened case was asked to")
		}
		wantActions(t, c, n, "submit", "accept", "submit_review", "approve", "send", "follow_up", "supplement", "submit_review", "approve", "send",
			"rate", "reopen", "submit_review", "approve", "send")
	})
}

func TestWithdrawAndClose(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner := t.Context(), c.Resident(fixture.Phone)
		a, b := c.Submit(fixture.Phone).Case.Number, c.Submit(fixture.Phone).Case.Number
		wantStatus(t, must[*models.Case](t)(c.Cases.Withdraw(ctx, owner, a, "已经解决")), models.Withdrawn)
		refused(t, c, "withdrawing twice", fault.Conflict, "wrong_status", func() error { return err1(c.Cases.Withdraw(ctx, owner, a, "")) })
		c.Answer(b)
		refused(t, c, "withdrawing what is answered", fault.Conflict, "wrong_status", func() error { return err1(c.Cases.Withdraw(ctx, owner, b, "")) })
		lastMoment := time.Date(2026, 12, 1, 15, 59, 59, 999e6, time.UTC) // of the fifteenth day in the city
		c.Clock.Set(lastMoment)
		if n := must[int](t)(c.Cases.CloseAnswered(ctx, 10)); n != 0 {
			t.Fatalf("%d closed too early", n)
		}
		if until := c.Open(b).ReopenUntil; !until.Equal(lastMoment) {
			t.Errorf("may be reopened until %v", until)
		}
		c.Clock.Advance(time.Millisecond)
		if n := must[int](t)(c.Cases.CloseAnswered(ctx, 10)); n != 1 {
			t.Fatalf("%d closed", n)
		}
		k := c.Case(b)
		wantStatus(t, k, models.Closed)
		if k.ClosedAt == nil {
			t.Error("no time of closing")
		}
		refused(t, c, "asking on in a closed case", fault.Conflict, "wrong_status", func() error { return err1(c.Cases.FollowUp(ctx, owner, b, cases.MessageInput{Text: "还有问题"})) })
	})
}

func TestDeadlinesAreWarnedOfOnce(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		warn := func(want int) {
			t.Helper()
			if n := must[int](t)(c.Cases.WarnDeadlines(ctx, 10)); n != want {
				t.Fatalf("%d warnings, want %d", n, want)
			}
		}
		n := c.Submit(fixture.Phone).Case.Number
		c.Accept(n, fixture.Handler)
		warn(0)
		c.Clock.Set(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)) // Friday; due on Monday
		warn(1)
		warn(0)
		must[*models.Case](t)(c.Cases.Transfer(ctx, c.Actor(fixture.Overseer), n, cases.TransferInput{TopicID: c.Topics[fixture.Water].ID, Reason: "属于乡镇水利事项"}))
		warn(1) // its new people
		c.Accept(n, fixture.TownHandler)
		row := must[accounts.StaffRow](t)(c.Accounts.StaffMember(ctx, models.System(), c.Actor(fixture.TownHandler).ID))
		if err := c.Accounts.Deactivate(ctx, models.System(), row.ID, row.Version); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Accounts.CreateStaff(ctx, models.System(), accounts.StaffInput{
			Account: "new.one", Name: "周新", DepartmentID: c.Town.ID, Email: "new.one@qingxi.example.cn", Roles: []models.Role{models.Handler}, Password: fixture.Password,
		}); err != nil {
			t.Fatal(err)
		}
		c.Clock.Set(time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC))
		warn(1)
		warn(0)
		c.RunJobs()
		if countAbout(c.Mail.To(fixture.Handler+"@qingxi.example.cn"), n) != 1 || countAbout(c.Mail.To("new.one@qingxi.example.cn"), n) != 1 {
			t.Errorf("mails: %+v", c.Mail.Sent())
		}
	})
}

func TestDeadlinesFollowTheCalendar(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, admin := t.Context(), c.Actor(fixture.SystemAdmin)
		known, done := c.Submit(fixture.Phone).Case, c.Submit(fixture.Phone).Case.Number
		c.Answer(done)
		must[int](t)(c.Cases.WarnDeadlines(ctx, 10))
		setDay := func(day string, kind string) {
			t.Helper()
			if err := c.Calendar.SetDay(ctx, admin, date(t, day), kind); err != nil {
				t.Fatal(err)
			}
			c.Clock.Advance(calendar.Settled)
			c.RunJobs()
		}
		setDay("2026-11-18", "off") // a year that was known all along
		k := c.Case(known.Number)
		if want := known.DueAt.AddDate(0, 0, 1); !k.DueAt.Equal(want) {
			t.Fatalf("due %v, want %v", k.DueAt, want)
		}
		wantActions(t, c, known.Number, "submit", "recompute_deadline")
		if !c.Open(known.Number).Events[1].Shown {
			t.Error("the resident is not told")
		}
		wantActions(t, c, done, "submit", "accept", "submit_review", "approve", "send")
		setDay("2026-12-25", "off") // outside of its days
		wantActions(t, c, known.Number, "submit", "recompute_deadline")

		c.Clock.Set(time.Date(2026, 12, 30, 2, 0, 0, 0, time.UTC))
		late := c.Submit(fixture.Phone).Case
		if !late.DueProvisional {
			t.Fatalf("due %v and not provisional", late.DueAt)
		}
		must[workdays.Reading](t)(c.Calendar.ImportYear(ctx, admin, []byte(`{"year":2027,"off":["2027-01-01..2027-01-03"],"work":[],"source":"国办通知"}`), "", ""))
		c.Clock.Advance(calendar.Settled)
		c.RunJobs()
		k = c.Case(late.Number)
		if want := late.DueAt.AddDate(0, 0, 1); k.DueProvisional || !k.DueAt.Equal(want) {
			t.Fatalf("due %v (provisional %v), was %v", k.DueAt, k.DueProvisional, late.DueAt)
		}
	})
}
