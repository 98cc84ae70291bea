package cases

import (
	"context"
	"time"

	"huiyin/models"
	"huiyin/services/accounts"
)

// OwnData is everything a resident may take away (个人信息保护法 art. 45).
type OwnData struct {
	ExportedAt time.Time       `json:"exported_at"`
	Account    accounts.Export `json:"account"`
	Cases      []OwnCase       `json:"cases" nullable:"false"`
	Favourites []OwnFavourite  `json:"favourites" nullable:"false" doc:"收藏的公开库条目"`
}

// OwnCase is one of the resident's cases, as they see it.
type OwnCase struct {
	Number           string            `json:"number"`
	Title            string            `json:"title"`
	Status           models.CaseStatus `json:"status"`
	Topic            string            `json:"topic"`
	Department       string            `json:"department"`
	DisplayName      string            `json:"display_name,omitempty"`
	Anonymous        bool              `json:"anonymous"`
	Place            string            `json:"place,omitempty"`
	Channel          string            `json:"channel"`
	Locale           string            `json:"locale"`
	PrivacyVersion   int64             `json:"privacy_version" doc:"提问时所同意的隐私说明的版本"`
	SubmittedAt      time.Time         `json:"submitted_at"`
	DueAt            time.Time         `json:"due_at"`
	AnsweredAt       *time.Time        `json:"answered_at,omitempty"`
	ClosedAt         *time.Time        `json:"closed_at,omitempty"`
	ConsentAt        *time.Time        `json:"consent_to_publish_at,omitempty"`
	ConsentWithdrawn *time.Time        `json:"consent_withdrawn_at,omitempty"`
	Rating           int64             `json:"rating,omitempty" doc:"1 到 5 分"`
	RatingWord       string            `json:"rating_word,omitempty"`
	Messages         []OwnMessage      `json:"messages" nullable:"false"`
	History          []OwnEvent        `json:"history" nullable:"false"`
}

// OwnMessage is one entry of a thread.
type OwnMessage struct {
	Kind  models.MessageKind `json:"kind"`
	At    time.Time          `json:"at"`
	Text  string             `json:"text"`
	Files []string           `json:"files,omitempty"`
}

// OwnEvent is one step of a case that its resident is shown.
type OwnEvent struct {
	Action string    `json:"action"`
	At     time.Time `json:"at"`
	Note   string    `json:"note,omitempty"`
}

// OwnFavourite is a published entry that the resident has kept.
type OwnFavourite struct {
	ID    int64     `json:"id"`
	Title string    `json:"title,omitempty" doc:"已经撤下的没有"`
	At    time.Time `json:"at"`
}

// ExportOwn collects what is kept about the actor: the account, the cases with their threads, and the favourites.
func (s *Service) ExportOwn(ctx context.Context, actor models.Actor) (OwnData, error) {
	out := OwnData{ExportedAt: s.Clock.Now(), Cases: []OwnCase{}, Favourites: []OwnFavourite{}}
	var err error
	if out.Account, err = s.Accounts.ExportOwn(ctx, actor); err != nil {
		return OwnData{}, err
	}
	for after := int64(0); ; {
		page, err := s.Mine(ctx, actor, after, MaxPageSize)
		if err != nil {
			return OwnData{}, err
		}
		for _, c := range page.Cases {
			t, err := s.Open(ctx, actor, c.Number)
			if err != nil {
				return OwnData{}, err
			}
			out.Cases = append(out.Cases, t.own())
		}
		if after = page.Next; after == 0 {
			break
		}
	}
	out.Favourites, err = s.ownFavourites(ctx, actor)
	return out, err
}

func (t *Thread) own() OwnCase {
	c := t.Case
	one := OwnCase{
		Number: c.Number, Title: c.Title, Status: c.Status, Topic: t.Topic.Name, Department: t.Department.Name, DisplayName: t.DisplayName,
		Anonymous: c.Anonymous, Place: t.Place, Channel: c.Channel, Locale: c.Locale, PrivacyVersion: c.PrivacyVersion, SubmittedAt: c.SubmittedAt,
		DueAt: c.DueAt, AnsweredAt: c.AnsweredAt, ClosedAt: c.ClosedAt, ConsentAt: c.ConsentAt, ConsentWithdrawn: c.ConsentWithdrawn,
		Rating: c.Rating, RatingWord: c.RatingWord, Messages: []OwnMessage{}, History: []OwnEvent{},
	}
	for _, m := range t.Messages {
		e := OwnMessage{Kind: m.Kind, At: m.CreatedAt, Text: m.Body}
		for _, f := range m.Files {
			e.Files = append(e.Files, f.Name)
		}
		one.Messages = append(one.Messages, e)
	}
	for _, e := range t.Events {
		one.History = append(one.History, OwnEvent{Action: e.Action, At: e.At, Note: e.Note})
	}
	return one
}

func (s *Service) ownFavourites(ctx context.Context, actor models.Actor) ([]OwnFavourite, error) {
	list := []OwnFavourite{}
	for next := ""; ; {
		kept, following, err := s.Library.Favourites(ctx, actor.ID, next, MaxPageSize)
		if err != nil {
			return nil, err
		}
		for _, k := range kept {
			list = append(list, OwnFavourite{ID: k.ID, Title: k.Title, At: k.At})
		}
		if next = following; next == "" {
			return list, nil
		}
	}
}
