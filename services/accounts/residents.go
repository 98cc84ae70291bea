package accounts

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/pii"
	"huiyin/models"
)

// What sealed values are bound to, and the kind of the phone's blind index.
const (
	sealPhone  = "accounts.phone"
	sealName   = "accounts.name"
	sealTOTP   = "accounts.totp"
	indexPhone = "phone"
	// codePurpose keeps codes for signing in apart from all others.
	codePurpose = "signin"
	// PrivacySlug names the page that residents agree to.
	PrivacySlug = "privacy"
)

//i18n:keys
const msgPhone = "请填写 11 位手机号码。"

var mobile = regexp.MustCompile(`^1[3-9][0-9]{9}$`)

// NormalizePhone reads a mainland mobile number as people type it (+86, spaces, hyphens, full-width digits) and returns its
// eleven digits; ok is false when it is none.
func NormalizePhone(typed string) (phone string, ok bool) {
	if len(typed) > 100 {
		return "", false
	}
	phone = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || r == '(' || r == ')' {
			return -1
		}
		return r
	}, norm.NFKC.String(typed))
	for _, prefix := range []string{"+86", "0086", "86"} {
		if rest, cut := strings.CutPrefix(phone, prefix); cut {
			phone = rest
			break
		}
	}
	return phone, mobile.MatchString(phone)
}

func checkPhone(typed string) (string, error) {
	phone, ok := NormalizePhone(typed)
	if !ok {
		var wrong fault.Fields
		wrong.Add("phone", msgPhone)
		return "", wrong.Err()
	}
	return phone, nil
}

// ResidentByPhone returns the id of the resident with that phone. Errors: fault.Invalid on "phone"; fault.NotFound.
func (s *Service) ResidentByPhone(ctx context.Context, typed string) (int64, error) {
	phone, err := checkPhone(typed)
	if err != nil {
		return 0, err
	}
	row, err := s.residentByIndex(ctx, s.Seal.BlindIndex(indexPhone, phone))
	return row.ID, err
}

// mayUsePhone reads a phone, which is personal data: the notice in force is agreed to before it is used for anything
// (个人信息保护法 art. 14, 17).
func (s *Service) mayUsePhone(ctx context.Context, typed string, privacy int64) (string, error) {
	current, err := s.Privacy(ctx)
	if err != nil {
		return "", err
	}
	var wrong fault.Fields
	if privacy != current {
		wrong.Add("privacy_version", i18n.N("请阅读并同意现行的隐私说明。"))
	}
	phone, ok := NormalizePhone(typed)
	if !ok {
		wrong.Add("phone", msgPhone)
	}
	return phone, wrong.Err()
}

// RequestPhoneCode sends a one-time code to a mainland mobile number, whose owner has agreed to that version of the privacy notice.
// Whether the number is known makes no difference. Errors: fault.Invalid on "phone" or "privacy_version"; what Codes.Issue says; fault.Unavailable when the message cannot be sent.
func (s *Service) RequestPhoneCode(ctx context.Context, _ models.Actor, typed, locale string, privacy int64) error {
	phone, err := s.mayUsePhone(ctx, typed, privacy)
	if err != nil {
		return err
	}
	code, err := s.Codes.Issue(ctx, codePurpose, phone)
	if err != nil {
		return err
	}
	if err := s.Sender.SendCode(ctx, phone, code, i18n.Match(locale)); err != nil {
		return fault.Wrap(err, fault.Unavailable, i18n.N("短信暂时发不出去，请几分钟后再试。"))
	}
	return nil
}

// Resident is what a resident sees of their account, and others where they may.
type Resident struct {
	ID          int64     `json:"id"`
	DisplayName string    `json:"display_name"`
	PhoneMasked string    `json:"phone_masked"`
	Locale      string    `json:"locale"`
	NotifySMS   bool      `json:"notify_sms"`
	CreatedAt   time.Time `json:"created_at"`
}

