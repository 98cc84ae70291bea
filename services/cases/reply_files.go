package cases

import (
	"context"
	"io"

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

// AddReplyFile stages a file with the draft reply, which must have been saved. Errors of the file are Invalid on "attachments". Reading
// and storing it takes a while, in which the reply may be submitted or sent: whether it still is a draft is asked again as the file is given.
func (s *Service) AddReplyFile(ctx context.Context, actor models.Actor, number, name string, content io.Reader) (models.Attachment, error) {
	w, err := s.drafting(ctx, actor, number)
	if err != nil {
		return models.Attachment{}, err
	}
	reply := w.Facts.Reply.ID
	return s.Files.StageIf(ctx, models.OwnerReply, reply, name, content, func(ctx context.Context, a models.Attachment) error {
		return s.changeFiles(ctx, actor, number, ActAddFile, func(w *work) error {
			if w.Facts.Reply.ID != reply {
				return stale()
			}
			w.Note, w.Detail = a.Name, map[string]any{"attachment": a.ID}
			return nil
		})
	})
}

// RemoveReplyFile takes a staged file away again.
func (s *Service) RemoveReplyFile(ctx context.Context, actor models.Actor, number string, id int64) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		return s.changeFiles(ctx, actor, number, ActRemoveFile, func(w *work) error {
			a, err := s.Files.Get(ctx, id)
			if err != nil {
				return err
			}
			w.Note, w.Detail = a.Name, map[string]any{"attachment": id}
			return s.Files.RemoveStaged(ctx, models.OwnerReply, w.Facts.Reply.ID, id)
		})
	})
}

// changeFiles changes the files of the draft reply in the transaction of ctx, and records it. The case stays as it is, and with it every
// form that is open on it. Whoever chose a file is one of the reply's authors.
func (s *Service) changeFiles(ctx context.Context, actor models.Actor, number string, action Action, fn func(w *work) error) error {
	w, err := s.drafting(ctx, actor, number)
	if err != nil {
		return err
	}
	if err := s.holdDraft(ctx, w.Facts.Reply, map[string]any{"saved_at": w.Now, "authors": w.Facts.Reply.Authors.With(actor.ID)}); err != nil {
		return err
	}
	w.Aside = true
	if err := fn(w); err != nil {
		return err
	}
	return s.finish(ctx, action, w)
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
	m, err := s.messageByID(ctx, a.OwnerID)
	if err == nil && (m.CaseID != caseID || m.Kind == models.Note) {
		err = notFound()
	}
	return err
}

// drafting is the case with a draft that the actor may write on now.
func (s *Service) drafting(ctx context.Context, actor models.Actor, number string) (*work, error) {
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
	return w, nil
}
