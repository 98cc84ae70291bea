package v1

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

func base10(n int64) string { return strconv.FormatInt(n, 10) }

// SignedIn is a session with its token, which is shown here and nowhere else.
type SignedIn struct {
	Token     string           `json:"token" doc:"令牌，放在请求头里"`
	Kind      models.ActorKind `json:"kind" enum:"visitor,resident,staff"`
	Name      string           `json:"name,omitempty"`
	Pending   accounts.Pending `json:"pending,omitempty" enum:"second_factor,password,enrol" doc:"要先做完的一步；做完之前令牌不能用来做别的"`
	ExpiresAt time.Time        `json:"expires_at" doc:"此后没有请求的话"`
	Number    string           `json:"number,omitempty" doc:"凭回执打开的那一件"`
}

// fresh tells what a fresh token is.
func (s *server) fresh(c *call, token string) (*made[SignedIn], error) {
	row, actor, err := s.Accounts.Resolve(c.ctx, token)
	if err != nil {
		return nil, err
	}
	kind := actor.Kind
	if row.Pending != "" {
		kind = models.StaffActor
	}
	return &made[SignedIn]{Location: Prefix + "/sessions/current", Body: SignedIn{Token: token, Kind: kind, Name: actor.Name, Pending: row.Pending, ExpiresAt: row.ExpiresAt}}, nil
}

type phoneCodeInput struct {
	Body struct {
		Phone   string `json:"phone" maxLength:"100" doc:"中国大陆的手机号"`
		Privacy int64  `json:"privacy_version" doc:"所同意的隐私说明（见 /api/v1/pages/privacy）的版本，要现行的；手机号在同意之前不作任何使用"`
	}
}

type phoneSignInInput struct {
	Body struct {
		Phone   string `json:"phone" maxLength:"100"`
		Code    string `json:"code" maxLength:"40" doc:"短信收到的验证码"`
		Privacy int64  `json:"privacy_version" doc:"所同意的隐私说明（见 /api/v1/pages/privacy）的版本，要现行的；每次登录都要写"`
	}
}

type receiptInput struct{ Body cases.TrackInput }

type staffSignInInput struct {
	Body struct {
		Account  string `json:"account" maxLength:"100"`
		Password string `json:"password" maxLength:"1000"`
		Code     string `json:"code,omitempty" maxLength:"40" doc:"验证器上的验证码，或者一个恢复码"`
	}
}

type codeInput struct {
	Body struct {
		Code string `json:"code" maxLength:"40"`
	}
}

type whoami struct {
	Kind        models.ActorKind `json:"kind"`
	ID          int64            `json:"id,omitempty"`
	Name        string           `json:"name,omitempty"`
	Department  int64            `json:"department_id,omitempty"`
	Roles       []models.Role    `json:"roles,omitempty"`
	Pending     accounts.Pending `json:"pending,omitempty"`
	ExpiresAt   time.Time        `json:"expires_at"`
	Receipts    int              `json:"receipts" doc:"这次登录凭回执跟踪了多少件"`
	SessionKind string           `json:"session_kind" enum:"visitor,resident,staff,token"`
}

