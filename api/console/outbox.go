package console

import (
	"net/http"
	"time"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/notices"
)

const (
	outboxPath     = "/console/outbox"
	demoOutboxPath = "/demo/outbox"
	outboxPage     = 60
)

// outboxRoutes show, in the demo city, what people would have received. The public one lets somebody without an account read the code
// that would have come by SMS; in any other city both lead nowhere.
func (s *Console) outboxRoutes(g *kit.Group) {
	g.GET(outboxPath, kit.Staff, s.outbox("outbox"))
	g.In(kit.Portal).GET(demoOutboxPath, kit.Public, s.outbox("demo-outbox"))
}

// handset is the messages of one phone, newest first, as its owner sees them.
type handset struct {
	Phone   string
	Bubbles []bubble
}

type bubble struct {
	Text, StateWord string
	At              time.Time
}

type letter struct {
	Subject, To, Text, StateWord, StateKind string
	At                                      time.Time
}

// received is one of the two.
type received struct {
	Handset *handset
	Letter  *letter
}

type outboxData struct {
	Received     []received
	Newer, Older string
}

func (s *Console) outbox(page string) kit.Handler {
	return func(c *kit.Ctx) error {
		if !c.Kit.Demo {
			return kit.NotFound()
		}
		c.Section("outbox")
		opened, next, err := s.Notices.OpenOutbox(c.Request.Context(), outboxPage, queryID(c, "after"))
		if err != nil {
			return err
		}
		d := outboxData{}
		d.Received = sorted(c, opened)
		d.Newer, d.Older = pagerOf(c, next)
		return c.Page(http.StatusOK, page, d)
	}
}

// sorted puts SMS into the phone that received them, phones in the order of their newest message, and mails between them.
func sorted(c *kit.Ctx, opened []notices.Opened) []received {
	var all []received
	phones := map[string]*handset{}
	for _, o := range opened {
		word := c.T(deliveryStates[o.State])
		at := o.CreatedAt
		if o.SentAt != nil {
			at = *o.SentAt
		}
		if o.Channel == models.Email {
			all = append(all, received{Letter: &letter{o.Subject, o.To, o.Body, word, stateKinds[o.State], at}})
			continue
		}
		phone, known := phones[o.To]
		if !known {
			phone = &handset{Phone: maskedPhone(o.To)}
			phones[o.To] = phone
			all = append(all, received{Handset: phone})
		}
		phone.Bubbles = append(phone.Bubbles, bubble{o.Body, word, at})
	}
	return all
}

// maskedPhone leaves enough of a number for its owner to find it: the page is open to everybody.
func maskedPhone(phone string) string {
	if len(phone) < 8 {
		return "****"
	}
	return phone[:3] + "****" + phone[len(phone)-4:]
}
