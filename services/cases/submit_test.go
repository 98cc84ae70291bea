package cases_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

func TestSubmitKeepsEverythingThatBelongsToAnArrival(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner := t.Context(), c.Resident(fixture.Phone)
		r := must[cases.Receipt](t)(c.Cases.Submit(ctx, owner, c.Ask(), cases.Submission{Key: "k1", Channel: "web", Locale: "en"}))
		k := c.Case(r.Case.Number)
		wantStatus(t, k, models.Submitted)
		if k.Number != "20261116-0001" || k.DepartmentID != c.Housing.ID || k.ResidentID != owner.ID || k.Locale != "en" || k.Version != 1 || k.Round != 1 {
			t.Errorf("case: %+v", k)
		}
		if want := time.Date(2026, 11, 23, 15, 59, 59, int(999*time.Millisecond), time.UTC); !k.DueAt.Equal(want) || k.DueProvisional {
			t.Errorf("due %v (provisional %v), want %v: 5 working days", k.DueAt, k.DueProvisional, want)
		}
		if !k.Consented() || !k.ConsentAt.Equal(fixture.Start) {
			t.Errorf("consent: %v", k.ConsentAt)
		}
		if len(r.Code) != 16 || strings.Trim(r.Code, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ") != "" {
			t.Errorf("code %q", r.Code)
		}
		for what, text := range map[string]string{"name": k.DisplayNameSealed, "place": k.PlaceSealed, "code": k.CodeHash, "key": k.SubmissionKey} {
			if text == "" || strings.Contains(text, "王女士") || strings.Contains(text, "东门") || strings.Contains(text, r.Code) {
				t.Errorf("%s is stored as %q", what, text)
			}
		}
		wantActions(t, c, k.Number, "submit")
		th := c.Open(k.Number)
		if len(th.Messages) != 1 || th.Messages[0].Kind != models.Question || th.Messages[0].Body != fixture.Question.Text {
			t.Errorf("messages: %+v", th.Messages)
		}
		if e := th.Events[0]; !e.Shown || e.FromStatus != "" || e.ToStatus != models.Submitted || e.CaseVersion != 1 || e.ActorID != owner.ID {
			t.Errorf("history: %+v", e)
		}
		if audited(t, c, "case.submit", k.ID) != 1 {
			t.Error("the submission is not in the audit log")
		}
		if v := must[int64](t)(c.Accounts.AgreedPrivacy(ctx, owner.ID)); v != k.PrivacyVersion || v == 0 {
			t.Errorf("agreed to version %d, the case says %d", v, k.PrivacyVersion)
		}
		if !c.Resident(fixture.Phone).Granted(k.ID) {
			t.Error("the session that asked does not hold the receipt")
		}
		c.RunJobs()
		sent := c.SMS.To(fixture.Phone)
		if last := sent[len(sent)-1].Text; !strings.Contains(last, fixture.Origin+"/track/"+k.Number) || strings.Contains(last, "公租房") || strings.Contains(last, r.Code) {
			t.Errorf("message: %s", last)
		}
	})
}

func TestSubmitRefusesWhatIsWrongAndKeepsNothing(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner := t.Context(), c.Resident(fixture.Phone)
		submit := func(in cases.SubmitInput) func() error {
			return func() error {
				_, err := c.Cases.Submit(ctx, owner, in, cases.Submission{Key: "k", Channel: "web"})
				return err
			}
		}
		empty := cases.SubmitInput{}
		refused(t, c, "an empty form", fault.Invalid, "", submit(empty))
		if got := wrongFields(submit(empty)()); !slices.Equal(got, []string{"topic_id", "title", "text", "display_name", "privacy_version"}) {
			t.Errorf("wrong fields: %v", got)
		}
		for field, edit := range map[string]func(in *cases.SubmitInput){
			"title":           func(in *cases.SubmitInput) { in.Title = strings.Repeat("公", 61) },
			"text":            func(in *cases.SubmitInput) { in.Text = strings.Repeat("长", 2001) },
			"place":           func(in *cases.SubmitInput) { in.Place = strings.Repeat("远", 101) },
			"display_name":    func(in *cases.SubmitInput) { in.DisplayName = strings.Repeat("名", 21) },
			"topic_id":        func(in *cases.SubmitInput) { in.TopicID = 99999 },
			"privacy_version": func(in *cases.SubmitInput) { in.Privacy++ },
		} {
			do := submit(c.Ask(edit))
			refused(t, c, field, fault.Invalid, "", do)
			if got := wrongFields(do()); !slices.Equal(got, []string{field}) {
				t.Errorf("%s: wrong fields %v", field, got)
			}
		}
		refused(t, c, "a group instead of a leaf", fault.Invalid, "", submit(c.Ask(func(in *cases.SubmitInput) { in.TopicID = c.Topics[fixture.Rent].ParentID })))
		visitor, _ := c.Visitor()
		for _, a := range []models.Actor{visitor, c.Actor(fixture.Handler), {}} {
			refused(t, c, "somebody without a confirmed phone", fault.Unauthenticated, "", func() error {
				_, err := c.Cases.Submit(ctx, a, c.Ask(), cases.Submission{Key: "k"})
				return err
			})
		}
		full := c.Ask(func(in *cases.SubmitInput) {
			in.Title, in.Text = strings.Repeat("𠮷", 60), strings.Repeat("👨‍👩‍👧"[:4], 2000)
		})
		if err := submit(full)(); err != nil {
			t.Errorf("characters of four bytes up to the limit: %v", err)
		}
	})
}

