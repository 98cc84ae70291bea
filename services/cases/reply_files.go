package cases

import (
	"context"
	"io"
	"slices"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// ReplyFiles lists the files that wait with the reply of the present round, for those who work on the case; the resident sees them once
// it is sent, and then none wait.
func (s *Service) ReplyFiles(ctx context.Context, actor models.Actor, number string) ([]models.Attachment, error) {
	c, who, err := s.seen(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	if who&(Staff|Reader) == 0 {
		return nil, notFound()
	}
	r, err := s.reply(ctx, c.ID, c.Round)
	if err != nil || r == nil {
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

// MayReadFile answers whether the actor may see an attachment: a file of a message to whoever sees the message, a file that waits with a
// draft reply to those who work on the case. Everything else is NotFound.
func (s *Service) MayReadFile(ctx context.Context, actor models.Actor, a models.Attachment) error {
	caseID := a.CaseID
	switch a.OwnerKind {
	case models.OwnerReply:
		r, err := s.replyByID(ctx, a.OwnerID)
		if err != nil {
			return err
		}
		caseID = r.CaseID
	case models.OwnerMessage:
	default:
		return notFound()
	}
	c, err := s.byID(ctx, caseID)
	if err != nil {
		return err
	}
	who, err := s.standing(ctx, actor, c)
	if err != nil {
		return err
	}
	if who&(Staff|Reader) != 0 {
		return nil
	}
	if who == 0 || a.OwnerKind == models.OwnerReply {
		return notFound()
	}
	list, err := s.messages(ctx, caseID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(m models.CaseMessage) bool { return m.ID == a.OwnerID && m.Kind != models.Note }) {
		return nil
	}
	return notFound()
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
