package cases

import (
	"context"

	"huiyin/models"
)

// Contact is a resident's contact details, open.
type Contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Place string `json:"place,omitempty"`
}

// Reveal opens the contact details of a case's resident. Every look is in the history and the audit log.
func (s *Service) Reveal(ctx context.Context, actor models.Actor, number string) (Contact, error) {
	var contact Contact
	_, err := s.act(ctx, actor, number, ActReveal, 0, func(ctx context.Context, w *work) error {
		w.Aside = true
		to, err := s.reachOf(ctx, w.Case)
		if err != nil {
			return err
		}
		contact.Phone = to.Phone
		if contact.Name, err = s.opened(w.Case.DisplayNameSealed); err != nil {
			return err
		}
		contact.Place, err = s.opened(w.Case.PlaceSealed)
		return err
	})
	return contact, err
}