func TestOneFormIsOneCase(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner := t.Context(), c.Resident(fixture.Phone)
		in := c.Ask()
		const clicks = 6
		var wg sync.WaitGroup
		receipts, errs := make([]cases.Receipt, clicks), make([]error, clicks)
		for i := range clicks {
			wg.Go(func() {
				receipts[i], errs[i] = c.Cases.Submit(ctx, owner, in, cases.Submission{Key: "same", Channel: "web"})
			})
		}
		wg.Wait()
		for i := range clicks {
			if errs[i] != nil || receipts[i].Case.ID != receipts[0].Case.ID || receipts[i].Code != receipts[0].Code {
				t.Fatalf("click %d: %v %+v", i, errs[i], receipts[i])
			}
		}
		if list := must[cases.MinePage](t)(c.Cases.Mine(ctx, owner, 0, 10)); len(list.Cases) != 1 || list.Next != 0 {
			t.Fatalf("%d cases", len(list.Cases))
		}
		wantActions(t, c, receipts[0].Case.Number, "submit")
		other := must[cases.Receipt](t)(c.Cases.Submit(ctx, c.Resident(fixture.Phone2), in, cases.Submission{Key: "same", Channel: "web"}))
		if other.Case.ID == receipts[0].Case.ID || other.Code == receipts[0].Code {
			t.Fatal("another resident met this one's case by the same key")
		}
		a := must[cases.Receipt](t)(c.Cases.Submit(ctx, owner, in, cases.Submission{Channel: "web"}))
		b := must[cases.Receipt](t)(c.Cases.Submit(ctx, owner, in, cases.Submission{Channel: "web"}))
		if a.Case.ID == b.Case.ID || a.Code == b.Code {
			t.Fatal("two submissions without a key are one case")
		}
	})
}

func TestNumbersAreUniqueAndHaveNoGapsWhenItIsQuiet(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		for i := range 4 {
			c.Clock.Advance(2 * time.Second)
			if got, want := c.Submit(fixture.Phone).Case.Number, fmt.Sprintf("20261116-%04d", i+1); got != want {
				t.Fatalf("number %s, want %s", got, want)
			}
		}
		// Two replicas, many at once.
		ctx, owner, in := t.Context(), c.Resident(fixture.Phone), c.Ask()
		replicas := []*cases.Service{c.Cases, c.NewCases()}
		const many = 24
		var wg sync.WaitGroup
		seen, errs := make([]string, many), make([]error, many)
		for i := range many {
			wg.Go(func() {
				r, err := replicas[i%2].Submit(ctx, owner, in, cases.Submission{Key: fmt.Sprint("n", i), Channel: "web"})
				if errs[i] = err; err == nil {
					seen[i] = r.Case.Number
				}
			})
		}
		wg.Wait()
		slices.Sort(seen)
		if len(slices.Compact(slices.Clone(seen))) != many || seen[0] == "" {
			t.Fatalf("numbers %v, errors %v", seen, errs)
		}
		c.Clock.Set(time.Date(2026, 11, 16, 16, 0, 0, 0, time.UTC)) // midnight in Shanghai
		if got := c.Submit(fixture.Phone).Case.Number; got != "20261117-0001" {
			t.Fatalf("the first number of the next day is %s", got)
		}
	})
}

