package cases

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"strconv"
	"strings"
	"time"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/notices"
)

// SubmitInput is one question as a form or a program sends it.
type SubmitInput struct {
	TopicID     int64  `form:"topic_id" json:"topic_id" doc:"最下一级的分类，由它决定哪个部门答复"`
	Title       string `form:"title" json:"title" doc:"5–60 个字"`
	Text        string `form:"text" json:"text" doc:"10–2000 个字"`
	Place       string `form:"place" json:"place,omitempty" doc:"事情在什么地方，最多 100 个字"`
	DisplayName string `form:"display_name" json:"display_name,omitempty" doc:"答复时怎样称呼您，最多 20 个字"`
	Anonymous   bool   `form:"anonymous" json:"anonymous,omitempty"`
	Consent     bool   `form:"consent" json:"consent,omitempty" doc:"同意在去掉个人信息之后公开问题和答复"`
	Privacy     int64  `form:"privacy_version" json:"privacy_version" doc:"所同意的隐私说明的版本"`
}

// Lengths of a question, in characters.
const (
	MinTitle, MaxTitle = 5, 60
	MinText, MaxText   = 10, 2000
	MaxPlace           = 100
	MaxDisplayName     = 20
)

// Clean normalises what was typed; call it once where input enters.
func (in *SubmitInput) Clean() {
	in.Title = textrule.Line(in.Title)
	in.Text = textrule.Text(in.Text)
	in.Place = textrule.Line(in.Place)
	in.DisplayName = textrule.Line(in.DisplayName)
}

// Check says what is wrong with the form of the input, field by field.
func (in *SubmitInput) Check() fault.Fields {
	var f fault.Fields
	if in.TopicID <= 0 {
		f.Add("topic_id", i18n.N("请选择这个问题属于哪一类。"))
	}
	textrule.Length(&f, "title", in.Title, MinTitle, MaxTitle)
	textrule.Length(&f, "text", in.Text, MinText, MaxText)
	textrule.Length(&f, "place", in.Place, 0, MaxPlace)
	textrule.Length(&f, "display_name", in.DisplayName, 0, MaxDisplayName)
	if !in.Anonymous && in.DisplayName == "" {
		f.Add("display_name", i18n.N("请写下怎么称呼您，例如“王女士”；也可以选择匿名。"))
	}
	return f
}

// CheckWords is Check, and what takes the detector: a title stands in lists and heads the answer that is published, so that it must not
// reach or prove a person.
func (s *Service) CheckWords(in *SubmitInput) fault.Fields {
	f := in.Check()
	if parts, _ := s.covered(in.Title); parts != nil {
		f.Add("title", i18n.N("标题会出现在列表里，请不要写电话、证件号、卡号或邮箱，需要的话写在具体情况里。"))
	}
	if parts, _ := s.covered(in.DisplayName); parts != nil {
		f.Add("display_name", i18n.N("这里只写怎么称呼您，请不要写电话、证件号、卡号或邮箱。"))
	}
	return f
}

// Submission is where a question comes from and what came with it.
type Submission struct {
	Key     string // one per filled form or Idempotency-Key: the same key makes one case
	Secret  bool   // the key is a draft's, which finds the receipt when no session says whose it is; any other is bound to its resident
	Channel string
	Locale  string
	DraftID int64  // whose staged files come along, and which ends with the submission; 0 for none
	Upload  string // the token of that draft, where a program has only this
}

// Receipt is what the resident keeps. The code is shown here and nowhere else; only its hash is stored.
type Receipt struct {
	Case *models.Case
	Code string // 16 characters

	Until time.Time // when the browser that sent the form no longer sees it; from ReceiptOf only
}

// Submit takes one question of a resident whose phone is confirmed. A second call with the same key returns the first receipt.
func (s *Service) Submit(ctx context.Context, actor models.Actor, in SubmitInput, sub Submission) (Receipt, error) {
	if !actor.IsResident() {
		return Receipt{}, fault.New(fault.Unauthenticated, i18n.N("请先用手机验证码确认您的手机号。"))
	}
	in.Clean()
	if !sub.Secret {
		sub.Key = s.submissionKey(actor, sub.Key)
	}
	c, err := s.make(ctx, actor, in, sub)
	if err == nil {
		return Receipt{Case: c, Code: s.queryCode(sub.Key)}, nil
	}
	// Whatever stands in the way of a new case, a form that made one already shows the receipt of that.
	r, ok, lookup := s.receiptOf(ctx, actor, sub.Key)
	switch {
	case ok:
		return r, lookup
	case database.IsDuplicate(err):
		return Receipt{}, cmp.Or(lookup, error(stale()))
	}
	return Receipt{}, err
}

