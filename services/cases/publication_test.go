package cases_test

import (
	"strings"
	"testing"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/library"
	"huiyin/test/fixture"
)

func inLibrary(t *testing.T, c *fixture.City) int {
	t.Helper()
	if err := c.Library.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return len(must[library.Page](t)(c.Library.List(t.Context(), library.Filter{})).Entries)
}

func TestPublicationNeedsConsentAndASecondPerson(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, chen, zhao, owner := t.Context(), c.Actor(fixture.Handler), c.Actor(fixture.Reviewer), c.Resident(fixture.Phone)
		lin := c.Actor(fixture.Handler2)
		n := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Consent = false }).Case.Number
		c.Answer(n)
		text := library.PrepareInput{Title: "公租房申请材料", Question: "申请公租房需要哪些材料呢", Answer: "请致电 13912345678 咨询住建窗口。"}
		refused(t, c, "preparing without consent", fault.Conflict, "no_consent", func() error { return err1(c.Cases.Prepare(ctx, chen, n, text)) })
		if k := must[*models.Case](t)(c.Cases.Consent(ctx, owner, n)); k.Publication != models.PublicationWanted {
			t.Fatalf("publication %q", k.Publication)
		}
		refused(t, c, "consenting twice", fault.Conflict, "already_consented", func() error { return err1(c.Cases.Consent(ctx, owner, n)) })
		p := must[*models.Publication](t)(c.Cases.Prepare(ctx, chen, n, text))
		refused(t, c, "confirming with an undecided phone number", fault.Conflict, "undecided", func() error { return err1(c.Cases.Confirm(ctx, chen, n, p.Version)) })
		text.Answer, text.Version = fixture.Answer, p.Version
		p = must[*models.Publication](t)(c.Cases.Prepare(ctx, chen, n, text))
		refused(t, c, "publishing a draft", fault.Conflict, "publication_moved", func() error { return err1(c.Cases.Publish(ctx, zhao, n, p.Version)) })
		must[*models.Case](t)(c.Cases.Confirm(ctx, chen, n, p.Version))
		refused(t, c, "changing what was handed over", fault.Conflict, "publication_moved", func() error { return err1(c.Cases.Prepare(ctx, chen, n, text)) })
		refused(t, c, "a handler publishes", fault.Forbidden, "not_permitted", func() error { return err1(c.Cases.Publish(ctx, chen, n, p.Version+1)) })
		refused(t, c, "taking back what others prepared", fault.Forbidden, "not_own", func() error {
			return err1(c.Cases.RecallPublication(ctx, lin, n, p.Version+1))
		})
		if k := must[*models.Case](t)(c.Cases.RecallPublication(ctx, chen, n, p.Version+1)); k.Publication != models.PublicationDraft {
			t.Fatalf("taken back: %+v", k)
		}
		must[*models.Case](t)(c.Cases.Confirm(ctx, chen, n, p.Version+2))
		must[*models.Case](t)(c.Cases.ReturnPublication(ctx, zhao, n, p.Version+3, "标题再具体些"))
		must[*models.Case](t)(c.Cases.Confirm(ctx, chen, n, c.Publication(n).Version))
		k := must[*models.Case](t)(c.Cases.Publish(ctx, zhao, n, c.Publication(n).Version))
		if k.Publication != models.Published || k.PublishedAt == nil || inLibrary(t, c) != 1 {
			t.Fatalf("published: %+v", k)
		}
		c.RunJobs()
		must[*models.Case](t)(c.Cases.FollowUp(ctx, owner, n, cases.MessageInput{Text: "还想再问一句"}))
		refused(t, c, "taking out without a reason", fault.Invalid, "", func() error { return err1(c.Cases.Unpublish(ctx, zhao, n, "")) })
		k = must[*models.Case](t)(c.Cases.Unpublish(ctx, zhao, n, "含有不宜公开的内容")) // also while the follow-up is handled
		if k.Publication != models.Unpublished || k.PublishedAt != nil || inLibrary(t, c) != 0 {
			t.Fatalf("taken out: %+v", k)
		}
	})
}

func TestTheProposalKeepsTheOrderOfTheThread(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, chen := t.Context(), c.Actor(fixture.Handler)
		n := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Consent = true }).Case.Number
		c.Answer(n)
		must[*models.Case](t)(c.Cases.FollowUp(ctx, c.Resident(fixture.Phone), n, cases.MessageInput{Text: "还想再问一句"}))
		c.SubmitReview(n, fixture.Handler)
		c.Approve(n, fixture.Reviewer)
		c.Send(n, fixture.Handler)
		p := must[cases.PublicVersion](t)(c.Cases.PublicVersion(ctx, chen, n)).Publication
		if want := fixture.Answer + "\n\n追问：还想再问一句\n\n再次答复：" + fixture.Answer; p.Answer != want {
			t.Errorf("the answer is %q", p.Answer)
		}
		if strings.Contains(p.Question, "还想再问") {
			t.Errorf("the question is %q", p.Question)
		}
	})
}

