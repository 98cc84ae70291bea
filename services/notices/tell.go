package notices

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"huiyin/internal/database"
	"huiyin/internal/i18n"
	"huiyin/internal/mail"
	"huiyin/internal/sms"
	"huiyin/models"
)

// Ref is the case a message is about.
type Ref struct {
	ID           int64
	Number       string
	DepartmentID int64 // who may see the delivery's record
}

// ResidentTo is a resident who may be told.
type ResidentTo struct {
	ID     int64 // 0 when not registered
	Phone  string
	Locale string
	Wants  bool // messages by SMS
}

// StaffTo is a member of staff to be told.
type StaffTo struct {
	ID     int64
	Email  string // empty: the bell only
	Locale string
}

// Message is one step of a case, told to whom it concerns. Values fill the placeholders that the service does not know
// itself ({department}, and {due} when Due is nil); "department.en" is used instead for readers of English.
type Message struct {
	Kind     Kind
	Case     Ref
	Resident *ResidentTo
	Staff    []StaffTo
	Values   map[string]string
	Due      *time.Time // said as a day in the city's zone
	Link     string     // path within the site, "/track"
}

// Tell writes the deliveries of a message and the tasks that send them. It needs the transaction of the step it tells of
// (database.ErrNoTx otherwise). A kind or a value that is missing is a mistake of the caller and an internal error.
func (s *Service) Tell(ctx context.Context, m Message) error {
	spec, ok := SpecOf(m.Kind)
	if !ok {
		return fmt.Errorf("notices: no kind %q", m.Kind)
	}
	wording, err := s.wording(ctx, m.Kind)
	if err != nil {
		return err
	}
	if spec.Audience == ToResident {
		return s.tellResident(ctx, m, wording)
	}
	return s.tellStaff(ctx, m, wording)
}

func (s *Service) tellResident(ctx context.Context, m Message, w wording) error {
	to := m.Resident
	if to == nil || !to.Wants || to.Phone == "" {
		return nil
	}
	t, err := s.fill(ctx, m, w, models.SMS, i18n.Match(to.Locale))
	if err != nil {
		return err
	}
	d := s.delivery(m, models.SMS, t)
	d.ResidentID = to.ID
	return s.post(ctx, d, to.Phone, sms.Mask(to.Phone), t.Body)
}

func (s *Service) tellStaff(ctx context.Context, m Message, w wording) error {
	ids := make([]int64, len(m.Staff))
	for i, to := range m.Staff {
		ids[i] = to.ID
	}
	unwanted, err := s.store.unwanted(ctx, m.Kind, ids)
	if err != nil {
		return err
	}
	told := map[int64]bool{}
	for _, to := range m.Staff {
		if told[to.ID] {
			continue
		}
		told[to.ID] = true
		locale := i18n.Match(to.Locale)
		if specOf[m.Kind].Must || !unwanted[wish{to.ID, models.Bell}] {
			if err := s.ring(ctx, m, w, to, locale); err != nil {
				return err
			}
		}
		if to.Email == "" || unwanted[wish{to.ID, models.Email}] {
			continue
		}
		t, err := s.fill(ctx, m, w, models.Email, locale)
		if err != nil {
			return err
		}
		d := s.delivery(m, models.Email, t)
		d.StaffID = to.ID
		if err := s.post(ctx, d, to.Email, mail.Mask(to.Email), t.Body); err != nil {
			return err
		}
	}
	return nil
}

// ring puts a message on somebody's bell: it has arrived as soon as the step is committed.
func (s *Service) ring(ctx context.Context, m Message, w wording, to StaffTo, locale string) error {
	t, err := s.fill(ctx, m, w, models.Bell, locale)
	if err != nil {
		return err
	}
	d := s.delivery(m, models.Bell, t)
	d.StaffID, d.State, d.SentAt = to.ID, models.DeliverySent, &d.CreatedAt
	if d.BodySealed, err = s.Seal.Seal(t.Body, sealBody); err != nil {
		return err
	}
	if err := s.store.insert(ctx, d); err != nil {
		return err
	}
	s.hint(ctx, to.ID)
	return nil
}