// make checks a question and makes it a case.
func (s *Service) make(ctx context.Context, actor models.Actor, in SubmitInput, sub Submission) (*models.Case, error) {
	if err := s.checkSubmission(ctx, &in); err != nil {
		return nil, err
	}
	if sub.Upload != "" {
		d, err := s.UploadDraft(ctx, sub.Upload)
		if err != nil {
			return nil, err
		}
		sub.DraftID = d.ID
	}
	c, err := s.newCase(ctx, actor, in, sub)
	if err != nil {
		return nil, err
	}
	return c, s.DB.Tx(ctx, func(ctx context.Context) error { return s.keep(ctx, actor, c, sub) })
}

// submissionKey binds whatever key a face was given to its resident, so that nobody meets another's; without one every call is a new case.
func (s *Service) submissionKey(actor models.Actor, key string) string {
	if key == "" {
		key = rand.Text()
	}
	return s.Seal.BlindIndex("submission", strconv.FormatInt(actor.ID, 10)+":"+key)
}

func (s *Service) checkSubmission(ctx context.Context, in *SubmitInput) error {
	f := s.CheckWords(in)
	current, err := s.Policy.PrivacyVersion(ctx)
	if err != nil {
		return err
	}
	if in.Privacy != current {
		f.Add("privacy_version", i18n.N("请阅读并同意现行的隐私说明。"))
	}
	if in.TopicID > 0 {
		tree, err := s.Topics(ctx)
		if err != nil {
			return err
		}
		if _, ok := tree.Askable(in.TopicID); !ok {
			f.Add("topic_id", i18n.N("这个分类不能提问了，请重新选择。"))
		}
	}
	return f.Err()
}

func (s *Service) newCase(ctx context.Context, actor models.Actor, in SubmitInput, sub Submission) (*models.Case, error) {
	topic, err := s.topicByID(ctx, in.TopicID)
	if err != nil {
		return nil, err
	}
	desk, err := s.deskOf(ctx, topic.DepartmentID)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	due, basis, provisional, err := s.Deadlines.Deadline(ctx, now, replyDays(desk, topic), desk.Unit)
	if err != nil {
		return nil, err
	}
	place, err := s.sealed(in.Place)
	if err != nil {
		return nil, err
	}
	name := in.DisplayName
	if in.Anonymous {
		name = ""
	}
	display, err := s.sealed(name)
	if err != nil {
		return nil, err
	}
	number, err := s.number(ctx, now)
	if err != nil {
		return nil, err
	}
	c := &models.Case{
		Number: number, Kind: models.ConsultationDesk, Status: models.Submitted, IsOpen: true,
		DeskID: desk.ID, TopicID: topic.ID, DepartmentID: topic.DepartmentID, ResidentID: actor.ID,
		Title: in.Title, Body: in.Text, PlaceSealed: place, DisplayNameSealed: display, Anonymous: in.Anonymous,
		Channel: sub.Channel, Locale: sub.Locale, PrivacyVersion: in.Privacy,
		CodeHash: s.codeHash(s.queryCode(sub.Key)), SubmissionKey: sub.Key,
		Round: 1, AskedAt: now, DueAt: due, DueBasis: basis, DueProvisional: provisional,
		SubmittedAt: now, Version: 1, UpdatedAt: now,
	}
	if in.Consent {
		c.ConsentAt = &now
	}
	return c, nil
}