// SignInByPhone signs in whoever has received the code, creating the resident the first time. The session and its token
// are new; receipts that the visitor's session held go along, and that session ends. What they agreed to is kept with it.
func (s *Service) SignInByPhone(ctx context.Context, actor models.Actor, typed, code, locale string, privacy int64) (token string, r Resident, err error) {
	phone, err := s.mayUsePhone(ctx, typed, privacy)
	if err != nil {
		return "", Resident{}, err
	}
	if err := s.Codes.Check(ctx, codePurpose, phone, code); err != nil {
		return "", Resident{}, err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return "", Resident{}, err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		row, err := s.residentFor(ctx, actor, phone, locale)
		if err != nil {
			return err
		}
		var id int64
		if token, id, err = s.begin(ctx, models.Session{Kind: models.ResidentSession, ResidentID: row.ID, Label: clip(actor.Address, 60)}, settings); err != nil {
			return err
		}
		if err := s.takeOver(ctx, actor, row.ID, id); err != nil {
			return err
		}
		if r, err = s.show(row); err != nil {
			return err
		}
		as := actor
		as.Kind, as.ID, as.SessionID = models.ResidentActor, row.ID, id
		if err := s.Audit.Record(ctx, as, "resident.signin", "resident", row.ID, nil); err != nil {
			return err
		}
		return s.AgreePrivacy(ctx, as, privacy)
	})
	return token, r, err
}

func (s *Service) residentFor(ctx context.Context, actor models.Actor, phone, locale string) (models.Resident, error) {
	index := s.Seal.BlindIndex(indexPhone, phone)
	row, err := s.residentByIndex(ctx, index)
	if !fault.Is(err, fault.NotFound) {
		return row, err
	}
	sealed, err := s.Seal.Seal(phone, sealPhone)
	if err != nil {
		return row, err
	}
	now := s.Clock.Now()
	row = models.Resident{PhoneSealed: sealed, PhoneIndex: index, Locale: i18n.Match(locale), NotifySMS: true, CreatedAt: now, UpdatedAt: now}
	switch err = s.createResident(ctx, &row); {
	case database.IsDuplicate(err): // the same phone on two devices at once
		return s.residentByIndex(ctx, index)
	case err != nil:
		return row, err
	}
	return row, s.Audit.Record(ctx, actor, "resident.create", "resident", row.ID, nil)
}

// takeOver moves the receipts of the browser's session to the new one and ends the old one. Another resident's receipts stay.
func (s *Service) takeOver(ctx context.Context, actor models.Actor, residentID, sessionID int64) error {
	if actor.SessionID == 0 || actor.IsStaff() {
		return nil
	}
	if actor.Kind == models.VisitorActor || (actor.IsResident() && actor.ID == residentID) {
		held, err := s.grants(ctx, actor.SessionID)
		if err != nil {
			return err
		}
		for _, caseID := range held {
			if err := s.addGrant(ctx, sessionID, caseID); err != nil {
				return err
			}
		}
	}
	_, err := s.revokeSession(ctx, actor.SessionID)
	return err
}

// AgreePrivacy notes that the resident agreed to that version of the privacy notice; twice is once.
func (s *Service) AgreePrivacy(ctx context.Context, actor models.Actor, version int64) error {
	if !actor.IsResident() {
		return signInFirst()
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if agreed, err := s.AgreedPrivacy(ctx, actor.ID); err != nil || agreed >= version {
			return err
		}
		row := models.Agreement{ResidentID: actor.ID, Slug: PrivacySlug, Version: version, AgreedAt: s.Clock.Now()}
		if err := s.addAgreement(ctx, &row); err != nil {
			return err
		}
		return s.Audit.Record(ctx, actor, "resident.agree", "resident", actor.ID, map[string]any{"page": PrivacySlug, "version": version})
	})
}