func TestDraftsAreSealedAndEndWithTheirSubmission(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner := t.Context(), c.Resident(fixture.Phone)
		d := must[cases.Draft](t)(c.Cases.StartDraft(ctx, c.Topics[fixture.Rent].ID, 1))
		d.Input, d.Phone = c.Ask(), fixture.Phone
		if err := c.Cases.SaveDraft(ctx, &d); err != nil {
			t.Fatal(err)
		}
		back, found, err := c.Cases.LoadDraft(ctx, d.Token)
		if err != nil || !found || back != d {
			t.Fatalf("%v %v\n%+v\n%+v", err, found, back, d)
		}
		var row models.CaseDraft
		if err := c.DB.Conn(ctx).Take(&row, d.ID).Error; err != nil {
			t.Fatal(err)
		}
		if strings.Contains(row.BodySealed, "公租房") || strings.Contains(row.BodySealed, fixture.Phone) || strings.Contains(row.TokenHash, d.Token) {
			t.Fatalf("stored open: %+v", row)
		}
		for _, token := range []string{"", "short", strings.Repeat("x", 32), strings.Repeat("y", 500)} {
			if _, found, err := c.Cases.LoadDraft(ctx, token); found || err != nil {
				t.Fatalf("token %q: %v %v", token, found, err)
			}
		}
		pdf := "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
		must[models.Attachment](t)(c.Files.Stage(ctx, models.OwnerDraft, d.ID, "材料.pdf", strings.NewReader(pdf)))
		r := must[cases.Receipt](t)(c.Cases.Submit(ctx, owner, back.Input, cases.Submission{Key: d.Key, Secret: true, Channel: "web", DraftID: d.ID}))
		if _, found, _ := c.Cases.LoadDraft(ctx, d.Token); found {
			t.Error("the draft is still there")
		}
		if th := c.Open(r.Case.Number); len(th.Messages[0].Files) != 1 {
			t.Errorf("the staged file did not come along: %+v", th.Messages[0])
		}
		left := must[cases.Draft](t)(c.Cases.StartDraft(ctx, c.Topics[fixture.Rent].ID, 1))
		must[models.Attachment](t)(c.Files.Stage(ctx, models.OwnerDraft, left.ID, "材料.pdf", strings.NewReader(pdf)))
		c.Clock.Advance(72*time.Hour + time.Second)
		if n := must[int](t)(c.Cases.SweepDrafts(ctx, 10)); n != 1 {
			t.Fatalf("%d drafts swept", n)
		}
		if _, found, _ := c.Cases.LoadDraft(ctx, left.Token); found {
			t.Error("a draft left alone is still there")
		}
		if staged := must[[]models.Attachment](t)(c.Files.Staged(ctx, models.OwnerDraft, left.ID)); len(staged) != 0 {
			t.Error("its files are still there")
		}
	})
}

func TestFilesComeAlongWithOneMessageOnly(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, owner, in := t.Context(), c.Resident(fixture.Phone), c.Ask()
		d := must[cases.Draft](t)(c.Cases.StartDraft(ctx, in.TopicID, in.Privacy))
		must[models.Attachment](t)(c.Files.Stage(ctx, models.OwnerDraft, d.ID, "材料.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")))
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = c.Cases.Submit(ctx, owner, in, cases.Submission{Key: fmt.Sprint("other ", i), Channel: "api", DraftID: d.ID})
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case reasonOf(err) != "draft_gone":
				t.Error(err)
			}
		}
		list := must[cases.MinePage](t)(c.Cases.Mine(ctx, owner, 0, 10)).Cases
		if done != 1 || len(list) != 1 || len(c.Open(list[0].Number).Messages[0].Files) != 1 {
			t.Errorf("%d said yes, %d cases", done, len(list))
		}
		refused(t, c, "a supplement with files that are gone", fault.Conflict, "draft_gone", func() error {
			_, err := c.Cases.Supplement(ctx, owner, list[0].Number, cases.MessageInput{Text: "还有一份材料。", DraftID: d.ID})
			return err
		})
	})
}

func TestTrackTellsWrongAndUnknownApartFromNothing(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		r := c.Submit(fixture.Phone)
		visitor, _ := c.Visitor()
		track := func(number, code string) error {
			_, _, err := c.Cases.Track(t.Context(), visitor.SessionID, cases.TrackInput{Number: number, Code: code})
			return err
		}
		var texts []string
		for _, x := range [][2]string{{r.Case.Number, "2222222222222222"}, {"20261116-0999", r.Code}, {"x' OR 1=1", r.Code}} {
			refused(t, c, "a wrong receipt", fault.Invalid, "wrong_receipt", func() error { return track(x[0], x[1]) })
			texts = append(texts, track(x[0], x[1]).Error())
		}
		if len(slices.Compact(texts)) != 1 {
			t.Errorf("answers differ: %q", texts)
		}
		for _, x := range [][2]string{{"", ""}, {r.Case.Number, " "}} { // what is not there is named
			refused(t, c, "half a receipt", fault.Invalid, "", func() error { return track(x[0], x[1]) })
		}
		sloppy := strings.ToLower(r.Code[:4] + " " + r.Code[4:8] + "-" + r.Code[8:])
		for range 2 {
			if err := track(" "+r.Case.Number+" ", sloppy); err != nil {
				t.Fatal(err)
			}
		}
		holder := c.Holder(r.Case.Number, r.Code)
		th := must[*cases.Thread](t)(c.Cases.Open(t.Context(), holder, r.Case.Number))
		if th.DisplayName != "王女士" || th.Standing != cases.Owner || th.Reasons != nil {
			t.Errorf("what a receipt opens: %+v", th)
		}
		stranger := c.Resident(fixture.Phone2)
		refused(t, c, "a stranger opens it", fault.NotFound, "", func() error {
			_, err := c.Cases.Open(t.Context(), stranger, r.Case.Number)
			return err
		})
	})
}
