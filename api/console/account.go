package console

import (
	"net/http"
	"slices"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/notices"
)

func (s *Console) accountRoutes(g *kit.Group) {
	const at = "/console/account"
	g.GET(at, kit.Staff, s.accountPage)
	g.POST(at+"/password", kit.Staff, s.accountAct(i18n.N("密码已修改，其他设备上的登录已全部退出。"), s.ownPassword))
	g.POST(at+"/totp/begin", kit.Staff, s.totpBegin)
	g.POST(at+"/totp/confirm", kit.Staff, s.totpConfirm)
	g.POST(at+"/totp/disable", kit.Staff, asked(s.accountAct(i18n.N("二次验证已关闭。"), s.totpDisable)))
	g.POST(at+"/totp/recovery", kit.Staff, s.recoveryRenew)
	g.POST(at+"/sessions/:id/revoke", kit.Staff, s.accountAct(i18n.N("那台设备已退出登录。"), s.sessionRevoke))
	g.POST(at+"/tokens", kit.Staff, s.tokenCreate)
	g.POST(at+"/tokens/:id/revoke", kit.Staff, asked(s.accountAct(i18n.N("令牌已撤销，用它的程序立刻不能再用。"), s.tokenRevoke)))
	g.POST(at+"/notices", kit.Staff, s.accountAct(i18n.N("提醒设置已保存。"), s.noticeWishes))
	g.POST(at+"/language", kit.Staff, s.accountAct(i18n.N("语言已保存。"), s.language))
}

// accountView is the page of one's own account. Section names the form whose errors these are.
type accountView struct {
	asking
	Me       accounts.StaffRow
	Left     int // recovery codes
	Sessions []sessionView
	Tokens   []models.Session
	Wishes   []wishView
	Totp     *totpView
	Recovery []string
	Token    string // shown once
	Label    string
	Days     int
	MaxDays  int
	Demanded bool // the second factor, by one of their roles
	Idle     bool // no list, no settings: nothing to do here yet
	Section  string
	Errors   []kit.FieldError
}

type sessionView struct {
	ID      int64
	Where   string
	Since   time.Time
	Seen    time.Time
	ThisOne bool
}

// wishView is one kind of message with the channels it may take.
type wishView struct {
	Kind       notices.Kind
	Name       string
	Bell, Mail *notices.Preference
}

// Fixed reports whether any of the wishes is none.
func (v *accountView) Fixed() bool {
	return slices.ContainsFunc(v.Wishes, func(w wishView) bool { return w.Bell != nil && w.Bell.Fixed })
}

func (s *Console) accountView(c *kit.Ctx) (*accountView, error) {
	ctx := c.Request.Context()
	c.Section("account")
	v := &accountView{Days: defaultTokenDays, MaxDays: accounts.MaxTokenDays}
	var err error
	if v.Me, err = s.Accounts.Me(ctx, c.Actor); err != nil {
		return nil, err
	}
	v.Idle = homeOf(c.Actor) == "/console/account"
	if v.Demanded, err = s.secondFactorDemanded(c); err != nil {
		return nil, err
	}
	if v.Me.SecondFactor {
		if v.Left, err = s.Accounts.RecoveryLeft(ctx, c.Actor); err != nil {
			return nil, err
		}
	}
	sessions, err := s.Accounts.Sessions(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	for _, r := range sessions {
		v.Sessions = append(v.Sessions, sessionView{ID: r.ID, Where: r.Label, Since: r.CreatedAt, Seen: r.SeenAt, ThisOne: r.ID == c.Actor.SessionID})
	}
	if v.Tokens, err = s.Accounts.Tokens(ctx, c.Actor); err != nil {
		return nil, err
	}
	wishes, err := s.Notices.Preferences(ctx, c.Actor.ID)
	if err != nil {
		return nil, err
	}
	v.Wishes = wishViews(c, slices.DeleteFunc(wishes, func(p notices.Preference) bool { return !mayGet(c.Actor, p.Kind) }))
	return v, nil
}

func (s *Console) secondFactorDemanded(c *kit.Ctx) (bool, error) {
	settings, err := s.City.Security(c.Request.Context())
	return slices.ContainsFunc(c.Actor.Roles, func(r models.Role) bool { return slices.Contains(settings.SecondFactorRoles, r) }), err
}

// receivers are the roles that a kind of message goes to.
var receivers = map[notices.Kind][]models.Role{
	notices.CaseAssigned: {models.Handler}, notices.CaseReturned: {models.Handler}, notices.CaseApproved: {models.Handler},
	notices.CaseDueSoon: {models.Handler}, notices.CaseOverdue: {models.Handler}, notices.CaseFollowUp: {models.Handler}, notices.CaseRatedLow: {models.Handler},
	notices.CaseToReview: {models.Reviewer, models.Overseer}, notices.PublicationToPublish: {models.Reviewer, models.Overseer},
	notices.PublicationReturned: {models.Handler}, notices.PublicationPublished: {models.Handler}, notices.PublicationTakenOut: {models.Handler},
}

func mayGet(a models.Actor, k notices.Kind) bool { return a.HasAny(receivers[k]...) }

const defaultTokenDays = 90

func wishViews(c *kit.Ctx, list []notices.Preference) []wishView {
	var out []wishView
	for i := range list {
		p := &list[i]
		if len(out) == 0 || out[len(out)-1].Kind != p.Kind {
			out = append(out, wishView{Kind: p.Kind, Name: c.T(p.Name)})
		}
		switch last := &out[len(out)-1]; p.Channel {
		case models.Bell:
			last.Bell = p
		case models.Email:
			last.Mail = p
		}
	}
	return out
}

var accountLabels = map[string]string{
	"label": "用途", "days": "有效期（天）", "old": "现在的密码", "new": "新密码", "repeat": "再输一次新密码", "code": "验证码或恢复码", "locale": "语言",
}

func (s *Console) accountPage(c *kit.Ctx) error {
	v, err := s.accountView(c)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "account", v)
}

