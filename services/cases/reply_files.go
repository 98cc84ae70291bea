package cases

import (
	"context"
	"io"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// ReplyFiles lists the files that wait with the draft reply of the present round; the resident sees them once it is sent.
func (s *Service) ReplyFiles(ctx context.Context, actor models.Actor, number string) ([]models.Attachment, error) {
	r, err := s.replyUnderWay(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	return s.Files.Staged(ctx, models.OwnerReply, r.ID)
}

// AddReplyFile stages a file with the draft reply, which must have been saved. Errors of the file are Invalid on "attachments".
func (s *Service) AddReplyFile(ctx context.Context, actor models.Actor, number, name string, content io.Reader) (models.Attachment, error) {
	r, err := s.replyUnderWay(ctx, actor, number)
	if err != nil {
		return models.Attachment{}, err
	}
	return s.Files.Stage(ctx, models.OwnerReply, r.ID, name, content)
}

// RemoveReplyFile takes a staged file away again.
func (s *Service) RemoveReplyFile(ctx context.Context, actor models.Actor, number string, id int64) error {
	r, err := s.replyUnderWay(ctx, actor, number)
	if err != nil {
		return err
	}
	return s.Files.RemoveStaged(ctx, models.OwnerReply, r.ID, id)
}

// replyUnderWay is the draft that the actor may write on now.
func (s *Service) replyUnderWay(ctx context.Context, actor models.Actor, number string) (*models.CaseReply, error) {
	w, err := s.begin(ctx, actor, number, ActDraft)
	if err != nil {
		return nil, err
	}
	if err := may(ActDraft, actor, w.Who, w.Case, w.Facts); err != nil {
		return nil, err
	}
	if w.Facts.Reply == nil {
		return nil, fault.New(fault.Conflict, i18n.N("请先写几个字并保存答复稿，再添加附件。")).WithReason("no_reply")
	}
	return w.Facts.Reply, nil
}
