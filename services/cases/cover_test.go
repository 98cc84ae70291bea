package cases_test

import (
	"strings"
	"testing"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// Staff read a resident's words with numbers that reach or prove somebody covered, until a look that is recorded; the resident reads them as written.
func TestNumbersInAQuestionAreCovered(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		const text = "我家住解放路12号3单元501，电话13912345678，身份证11010119900307803X，路灯坏了一周。"
		n := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Text = text }).Case.Number
		c.Accept(n, fixture.Handler)
		handler := c.Actor(fixture.Handler)
		seen := must[*cases.Thread](t)(c.Cases.Open(t.Context(), handler, n))
		if got := seen.Messages[0].Body; got != "我家住解放路12号3单元501，电话139****5678，身份证110101************，路灯坏了一周。" {
			t.Errorf("staff read %s", got)
		}
		var joined strings.Builder
		for _, p := range seen.Messages[0].Parts {
			joined.WriteString(p.Text)
		}
		if joined.String() != seen.Messages[0].Body || len(seen.Messages[0].Parts) != 5 {
			t.Errorf("parts: %+v", seen.Messages[0].Parts)
		}
		look := must[cases.Revealed](t)(c.Cases.Reveal(t.Context(), handler, n))
		if len(look.Messages) != 1 || look.Messages[0].Text != text || look.Phone != fixture.Phone {
			t.Errorf("a look shows %+v", look)
		}
		if seen.Uncover(); seen.Messages[0].Body != text || seen.Messages[0].Parts != nil {
			t.Errorf("uncovered: %+v", seen.Messages[0])
		}
		own := must[*cases.Thread](t)(c.Cases.Open(t.Context(), c.Resident(fixture.Phone), n))
		if own.Messages[0].Body != text {
			t.Errorf("the resident reads %s", own.Messages[0].Body)
		}
	})
}

// The public version, before it is decided on, covers what the thread covers; whoever prepares it sees it open, which is a recorded look.
func TestCoveredWordsStayCoveredInThePublicVersion(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		const open, hidden = "电话13912345678", "电话139****5678"
		r := c.Submit(fixture.Phone, func(in *cases.SubmitInput) {
			in.Text, in.Consent = "路灯坏了一周，请打我"+open+"，谢谢。", true
		})
		n := r.Case.Number
		question := func(who string) string {
			t.Helper()
			return must[cases.PublicVersion](t)(c.Cases.PublicVersion(t.Context(), c.Actor(who), n)).Publication.Question
		}
		looks := func(history int, audits int64) {
			t.Helper()
			thread := must[*cases.Thread](t)(c.Cases.Open(t.Context(), c.Actor(fixture.Overseer), n))
			got := 0
			for _, e := range thread.Events {
				if e.Action == string(cases.ActReveal) {
					got++
				}
			}
			if a := audited(t, c, "case.reveal", r.Case.ID); got != history || a != audits {
				t.Errorf("%d looks in the history, %d in the audit log; want %d, %d", got, a, history, audits)
			}
		}
		covered := func(people ...string) {
			t.Helper()
			for _, who := range people {
				if q := question(who); strings.Contains(q, open) || !strings.Contains(q, hidden) {
					t.Errorf("%s reads %q", who, q)
				}
			}
		}
		covered(fixture.Handler, fixture.Reviewer, fixture.Overseer, fixture.Leader) // nobody prepares it yet
		c.Answer(n)
		covered(fixture.Reviewer, fixture.Overseer, fixture.Leader)
		looks(0, 0)
		for range 2 {
			if q := question(fixture.Handler); !strings.Contains(q, open) {
				t.Errorf("who prepares it cannot decide: %q", q)
			}
		}
		looks(1, 2)
		question(fixture.Handler2)
		looks(2, 3)
	})
}

