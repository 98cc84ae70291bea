package cases

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// Draft is what a resident has typed and not sent, kept on the server so that it survives an error, a lost session and a reload.
// It is sealed, belongs to whoever holds its token, and is deleted when it is sent or has been left alone.
type Draft struct {
	ID      int64
	Token   string // a cookie's value; only its hash is stored
	Key     string // the submission key of the form
	TopicID int64
	Privacy int64
	Input   SubmitInput
	Phone   string
}

type draftBody struct {
	Input SubmitInput `json:"input"`
	Phone string      `json:"phone"`
}

// StartDraft begins a form for a topic after the privacy notice was agreed to.
func (s *Service) StartDraft(ctx context.Context, topicID, privacyVersion int64) (Draft, error) {
	raw := make([]byte, 24)
	_, _ = rand.Read(raw) // never fails: crypto/rand
	d := Draft{Token: base64.RawURLEncoding.EncodeToString(raw), TopicID: topicID, Privacy: privacyVersion}
	d.Input.TopicID, d.Input.Privacy = topicID, privacyVersion
	now := s.Clock.Now()
	row := &models.CaseDraft{TopicID: topicID, PrivacyVersion: privacyVersion, CreatedAt: now, UpdatedAt: now}
	err := s.saveDraft(ctx, &d, row)
	return d, err
}

// LoadDraft returns the draft of a token; found is false when there is none (any more).
func (s *Service) LoadDraft(ctx context.Context, token string) (d Draft, found bool, err error) {
	if len(token) < 20 || len(token) > 64 {
		return Draft{}, false, nil
	}
	row, found, err := s.draftByHash(ctx, s.draftHash(token))
	if err != nil || !found {
		return Draft{}, false, err
	}
	plain, err := s.Seal.Open(row.BodySealed, "draft")
	if err != nil {
		return Draft{}, false, err
	}
	var b draftBody
	if err := json.Unmarshal([]byte(plain), &b); err != nil {
		return Draft{}, false, err
	}
	return Draft{ID: row.ID, Token: token, Key: s.draftKey(token), TopicID: row.TopicID, Privacy: row.PrivacyVersion, Input: b.Input, Phone: b.Phone}, true, nil
}

// UploadDraft returns the draft of a token that a program has sent files under. Errors: fault.Invalid on "upload_token" when there is none.
func (s *Service) UploadDraft(ctx context.Context, token string) (Draft, error) {
	d, found, err := s.LoadDraft(ctx, token)
	if err != nil || found {
		return d, err
	}
	var wrong fault.Fields
	wrong.Add("upload_token", i18n.N("上传凭据无效或已过期，请重新开始上传。"))
	return d, wrong.Err()
}

// What a draft keeps of each input, in characters: far more than may be sent, so that who wrote too much can shorten it.
const (
	keptLine = 2000
	keptText = 10 * MaxText
)

// SaveDraft keeps what is typed now and judges nothing. Only what is stored is bounded: d goes on holding every word, for whoever counts them.
func (s *Service) SaveDraft(ctx context.Context, d *Draft) error {
	kept := *d
	kept.Input.Title, kept.Input.Text = cut(d.Input.Title, keptLine), cut(d.Input.Text, keptText)
	kept.Input.Place, kept.Input.DisplayName, kept.Phone = cut(d.Input.Place, keptLine), cut(d.Input.DisplayName, keptLine), cut(d.Phone, 30)
	err := s.saveDraft(ctx, &kept, &models.CaseDraft{ID: d.ID, TopicID: d.TopicID, PrivacyVersion: d.Privacy, UpdatedAt: s.Clock.Now()})
	d.ID, d.Key = kept.ID, kept.Key
	return err
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func (s *Service) saveDraft(ctx context.Context, d *Draft, row *models.CaseDraft) error {
	raw, err := json.Marshal(draftBody{Input: d.Input, Phone: d.Phone})
	if err != nil {
		return err
	}
	if row.BodySealed, err = s.Seal.Seal(string(raw), "draft"); err != nil {
		return err
	}
	d.Key = s.draftKey(d.Token)
	row.TokenHash = s.draftHash(d.Token)
	if err := s.putDraft(ctx, row); err != nil {
		return err
	}
	d.ID = row.ID
	return nil
}

func (s *Service) draftHash(token string) string { return s.Seal.BlindIndex("draft", token) }
func (s *Service) draftKey(token string) string  { return s.Seal.BlindIndex("submission", token) }

// SweepDrafts deletes what was left alone for longer than the rules keep it, with its files, at most limit at a time.
func (s *Service) SweepDrafts(ctx context.Context, limit int) (int, error) {
	n, err := s.Policy.CaseNumbers(ctx)
	if err != nil {
		return 0, err
	}
	before := s.Clock.Now().Add(-time.Duration(n.DraftHours) * time.Hour)
	ids, err := s.draftsBefore(ctx, before, limit)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		err := s.DB.Tx(ctx, func(ctx context.Context) error {
			if gone, err := s.deleteDraftBefore(ctx, id, before); err != nil || !gone { // somebody came back to it meanwhile
				return err
			}
			return s.Files.DropStaged(ctx, models.OwnerDraft, id)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}
