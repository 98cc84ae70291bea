package cases_test

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

const smallPDF = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

// slow is an upload during which something else happens.
type slow struct {
	io.Reader
	meanwhile func()
}

func (s *slow) Read(p []byte) (int, error) {
	if s.meanwhile != nil {
		s.meanwhile()
		s.meanwhile = nil
	}
	return s.Reader.Read(p)
}

// A file that was still on its way when the reply was submitted reaches neither the reviewer unseen nor the resident.
func TestAFileThatComesTooLateIsNotSent(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, chen := t.Context(), c.Actor(fixture.Handler)
		for what, meanwhile := range map[string]func(n string){
			"submitted": func(n string) { c.SubmitReview(n, fixture.Handler) },
			"approved":  func(n string) { c.SubmitReview(n, fixture.Handler); c.Approve(n, fixture.Reviewer) },
			"sent": func(n string) {
				c.SubmitReview(n, fixture.Handler)
				c.Approve(n, fixture.Reviewer)
				c.Send(n, fixture.Handler)
			},
		} {
			n := c.Submit(fixture.Phone).Case.Number
			c.Accept(n, fixture.Handler)
			c.Draft(n, fixture.Handler)
			_, err := c.Cases.AddReplyFile(ctx, chen, n, "late.pdf", &slow{strings.NewReader(smallPDF), func() { meanwhile(n) }})
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("%s meanwhile: %v", what, err)
			}
			left := must[[]models.Attachment](t)(c.Cases.ReplyFiles(ctx, chen, n))
			for _, m := range c.Open(n).Messages {
				left = append(left, m.Files...)
			}
			if len(left) != 0 {
				t.Errorf("%s meanwhile: %d files came along unreviewed", what, len(left))
			}
		}
		var rows int64
		if err := c.DB.Conn(ctx).Model(&models.Attachment{}).Count(&rows).Error; err != nil || rows != 0 {
			t.Errorf("%d files left behind, %v", rows, err)
		}
	})
}

// TestAFileAndTheSubmissionOfItsReply meet, both having read the draft: either the file was there before, or it is refused. Without
// holdDraft's conditions MariaDB takes it after the submission.
func TestAFileAndTheSubmissionOfItsReply(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		policy := &meeting{Service: c.City}
		deps := c.Cases.Deps
		deps.Policy = policy
		contested := cases.New(deps)
		ctx, chen := t.Context(), c.Actor(fixture.Handler)
		for range 5 {
			n := c.Submit(fixture.Phone).Case.Number
			c.Accept(n, fixture.Handler)
			version := c.Draft(n, fixture.Handler).Version
			var wg sync.WaitGroup
			var submitted, added error
			upload := &slow{strings.NewReader(smallPDF), func() {
				policy.next()
				wg.Go(func() {
					_, submitted = contested.SubmitReview(ctx, chen, n, cases.ReplyInput{Body: fixture.Answer, ReplyVersion: version})
				})
			}}
			_, added = contested.AddReplyFile(ctx, chen, n, "late.pdf", upload)
			wg.Wait()
			if submitted != nil && !fault.Is(submitted, fault.Conflict) || added != nil && !fault.Is(added, fault.Conflict) {
				t.Fatal(errors.Join(submitted, added))
			}
			history := strings.Join(actions(c, n), " ")
			if strings.Contains(history, "submit_review add_reply_file") {
				t.Errorf("added to a submitted reply: %s", history)
			}
		}
	})
}

// Files of a reply leave history and audit rows, and make whoever chose them one of its authors: they do not judge it.
func TestReplyFilesAreRecorded(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		ctx, wang, elsewhere := t.Context(), c.Actor(fixture.Handler2), c.Actor(fixture.OtherHandler)
		n := c.Submit(fixture.Phone).Case.Number
		c.Accept(n, fixture.Handler)
		refused(t, c, "a file without a reply", fault.Conflict, "no_reply", func() error {
			return err1(c.Cases.AddReplyFile(ctx, wang, n, "a.pdf", strings.NewReader(smallPDF)))
		})
		version := c.Draft(n, fixture.Handler).Version
		a := must[models.Attachment](t)(c.Cases.AddReplyFile(ctx, wang, n, "a.pdf", strings.NewReader(smallPDF)))
		if r := c.Open(n).Reply; !r.Authors.Include(wang.ID) || r.Version != version {
			t.Errorf("reply after the file: %+v", r)
		}
		refused(t, c, "somebody else's file", fault.NotFound, "", func() error { return c.Cases.RemoveReplyFile(ctx, wang, n, a.ID+100) })
		refused(t, c, "a colleague elsewhere", fault.NotFound, "", func() error { return c.Cases.RemoveReplyFile(ctx, elsewhere, n, a.ID) })
		if err := c.Cases.RemoveReplyFile(ctx, wang, n, a.ID); err != nil {
			t.Fatal(err)
		}
		wantActions(t, c, n, "submit", "accept", "add_reply_file", "remove_reply_file")
		id := c.Case(n).ID
		if audited(t, c, "case.add_reply_file", id) != 1 || audited(t, c, "case.remove_reply_file", id) != 1 {
			t.Error("not in the audit log")
		}
		limit := must[cases.Numbers](t)(c.City.CaseNumbers(ctx)).Attachments
		for range limit {
			must[models.Attachment](t)(c.Cases.AddReplyFile(ctx, wang, n, "a.pdf", strings.NewReader(smallPDF)))
		}
		refused(t, c, "one file too many", fault.Invalid, "", func() error { return err1(c.Cases.AddReplyFile(ctx, wang, n, "a.pdf", strings.NewReader(smallPDF))) })
		both := c.Actor(fixture.Handler2)
		both.Roles = []models.Role{models.Handler, models.Reviewer}
		c.SubmitReview(n, fixture.Handler)
		refused(t, c, "approval by whoever chose the files", fault.Forbidden, "own_work", func() error { return err1(c.Cases.Approve(ctx, both, n, cases.ReviewInput{})) })
	})
}
