package cases_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// A form that is sent twice, one click after the other or both at once, leaves one message; the same form with other words another.
func TestAFormSentTwiceMakesOneMessage(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		policy := &meeting{Service: c.City}
		deps := c.Cases.Deps
		deps.Policy = policy
		s, ctx := cases.New(deps), t.Context()
		n := c.Submit(fixture.Phone).Case.Number
		owner, chen := c.Resident(fixture.Phone), c.Actor(fixture.Handler)
		supplement := func(key, text string) error {
			return err1(s.Supplement(ctx, owner, n, cases.MessageInput{Text: text, Key: key}))
		}
		note := func(key, text string) error {
			return err1(s.AddNote(ctx, chen, n, cases.NoteInput{Text: text, Key: key}))
		}
		for kind, send := range map[models.MessageKind]func(key, text string) error{models.Supplement: supplement, models.Note: note} {
			count := func(what string, want int) {
				t.Helper()
				got := 0
				for _, m := range c.Open(n).Messages {
					if m.Kind == kind {
						got++
					}
				}
				if got != want {
					t.Fatalf("%s, %s: %d messages, want %d", kind, what, got, want)
				}
			}
			for range 2 {
				if err := send("form-1", "还有一张照片"); err != nil {
					t.Fatal(err)
				}
			}
			count("one click after the other", 1)
			var wg sync.WaitGroup
			policy.next()
			for range 2 {
				wg.Go(func() {
					if err := send("form-2", "还有一张照片"); err != nil && !fault.Is(err, fault.Conflict) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			count("both at once", 2)
			if err := send("form-2", "另外还想说一句"); err != nil {
				t.Fatal(err)
			}
			count("other words", 3)
			for range 2 {
				if err := send("", "没有表单的程序"); err != nil {
					t.Fatal(err)
				}
			}
			count("without a key", 5)
		}
	})
}

func TestSupplementsOfARoundAreCounted(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner := t.Context(), c.Resident(fixture.Phone)
		n := c.Submit(fixture.Phone).Case.Number
		add := func(i int) error {
			return err1(c.Cases.Supplement(ctx, owner, n, cases.MessageInput{Text: fmt.Sprintf("补充第 %d 次", i), Key: fmt.Sprint(i)}))
		}
		for i := range cases.MaxSupplements {
			if err := add(i); err != nil {
				t.Fatal(err)
			}
		}
		if err := add(cases.MaxSupplements - 1); err != nil {
			t.Error("the last one, clicked twice:", err)
		}
		refused(t, c, "one more", fault.Conflict, "too_many_supplements", func() error { return add(cases.MaxSupplements) })
		c.Answer(n)
		must[*models.Case](t)(c.Cases.FollowUp(ctx, owner, n, cases.MessageInput{Text: "还有一个问题想问"}))
		if err := add(cases.MaxSupplements); err != nil {
			t.Error("in the next round:", err)
		}
	})
}

// A thread of any length shows the question and what came last; its files stay readable, and its first answer is the first.
func TestALongThreadKeepsItsReply(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner := t.Context(), c.Resident(fixture.Phone)
		k := c.Submit(fixture.Phone).Case
		n := k.Number
		notes := make([]models.CaseMessage, 600)
		steps := make([]models.CaseEvent, 600)
		for i := range notes {
			notes[i] = models.CaseMessage{CaseID: k.ID, Round: 1, Kind: models.Note, Body: "备注", CreatedAt: c.Clock.Now()}
			steps[i] = models.CaseEvent{CaseID: k.ID, Round: 1, Action: "note", ActorKind: "staff", At: c.Clock.Now()}
		}
		if err := c.DB.Conn(ctx).CreateInBatches(notes, 300).Error; err != nil {
			t.Fatal(err)
		}
		if err := c.DB.Conn(ctx).CreateInBatches(steps, 300).Error; err != nil {
			t.Fatal(err)
		}
		c.Clock.Advance(50 * time.Hour)
		c.Accept(n, fixture.Handler)
		c.Draft(n, fixture.Handler)
		a := must[models.Attachment](t)(c.Cases.AddReplyFile(ctx, c.Actor(fixture.Handler), n, "a.pdf", strings.NewReader(smallPDF)))
		c.SubmitReview(n, fixture.Handler)
		c.Approve(n, fixture.Reviewer)
		answered := c.Send(n, fixture.Handler)
		thread := must[*cases.Thread](t)(c.Cases.Open(ctx, owner, n))
		if len(thread.Messages) != 2 || thread.Messages[0].Kind != models.Question || thread.Messages[1].Kind != models.ReplySent || len(thread.Messages[1].Files) != 1 {
			t.Fatalf("the resident sees %+v", thread.Messages)
		}
		if last := thread.Events[len(thread.Events)-1]; last.Action != string(cases.ActSend) {
			t.Errorf("the last step is %q", last.Action)
		}
		if err := c.Cases.MayReadFile(ctx, owner, must[models.Attachment](t)(c.Files.Get(ctx, a.ID))); err != nil {
			t.Error("the reply's file:", err)
		}
		c.Publish(n)
		if p := c.Publication(n); !p.AnsweredAt.Equal(*answered.AnsweredAt) {
			t.Errorf("answered at %v, the library says %v", answered.AnsweredAt, p.AnsweredAt)
		}
	})
}
