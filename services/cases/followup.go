package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// MessageInput is what a resident adds to the thread. DraftID owns the staged files that come along.
type MessageInput struct {
	Text    string `form:"text" json:"text" doc:"2–2000 个字"`
	DraftID int64  `form:"-" json:"-"`
}

func (in *MessageInput) clean() error {
	in.Text = textrule.Text(in.Text)
	var f fault.Fields
	textrule.Length(&f, "text", in.Text, 2, MaxText)
	return f.Err()
}

// FollowUp asks again after an answer: a new round with a deadline of its own.
func (s *Service) FollowUp(ctx context.Context, actor models.Actor, number string, in MessageInput) (*models.Case, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, number, ActFollowUp, 0, func(ctx context.Context, w *work) error {
		m, err := s.startRound(ctx, w, models.FollowUp, in.Text)
		if err != nil {
			return err
		}
		w.Shown = true
		if err := s.attachStaged(ctx, in.DraftID, m); err != nil {
			return err
		}
		return s.tellHandler(ctx, w.Case, noticeFollowUp)
	})
}

// Supplement adds words and files while the answer is still owed; it starts no round.
func (s *Service) Supplement(ctx context.Context, actor models.Actor, number string, in MessageInput) (*models.Case, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, number, ActSupplement, 0, func(ctx context.Context, w *work) error {
		m := &models.CaseMessage{CaseID: w.Case.ID, Round: w.Case.Round, Kind: models.Supplement, Body: in.Text, CreatedAt: w.Now}
		if err := s.insertMessage(ctx, m); err != nil {
			return err
		}
		if err := s.attachStaged(ctx, in.DraftID, m); err != nil {
			return err
		}
		return s.tellHandler(ctx, w.Case, noticeFollowUp)
	})
}

// attachStaged moves a draft's files to a message and ends the draft; only one message can have them.
func (s *Service) attachStaged(ctx context.Context, draftID int64, m *models.CaseMessage) error {
	if draftID == 0 {
		return nil
	}
	if err := s.Files.Attach(ctx, models.OwnerDraft, draftID, m.CaseID, m.ID); err != nil {
		return err
	}
	if gone, err := s.deleteDraft(ctx, draftID); err != nil || gone {
		return err
	}
	return fault.New(fault.Conflict, i18n.N("这份草稿或它的附件已经提交过，或者放得太久。请再试一次，附件要重新上传。")).WithReason("draft_gone")
}
