package v1

import (
	"net/http"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/notices"
)

// ownAccount is what staff do with their own account. Passwords and second factors answer nothing that could be kept under a key.
func (s *server) ownAccount() {
	line := func(id, method, path, summary string) op {
		return op{ID: id, Method: method, Path: "/staff" + path, Access: staffSession, Tag: tagOwn, Limit: "staff-write", Summary: summary}
	}
	made := func(id, path, summary string) op {
		o := line(id, http.MethodPost, path, summary)
		o.Status = created
		return o
	}
	own := func(o op) op { o.Access = kit.Staff; return o }
	add(s, own(line("get-own-account", http.MethodGet, "/me", i18n.N("我的账号和角色"))), s.staffMe)
	add(s, own(line("change-own-account", http.MethodPatch, "/me", i18n.N("修改我的语言"))), s.changeStaffMe)
	add(s, line("change-password", http.MethodPut, "/password", i18n.N("修改密码，其他登录全部退出")), s.changePassword)
	add(s, made("begin-authenticator", "/authenticator", i18n.N("开始绑定验证器，得到密钥")), s.beginAuthenticator)
	add(s, made("confirm-authenticator", "/authenticator/confirmation", i18n.N("用第一个验证码完成绑定，得到恢复码和新的令牌")), s.confirmAuthenticator)
	off := line("disable-authenticator", http.MethodPost, "/authenticator/removal", i18n.N("解绑验证器"))
	off.Status = http.StatusNoContent
	add(s, off, s.disableAuthenticator)
	renewed := made("renew-recovery-codes", "/recovery-codes", i18n.N("换一组恢复码，旧的作废"))
	renewed.Misses = true // an authenticator
	add(s, renewed, s.renewRecovery)
	add(s, own(line("get-notice-preferences", http.MethodGet, "/notice-preferences", i18n.N("我要收哪些提醒"))), s.preferences)
	add(s, own(line("set-notice-preferences", http.MethodPut, "/notice-preferences", i18n.N("设置提醒，没写的不变"))), s.setPreferences)
}

type ownAccount struct {
	ID           int64         `json:"id"`
	Account      string        `json:"account"`
	Name         string        `json:"name"`
	Department   Named         `json:"department"`
	Office       string        `json:"office"`
	Email        string        `json:"email"`
	Locale       string        `json:"locale" enum:"zh-CN,en"`
	Roles        []models.Role `json:"roles" nullable:"false"`
	MustChange   bool          `json:"must_change" doc:"要先修改密码"`
	SecondFactor bool          `json:"second_factor"`
	LastLoginAt  *time.Time    `json:"last_login_at,omitempty"`
	RecoveryLeft int           `json:"recovery_codes_left" doc:"还没有用过的个数"`
}

func (s *server) staffMe(c *call, _ *none) (*reply[ownAccount], error) {
	row, err := s.Accounts.Me(c.ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	out := ownAccount{
		ID: row.ID, Account: row.Account, Name: row.Name, Department: department(c.Ctx, row.Department), Office: row.Office, Email: row.Email,
		Locale: row.Locale, Roles: row.Roles, MustChange: row.MustChange, SecondFactor: row.SecondFactor, LastLoginAt: row.LastLoginAt,
	}
	if row.SecondFactor && c.Session.Kind == models.StaffSession {
		out.RecoveryLeft, err = s.Accounts.RecoveryLeft(c.ctx, c.Actor)
	}
	return &reply[ownAccount]{out}, err
}

type ownAccountInput struct {
	Body struct {
		Locale string `json:"locale" enum:"zh-CN,en"`
	}
}

func (s *server) changeStaffMe(c *call, in *ownAccountInput) (*reply[ownAccount], error) {
	if err := s.Accounts.UpdateLocale(c.ctx, c.Actor, in.Body.Locale); err != nil {
		return nil, err
	}
	return s.staffMe(c, nil)
}

type passwordInput struct {
	Body struct {
		Old string `json:"old" maxLength:"1000"`
		New string `json:"new" maxLength:"1000"`
	}
}

func (s *server) changePassword(c *call, in *passwordInput) (*none, error) {
	return nil, s.Accounts.ChangePassword(c.ctx, c.Actor, in.Body.Old, in.Body.New)
}

type enrolment struct {
	Secret string `json:"secret" doc:"填进验证器应用的密钥，只显示一次"`
	URL    string `json:"url" doc:"做成二维码的网址"`
}

func (s *server) beginAuthenticator(c *call, _ *none) (*made[enrolment], error) {
	e, err := s.Accounts.BeginTOTP(c.ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	return &made[enrolment]{Location: Prefix + "/staff/authenticator/confirmation", Body: enrolment(e)}, nil
}

type enrolled struct {
	SignedIn
	Recovery []string `json:"recovery_codes" nullable:"false" doc:"每个可以代替验证码用一次，只在这里显示"`
}

func (s *server) confirmAuthenticator(c *call, in *codeInput) (*made[enrolled], error) {
	codes, token, err := s.Accounts.ConfirmTOTP(c.ctx, c.Actor, in.Body.Code)
	if err != nil {
		return nil, err
	}
	session, err := s.fresh(c, token)
	if err != nil {
		return nil, err
	}
	return &made[enrolled]{Location: session.Location, Body: enrolled{session.Body, codes}}, nil
}

func (s *server) disableAuthenticator(c *call, in *codeInput) (*none, error) {
	return nil, s.Accounts.DisableTOTP(c.ctx, c.Actor, in.Body.Code)
}

type recoveryCodes struct {
	Recovery []string `json:"recovery_codes" nullable:"false" doc:"每个可以代替验证码用一次，只在这里显示"`
}

func (s *server) renewRecovery(c *call, in *codeInput) (*made[recoveryCodes], error) {
	codes, err := s.Accounts.RenewRecovery(c.ctx, c.Actor, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &made[recoveryCodes]{Location: Prefix + "/staff/me", Body: recoveryCodes{codes}}, nil
}

type Wish struct {
	Kind    notices.Kind   `json:"kind"`
	Channel models.Channel `json:"channel" enum:"bell,mail"`
	Wanted  bool           `json:"wanted"`
}

type preference struct {
	Wish
	Name  string `json:"name" doc:"用文字写出的种类"`
	Fixed bool   `json:"fixed" doc:"这一项不能关"`
}

func (s *server) preferences(c *call, _ *none) (*page[preference], error) {
	list, err := s.Notices.Preferences(c.ctx, c.Actor.ID)
	if err != nil {
		return nil, err
	}
	items := make([]preference, len(list))
	for i, p := range list {
		items[i] = preference{Wish{p.Kind, p.Channel, p.Wanted}, c.T(p.Name), p.Fixed}
	}
	return pageOf(c, items, ""), nil
}

type preferencesInput struct {
	Body struct {
		Preferences []Wish `json:"preferences" maxItems:"100" nullable:"false"`
	}
}

func (s *server) setPreferences(c *call, in *preferencesInput) (*page[preference], error) {
	list := make([]notices.Preference, len(in.Body.Preferences))
	for i, w := range in.Body.Preferences {
		list[i] = notices.Preference{Kind: w.Kind, Channel: w.Channel, Wanted: w.Wanted}
	}
	if err := s.Notices.SetPreferences(c.ctx, c.Actor.ID, list); err != nil {
		return nil, err
	}
	return s.preferences(c, nil)
}
