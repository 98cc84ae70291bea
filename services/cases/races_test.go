package cases_test

import (
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/library"
	"huiyin/test/fixture"
)

// raced is one action that two people take at once; the second is a colleague, or the same person twice.
type raced struct {
	action  cases.Action
	prepare func(c *fixture.City, number string)
	take    func(s *cases.Service, c *fixture.City, actor models.Actor, number string) error
	actors  [2]string // accounts; "owner" and "receipt" hold the case
	also    string    // what keeps the two apart besides the version
}

func err1[T any](_ T, err error) error { return err }

func races() []raced {
	answered := func(c *fixture.City, n string) { c.Answer(n) }
	accepted := func(c *fixture.City, n string) { c.Accept(n, fixture.Handler) }
	reviewing := func(c *fixture.City, n string) { accepted(c, n); c.SubmitReview(n, fixture.Handler) }
	unhappy := func(c *fixture.City, n string) { c.Answer(n); c.Rate(n, fixture.Phone, 1) }
	ready := func(c *fixture.City, n string) { c.Answer(n); c.Confirm(n) }
	nothing := func(*fixture.City, string) {}
	text := cases.MessageInput{Text: "请问还要多久才能有结果呢"}
	draft := func(version int64) library.PrepareInput {
		return library.PrepareInput{Title: "公租房申请材料", Question: "申请公租房需要哪些材料呢", Answer: fixture.Answer, Version: version}
	}
	drafted := func(c *fixture.City, n string) {
		c.Answer(n)
		if _, err := c.Cases.Prepare(c.Context(), c.Actor(fixture.Handler), n, draft(0)); err != nil {
			panic(err)
		}
	}
	const notices = "whoever is second waits for the notices that the first has settled, and reads what the first wrote"
	two := func(a, b string) [2]string { return [2]string{a, b} }
	owners := two("owner", "receipt")
	return []raced{
		{cases.ActAccept, nothing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Accept(c.Context(), a, n, 0))
		}, two(fixture.Handler, fixture.Handler2), ""},
		{cases.ActAssign, nothing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Assign(c.Context(), a, n, cases.AssignInput{HandlerID: c.Actor(fixture.Handler2).ID}))
		}, two(fixture.Reviewer, fixture.Overseer), ""},
		{cases.ActTransfer, accepted, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Transfer(c.Context(), a, n, cases.TransferInput{TopicID: c.Topics[fixture.Bus].ID, Reason: "属于公交线路问题"}))
		}, two(fixture.Reviewer, fixture.Overseer), ""},
		{cases.ActDraft, func(c *fixture.City, n string) { accepted(c, n); c.Draft(n, fixture.Handler) },
			func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
				return err1(s.SaveReply(c.Context(), a, n, cases.ReplyInput{Body: fixture.Answer + a.Name, ReplyVersion: 1}))
			}, two(fixture.Handler, fixture.Handler2), ""},
		{cases.ActSubmitReview, accepted, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.SubmitReview(c.Context(), a, n, cases.ReplyInput{Body: fixture.Answer}))
		}, two(fixture.Handler, fixture.Handler2), "one reply a round"},
		{cases.ActSubmitReview, func(c *fixture.City, n string) { accepted(c, n); c.Draft(n, fixture.Handler) },
			func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
				return err1(s.SubmitReview(c.Context(), a, n, cases.ReplyInput{Body: fixture.Answer, ReplyVersion: 1}))
			}, two(fixture.Handler, fixture.Handler2), ""},
		{cases.ActRecall, reviewing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Recall(c.Context(), a, n, 0))
		}, two(fixture.Handler, fixture.Handler), ""},
		{cases.ActApprove, reviewing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Approve(c.Context(), a, n, cases.ReviewInput{}))
		}, two(fixture.Reviewer, fixture.Reviewer2), ""},
		{cases.ActReturn, reviewing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Return(c.Context(), a, n, cases.ReviewInput{Comment: "请补充依据"}))
		}, two(fixture.Reviewer, fixture.Overseer), ""},
		{cases.ActSend, func(c *fixture.City, n string) { reviewing(c, n); c.Approve(n, fixture.Reviewer) },
			func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
				return err1(s.Send(c.Context(), a, n, cases.ReplyInput{}))
			}, two(fixture.Handler, fixture.Reviewer), ""},
		{cases.ActFollowUp, answered, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.FollowUp(c.Context(), a, n, text))
		}, owners, ""},
		{cases.ActSupplement, nothing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Supplement(c.Context(), a, n, text))
		}, owners, ""},
		{cases.ActWithdraw, nothing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Withdraw(c.Context(), a, n, ""))
		}, owners, ""},
		{cases.ActRate, answered, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Rate(c.Context(), a, n, cases.RateInput{Rating: 2}))
		}, owners, ""},
		{cases.ActReopen, unhappy, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Reopen(c.Context(), a, n, text))
		}, owners, ""},
		{cases.ActNote, nothing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.AddNote(c.Context(), a, n, cases.NoteInput{Text: "已电话联系"}))
		}, two(fixture.Handler, fixture.Overseer), ""},
		{cases.ActReveal, nothing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Reveal(c.Context(), a, n))
		}, two(fixture.Handler, fixture.Overseer), ""},
		{cases.ActWithdrawConsent, nothing, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.WithdrawConsent(c.Context(), a, n))
		}, owners, ""},
		{cases.ActConsent, func(c *fixture.City, n string) {
			if _, err := c.Cases.WithdrawConsent(c.Context(), c.Resident(fixture.Phone), n); err != nil {
				panic(err)
			}
		}, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Consent(c.Context(), a, n))
		}, owners, ""},
		{cases.ActPrepare, answered, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Prepare(c.Context(), a, n, draft(0)))
		}, two(fixture.Handler, fixture.Handler2), "one public version a case"},
		{cases.ActPrepare, drafted, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Prepare(c.Context(), a, n, draft(1)))
		}, two(fixture.Handler2, fixture.Handler2), ""},
		{cases.ActConfirm, drafted, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Confirm(c.Context(), a, n, 1))
		}, two(fixture.Handler, fixture.Handler2), ""},
		{cases.ActPublish, ready, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.Publish(c.Context(), a, n, 2))
		}, two(fixture.Reviewer, fixture.Overseer), notices},
		{cases.ActReturnPublish, ready, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.ReturnPublication(c.Context(), a, n, 2, "请隐去地址"))
		}, two(fixture.Reviewer, fixture.Overseer), notices},
		{cases.ActRecallPublish, ready, func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
			return err1(s.RecallPublication(c.Context(), a, n, 2))
		}, two(fixture.Handler, fixture.Handler), notices},
		{cases.ActUnpublish, func(c *fixture.City, n string) { c.Answer(n); c.Publish(n) },
			func(s *cases.Service, c *fixture.City, a models.Actor, n string) error {
				return err1(s.Unpublish(c.Context(), a, n, "内容已经过期"))
			}, two(fixture.Reviewer, fixture.Overseer), ""},
	}
}
