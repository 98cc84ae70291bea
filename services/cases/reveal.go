package cases

import (
	"context"
	"encoding/json"
	"time"

	"huiyin/models"
)

// Contact is a resident's contact details, open.
type Contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Place string `json:"place,omitempty"`
}

// Revealed is what a look shows: the contact details, and the messages whose words are covered otherwise.
type Revealed struct {
	Contact
	Messages []RevealedMessage `json:"messages" nullable:"false" doc:"含有被遮盖内容的来信原文"`
	// What else the resident wrote with something covered in it.
	RatingWord string   `json:"rating_word,omitempty" doc:"评价时写的话，含有被遮盖的内容时才有"`
	Reasons    []string `json:"reasons,omitempty" doc:"含有被遮盖内容的撤回原因"`
}

// RevealedMessage is a message as the resident wrote it.
type RevealedMessage struct {
	ID   int64  `json:"id"`
	Text string `json:"text"`
}

// Reveal opens the contact details of a case's resident. Every look is in the history and the audit log.
func (s *Service) Reveal(ctx context.Context, actor models.Actor, number string) (Revealed, error) {
	contact := Revealed{Messages: []RevealedMessage{}}
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
		if contact.Place, err = s.opened(w.Case.PlaceSealed); err != nil {
			return err
		}
		list, err := s.messages(ctx, w.Case.ID)
		for _, m := range list {
			msg := Message{CaseMessage: m}
			if s.cover(&msg); msg.open != "" {
				contact.Messages = append(contact.Messages, RevealedMessage{m.ID, msg.open})
			}
		}
		if err != nil {
			return err
		}
		if parts, _ := s.covered(w.Case.RatingWord); parts != nil {
			contact.RatingWord = w.Case.RatingWord
		}
		events, err := s.events(ctx, w.Case.ID)
		for _, e := range events {
			if parts, _ := s.covered(e.Note); parts != nil && e.ActorKind != string(models.StaffActor) {
				contact.Reasons = append(contact.Reasons, e.Note)
			}
		}
		return err
	})
	return contact, err
}

// lookTime is how long the answer to a look waits for its page.
const lookTime = time.Minute

// look is what Seal keeps of a look at contact details on its way to the page that shows it.
type look struct {
	Contact
	Number string    `json:"number"`
	Staff  int64     `json:"staff"`
	Until  time.Time `json:"until"`
}

// SealLook makes a ticket that shows the contact to the same actor on the same case within a minute: the page after the act that opened it.
func (s *Service) SealLook(actor models.Actor, number string, contact Contact) (string, error) {
	raw, err := json.Marshal(look{contact, number, actor.ID, s.Clock.Now().Add(lookTime)})
	if err != nil {
		return "", err
	}
	return s.Seal.Seal(string(raw), "look")
}

// OpenLook returns what a ticket of SealLook holds; nil when it is not one for this actor, case and moment.
func (s *Service) OpenLook(actor models.Actor, number, ticket string) *Contact {
	raw, err := s.Seal.Open(ticket, "look")
	if err != nil {
		return nil
	}
	var l look
	if json.Unmarshal([]byte(raw), &l) != nil || l.Number != number || l.Staff != actor.ID || s.Clock.Now().After(l.Until) {
		return nil
	}
	return &l.Contact
}