// AgreedPrivacy returns the newest version of the privacy notice that the resident agreed to, 0 when none.
func (s *Service) AgreedPrivacy(ctx context.Context, residentID int64) (int64, error) {
	row, err := s.resident(ctx, residentID)
	return row.AgreedPrivacy, err
}

// Resident returns one resident with the phone masked.
func (s *Service) Resident(ctx context.Context, id int64) (Resident, error) {
	row, err := s.resident(ctx, id)
	if err != nil {
		return Resident{}, err
	}
	return s.show(row)
}

// Reach is how to bring a message to a resident, and what they know of what is kept about them.
type Reach struct {
	Phone         string // in clear; "" after erasure
	Locale        string
	SMS           bool  // wants messages
	AgreedPrivacy int64 // newest version of the privacy notice agreed to, 0 for none
}

// ReachOf opens how to reach a resident; showing it to anybody is the caller's to record.
func (s *Service) ReachOf(ctx context.Context, residentID int64) (Reach, error) {
	row, err := s.resident(ctx, residentID)
	r := Reach{Locale: row.Locale, SMS: row.NotifySMS, AgreedPrivacy: row.AgreedPrivacy}
	if err == nil && row.PhoneSealed != "" {
		r.Phone, err = s.Seal.Open(row.PhoneSealed, sealPhone)
	}
	return r, err
}

func (s *Service) openName(row models.Resident) (string, error) {
	if row.DisplayNameSealed == "" {
		return "", nil
	}
	return s.Seal.Open(row.DisplayNameSealed, sealName)
}

func (s *Service) show(row models.Resident) (Resident, error) {
	r := Resident{ID: row.ID, Locale: row.Locale, NotifySMS: row.NotifySMS, CreatedAt: row.CreatedAt}
	var err error
	if r.DisplayName, err = s.openName(row); err != nil || row.PhoneSealed == "" {
		return r, err
	}
	phone, err := s.Seal.Open(row.PhoneSealed, sealPhone)
	r.PhoneMasked = pii.MaskPhone(phone)
	return r, err
}

// Profile is what residents may change about themselves.
type Profile struct {
	DisplayName string `form:"display_name" json:"display_name"`
	Locale      string `form:"locale" json:"locale"`
	NotifySMS   bool   `form:"notify_sms" json:"notify_sms"`
}

// UpdateProfile writes the actor's own profile. A display name has at most 30 characters and may be empty.
func (s *Service) UpdateProfile(ctx context.Context, actor models.Actor, p Profile) error {
	if !actor.IsResident() {
		return signInFirst()
	}
	var wrong fault.Fields
	p.DisplayName = strings.TrimSpace(p.DisplayName)
	if !plainText(p.DisplayName, 0, 30) {
		wrong.Add("display_name", i18n.N("称呼最多 %[1]d 个字。"), 30)
	}
	if !slices.Contains(i18n.Locales(), p.Locale) {
		wrong.Add("locale", i18n.N("请选择语言。"))
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	name := ""
	if p.DisplayName != "" {
		var err error
		if name, err = s.Seal.Seal(p.DisplayName, sealName); err != nil {
			return err
		}
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.writeResident(ctx, actor.ID, map[string]any{"display_name_sealed": name, "locale": p.Locale, "notify_sms": p.NotifySMS}); err != nil {
			return err
		}
		return s.Audit.Record(ctx, actor, "resident.update", "resident", actor.ID, nil)
	})
}

// plainText reports whether s is one line of at least low and at most high characters, without control characters.
func plainText(s string, low, high int) bool {
	n := utf8.RuneCountInString(s)
	return utf8.ValidString(s) && n >= low && n <= high && !strings.ContainsFunc(s, unicode.IsControl)
}

// clip cuts s to at most n characters.
func clip(s string, n int) string {
	if r := []rune(strings.ToValidUTF8(s, "")); len(r) > n {
		return string(r[:n])
	}
	return strings.ToValidUTF8(s, "")
}