func (s *Service) hint(ctx context.Context, staffID int64) {
	later := context.WithoutCancel(ctx)
	database.AfterCommit(ctx, func() { s.Live.Publish(later, "staff:"+strconv.FormatInt(staffID, 10)) })
}

func (s *Service) delivery(m Message, c models.Channel, t text) *models.Delivery {
	return &models.Delivery{
		Kind: string(m.Kind), Channel: c, State: models.DeliveryQueued, CaseID: m.Case.ID, DepartmentID: m.Case.DepartmentID,
		Subject: t.Subject, Link: m.Link, CreatedAt: s.Clock.Now(), Version: 1,
	}
}

// post seals and writes a delivery that a carrier must take, and owes the sending.
func (s *Service) post(ctx context.Context, d *models.Delivery, address, masked, body string) error {
	var err error
	if d.AddressSealed, err = s.Seal.Seal(address, sealAddress); err != nil {
		return err
	}
	if d.BodySealed, err = s.Seal.Seal(body, sealBody); err != nil {
		return err
	}
	d.AddressMasked = masked
	return s.owe(ctx, d)
}

func (s *Service) owe(ctx context.Context, d *models.Delivery) error {
	if err := s.store.insert(ctx, d); err != nil {
		return err
	}
	task := TaskDeliver
	if Kind(d.Kind) == Code {
		task = TaskCode
	}
	return s.Outbox.Add(ctx, task, d.ID, time.Time{})
}

// CodeLife is how long a one-time code is worth sending, and what the message says of it.
const CodeLife = 5 * time.Minute

// SendCode owes an SMS with a one-time code, in a transaction of its own unless ctx carries one.
func (s *Service) SendCode(ctx context.Context, phone, code, locale string) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		w, err := s.wording(ctx, Code)
		if err != nil {
			return err
		}
		m := Message{Kind: Code, Values: map[string]string{"code": code, "minutes": strconv.Itoa(int(CodeLife / time.Minute))}}
		t, err := s.fill(ctx, m, w, models.SMS, i18n.Match(locale))
		if err != nil {
			return err
		}
		return s.post(ctx, s.delivery(m, models.SMS, t), phone, sms.Mask(phone), t.Body)
	})
}

// fill renders a message for one channel and one reader's language.
func (s *Service) fill(ctx context.Context, m Message, w wording, c models.Channel, locale string) (text, error) {
	city, err := s.Site.CityName(ctx, locale)
	if err != nil {
		return text{}, err
	}
	values := words{"city": city, "number": m.Case.Number, "address": s.Site.Origin(ctx) + m.Link}
	maps.Copy(values, m.Values)
	if m.Due != nil {
		values["due"] = day(m.Due.In(s.Site.Zone(ctx)), locale)
		if specOf[m.Kind].Audience == ToStaff && m.Kind != CaseOverdue && s.Clock.Now().After(*m.Due) {
			values["due"] = past(values["due"], locale)
		}
	}
	if locale == i18n.English {
		for k := range m.Values {
			if v := m.Values[k+".en"]; v != "" {
				values[k] = v
			}
		}
	}
	t := w.text(m.Kind, c, locale)
	for _, name := range slices.Concat(placeholders(t.Subject), placeholders(t.Body)) {
		if _, ok := values[name]; !ok {
			return text{}, fmt.Errorf("notices: %s needs a value for {%s}", m.Kind, name)
		}
	}
	return t.render(values), nil
}

// past says of a day that it is over, for staff: "please answer by" then reads as what it is.
func past(day, locale string) string {
	if locale == i18n.English {
		return day + " (overdue)"
	}
	return day + "（已超期）"
}

func day(t time.Time, locale string) string {
	if locale == i18n.English {
		return t.Format("2 Jan")
	}
	return t.Format("1月2日")
}
