package cases

import (
	"context"

	"huiyin/models"
	"huiyin/services/accounts"
)

// Glance is what an open page asks for again and again: whether it still shows how things are.
type Glance struct {
	Case     *models.Case
	Reply    *models.CaseReply // of the present round, for staff only
	MayDraft bool
	Writing  []accounts.StaffCard // who else is, for those who may write the reply
}

// Peek tells whoever may see a case how it stands, without its words.
func (s *Service) Peek(ctx context.Context, actor models.Actor, number string) (Glance, error) {
	c, who, err := s.seen(ctx, actor, number)
	if err != nil || who&(Staff|Reader) == 0 {
		return Glance{Case: c}, err
	}
	f, err := s.factsOf(ctx, c)
	g := Glance{Case: c, Reply: f.Reply, MayDraft: may(ActDraft, actor, who, c, f) == nil}
	if err == nil && g.MayDraft {
		g.Writing = s.writing(ctx, actor, c.Number)
	}
	return g, err
}
