package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// AddNote leaves an internal note; residents never see it.
func (s *Service) AddNote(ctx context.Context, actor models.Actor, number, text string) (*models.Case, error) {
	text = textrule.Text(text)
	var f fault.Fields
	textrule.Length(&f, "text", text, 2, 1000)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, number, ActNote, 0, func(ctx context.Context, w *work) error {
		w.Aside = true
		m := &models.CaseMessage{
			CaseID: w.Case.ID, Round: w.Case.Round, Kind: models.Note, StaffID: actor.ID,
			DepartmentID: actor.DepartmentID, Body: text, CreatedAt: w.Now,
		}
		return s.insertMessage(ctx, m)
	})
}
