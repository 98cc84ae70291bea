package console

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/qr"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

func (s *Console) signInRoutes(g *kit.Group) {
	g.GET("/console", kit.Staff, s.home)
	g.GET("/console/sign-in", kit.Public, s.signInPage)
	g.POST("/console/sign-in", kit.Public, s.signIn)
	g.GET("/console/sign-in/second_factor", kit.Public, s.pendingPage(accounts.PendingSecondFactor, "second_factor"))
	g.POST("/console/sign-in/second_factor", kit.Public, s.secondFactor)
	g.GET("/console/sign-in/password", kit.Public, s.pendingPage(accounts.PendingPassword, "first_password"))
	g.POST("/console/sign-in/password", kit.Public, s.firstPassword)
	g.GET("/console/sign-in/enrol", kit.Public, s.pendingPage(accounts.PendingEnrol, "enrol"))
	g.POST("/console/sign-in/enrol", kit.Public, s.enrol)
	g.POST("/console/sign-out", kit.Public, s.signOut)
}

// home sends somebody to where their work is.
func (s *Console) home(c *kit.Ctx) error { return c.Redirect(homeOf(c.Actor)) }

func homeOf(a models.Actor) string {
	switch {
	case a.Has(models.Handler):
		return viewAddress(cases.ViewMine)
	case a.Has(models.Reviewer):
		return viewAddress(cases.ViewReview)
	case a.Has(models.Overseer):
		return viewAddress(cases.ViewUnassigned)
	case a.Has(models.Leader):
		return viewAddress(cases.ViewAll)
	case a.HasAny(models.SystemAdmin, models.SecurityAdmin):
		return "/console/settings"
	case a.Has(models.Auditor):
		return "/console/audit"
	}
	return "/console/account"
}

type signInForm struct {
	Account  string `form:"account"`
	Password string `form:"password"`
	Back     string `form:"back"`
}

type signInView struct {
	signInForm
	Problem string
	Expired bool // the browser had a session that has ended
	Errors  []kit.FieldError
	Demo    []demoLine
}

type demoLine struct {
	DemoAccount
	Href string
}

func (s *Console) signInView(in signInForm) signInView {
	v := signInView{signInForm: in}
	for _, d := range s.DemoAccounts {
		q := url.Values{"account": {d.Account}}
		if in.Back != "" {
			q.Set("back", in.Back)
		}
		v.Demo = append(v.Demo, demoLine{d, "/console/sign-in?" + q.Encode()})
	}
	return v
}

func (s *Console) signInPage(c *kit.Ctx) error {
	var in signInForm
	if err := c.Bind(&in); err != nil {
		return err
	}
	if c.Actor.IsStaff() {
		return c.Redirect(kit.Back(in.Back, "/console"))
	}
	v := s.signInView(signInForm{Account: in.Account, Back: in.Back})
	v.Expired = in.Back != "" && c.Session.ID == 0 && c.CookieValue(kit.ConsoleCookie) != ""
	for _, d := range s.DemoAccounts {
		if d.Account == in.Account {
			v.Password = d.Password
		}
	}
	return c.Page(http.StatusOK, "sign_in", v)
}

func (s *Console) signIn(c *kit.Ctx) error {
	var in signInForm
	if err := c.Bind(&in); err != nil {
		return err
	}
	again := s.signInView(signInForm{Account: in.Account, Back: in.Back})
	err := c.Limit("staff-sign-in")
	if err == nil {
		err = c.LimitOn("staff-sign-in", "account:"+strings.ToLower(strings.TrimSpace(in.Account)))
	}
	if err != nil {
		return c.FormAgain(err, "sign_in", func([]kit.FieldError) any { return again })
	}
	token, pending, err := s.Accounts.SignInStaff(c.Request.Context(), c.Actor, in.Account, in.Password)
	if fault.Is(err, fault.Unauthenticated) {
		_, again.Problem = kit.SafeFace(c.L, err)
		return c.Page(http.StatusUnauthorized, "sign_in", again)
	}
	if err != nil {
		return c.FormAgain(err, "sign_in", func(errs []kit.FieldError) any { again.Errors = errs; return again })
	}
	c.SignIn(token)
	s.speakTheirs(c, token)
	if pending != accounts.PendingNothing {
		return c.Redirect(withBack(pendingAddress(pending), in.Back))
	}
	return c.Redirect(kit.Back(in.Back, "/console"))
}

// speakTheirs gives a browser that has no language yet the one its person chose.
func (s *Console) speakTheirs(c *kit.Ctx, token string) {
	if c.CookieValue(kit.LocaleCookie) != "" {
		return
	}
	session, _, err := s.Accounts.Resolve(c.Request.Context(), token)
	if err == nil && session.Locale != "" {
		c.SetCookie(kit.LocaleCookie, i18n.Match(session.Locale), localeAge)
	}
}

func pendingAddress(p accounts.Pending) string { return "/console/sign-in/" + string(p) }

