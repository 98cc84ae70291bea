package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/notices"
)

// ReviewInput is a reviewer's word.
type ReviewInput struct {
	Comment string `form:"comment" json:"comment,omitempty" doc:"要改什么，2–500 个字；退回时必须写"`
	Version int64  `form:"version" json:"version,omitempty"`
}

// MaxComment is the length of a reviewer's comment, in characters.
const MaxComment = 500

// Approve releases the reply; where the desk says so it is sent at once.
func (s *Service) Approve(ctx context.Context, actor models.Actor, number string, in ReviewInput) (*models.Case, error) {
	in.Comment = textrule.Line(in.Comment)
	var result *models.Case
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		sendNow := false
		c, err := s.act(ctx, actor, number, ActApprove, in.Version, func(ctx context.Context, w *work) error {
			var f fault.Fields
			textrule.Length(&f, "comment", in.Comment, 0, MaxComment)
			if err := f.Err(); err != nil {
				return err
			}
			w.Note, sendNow = in.Comment, w.Facts.Desk.SendOnApproval
			if err := s.writeReply(ctx, w.Facts.Reply, map[string]any{"reviewer_id": actor.ID, "reviewed_at": w.Now, "comment": in.Comment}); err != nil || sendNow {
				return err
			}
			return s.tellHandler(ctx, w.Case, notices.CaseApproved)
		})
		if err != nil || !sendNow {
			result = c
			return err
		}
		result, err = s.act(ctx, models.System(), number, ActSend, 0, s.send)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// Return sends the reply back to its author with what to change.
func (s *Service) Return(ctx context.Context, actor models.Actor, number string, in ReviewInput) (*models.Case, error) {
	in.Comment = textrule.Line(in.Comment)
	return s.act(ctx, actor, number, ActReturn, in.Version, func(ctx context.Context, w *work) error {
		var f fault.Fields
		if in.Comment == "" {
			f.Add("comment", i18n.N("退回时要写明哪里需要修改。"))
		} else {
			textrule.Length(&f, "comment", in.Comment, 2, MaxComment)
		}
		if err := f.Err(); err != nil {
			return err
		}
		r := w.Facts.Reply
		if err := s.writeReply(ctx, r, map[string]any{"comment": in.Comment, "submitted_at": nil, "reviewed_at": w.Now, "reviewer_id": 0}); err != nil {
			return err
		}
		w.Note, w.About = in.Comment, r.AuthorID
		w.Set["returned_at"] = w.Now
		return s.tellOne(ctx, w.Case, notices.CaseReturned, r.AuthorID)
	})
}
