package cases

import (
	"context"
	"regexp"
	"slices"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/notices"
)

// ReplyInput is a reply as it is being written.
type ReplyInput struct {
	Body         string `form:"body" json:"body" doc:"10–5000 个字"`
	ReplyVersion int64  `form:"reply_version" json:"reply_version,omitempty" doc:"您从哪一版草稿改起；新写的是 0"`
	Version      int64  `form:"version" json:"version,omitempty" doc:"您看到的那件诉求的版本"`
}

// Lengths of a reply, in characters.
const MinReply, MaxReply = 10, 5000

// blank is a place of a template that waits to be filled in. A draft may have some; what is submitted or sent may not.
var blank = regexp.MustCompile(`（请填写[^）]*）|\(请填写[^)]*\)`)

// SaveReply keeps the draft of the present round's reply. A colleague's newer draft is never overwritten: that is a conflict
// whose Detail is the newer *models.CaseReply. Colleagues who have the reply open learn that the actor writes.
func (s *Service) SaveReply(ctx context.Context, actor models.Actor, number string, in ReplyInput) (*models.CaseReply, error) {
	in.Body = textrule.Text(in.Body)
	var saved *models.CaseReply
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		w, err := s.begin(ctx, actor, number, ActDraft)
		if err != nil {
			return err
		}
		if err := may(ActDraft, actor, w.Who, w.Case, w.Facts); err != nil {
			return err
		}
		saved, err = s.keepReply(ctx, w, in, 0)
		return err
	})
	if err == nil || fault.Is(err, fault.Conflict) {
		s.writes(ctx, actor, number)
	}
	return saved, err
}

// keepReply inserts or updates the round's reply; least is the shortest body it takes, 0 for a draft.
func (s *Service) keepReply(ctx context.Context, w *work, in ReplyInput, least int) (*models.CaseReply, error) {
	var f fault.Fields
	textrule.Length(&f, "body", in.Body, least, MaxReply)
	if n := len(blank.FindAllString(in.Body, -1)); n > 0 && least > 0 {
		f.Add("body", i18n.N("还有 %[1]d 处“（请填写…）”没有填。"), n)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	r := w.Facts.Reply
	if r == nil {
		r = &models.CaseReply{CaseID: w.Case.ID, Round: w.Case.Round, AuthorID: w.Actor.ID, Authors: models.Authors("").With(w.Actor.ID), Body: in.Body, SavedAt: w.Now, Version: 1}
		err := s.insertReply(ctx, r)
		if database.IsDuplicate(err) {
			err = stale()
		}
		return r, err
	}
	if in.ReplyVersion != r.Version {
		if in.Body == r.Body {
			return r, nil // the autosave of the same words, arriving late
		}
		return nil, fault.New(fault.Conflict, i18n.N("同事刚刚保存了另一稿。您写的内容还在页面上，请对照后再保存。")).WithReason("stale_reply").WithDetail(r)
	}
	if in.Body == r.Body && r.AuthorID == w.Actor.ID {
		return r, nil
	}
	set := map[string]any{"body": in.Body, "author_id": w.Actor.ID, "saved_at": w.Now}
	if in.Body != r.Body {
		set["authors"] = r.Authors.With(w.Actor.ID)
	}
	return r, s.writeReply(ctx, r, set)
}

// SubmitReview saves the reply and hands it to a reviewer, who is somebody else.
func (s *Service) SubmitReview(ctx context.Context, actor models.Actor, number string, in ReplyInput) (*models.Case, error) {
	in.Body = textrule.Text(in.Body)
	return s.actOnReply(ctx, actor, number, ActSubmitReview, in, func(ctx context.Context, w *work) error {
		set := map[string]any{"submitted_at": w.Now, "author_id": actor.ID, "comment": ""}
		if err := s.writeReply(ctx, w.Facts.Reply, set); err != nil {
			return err
		}
		reviewers, overseers, err := s.reviewersFor(ctx, w)
		if err != nil {
			return err
		}
		w.Set["returned_at"], w.Set["overseer_reviews"] = nil, overseers
		return s.tellStaff(ctx, w.Case, notices.CaseToReview, reviewers...)
	})
}

// actOnReply takes an action that first saves the words on the form, so that what is judged or sent is what the person saw.
func (s *Service) actOnReply(ctx context.Context, actor models.Actor, number string, action Action, in ReplyInput, fn func(ctx context.Context, w *work) error) (*models.Case, error) {
	c, err := s.actAfter(ctx, actor, number, action, in.Version, func(ctx context.Context, w *work) (err error) {
		if w.Case.Status != models.Handling || w.Who&Handler == 0 {
			return nil
		}
		f := w.Facts // the reply comes with the form: whether the step is open at all is told before what is wrong with the words
		f.Reply = &models.CaseReply{Body: "…"}
		if err := may(action, actor, w.Who, w.Case, f); err != nil {
			return err
		}
		w.Facts.Reply, err = s.keepReply(ctx, w, in, MinReply)
		return err
	}, fn)
	if err == nil {
		s.wrote(ctx, actor, number)
	}
	return c, err
}

// reviewersFor are the people who may approve the present reply: 督办 where the desk says so, and where nobody in the department may.
func (s *Service) reviewersFor(ctx context.Context, w *work) (people []accounts.StaffCard, overseers bool, err error) {
	if w.Facts.Desk.Review != models.ReviewByOverseer {
		people, err = s.Accounts.ColleaguesByRole(ctx, w.Case.DepartmentID, models.Reviewer)
		if people = judges(people, w); err != nil || len(people) > 0 {
			return people, false, err
		}
	}
	people, err = s.Accounts.ColleaguesByRole(ctx, 0, models.Overseer)
	return judges(people, w), true, err
}

func judges(people []accounts.StaffCard, w *work) []accounts.StaffCard {
	return slices.DeleteFunc(people, func(p accounts.StaffCard) bool { return mayJudge(p.ID, w.Case, w.Facts) != nil })
}

// Recall takes a reply back from review to go on writing.
func (s *Service) Recall(ctx context.Context, actor models.Actor, number string, version int64) (*models.Case, error) {
	return s.act(ctx, actor, number, ActRecall, version, func(ctx context.Context, w *work) error {
		return s.writeReply(ctx, w.Facts.Reply, map[string]any{"submitted_at": nil})
	})
}