// What is covered is not found out by searching for it digit by digit.
func TestASearchDoesNotLookUnderTheCover(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		const text = "我家住解放路12号3单元501，电话13912345678，路灯坏了一周。"
		for range 3 {
			c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Text = text })
		}
		plain := c.Submit(fixture.Phone, func(in *cases.SubmitInput) {
			in.Text = "门口的公示牌写着 39123 号线，是哪里的公交车？"
		}).Case.Number
		for words, want := range map[string]int{"39123": 1, "电话1391": 0, "路灯坏了": 3, "解放路12号": 3} {
			p := must[cases.InboxPage](t)(c.Cases.Inbox(t.Context(), c.Actor(fixture.Overseer), cases.InboxQuery{View: cases.ViewAll, Search: words, Limit: 2}))
			got := len(p.Rows)
			if p.Next != "" {
				rest := must[cases.InboxPage](t)(c.Cases.Inbox(t.Context(), c.Actor(fixture.Overseer), cases.InboxQuery{View: cases.ViewAll, Search: words, Limit: 2, After: p.Next}))
				got += len(rest.Rows)
			}
			if got != want {
				t.Errorf("%q finds %d, want %d", words, got, want)
			}
			if want == 1 && (got != 1 || p.Rows[0].Case.Number != plain) {
				t.Errorf("%q finds %v", words, numbers(p))
			}
		}
	})
}

func TestNumbersInOtherWordsAreCovered(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		const number = "13912345678"
		rated, gone := c.Submit(fixture.Phone).Case.Number, c.Submit(fixture.Phone).Case.Number
		c.Answer(rated)
		owner := c.Resident(fixture.Phone)
		must[*models.Case](t)(c.Cases.Rate(t.Context(), owner, rated, cases.RateInput{Rating: 1, Word: "打" + number + "没人接"}))
		must[*models.Case](t)(c.Cases.Withdraw(t.Context(), owner, gone, "已解决，谢谢 "+number))
		said := func(who models.Actor, uncovered bool) string {
			t.Helper()
			var all []string
			for _, n := range []string{rated, gone} {
				th := must[*cases.Thread](t)(c.Cases.Open(t.Context(), who, n))
				if uncovered {
					th.Uncover()
				}
				all = append(all, th.Case.RatingWord)
				for _, e := range th.Events {
					all = append(all, e.Note)
				}
			}
			return strings.Join(all, "\n")
		}
		for _, who := range []string{fixture.Handler, fixture.Reviewer, fixture.Overseer, fixture.Leader} {
			if got := said(c.Actor(who), false); strings.Contains(got, number) || strings.Count(got, "139****5678") != 2 {
				t.Errorf("%s reads %q", who, got)
			}
		}
		handler := c.Actor(fixture.Handler)
		if look := must[cases.Revealed](t)(c.Cases.Reveal(t.Context(), handler, rated)); !strings.Contains(look.RatingWord, number) || len(look.Reasons) != 0 {
			t.Errorf("a look at the rated one shows %+v", look)
		}
		if look := must[cases.Revealed](t)(c.Cases.Reveal(t.Context(), handler, gone)); look.RatingWord != "" || len(look.Reasons) != 1 || !strings.Contains(look.Reasons[0], number) {
			t.Errorf("a look at the withdrawn one shows %+v", look)
		}
		file := models.Attachment{Name: "收据 " + number + ".png"}
		if staff, own := c.Cases.FileName(c.Actor(fixture.Leader), file), c.Cases.FileName(owner, file); staff != "收据 139****5678.png" || own != file.Name {
			t.Errorf("a file is handed out as %q and %q", staff, own)
		}
		if got := said(owner, false) + said(c.Actor(fixture.Handler), true); strings.Count(got, number) != 4 {
			t.Errorf("the resident, and whoever has looked, read %q", got)
		}
	})
}

func TestATitleReachesNobody(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		resident := c.Resident(fixture.Phone)
		for _, title := range []string{"电话13912345678请回", "身份证11010119900307803X能改名吗"} {
			refused(t, c, title, fault.Invalid, "", func() error {
				_, err := c.Cases.Submit(t.Context(), resident, c.Ask(func(in *cases.SubmitInput) { in.Title = title }), cases.Submission{Key: title, Channel: "web", Locale: "zh-CN"})
				return err
			})
		}
		c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Title = "解放路12号门口的路灯坏了" })
		refused(t, c, "a phone for a name", fault.Invalid, "", func() error {
			_, err := c.Cases.Submit(t.Context(), resident, c.Ask(func(in *cases.SubmitInput) { in.DisplayName = "李13912345678" }), cases.Submission{Key: "name", Channel: "web", Locale: "zh-CN"})
			return err
		})
	})
}
