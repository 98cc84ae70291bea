package models

import "time"

// Channel is a way to reach a person.
type Channel string

// The channels.
const (
	SMS   Channel = "sms"
	Email Channel = "mail"
	Bell  Channel = "bell"
)

// DeliveryState is what became of a message.
type DeliveryState string

// The states of a delivery. Unknown: the provider timed out, so it may or may not have arrived.
const (
	DeliveryQueued  DeliveryState = "queued"
	DeliverySending DeliveryState = "sending"
	DeliverySent    DeliveryState = "sent"
	DeliveryRetry   DeliveryState = "retry"
	DeliveryFailed  DeliveryState = "failed"
	DeliveryUnknown DeliveryState = "unknown"
)

// NoticeTemplate is the wording of one notice on one channel in one locale, where settings changed it.
type NoticeTemplate struct {
	ID        int64
	Kind      string
	Channel   Channel
	Locale    string
	Subject   string
	Body      string
	Version   int64
	UpdatedAt time.Time
	UpdatedBy int64
}

// NoticePreference is a member of staff's wish about one kind on one channel.
type NoticePreference struct {
	StaffID int64   `gorm:"primaryKey;autoIncrement:false"`
	Kind    string  `gorm:"primaryKey"`
	Channel Channel `gorm:"primaryKey"`
	Wanted  bool
}

// Delivery is one message to one person through one channel, with its outcome.
type Delivery struct {
	ID            int64
	Kind          string
	Channel       Channel
	State         DeliveryState
	StaffID       int64
	ResidentID    int64
	CaseID        int64
	DepartmentID  int64 // of the case: who may see the record
	AddressSealed string
	AddressMasked string
	Subject       string
	BodySealed    string
	Link          string // path within the site
	Attempts      int64
	NextAt        *time.Time // of the next attempt; while sending, when the attempt counts as lost
	ProviderID    string
	LastError     string
	CreatedAt     time.Time
	SentAt        *time.Time
	ReadAt        *time.Time
	ResendOf      int64
	Version       int64
}

// DeliveryResent is what happened to a message that a person had sent again, beside the states.
const DeliveryResent DeliveryState = "resent"

// DeliveryEvent is one thing that happened to a message: the outcome of an attempt, or a person who had it sent again.
type DeliveryEvent struct {
	ID         int64
	DeliveryID int64
	At         time.Time
	What       DeliveryState
	Attempt    int64 // which one this is the outcome of, 0 for none
	StaffID    int64 // who had it sent again
	OtherID    int64 // the message that was sent again, or instead
	Note       string
}