// keep writes a new case and everything that belongs to its arrival.
func (s *Service) keep(ctx context.Context, actor models.Actor, c *models.Case, sub Submission) error {
	c.ID = 0 // a transaction that is tried again inserts anew
	if err := s.insertCase(ctx, c); err != nil {
		return err
	}
	m := &models.CaseMessage{CaseID: c.ID, Round: 1, Kind: models.Question, Body: c.Body, CreatedAt: c.SubmittedAt}
	if err := s.insertMessage(ctx, m); err != nil {
		return err
	}
	if err := s.attachStaged(ctx, sub.DraftID, m); err != nil {
		return err
	}
	to, err := s.Accounts.ReachOf(ctx, c.ResidentID)
	if err != nil {
		return err
	}
	if to.AgreedPrivacy < c.PrivacyVersion {
		if err := s.Accounts.AgreePrivacy(ctx, actor, c.PrivacyVersion); err != nil {
			return err
		}
	}
	if actor.SessionID != 0 {
		if err := s.Accounts.Grant(ctx, actor.SessionID, c.ID); err != nil {
			return err
		}
	}
	w := &work{Actor: actor, Case: c, Now: c.SubmittedAt, Shown: true, Detail: map[string]any{"topic": c.TopicID, "channel": c.Channel}}
	if err := s.record(ctx, ActSubmit, "", w); err != nil {
		return err
	}
	s.hint(ctx, c)
	return s.tellAt(ctx, c, notices.CaseReceived, to)
}

// receiptOf returns the receipt of an earlier submission with the same key by the same resident.
func (s *Service) receiptOf(ctx context.Context, actor models.Actor, key string) (Receipt, bool, error) {
	c, err := s.bySubmission(ctx, key)
	switch {
	case database.IsNotFound(err):
		return Receipt{}, false, nil
	case err != nil:
		return Receipt{}, false, err
	case c.ResidentID != actor.ID:
		return Receipt{}, true, stale()
	}
	return Receipt{Case: c, Code: s.queryCode(key)}, true, nil
}

// replyDays is the desk's deadline for that kind of topic.
func replyDays(d models.Desk, t models.Topic) int {
	if t.Kind == models.Simple {
		return int(d.SimpleDays)
	}
	return int(d.OrdinaryDays)
}

// codeAlphabet leaves out 0, 1, I and O, which people confuse.
var codeAlphabet = base32.NewEncoding("23456789ABCDEFGHJKLMNPQRSTUVWXYZ").WithPadding(base32.NoPadding)

// queryCode derives the 16-character code (80 bits) from the submission key and the city's secret, so that a form sent twice
// shows the same receipt although the code itself is never stored.
func (s *Service) queryCode(key string) string {
	return codeAlphabet.EncodeToString(s.Seal.Derive("query-code", key)[:10])
}

func (s *Service) codeHash(code string) string { return s.Seal.BlindIndex("query-code", code) }

func (s *Service) codeMatches(c *models.Case, typed string) bool {
	return subtle.ConstantTimeCompare([]byte(c.CodeHash), []byte(s.codeHash(normalCode(typed)))) == 1
}

// normalCode forgives lower case, spaces and dashes.
func normalCode(typed string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "　", "").Replace(typed))
}

const sealContext = "case"

func (s *Service) sealed(plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	return s.Seal.Seal(plain, sealContext)
}

func (s *Service) opened(sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	return s.Seal.Open(sealed, sealContext)
}

// startRound begins a new round: the question, and its deadline counted anew.
func (s *Service) startRound(ctx context.Context, w *work, kind models.MessageKind, text string) (*models.CaseMessage, error) {
	topic, err := s.topicByID(ctx, w.Case.TopicID)
	if err != nil {
		return nil, err
	}
	due, basis, provisional, err := s.Deadlines.Deadline(ctx, w.Now, replyDays(w.Facts.Desk, topic), w.Facts.Desk.Unit)
	if err != nil {
		return nil, err
	}
	w.Case.DueAt = due // what the notices of this step speak of
	round := w.Case.Round + 1
	var none *time.Time
	w.Set["round"], w.Set["asked_at"], w.Set["due_at"], w.Set["due_basis"], w.Set["due_provisional"] = round, w.Now, due, basis, provisional
	w.Set["due_soon_told_at"], w.Set["overdue_told_at"], w.Set["returned_at"], w.Set["answered_at"], w.Set["closed_at"] = none, none, none, none, none
	m := &models.CaseMessage{CaseID: w.Case.ID, Round: round, Kind: kind, Body: text, CreatedAt: w.Now}
	return m, s.insertMessage(ctx, m)
}