func (s *server) entry() {
	post := http.MethodPost
	add(s, op{ID: "request-phone-code", Method: post, Path: "/phone-codes", Access: kit.Public, Tag: tagEntry, Limit: "code", Status: http.StatusNoContent, Creates: around,
		Summary: i18n.N("发送手机验证码")}, s.requestCode)
	add(s, op{ID: "sign-in-by-phone", Method: post, Path: "/sessions", Access: kit.Public, Tag: tagEntry, Limit: "sign-in", Status: created, Creates: around,
		Summary: i18n.N("用手机验证码登录")}, s.signInByPhone)
	add(s, op{ID: "open-receipt", Method: post, Path: "/receipts", Access: kit.Public, Tag: tagEntry, Limit: "track", Status: created, Creates: around,
		Summary: i18n.N("用编号和查询码打开诉求")}, s.openReceipt)
	add(s, op{ID: "sign-in-staff", Method: post, Path: "/staff/sessions", Access: kit.Public, Tag: tagEntry, Limit: "staff-sign-in", Status: created, Creates: around,
		Summary: i18n.N("工作人员登录")}, s.signInStaff)
	add(s, op{ID: "verify-second-factor", Method: post, Path: "/staff/second-factor", Access: session, Tag: tagEntry, Limit: "staff-sign-in", Status: created,
		Summary: i18n.N("完成二次验证，得到新的令牌")}, s.secondFactor)
	add(s, op{ID: "get-session", Method: http.MethodGet, Path: "/sessions/current", Access: session, Tag: tagEntry,
		Summary: i18n.N("查看当前登录")}, s.whoami)
	add(s, op{ID: "sign-out", Method: http.MethodDelete, Path: "/sessions/current", Access: session, Tag: tagEntry,
		Summary: i18n.N("退出登录，令牌作废")}, s.signOut)
	add(s, op{ID: "list-sessions", Method: http.MethodGet, Path: "/sessions", Access: account, Tag: tagEntry,
		Summary: i18n.N("列出自己在各设备上的登录")}, s.sessions)
	add(s, op{ID: "revoke-session", Method: http.MethodDelete, Path: "/sessions/{id}", Access: account, Tag: tagEntry, Limit: "write",
		Summary: i18n.N("让一台设备退出登录")}, s.revokeSession)
	s.tokens()
}

func (s *server) requestCode(c *call, in *phoneCodeInput) (*none, error) {
	if phone, ok := accounts.NormalizePhone(in.Body.Phone); ok {
		if err := c.LimitOn("code", "phone:"+phone); err != nil {
			return nil, err
		}
	}
	return nil, s.Accounts.RequestPhoneCode(c.ctx, c.Actor, in.Body.Phone, c.L.Locale(), in.Body.Privacy)
}

func (s *server) signInByPhone(c *call, in *phoneSignInInput) (*made[SignedIn], error) {
	token, _, err := s.Accounts.SignInByPhone(c.ctx, c.Actor, in.Body.Phone, in.Body.Code, c.L.Locale(), in.Body.Privacy)
	if err != nil {
		return nil, err
	}
	return s.fresh(c, token)
}

func (s *server) openReceipt(c *call, in *receiptInput) (*made[SignedIn], error) {
	if err := c.LimitOn("track-number", "number:"+textrule.Line(in.Body.Number)); err != nil {
		return nil, err
	}
	k, token, err := s.Cases.Track(c.ctx, 0, in.Body)
	if err != nil {
		return nil, err
	}
	out, err := s.fresh(c, token)
	if err != nil {
		return nil, err
	}
	out.Body.Number = k.Number
	return out, nil
}

