package cases_test

import (
	"strings"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// Who asks to be forgotten leaves no name, no place and no address behind; the question stays and is answered.
func TestAnErasedResidentLeavesNoName(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		c.Notices.Demo = false // the demo shows what was sent, codes included
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		c.RunJobs()
		if err := c.Cases.EraseResident(c.Context(), c.Resident(fixture.Phone)); err != nil {
			t.Fatal(err)
		}
		k := c.Case(n)
		if k.DisplayNameSealed != "" || k.PlaceSealed != "" {
			t.Errorf("the case still names somebody: %+v", k)
		}
		var left int64
		if err := c.DB.Conn(c.Context()).Model(&models.Delivery{}).Where("(address_sealed <> '' OR address_masked <> '' OR body_sealed <> '') AND channel = 'sms'").
			Count(&left).Error; err != nil || left != 0 {
			t.Errorf("%d messages still hold an address: %v", left, err)
		}
		c.Answer(n) // nobody can be told, and nothing breaks
		c.RunJobs()
	})
}

// After the years that settings keep it, a closed case has its text and nobody's name; once is enough.
func TestOldCasesForgetTheirResident(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		c.Answer(n)
		c.Rate(n, fixture.Phone, 5)
		fresh := c.Submit(fixture.Phone2, c.About(fixture.Bus)).Case.Number
		if done, err := c.Cases.ForgetOld(c.Context(), 10, 50); err != nil || done != 0 {
			t.Fatalf("too early: %d, %v", done, err)
		}
		c.Clock.Advance(11 * 366 * 24 * time.Hour)
		if done, err := c.Cases.ForgetOld(c.Context(), 10, 50); err != nil || done != 1 {
			t.Fatalf("%d, %v", done, err)
		}
		if done, err := c.Cases.ForgetOld(c.Context(), 10, 50); err != nil || done != 0 {
			t.Fatalf("again: %d, %v", done, err)
		}
		if k := c.Case(n); k.ResidentID != 0 || k.DisplayNameSealed != "" || k.Body == "" {
			t.Errorf("%+v", k)
		}
		if th := c.Open(n); th.Phone != "" || len(th.Messages) == 0 {
			t.Errorf("%+v", th)
		}
		if k := c.Case(fresh); k.ResidentID == 0 {
			t.Error("an open case was forgotten")
		}
	})
}

const aPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

func stage(t *testing.T, c *fixture.City, owner string, id int64) {
	t.Helper()
	if _, err := c.Files.Stage(t.Context(), owner, id, "a.pdf", strings.NewReader(aPDF)); err != nil {
		t.Fatal(err)
	}
}

func wantFiles(t *testing.T, c *fixture.City, want int64) {
	t.Helper()
	var n int64
	if err := c.DB.Conn(t.Context()).Model(&models.Attachment{}).Count(&n).Error; err != nil || n != want {
		t.Errorf("%d files, want %d: %v", n, want, err)
	}
}

// askAgain brings a case to a follow-up whose reply is being written, with a file beside it.
func askAgain(t *testing.T, c *fixture.City, number string) *models.CaseReply {
	t.Helper()
	must[*models.Case](t)(c.Cases.FollowUp(t.Context(), c.Resident(fixture.Phone), number, cases.MessageInput{Text: "请问周末能办理吗？"}))
	r := c.Draft(number, fixture.Handler)
	stage(t, c, models.OwnerReply, r.ID)
	return r
}

// A follow-up that is withdrawn leaves the case answered as it was: it may be judged and handled again, what waited with the reply is
// gone, and one day the case is forgotten.
func TestAWithdrawnFollowUpLeavesAnAnsweredCase(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		withdrawn := func() (number string) {
			t.Helper()
			number = c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
			answered := *c.Answer(number).AnsweredAt
			c.Clock.Advance(time.Hour)
			askAgain(t, c, number)
			wantFiles(t, c, 1)
			k := must[*models.Case](t)(c.Cases.Withdraw(ctx, c.Resident(fixture.Phone), number, ""))
			wantStatus(t, k, models.Closed)
			if k.AnsweredAt == nil || !k.AnsweredAt.Equal(answered) {
				t.Errorf("answered %v, want %v", k.AnsweredAt, answered)
			}
			wantFiles(t, c, 0)
			return number
		}
		again, old := withdrawn(), withdrawn()
		c.Rate(again, fixture.Phone, 1)
		k := must[*models.Case](t)(c.Cases.Reopen(ctx, c.Resident(fixture.Phone), again, cases.MessageInput{Text: "答复没有说清楚要哪些材料。"}))
		wantStatus(t, k, models.Handling)
		c.Clock.Advance(11 * 366 * 24 * time.Hour)
		if done, err := c.Cases.ForgetOld(ctx, 10, 50); err != nil || done != 1 || c.Case(old).ResidentID != 0 {
			t.Errorf("%d forgotten, %v", done, err)
		}
	})
}

