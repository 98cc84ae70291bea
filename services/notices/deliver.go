package notices

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"huiyin/internal/database"
	"huiyin/internal/mail"
	"huiyin/internal/sms"
	"huiyin/internal/workdays"
	"huiyin/models"
)

// How long the carrier may take, and when an attempt that never reported back (a crash) counts as lost.
const (
	carryWithin = 30 * time.Second
	lostAfter   = 5 * time.Minute
)

// Waits before each new attempt: about a day in all.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// Deliver makes one attempt at a delivery and settles the outbox task together with its outcome. It may be called any
// number of times, at once too: only the call that moves the record to sending reaches the carrier, outside of any
// transaction. When the carrier cannot say whether it took the message, the delivery ends as unknown and only a person
// sends it again. An error means that the database failed; calling again is right.
func (s *Service) Deliver(ctx context.Context, taskID, deliveryID int64) error {
	d, mine, err := s.take(ctx, taskID, deliveryID)
	if err != nil || !mine {
		return err
	}
	providerID, sendErr := s.carry(ctx, d)
	return s.settle(context.WithoutCancel(ctx), taskID, d, providerID, sendErr)
}

// take moves a waiting delivery to sending and reports whether this call is the one to send it.
func (s *Service) take(ctx context.Context, taskID, id int64) (d models.Delivery, mine bool, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		mine = false
		if d, err = s.store.delivery(ctx, id); err != nil {
			if database.IsNotFound(err) {
				return s.close(ctx, taskID)
			}
			return err
		}
		now := s.Clock.Now()
		switch d.State {
		case models.DeliverySending:
			if d.NextAt != nil && d.NextAt.After(now) {
				return nil // another call is at it; if it died, a later hint finds it here
			}
			if _, err := s.move(ctx, &d, models.DeliveryUnknown, now, change{lastError: lost}); err != nil {
				return err
			}
			return s.close(ctx, taskID)
		case models.DeliveryQueued, models.DeliveryRetry:
		default:
			return s.close(ctx, taskID)
		}
		if expired(d, now) {
			if _, err := s.move(ctx, &d, models.DeliveryFailed, now, change{lastError: tooLate}); err != nil {
				return err
			}
			return s.close(ctx, taskID)
		}
		until := now.Add(lostAfter)
		mine, err = s.move(ctx, &d, models.DeliverySending, now, change{nextAt: &until, attempts: 1})
		return err
	})
	return d, mine && err == nil, err
}

// What became of a message that was not simply sent, and what to do: records hold these. What the carrier said is for the log.
//
//i18n:keys
const (
	lost     = "发送途中断开了，不知道对方收到没有。重发前请先向对方确认，否则可能收到两条。"
	noAnswer = "服务商没有及时回复，不知道对方收到没有。重发前请先向对方确认，否则可能收到两条。"
	tooLate  = "验证码已经过期，没有再发。"
	refused  = "服务商拒收，没有发出。号码或邮箱可能不能接收，请用别的方式联系对方；同类消息都拒收时，请系统管理员查看。"
	later    = "服务商暂时连不上或有故障，没有发出，到时自动再试。"
	gaveUp   = "服务商连不上或有故障，试到最后仍没有发出。请用别的方式联系对方，或稍后重发。"
	unusable = "这条记录读不出来，不能发送。请系统管理员查看。"
)

// reasons are all of them.
var reasons = []string{lost, noAnswer, tooLate, refused, later, gaveUp, unusable}

// reasonOf returns the reason on a record. Older ones hold a carrier's own words: they are told by what they led to.
func reasonOf(state models.DeliveryState, kept string) string {
	if kept == "" || slices.Contains(reasons, kept) {
		return kept
	}
	switch state {
	case models.DeliveryUnknown:
		return noAnswer
	case models.DeliveryFailed:
		return gaveUp
	}
	return later
}

func expired(d models.Delivery, at time.Time) bool {
	return Kind(d.Kind) == Code && !at.Before(d.CreatedAt.Add(CodeLife))
}

func (s *Service) close(ctx context.Context, taskID int64) error {
	_, err := s.Outbox.Done(ctx, taskID)
	return err
}

// errUnusable is a record that no attempt can send.
var errUnusable = errors.New("notices: the record cannot be sent")