func (s *server) signInStaff(c *call, in *staffSignInInput) (*made[SignedIn], error) {
	if err := c.LimitOn("staff-sign-in", "account:"+strings.ToLower(strings.TrimSpace(in.Body.Account))); err != nil {
		return nil, err
	}
	token, pending, err := s.Accounts.SignInStaff(c.ctx, c.Actor, in.Body.Account, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if pending == accounts.PendingSecondFactor && in.Body.Code != "" {
		_, half, err := s.Accounts.Resolve(c.ctx, token)
		if err != nil {
			return nil, err
		}
		half.RequestID, half.Address = c.Actor.RequestID, c.Actor.Address
		if token, err = s.Accounts.VerifySecondFactor(c.ctx, half, in.Body.Code); err != nil {
			// Nobody has been told of the session that waits for the code: it is of no use.
			if ended := s.Accounts.SignOut(context.WithoutCancel(c.ctx), half); ended != nil {
				return nil, ended
			}
			return nil, err
		}
	}
	return s.fresh(c, token)
}

func (s *server) secondFactor(c *call, in *codeInput) (*made[SignedIn], error) {
	token, err := s.Accounts.VerifySecondFactor(c.ctx, c.Actor, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return s.fresh(c, token)
}

func (s *server) whoami(c *call, _ *none) (*reply[whoami], error) {
	return &reply[whoami]{whoami{
		Kind: c.Actor.Kind, ID: c.Actor.ID, Name: c.Actor.Name, Department: c.Actor.DepartmentID, Roles: c.Actor.Roles, Pending: c.Session.Pending,
		ExpiresAt: c.Session.ExpiresAt, Receipts: len(c.Actor.Grants), SessionKind: string(c.Session.Kind),
	}}, nil
}

func (s *server) signOut(c *call, _ *none) (*none, error) {
	return nil, s.Accounts.SignOut(c.ctx, c.Actor)
}

type ownSession struct {
	ID        int64     `json:"id"`
	Where     string    `json:"where" doc:"网络地址的一部分"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Current   bool      `json:"current" doc:"就是这次请求所用的登录"`
}

func (s *server) sessions(c *call, _ *none) (*page[ownSession], error) {
	rows, err := s.Accounts.Sessions(c.ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	items := make([]ownSession, len(rows))
	for i, r := range rows {
		items[i] = ownSession{ID: r.ID, Where: r.Label, CreatedAt: r.CreatedAt, SeenAt: r.SeenAt, ExpiresAt: r.ExpiresAt, Current: r.ID == c.Actor.SessionID}
	}
	return pageOf(c, items, ""), nil
}

func (s *server) revokeSession(c *call, in *IDInput) (*none, error) {
	return nil, s.Accounts.RevokeSession(c.ctx, c.Actor, in.ID)
}

// tokens are made for programs by staff who signed in themselves.
func (s *server) tokens() {
	add(s, op{ID: "list-tokens", Method: http.MethodGet, Path: "/staff/tokens", Access: kit.Staff, Tag: tagEntry,
		Summary: i18n.N("列出自己的程序令牌")}, s.listTokens)
	add(s, op{ID: "create-token", Method: http.MethodPost, Path: "/staff/tokens", Access: kit.Staff, Tag: tagEntry, Limit: "staff-write", Status: created,
		Creates: together, Summary: i18n.N("新建程序令牌")}, s.createToken)
	add(s, op{ID: "revoke-token", Method: http.MethodDelete, Path: "/staff/tokens/{id}", Access: kit.Staff, Tag: tagEntry, Limit: "staff-write",
		Summary: i18n.N("撤销程序令牌")}, s.revokeToken)
}

type apiToken struct {
	ID        int64     `json:"id"`
	Label     string    `json:"label"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *server) listTokens(c *call, _ *none) (*page[apiToken], error) {
	rows, err := s.Accounts.Tokens(c.ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	var list []apiToken
	for _, r := range rows {
		list = append(list, apiToken{ID: r.ID, Label: r.Label, CreatedAt: r.CreatedAt, SeenAt: r.SeenAt, ExpiresAt: r.ExpiresAt})
	}
	return pageOf(c, list, ""), nil
}

type createTokenInput struct {
	IdemKey
	Body struct {
		Label string `json:"label" doc:"1–60 个字"`
		Days  int    `json:"days" doc:"1–366 天"`
	}
}

type newToken struct {
	Token string `json:"token" doc:"只显示一次"`
}

func (s *server) createToken(c *call, in *createTokenInput) (*made[newToken], error) {
	token, err := s.Accounts.CreateToken(c.ctx, c.Actor, in.Body.Label, in.Body.Days)
	if err != nil {
		return nil, err
	}
	return &made[newToken]{Location: Prefix + "/staff/tokens", Body: newToken{token}}, nil
}

type IDInput struct {
	ID int64 `path:"id" minimum:"1"`
}

func (s *server) revokeToken(c *call, in *IDInput) (*none, error) {
	return nil, s.Accounts.RevokeToken(c.ctx, c.Actor, in.ID)
}
