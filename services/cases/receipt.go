package cases

import (
	"context"
	"time"

	"huiyin/internal/database"
)

// receiptFor is how long the browser that sent a form may see its receipt again.
const receiptFor = 30 * time.Minute

// ReceiptOf returns the receipt of what was sent from the draft of a token, for half an hour; found is false when nothing was sent
// from it, or not lately. The token is the secret that entitles to it: whoever holds it filled in the form.
func (s *Service) ReceiptOf(ctx context.Context, token string) (r Receipt, found bool, err error) {
	if len(token) < 20 || len(token) > 64 {
		return Receipt{}, false, nil
	}
	key := s.draftKey(token)
	c, err := s.bySubmission(ctx, key)
	switch {
	case database.IsNotFound(err):
		return Receipt{}, false, nil
	case err != nil:
		return Receipt{}, false, err
	case s.Clock.Now().Sub(c.SubmittedAt) > receiptFor:
		return Receipt{}, false, nil
	}
	return Receipt{Case: c, Code: s.queryCode(key)}, true, nil
}
