package kit

import (
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/limit"
	"huiyin/models"
	"huiyin/services/accounts"
)

// Ctx is one request as a handler sees it.
type Ctx struct {
	*gin.Context
	Kit     *Kit
	Area    Area
	Actor   models.Actor
	Session accounts.Session
	L       *i18n.Localizer
	Zone    *time.Location
	Large   bool
	Now     time.Time
}

// Names of the cookies. Portal and console have sessions of their own, so that an official can look at the portal as a resident.
const (
	PortalCookie  = "hy_session"
	ConsoleCookie = "hy_staff"
	LocaleCookie  = "hy_lang"
	LargeCookie   = "hy_large"
	FlashCookie   = "hy_flash"
	DraftCookie   = "hy_draft"
	ReceiptCookie = "hy_receipt" // the draft that was sent last from this browser
)

// T translates for this reader.
func (c *Ctx) T(msgid string, args ...any) string { return c.L.T(msgid, args...) }

// Named is what has a name in each language: a department, a topic.
type Named interface{ In(locale string) string }

// Name is a name in the reader's language, where it has one.
func (c *Ctx) Name(n Named) string { return n.In(c.L.Locale()) }

func (k *Kit) begin(gc *gin.Context, area Area) (*Ctx, error) {
	c := k.plain(gc, area)
	token := c.token()
	if token == "" {
		c.Actor = c.visitor()
		return c, nil
	}
	session, actor, err := k.Accounts.Resolve(gc.Request.Context(), token)
	if err != nil {
		c.Actor = c.visitor()
		return c, err
	}
	if !area.takes(session.Kind) {
		c.Actor = c.visitor()
		return c, nil
	}
	actor.RequestID, actor.Address = RequestID(gc), shortAddress(gc.ClientIP())
	if actor.Kind == "" {
		actor.Kind = models.VisitorActor
	}
	c.Session, c.Actor = session, actor
	return c, nil
}

// takes tells whether a session of that kind counts in the area. A program's token opens no pages: it lives for months, and the console
// can do more than the JSON face.
func (a Area) takes(kind models.SessionKind) bool {
	switch a {
	case Console:
		return kind == models.StaffSession
	case Portal:
		return kind == models.VisitorSession || kind == models.ResidentSession
	}
	return true
}

// plain is a request before anybody looked at who is asking.
func (k *Kit) plain(gc *gin.Context, area Area) *Ctx {
	now := k.Clock.Now()
	zone := k.City.Zone(gc.Request.Context())
	c := &Ctx{Context: gc, Kit: k, Area: area, Zone: zone, Now: now}
	locale := localeOf(gc)
	if area == API {
		locale = i18n.Match(gc.Query("lang"), preferred(gc.GetHeader("Accept-Language")))
	}
	c.L = k.localizer(locale, now, zone)
	c.Large = cookie(gc, LargeCookie) == "1"
	c.Actor = c.visitor()
	return c
}

func (c *Ctx) visitor() models.Actor {
	return models.Actor{Kind: models.VisitorActor, RequestID: RequestID(c.Context), Address: shortAddress(c.ClientIP())}
}

// localeKey holds the language of a page that is made for everybody who reads it.
const localeKey = "kit.locale"

func localeOf(gc *gin.Context) string {
	if locale := gc.GetString(localeKey); locale != "" {
		return locale
	}
	return i18n.Match(gc.Query("lang"), cookie(gc, LocaleCookie))
}

func cookie(gc *gin.Context, name string) string {
	v, err := gc.Request.Cookie(name)
	if err != nil {
		return ""
	}
	return v.Value
}

