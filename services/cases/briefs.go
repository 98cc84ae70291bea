package cases

import (
	"context"

	"huiyin/models"
)

// Brief is enough of a case to know it again in a list of something else.
type Brief struct {
	Case    models.Case
	Topic   models.Topic
	DueSoon bool
}

// Titles returns the titles of those of the cases that the actor may see, by number.
func (s *Service) Titles(ctx context.Context, actor models.Actor, numbers []string) (map[string]string, error) {
	ids, err := s.idsOf(ctx, numbers)
	if err != nil {
		return nil, err
	}
	briefs, err := s.Briefs(ctx, actor, ids)
	out := make(map[string]string, len(briefs))
	for _, b := range briefs {
		out[b.Case.Number] = b.Case.Title
	}
	return out, err
}

// Briefs returns those of the cases that the actor may see, by id: a title may hold personal data, so it stays behind the same door as the case.
func (s *Service) Briefs(ctx context.Context, actor models.Actor, ids []int64) (map[int64]Brief, error) {
	list, err := s.casesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	soon, err := s.soon(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]Brief, len(list))
	for _, c := range list {
		who, err := s.standing(ctx, actor, &c)
		if err != nil {
			return nil, err
		}
		if who == 0 {
			continue
		}
		topic, err := s.topicByID(ctx, c.TopicID)
		if err != nil {
			return nil, err
		}
		out[c.ID] = Brief{Case: c, Topic: topic, DueSoon: soon(&c)}
	}
	return out, nil
}
