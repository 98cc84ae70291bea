package cases

import (
	"context"
	"time"

	"huiyin/internal/database"
	"huiyin/models"
)

// receiptFor is how long the browser that sent a form may see its receipt again.
const receiptFor = 30 * time.Minute

// ReceiptOf returns the receipt of what was sent from the draft of a token, for half an hour; found is false when nothing was sent
// from it, or not lately. The token is the secret that entitles to it: whoever holds it filled in the form.
func (s *Service) ReceiptOf(ctx context.Context, token string) (r Receipt, found bool, err error) {
	c, found, err := s.SentFrom(ctx, token)
	if err != nil || !found || s.Clock.Now().Sub(c.SubmittedAt) > receiptFor {
		return Receipt{}, false, err
	}
	return Receipt{Case: c, Code: s.queryCode(s.draftKey(token)), Until: c.SubmittedAt.Add(receiptFor)}, true, nil
}

// SentFrom returns the case that was made of the draft of a token, however long ago: a draft makes one case.
func (s *Service) SentFrom(ctx context.Context, token string) (c *models.Case, found bool, err error) {
	if len(token) < 20 || len(token) > 64 {
		return nil, false, nil
	}
	c, err = s.bySubmission(ctx, s.draftKey(token))
	if database.IsNotFound(err) {
		return nil, false, nil
	}
	return c, err == nil, err
}