func (c *Ctx) token() string {
	switch c.Area {
	case Console:
		return cookie(c.Context, ConsoleCookie)
	case API:
		if scheme, token, ok := strings.Cut(c.GetHeader("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") { // RFC 9110, section 11.1
			return strings.TrimSpace(token)
		}
		return ""
	}
	return cookie(c.Context, PortalCookie)
}

// SignIn makes token the area's session.
func (c *Ctx) SignIn(token string) {
	name, age := PortalCookie, 30*24*time.Hour
	if c.Area == Console {
		name, age = ConsoleCookie, 0
	}
	c.SetCookie(name, token, age)
}

// SignOut forgets the area's session.
func (c *Ctx) SignOut() {
	name := PortalCookie
	if c.Area == Console {
		name = ConsoleCookie
	}
	c.SetCookie(name, "", -1)
}

// SetCookie sets a cookie that scripts cannot read; age 0 lasts as long as the browser is open.
func (c *Ctx) SetCookie(name, value string, age time.Duration) {
	ck := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: c.Kit.Secure, SameSite: http.SameSiteLaxMode}
	switch {
	case age > 0:
		ck.MaxAge = int(age / time.Second)
	case age < 0:
		ck.MaxAge = -1
	}
	http.SetCookie(c.Writer, ck)
}

// CookieValue returns a cookie's value, "" without one.
func (c *Ctx) CookieValue(name string) string { return cookie(c.Context, name) }

// Visitor makes sure that the request has a session to keep receipts in and returns its id.
func (c *Ctx) Visitor() (int64, error) {
	if c.Actor.SessionID != 0 {
		return c.Actor.SessionID, nil
	}
	token, id, err := c.Kit.Accounts.StartVisitor(c.Request.Context())
	if err != nil {
		return 0, err
	}
	c.SignIn(token)
	c.Actor.SessionID = id
	return id, nil
}

// Limit counts one more of a class of requests for whoever asks: somebody signed in by themselves, anybody else by their network address.
func (c *Ctx) Limit(class string) error {
	switch {
	case c.Actor.IsStaff():
		return c.count(class, limit.One("staff:"+strconv.FormatInt(c.Actor.ID, 10)))
	case c.Actor.IsResident():
		return c.count(class, limit.One("resident:"+strconv.FormatInt(c.Actor.ID, 10)))
	}
	return c.count(class, limit.Address(c.ClientIP()))
}

// LimitOn counts one more of a class for what the request is about, whoever asks: a phone, a case's number, an account.
func (c *Ctx) LimitOn(class, thing string) error { return c.count(class, limit.One(thing)) }

func (c *Ctx) count(class string, key limit.Key) error {
	d, err := c.Kit.Limits.Allow(c.Request.Context(), class, key)
	if err == nil && !d.OK {
		err = fault.New(fault.TooMany, i18n.N("操作太频繁了，请 %[1]d 秒后再试。"), int(d.RetryAfter/time.Second)+1).WithDetail(d.RetryAfter)
	}
	return err
}

// Redirect sends the browser on after an act.
func (c *Ctx) Redirect(to string) error {
	if c.IsHTMX() {
		c.Header("HX-Redirect", to)
		c.Status(http.StatusNoContent)
		return nil
	}
	c.Context.Redirect(http.StatusSeeOther, to)
	return nil
}

// Done sends the browser on with a word of confirmation.
func (c *Ctx) Done(to, msgid string, args ...any) error {
	c.SetFlash("ok", c.T(msgid, args...))
	return c.Redirect(to)
}

// SetFlash keeps a sentence for the next page; kind is ok, warn or info.
func (c *Ctx) SetFlash(kind, text string) {
	c.SetCookie(FlashCookie, kind+"."+url.QueryEscape(text), time.Minute)
}

// Flash says a sentence on the page that is about to be rendered.
func (c *Ctx) Flash(kind, text string) { c.Set(flashKey, &Flash{Kind: kind, Text: text}) }

// IsHTMX reports whether htmx asks for a part of a page.
func (c *Ctx) IsHTMX() bool { return c.GetHeader("HX-Request") == "true" }

// Back returns a path of this site to go back to, or the fallback.
func Back(raw, fallback string) string {
	u, err := url.Parse(raw)
	if err != nil || !strings.HasPrefix(raw, "/") || u.Scheme != "" || u.Host != "" || strings.HasPrefix(raw, "//") || strings.ContainsAny(raw, "\\\r\n") {
		return fallback
	}
	return u.RequestURI()
}

// shortAddress keeps the network and drops the host: /24 of IPv4, /48 of IPv6.
func shortAddress(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	a = a.Unmap()
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
