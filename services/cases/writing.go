package cases

import (
	"context"

	"huiyin/models"
	"huiyin/services/accounts"
)

// Presence knows who is at work on what just now; internal/presence is one. What it knows fades by itself.
type Presence interface {
	// Touch notes that the person is at work on the thing.
	Touch(ctx context.Context, thing string, person int64)
	// Others returns who else is at work on it.
	Others(ctx context.Context, thing string, person int64) []int64
	// Leave takes the person's sign away.
	Leave(ctx context.Context, thing string, person int64)
}

func writingOn(number string) string { return "case:" + number }

// writes notes that the actor has just written on the reply of a case; to look at it is not to write.
func (s *Service) writes(ctx context.Context, actor models.Actor, number string) {
	if s.Presence != nil {
		s.Presence.Touch(ctx, writingOn(number), actor.ID)
	}
}

// wrote takes the actor's sign away once the reply is out of their hands.
func (s *Service) wrote(ctx context.Context, actor models.Actor, number string) {
	if s.Presence != nil {
		s.Presence.Leave(ctx, writingOn(number), actor.ID)
	}
}

// writing names the colleagues who are writing the reply of a case too.
func (s *Service) writing(ctx context.Context, actor models.Actor, number string) []accounts.StaffCard {
	if s.Presence == nil {
		return nil
	}
	ids := s.Presence.Others(ctx, writingOn(number), actor.ID)
	people, err := s.Accounts.StaffNames(ctx, ids)
	if err != nil {
		return nil // a courtesy
	}
	var cards []accounts.StaffCard
	for _, id := range ids {
		if p, known := people[id]; known {
			cards = append(cards, p)
		}
	}
	return cards
}
