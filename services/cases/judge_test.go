package cases_test

import (
	"slices"
	"testing"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/library"
	"huiyin/test/fixture"
)

// Who wrote any of a reply does not review it, even when a colleague handed it in (product promise 5).
func TestNobodyReviewsWhatTheyWroteOn(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		both := c.Actor(fixture.Reviewer)
		both.Roles = []models.Role{models.Handler, models.Reviewer}
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		c.Accept(n, fixture.Handler)
		if _, err := c.Cases.SaveReply(c.Context(), both, n, cases.ReplyInput{Body: "先由我写下这份答复的开头几句话。"}); err != nil {
			t.Fatal(err)
		}
		c.SubmitReview(n, fixture.Handler) // with other words, handed in by somebody else
		if _, err := c.Cases.Approve(c.Context(), both, n, cases.ReviewInput{}); !fault.Is(err, fault.Forbidden) {
			t.Fatalf("a co-author approved: %v", err)
		}
		c.Approve(n, fixture.Reviewer2)
	})
}

// An approved reply that turns out to be wrong goes back before it is sent.
func TestAnApprovedReplyCanBeReturned(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		c.Accept(n, fixture.Handler)
		c.SubmitReview(n, fixture.Handler)
		c.Approve(n, fixture.Reviewer)
		k, err := c.Cases.Return(c.Context(), c.Actor(fixture.Reviewer2), n, cases.ReviewInput{Comment: "电话写错了"})
		if err != nil || k.Status != models.Handling || k.ReturnedAt == nil {
			t.Fatalf("%+v, %v", k, err)
		}
	})
}

// A follow-up that is taken back closes a case that was answered; it does not make the whole matter withdrawn.
func TestAWithdrawnFollowUpClosesTheCase(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		c.Answer(n)
		if _, err := c.Cases.FollowUp(c.Context(), c.Resident(fixture.Phone), n, cases.MessageInput{Text: "还有一个问题想问"}); err != nil {
			t.Fatal(err)
		}
		k, err := c.Cases.Withdraw(c.Context(), c.Resident(fixture.Phone), n, "已经明白了")
		if err != nil || k.Status != models.Closed || k.ClosedAt == nil || k.WithdrawnAt != nil {
			t.Fatalf("%+v, %v", k, err)
		}
	})
}

// A note does not put a colleague's open form out of date.
func TestANoteLeavesOpenFormsValid(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		seen := c.Case(n).Version
		if _, err := c.Cases.AddNote(c.Context(), c.Actor(fixture.Handler2), n, cases.NoteInput{Text: "来电核实过情况"}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Cases.Accept(c.Context(), c.Actor(fixture.Handler), n, seen); err != nil {
			t.Fatal(err)
		}
	})
}

// The same holds for the public version: who wrote on it does not publish it, even when a colleague saved it last.
func TestNobodyPublishesWhatTheyWroteOn(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		both := c.Actor(fixture.Reviewer)
		both.Roles = []models.Role{models.Handler, models.Reviewer}
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		c.Answer(n)
		in := library.PrepareInput{Title: "公租房怎样申请", Question: "公租房怎样申请，要带哪些材料？", Answer: "请带身份证到窗口办理，当场受理。"}
		p, err := c.Cases.Prepare(c.Context(), both, n, in)
		if err != nil {
			t.Fatal(err)
		}
		in.Version, in.Answer = p.Version, in.Answer+"谢谢。"
		if p, err = c.Cases.Prepare(c.Context(), c.Actor(fixture.Handler), n, in); err != nil {
			t.Fatal(err)
		}
		if _, err = c.Cases.Confirm(c.Context(), c.Actor(fixture.Handler), n, p.Version); err != nil {
			t.Fatal(err)
		}
		version := c.Publication(n).Version
		if _, err := c.Cases.Publish(c.Context(), both, n, version); !fault.Is(err, fault.Forbidden) {
			t.Fatalf("a co-author published: %v", err)
		}
		if _, err := c.Cases.Publish(c.Context(), c.Actor(fixture.Reviewer2), n, version); err != nil {
			t.Fatal(err)
		}
	})
}

// "Waiting for my review" holds what one may judge: not the next round of what one approved, and for the overseer what nobody of the
// department may.
func TestWhatWaitsForMyReviewIsMine(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner := t.Context(), c.Resident(fixture.Phone)
		waiting := func(who string, number string) bool {
			t.Helper()
			p := must[cases.InboxPage](t)(c.Cases.Inbox(ctx, c.Actor(who), cases.InboxQuery{View: cases.ViewReview}))
			counts := must[map[cases.View]int](t)(c.Cases.Counts(ctx, c.Actor(who), 99))
			if counts[cases.ViewReview] != len(p.Rows) {
				t.Errorf("%s: %d counted, %d listed", who, counts[cases.ViewReview], len(p.Rows))
			}
			return slices.Contains(numbers(p), number)
		}
		want := func(number string, who map[string]bool) {
			t.Helper()
			for account, is := range who {
				if waiting(account, number) != is {
					t.Errorf("%s: it waits for %s is %v", number, account, !is)
				}
			}
		}
		reopened := func() string {
			t.Helper()
			n := c.Submit(fixture.Phone).Case.Number
			c.Answer(n)
			c.Rate(n, fixture.Phone, 1)
			must[*models.Case](t)(c.Cases.Reopen(ctx, owner, n, cases.MessageInput{Text: "没有回答我的问题"}))
			c.SubmitReview(n, fixture.Handler)
			return n
		}
		n := reopened()
		want(n, map[string]bool{fixture.Reviewer: false, fixture.Reviewer2: true, fixture.Overseer: false})
		if err := c.DB.Conn(ctx).Model(&models.Staff{}).Where("account = ?", fixture.Reviewer2).Update("active", false).Error; err != nil {
			t.Fatal(err)
		}
		n = reopened()
		want(n, map[string]bool{fixture.Reviewer: false, fixture.Overseer: true})
		c.Approve(n, fixture.Overseer)
		want(n, map[string]bool{fixture.Overseer: false})
	})
}