func withBack(address, back string) string {
	if back = kit.Back(back, ""); back == "" {
		return address
	}
	return address + "?back=" + url.QueryEscape(back)
}

// pendingView is the page of one thing to be done before anything else.
type pendingView struct {
	Back     string
	Errors   []kit.FieldError
	Totp     *totpView
	Recovery []string
}

// pendingPage shows the page of a step to a session that has to take it, and sends every other session where it belongs.
func (s *Console) pendingPage(step accounts.Pending, page string) kit.Handler {
	return func(c *kit.Ctx) error {
		if moved, err := elsewhere(c, step); moved {
			return err
		}
		return c.Page(http.StatusOK, page, pendingView{Back: c.Query("back")})
	}
}

func elsewhere(c *kit.Ctx, step accounts.Pending) (bool, error) {
	switch {
	case c.Session.Pending == step:
		return false, nil
	case c.Session.Pending != accounts.PendingNothing:
		return true, c.Redirect(pendingAddress(c.Session.Pending))
	}
	return true, c.Redirect("/console")
}

func (s *Console) secondFactor(c *kit.Ctx) error {
	if moved, err := elsewhere(c, accounts.PendingSecondFactor); moved {
		return err
	}
	back := c.PostForm("back")
	err, token := c.Limit("staff-sign-in"), ""
	if err == nil {
		token, err = s.Accounts.VerifySecondFactor(c.Request.Context(), c.Actor, c.PostForm("code"))
	}
	if err != nil {
		return c.FormAgain(err, "second_factor", func(errs []kit.FieldError) any { return pendingView{Back: back, Errors: errs} })
	}
	c.SignIn(token)
	return c.Redirect(kit.Back(back, "/console"))
}

type passwordForm struct {
	Old    string `form:"old"`
	New    string `form:"new"`
	Repeat string `form:"repeat"`
}

func (s *Console) changePassword(c *kit.Ctx) error {
	var in passwordForm
	if err := c.Bind(&in); err != nil {
		return err
	}
	if in.New != in.Repeat {
		var f fault.Fields
		f.Add("repeat", i18n.N("两次输入的新密码不一样。"))
		return f.Err()
	}
	return s.Accounts.ChangePassword(c.Request.Context(), c.Actor, in.Old, in.New)
}

func (s *Console) firstPassword(c *kit.Ctx) error {
	if moved, err := elsewhere(c, accounts.PendingPassword); moved {
		return err
	}
	back := c.PostForm("back")
	if err := s.changePassword(c); err != nil {
		return c.FormAgain(err, "first_password", func(errs []kit.FieldError) any { return pendingView{Back: back, Errors: errs} })
	}
	return c.Done(kit.Back(back, "/console"), i18n.N("密码已修改，其他设备上的登录已全部退出。"))
}

// totpView is a secret on its way into an authenticator app.
type totpView struct {
	URL    string
	Secret string
	QR     template.HTML
}

func (s *Console) beginTotp(c *kit.Ctx) (*totpView, error) {
	e, err := s.Accounts.BeginTOTP(c.Request.Context(), c.Actor)
	if err != nil {
		return nil, err
	}
	return totpOf(c, e.URL), nil
}

// totpOf draws the secret again from the form that carried it; nil when it carried none.
func totpOf(c *kit.Ctx, address string) *totpView {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "otpauth" || len(address) > 500 {
		return nil
	}
	picture, err := qr.SVG(address, c.T("验证器的二维码"))
	if err != nil {
		return nil
	}
	return &totpView{URL: address, Secret: inFours(u.Query().Get("secret")), QR: picture}
}

func inFours(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (s *Console) enrol(c *kit.Ctx) error {
	if moved, err := elsewhere(c, accounts.PendingEnrol); moved {
		return err
	}
	v := pendingView{Back: c.PostForm("back")}
	var err error
	if c.PostForm("code") == "" && c.PostForm("url") == "" {
		if v.Totp, err = s.beginTotp(c); err == nil {
			return c.Page(http.StatusOK, "enrol", v)
		}
	} else {
		v.Totp = totpOf(c, c.PostForm("url"))
		var token string
		if v.Recovery, token, err = s.Accounts.ConfirmTOTP(c.Request.Context(), c.Actor, c.PostForm("code")); err == nil {
			c.SignIn(token)
			v.Totp = nil
			return c.Page(http.StatusOK, "enrol", v)
		}
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Reason == "totp_enabled" {
		return c.Redirect("/console")
	}
	return c.FormAgain(err, "enrol", func(errs []kit.FieldError) any { v.Errors = errs; return v })
}

func (s *Console) signOut(c *kit.Ctx) error {
	if err := s.Accounts.SignOut(c.Request.Context(), c.Actor); err != nil {
		return err
	}
	c.SignOut()
	return c.Done("/console/sign-in", i18n.N("您已退出登录。"))
}