func TestThePreparerDoesNotPublish(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		n := c.Submit(fixture.Phone).Case.Number
		c.Answer(n)
		c.Confirm(n)
		both := c.Actor(fixture.Handler)
		both.Roles = []models.Role{models.Handler, models.Reviewer}
		refused(t, c, "the preparer publishes", fault.Forbidden, "own_work", func() error { return err1(c.Cases.Publish(ctx, both, n, c.Publication(n).Version)) })
	})
}

// Consent can be withdrawn wherever the public version stands, and is then respected at once.
func TestWithdrawingConsent(t *testing.T) {
	stages := []struct {
		name        string
		bring       func(c *fixture.City, n string)
		then, again models.PublicationStatus
	}{
		{"before the answer", func(c *fixture.City, n string) {}, models.PublicationNone, models.PublicationNone},
		{"wanted", func(c *fixture.City, n string) { c.Answer(n) }, models.PublicationNone, models.PublicationWanted},
		{"ready", func(c *fixture.City, n string) { c.Answer(n); c.Confirm(n) }, models.PublicationNone, models.PublicationReady},
		{"published", func(c *fixture.City, n string) { c.Answer(n); c.Publish(n) }, models.Unpublished, models.PublicationWanted},
		{"taken out", func(c *fixture.City, n string) {
			c.Answer(n)
			c.Publish(n)
			if _, err := c.Cases.Unpublish(c.Context(), c.Actor(fixture.Reviewer), n, "内容已经过期"); err != nil {
				panic(err)
			}
		}, models.Unpublished, models.PublicationWanted},
	}
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner, zhao, chen := t.Context(), c.Resident(fixture.Phone), c.Actor(fixture.Reviewer), c.Actor(fixture.Handler)
		for _, s := range stages {
			n := c.Submit(fixture.Phone).Case.Number
			s.bring(c, n)
			k := must[*models.Case](t)(c.Cases.WithdrawConsent(ctx, owner, n))
			if k.Publication != s.then || k.Consented() || inLibrary(t, c) != 0 {
				t.Fatalf("%s: publication %q", s.name, k.Publication)
			}
			if k.Status == models.Answered {
				refused(t, c, s.name+": preparing afterwards", fault.Conflict, "no_consent", func() error { return err1(c.Cases.Prepare(ctx, chen, n, library.PrepareInput{})) })
				refused(t, c, s.name+": publishing afterwards", fault.Conflict, "no_consent", func() error { return err1(c.Cases.Publish(ctx, zhao, n, 2)) })
			}
			refused(t, c, s.name+": withdrawing twice", fault.Conflict, "not_consented", func() error { return err1(c.Cases.WithdrawConsent(ctx, owner, n)) })
			if k = must[*models.Case](t)(c.Cases.Consent(ctx, owner, n)); k.Publication != s.again || !k.Consented() {
				t.Fatalf("%s, consent given again: publication %q, want %q", s.name, k.Publication, s.again)
			}
			if s.again == models.PublicationWanted {
				c.Publish(n)
				must[*models.Case](t)(c.Cases.WithdrawConsent(ctx, owner, n))
			}
		}
	})
}

func TestEveryLookAtContactDetailsIsRecorded(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, chen := t.Context(), c.Actor(fixture.Handler)
		r := c.Submit(fixture.Phone)
		n := r.Case.Number
		th := must[*cases.Thread](t)(c.Cases.Open(ctx, chen, n))
		if th.Phone != "138****8001" || th.DisplayName == "王女士" || th.Place != "" {
			t.Fatalf("before: %q %q %q", th.Phone, th.DisplayName, th.Place)
		}
		got := must[cases.Revealed](t)(c.Cases.Reveal(ctx, chen, n))
		if got.Contact != (cases.Contact{Name: "王女士", Phone: fixture.Phone, Place: "青溪县东门社区"}) {
			t.Fatalf("revealed %+v", got)
		}
		if audited(t, c, "case.reveal", r.Case.ID) != 1 {
			t.Error("not in the audit log")
		}
		wantActions(t, c, n, "submit", "reveal")
		for _, who := range []string{fixture.Leader, fixture.Auditor, fixture.OtherHandler} {
			a := c.Actor(who)
			before := stored(t, c.DB)
			if _, err := c.Cases.Reveal(ctx, a, n); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", who, err)
			}
			if stored(t, c.DB) != before {
				t.Errorf("%s left rows", who)
			}
		}
		must[*models.Case](t)(c.Cases.AddNote(ctx, chen, n, cases.NoteInput{Text: "已电话联系来信人"}))
		own := must[*cases.Thread](t)(c.Cases.Open(ctx, c.Resident(fixture.Phone), n))
		if len(own.Messages) != 1 || len(own.Events) != 1 {
			t.Errorf("the resident sees %d messages, %d events", len(own.Messages), len(own.Events))
		}
	})
}
