package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// NoteInput is an internal note.
type NoteInput struct {
	Text string `form:"text" json:"text" doc:"2–1000 个字；居民看不到"`
	Key  string `form:"key" json:"-"` // as in MessageInput
}

// AddNote leaves an internal note; residents never see it.
func (s *Service) AddNote(ctx context.Context, actor models.Actor, number string, in NoteInput) (*models.Case, error) {
	in.Text = textrule.Text(in.Text)
	var f fault.Fields
	textrule.Length(&f, "text", in.Text, 2, 1000)
	if err := f.Err(); err != nil {
		return nil, err
	}
	c, err := s.act(ctx, actor, number, ActNote, 0, func(ctx context.Context, w *work) error {
		w.Aside = true
		return s.insertMessage(ctx, &models.CaseMessage{
			CaseID: w.Case.ID, Round: w.Case.Round, Kind: models.Note, StaffID: actor.ID, DepartmentID: actor.DepartmentID,
			Body: in.Text, SentKey: s.sentKey(actor, models.Note, in.Key, in.Text), CreatedAt: w.Now,
		})
	})
	return s.once(ctx, actor, number, c, err)
}