func (s *Service) carry(ctx context.Context, d models.Delivery) (string, error) {
	address, err := s.Seal.Open(d.AddressSealed, sealAddress)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errUnusable, err)
	}
	body, err := s.Seal.Open(d.BodySealed, sealBody)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errUnusable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, carryWithin)
	defer cancel()
	id := "huiyin-" + strconv.FormatInt(d.ID, 10)
	switch d.Channel {
	case models.SMS:
		r, err := s.SMS.Send(ctx, sms.Message{To: address, Text: body, ID: id})
		return r.ProviderID, err
	case models.Email:
		r, err := s.Mail.Send(ctx, mail.Message{To: address, Subject: d.Subject, Text: body, ID: id})
		return r.ProviderID, err
	}
	return "", fmt.Errorf("%w: channel %q", errUnusable, d.Channel)
}

// settle writes what became of an attempt.
func (s *Service) settle(ctx context.Context, taskID int64, d models.Delivery, providerID string, sendErr error) error {
	now := s.Clock.Now()
	to, c := s.outcome(d, sendErr, now)
	c.providerID = providerID
	if sendErr != nil {
		s.Log.WarnContext(ctx, "a delivery was not sent", "delivery", d.ID, "channel", d.Channel, "attempt", d.Attempts, "outcome", to, "error", sendErr)
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		at := d // a transaction that is tried again starts from the record as it was taken
		ok, err := s.move(ctx, &at, to, now, c)
		if err != nil {
			return err
		}
		if !ok {
			// It took so long that it was given up as unknown; that stays true enough.
			s.Log.WarnContext(ctx, "a delivery was settled by somebody else", "delivery", d.ID, "outcome", to)
			return s.close(ctx, taskID)
		}
		if to == models.DeliveryRetry {
			return s.Outbox.Later(ctx, taskID, sendErr.Error(), *c.nextAt)
		}
		return s.close(ctx, taskID)
	})
}

// move takes a delivery one step on. A code that goes no further has no business in the database, nor has the number it went to.
func (s *Service) move(ctx context.Context, d *models.Delivery, to models.DeliveryState, now time.Time, c change) (bool, error) {
	ended := to == models.DeliverySent || to == models.DeliveryFailed || to == models.DeliveryUnknown
	c.forget = ended && Kind(d.Kind) == Code && !s.Demo
	return s.store.move(ctx, d, to, now, c)
}

func (s *Service) outcome(d models.Delivery, err error, now time.Time) (models.DeliveryState, change) {
	switch {
	case err == nil:
		return models.DeliverySent, change{sentAt: &now}
	case errors.Is(err, errUnusable):
		return models.DeliveryFailed, change{lastError: unusable}
	case errors.Is(err, sms.ErrRejected), errors.Is(err, mail.ErrRejected):
		return models.DeliveryFailed, change{lastError: refused}
	case errors.Is(err, sms.ErrUnknown), errors.Is(err, mail.ErrUnknown):
		return models.DeliveryUnknown, change{lastError: noAnswer}
	}
	try := int(d.Attempts) - 1
	if try >= len(waits) {
		return models.DeliveryFailed, change{lastError: gaveUp}
	}
	next := now.Add(waits[max(try, 0)])
	if expired(d, next) {
		return models.DeliveryFailed, change{lastError: tooLate}
	}
	return models.DeliveryRetry, change{nextAt: &next, lastError: later}
}

// SweepLost marks up to limit attempts that never reported back as unknown, and returns how many it looked at; their tasks are closed
// when they are handed over again.
func (s *Service) SweepLost(ctx context.Context, limit int) (int, error) {
	now := s.Clock.Now()
	rows, err := s.store.stuck(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	for i := range rows {
		if err := s.DB.Tx(ctx, func(ctx context.Context) error {
			d := rows[i]
			_, err := s.move(ctx, &d, models.DeliveryUnknown, now, change{lastError: lost})
			return err
		}); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// Forget deletes up to limit records that are older than months, oldest first, with their histories, and returns how many.
func (s *Service) Forget(ctx context.Context, months, limit int) (int, error) {
	before := workdays.MonthsBefore(s.Clock.Now(), months, s.Site.Zone(ctx))
	var n int64
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		n, err = s.store.forget(ctx, before, limit)
		return err
	})
	return int(n), err
}

// ForgetCases blanks the addresses and texts of messages to residents about those cases; what became of each stays on record.
func (s *Service) ForgetCases(ctx context.Context, caseIDs []int64) error {
	return s.store.forgetCases(ctx, caseIDs)
}

// Hand gives the records of a case's messages to the department that answers it from now on: who sees the case sees them.
func (s *Service) Hand(ctx context.Context, caseID, departmentID int64) error {
	return s.store.hand(ctx, caseID, departmentID)
}
