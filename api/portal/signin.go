package portal

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/onetime"
	"huiyin/services/accounts"
)

// agreedCookie remembers which version of the privacy notice was agreed to in this browser, so that it is asked for once.
const agreedCookie = "hy_privacy"

// codeCookie says when and where a code was sent, so that the page still knows when it is loaded again.
const codeCookie = "hy_code"

// signInData is the page that asks for a phone and the code sent to it.
type signInData struct {
	Phone   string
	Back    string
	Code    codeSent
	Agreed  bool  // in this browser, to the version in force
	Ticked  bool  // in this form
	Privacy int64 // the version in force
	Errors  []kit.FieldError
	Summary []kit.FieldError // the same with the names of the inputs

	Keep       int64  // the public answer to keep then
	Kind, Text string // what somebody was writing about the matter at Back when the session ended
}

func (p *Portal) signInData(c *kit.Ctx, back string) (*signInData, error) {
	c.Section("me")
	current, err := p.City.PrivacyVersion(c.Request.Context())
	return &signInData{Back: kit.Back(back, "/me"), Privacy: current, Agreed: c.CookieValue(agreedCookie) == strconv.FormatInt(current, 10)}, err
}

func (p *Portal) signInPage(c *kit.Ctx) error {
	page, err := p.signInData(c, c.Query("back"))
	if err != nil {
		return err
	}
	if c.Actor.IsResident() {
		return c.Redirect(page.Back)
	}
	page.Keep, _ = parseID(c.Query("keep"))
	if at, phone, ok := strings.Cut(c.CookieValue(codeCookie), "."); ok {
		if page.Code = sinceCode(c, at, phone); page.Code.At != 0 {
			page.Phone = phone
		}
	}
	return c.Page(200, "sign-in", page)
}

func (p *Portal) signInForm(c *kit.Ctx) error {
	var in struct {
		Phone   string `form:"phone"`
		Code    string `form:"code"`
		Back    string `form:"back"`
		Do      string `form:"do"`
		Sent    string `form:"sent"`
		Kind    string `form:"kind"`
		Text    string `form:"text"`
		Privacy int64  `form:"privacy_version"`
		Keep    int64  `form:"keep"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	page, err := p.signInData(c, in.Back)
	if err != nil {
		return err
	}
	page.Phone, page.Ticked, page.Code = in.Phone, in.Privacy == page.Privacy, sinceCode(c, in.Sent, in.Phone)
	page.Kind, page.Text, page.Keep = in.Kind, in.Text, in.Keep
	if in.Do == "begin" { // from a page that asks for a receipt
		return c.Page(200, "sign-in", page)
	}
	again := func(err error) error {
		page.Code = page.Code.after(err, in.Code)
		return c.FormAgain(err, "sign-in", func(errs []kit.FieldError) any { page.Errors, page.Summary = errs, named(c, errs, ""); return page })
	}
	switch {
	case page.Agreed:
		in.Privacy = page.Privacy
	case page.Ticked:
		c.SetCookie(agreedCookie, strconv.FormatInt(page.Privacy, 10), receiptAge)
	}
	if in.Do == "code" {
		if err := p.requestCode(c, in.Phone, in.Privacy); err != nil {
			return again(err)
		}
		at := int64String(c.Now.Unix())
		page.Code = sinceCode(c, at, in.Phone)
		if phone, ok := accounts.NormalizePhone(in.Phone); ok {
			c.SetCookie(codeCookie, at+"."+phone, onetime.Life)
		}
		return c.Page(200, "sign-in", page)
	}
	var f fault.Fields
	if missing(&f, in.Phone, in.Code, in.Privacy == page.Privacy); len(f) > 0 {
		return again(f.Err())
	}
	if err := c.Limit("sign-in"); err != nil {
		return again(err)
	}
	return p.finishSignIn(c, in.Phone, in.Code, in.Privacy, page, again)
}

// missing says all that is not there yet, before a code is spent: the agreement, the phone and the code.
func missing(f *fault.Fields, phone, code string, agreed bool) {
	if !agreed {
		f.Add("privacy_version", i18n.N("请阅读并同意现行的隐私说明。"))
	}
	if _, ok := accounts.NormalizePhone(phone); !ok {
		f.Add("phone", i18n.N("请填写 11 位手机号码。"))
	}
	if strings.TrimSpace(code) == "" {
		f.Add("code", i18n.N("请点“获取验证码”，再把短信里的 6 位数字填在这里。"))
	}
}

func (p *Portal) finishSignIn(c *kit.Ctx, phone, code string, privacy int64, page *signInData, again func(error) error) error {
	ctx := c.Request.Context()
	who, err := p.signIn(ctx, c, phone, code, privacy)
	if err != nil {
		return again(err)
	}
	c.SignIn(who.token)
	c.SetCookie(codeCookie, "", -1)
	c.SetCookie(agreedCookie, strconv.FormatInt(page.Privacy, 10), 365*24*time.Hour)
	if number, ok := strings.CutPrefix(page.Back, "/track/"); ok && page.Text != "" {
		c.Actor = who.actor
		return p.threadWith(c, http.StatusOK, number, typedMessage{Kind: page.Kind, Text: page.Text, Restored: true})
	}
	if page.Keep > 0 {
		err := p.Library.Favourite(ctx, who.actor.ID, page.Keep)
		if err == nil {
			return c.Done(page.Back, keptWords)
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return c.Redirect(page.Back)
}
