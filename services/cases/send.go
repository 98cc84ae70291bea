package cases

import (
	"context"

	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/notices"
)

// Send gives the resident the reply: an approved one, or, at a desk without review, the handler's own.
func (s *Service) Send(ctx context.Context, actor models.Actor, number string, in ReplyInput) (*models.Case, error) {
	in.Body = textrule.Text(in.Body)
	return s.actOnReply(ctx, actor, number, ActSend, in, s.send)
}

// send is the change itself; the approval of a desk that sends at once shares it.
func (s *Service) send(ctx context.Context, w *work) error {
	r := w.Facts.Reply
	m := &models.CaseMessage{
		CaseID: w.Case.ID, Round: w.Case.Round, Kind: models.ReplySent, StaffID: r.AuthorID,
		DepartmentID: w.Case.DepartmentID, Body: r.Body, CreatedAt: w.Now,
	}
	if err := s.insertMessage(ctx, m); err != nil {
		return err
	}
	if err := s.Files.Attach(ctx, models.OwnerReply, r.ID, w.Case.ID, m.ID); err != nil {
		return err
	}
	if err := s.writeReply(ctx, r, map[string]any{"sent_at": w.Now}); err != nil {
		return err
	}
	w.Set["answered_at"], w.Shown = w.Now, true
	if w.Case.Consented() && w.Case.Publication == models.PublicationNone {
		if err := s.wantPublication(ctx, w); err != nil {
			return err
		}
	}
	return s.tellResident(ctx, w.Case, notices.CaseAnswered)
}