func (s *Console) accountAct(done string, step func(c *kit.Ctx) error) kit.Handler {
	return func(c *kit.Ctx) error {
		if err := step(c); err != nil {
			return s.accountAgain(c, err, nil)
		}
		return c.Done("/console/account", done)
	}
}

// accountAgain shows the page with the errors of one of its forms; more fills in what that form had.
func (s *Console) accountAgain(c *kit.Ctx, failed error, more func(v *accountView)) error {
	v, err := s.accountView(c)
	if err != nil {
		return failed
	}
	v.Section = c.FullPath()
	if more != nil {
		more(v)
	}
	return c.FormAgain(failed, "account", func(errs []kit.FieldError) any { v.Errors = labelled(c, errs, accountLabels); return v })
}

func (s *Console) ownPassword(c *kit.Ctx) error { return s.changePassword(c) }

func (s *Console) totpBegin(c *kit.Ctx) error {
	totp, err := s.beginTotp(c)
	if err != nil {
		return s.accountAgain(c, err, nil)
	}
	v, err := s.accountView(c)
	if err != nil {
		return err
	}
	v.Totp = totp
	return c.Page(http.StatusOK, "account", v)
}

func (s *Console) totpConfirm(c *kit.Ctx) error {
	recovery, token, err := s.Accounts.ConfirmTOTP(c.Request.Context(), c.Actor, c.PostForm("code"))
	if err != nil {
		return s.accountAgain(c, err, func(v *accountView) { v.Totp = totpOf(c, c.PostForm("url")) })
	}
	c.SignIn(token)
	return s.showRecovery(c, recovery)
}

func (s *Console) showRecovery(c *kit.Ctx, codes []string) error {
	v, err := s.accountView(c)
	if err != nil {
		return err
	}
	v.Recovery = codes
	return c.Page(http.StatusOK, "account", v)
}

func (s *Console) totpDisable(c *kit.Ctx) error {
	return s.Accounts.DisableTOTP(c.Request.Context(), c.Actor, c.PostForm("code"))
}

func (s *Console) recoveryRenew(c *kit.Ctx) error {
	codes, err := s.Accounts.RenewRecovery(c.Request.Context(), c.Actor, c.PostForm("code"))
	if err != nil {
		return s.accountAgain(c, err, nil)
	}
	return s.showRecovery(c, codes)
}

func (s *Console) sessionRevoke(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	return s.Accounts.RevokeSession(c.Request.Context(), c.Actor, id)
}

type tokenForm struct {
	Label string `form:"label"`
	Days  int    `form:"days"`
}

func (s *Console) tokenCreate(c *kit.Ctx) error {
	var in tokenForm
	err := c.Bind(&in)
	token := ""
	if err == nil {
		token, err = s.Accounts.CreateToken(c.Request.Context(), c.Actor, in.Label, in.Days)
	}
	if err != nil {
		return s.accountAgain(c, err, func(v *accountView) { v.Label, v.Days = in.Label, in.Days })
	}
	v, err := s.accountView(c)
	if err != nil {
		return err
	}
	v.Token = token
	return c.Page(http.StatusOK, "account", v)
}

func (s *Console) tokenRevoke(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	return s.Accounts.RevokeToken(c.Request.Context(), c.Actor, id)
}

// noticeWishes writes every wish that the page shows: a box that is not ticked does not come along.
func (s *Console) noticeWishes(c *kit.Ctx) error {
	ctx := c.Request.Context()
	list, err := s.Notices.Preferences(ctx, c.Actor.ID)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p notices.Preference) bool { return !mayGet(c.Actor, p.Kind) })
	for i := range list {
		if !list[i].Fixed {
			list[i].Wanted = c.PostForm(string(list[i].Kind)+":"+string(list[i].Channel)) != ""
		}
	}
	return s.Notices.SetPreferences(ctx, c.Actor.ID, list)
}

func (s *Console) language(c *kit.Ctx) error {
	locale := i18n.Match(c.PostForm("locale"))
	if err := s.Accounts.UpdateLocale(c.Request.Context(), c.Actor, locale); err != nil {
		return err
	}
	c.SetCookie(kit.LocaleCookie, locale, localeAge)
	return nil
}