// A case is forgotten with all its files, those among them that came to a reply when it had been sent, or not at all.
func TestACaseIsForgottenAsAWhole(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		c.Answer(n)
		r := askAgain(t, c, n)
		c.SubmitReview(n, fixture.Handler)
		c.Approve(n, fixture.Reviewer)
		c.Send(n, fixture.Handler)
		stage(t, c, models.OwnerReply, r.ID)
		c.Rate(n, fixture.Phone, 5)
		wantFiles(t, c, 2)
		c.Clock.Advance(11 * 366 * 24 * time.Hour)
		rename := func(from, to string) {
			t.Helper()
			if err := c.DB.Conn(ctx).Exec("ALTER TABLE " + from + " RENAME TO " + to).Error; err != nil {
				t.Fatal(err)
			}
		}
		rename("attachments", "away")
		if done, err := c.Cases.ForgetOld(ctx, 10, 50); err == nil || done != 0 {
			t.Fatalf("forgotten without its files: %d", done)
		}
		rename("away", "attachments")
		if k := c.Case(n); k.ResidentID == 0 || k.DisplayNameSealed == "" {
			t.Error("half forgotten")
		}
		if done, err := c.Cases.ForgetOld(ctx, 10, 50); err != nil || done != 1 {
			t.Fatalf("tried again: %d, %v", done, err)
		}
		wantFiles(t, c, 0)
	})
}

// One case that cannot be written does not keep the others from their turn.
func TestABrokenCaseHoldsUpNobody(t *testing.T) {
	c := fixture.New(t, testenv.SQLite(t))
	ctx := t.Context()
	var list []string
	for range 3 {
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		list = append(list, n)
	}
	breaks := "CREATE TRIGGER broken BEFORE UPDATE ON cases WHEN NEW.number = '" + list[0] + "' BEGIN SELECT RAISE(ABORT, 'broken'); END"
	turn := func(what string, want int, run func() (int, error)) {
		t.Helper()
		for _, sql := range []string{breaks, "DROP TRIGGER broken"} {
			if err := c.DB.Conn(ctx).Exec(sql).Error; err != nil {
				t.Fatal(err)
			}
			done, err := run()
			if broken := sql == breaks; (err != nil) != broken || done != want || broken && !strings.Contains(err.Error(), list[0]) {
				t.Fatalf("%s, broken %v: %d, %v", what, broken, done, err)
			}
			want = 1 // what was broken is made up for
		}
	}
	c.Clock.Set(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))
	turn("warn", 2, func() (int, error) { return c.Cases.WarnDeadlines(ctx, 10) })
	for _, n := range list {
		c.Answer(n)
	}
	c.Clock.Advance(20 * 24 * time.Hour)
	turn("close", 2, func() (int, error) { return c.Cases.CloseAnswered(ctx, 10) })
	c.Clock.Advance(11 * 366 * 24 * time.Hour)
	turn("forget", 2, func() (int, error) { return c.Cases.ForgetOld(ctx, 10, 10) })
}

// What a resident takes away is everything that is kept about them, whichever face hands it out.
func TestExportOwn(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx := t.Context()
		n := c.Submit(fixture.Phone).Case.Number
		c.Answer(n)
		p := c.Publish(n)
		owner := c.Resident(fixture.Phone)
		must[*models.Case](t)(c.Cases.Rate(ctx, owner, n, cases.RateInput{Rating: 5, Word: "很清楚"}))
		if err := c.Library.Favourite(ctx, owner.ID, p.ID); err != nil {
			t.Fatal(err)
		}
		out := must[cases.OwnData](t)(c.Cases.ExportOwn(ctx, owner))
		if out.Account.Phone != fixture.Phone || len(out.Account.Agreements) != 1 || len(out.Cases) != 1 || len(out.Favourites) != 1 || out.Favourites[0].ID != p.ID {
			t.Fatalf("%+v", out)
		}
		k := out.Cases[0]
		if k.Number != n || k.DisplayName != fixture.Question.DisplayName || k.Place != fixture.Question.Place || k.Channel != "web" || k.ConsentAt == nil ||
			k.RatingWord != "很清楚" || len(k.Messages) != 2 || len(k.History) < 3 || k.PrivacyVersion != c.Privacy() {
			t.Errorf("%+v", k)
		}
		refused(t, c, "nobody exports", fault.Unauthenticated, "", func() error {
			_, err := c.Cases.ExportOwn(ctx, models.Actor{})
			return err
		})
	})
}
