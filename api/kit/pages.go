package kit

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"huiyin/internal/i18n"
	"huiyin/web"
)

// Page is what the layouts know of every page; docs/design.md says what each does with it.
type Page struct {
	Locale, Path, Section string
	Large, Demo           bool
	City                  PageCity
	Entrances             []Entrance
	Flash                 *Flash
	FlashPlace            template.HTML // stands where the sentence of one reader goes, in a page that is kept for all
	Staff                 *PageStaff
	Nav                   []NavGroup
	Unread                int
}

// PageCity is the city's face.
type PageCity struct{ Name, SiteName, EmblemURL, ColorCSSHash, Footer, Phone, ICP string }

// Entrance is one way in of the portal's navigation; Label is a message id until the page is made.
type Entrance struct{ Key, Href, Label string }

// Flash is a sentence about what has just happened.
type Flash struct{ Kind, Text string }

// PageStaff is who is signed in to the console.
type PageStaff struct{ Name, Department string }

// NavGroup is one block of the console's side bar.
type NavGroup struct {
	Label string
	Items []NavItem
}

// NavItem is one line of it.
type NavItem struct {
	Key, Href, Label string
	Count            int
}

const flashKey = "kit.flash"

// pages holds the parsed templates, one set a locale because the functions speak its language.
type pages struct {
	kit  *Kit
	mu   sync.RWMutex
	sets map[string]*web.Templates // by locale
	l    map[string]*i18n.Localizer
}

func newPages(k *Kit) (*pages, error) {
	p := &pages{kit: k, sets: map[string]*web.Templates{}, l: map[string]*i18n.Localizer{}}
	for _, locale := range i18n.Locales() {
		p.l[locale] = k.Catalogs.For(locale)
		set, err := web.ParseTemplates(web.FS, p.funcs(locale))
		if err != nil {
			return nil, err
		}
		p.sets[locale] = set
	}
	return p, nil
}

// now keeps a locale's words in step with the present year and the city's zone.
func (p *pages) now(locale string, l *i18n.Localizer) {
	p.mu.Lock()
	p.l[locale] = l
	p.mu.Unlock()
}

func (p *pages) localizer(locale string) *i18n.Localizer {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.l[locale]
}

func (p *pages) funcs(locale string) template.FuncMap {
	l := func() *i18n.Localizer { return p.localizer(locale) }
	return template.FuncMap{
		"t":         func(id string, args ...any) string { return l().T(id, args...) },
		"tn":        func(id string, n int, args ...any) string { return l().N(id, n, args...) },
		"name":      func(n Named) string { return n.In(locale) },
		"tm":        func(m i18n.Localizable) string { return m.Localize(l()) },
		"asset":     p.kit.Asset,
		"date":      func(t time.Time) string { return l().Date(t) },
		"datetime":  func(t time.Time) string { return l().DateTime(t) },
		"day":       func(t time.Time) string { return l().Day(t) },
		"dated":     func(t time.Time) string { return l().Dated().Date(t) },
		"datedtime": func(t time.Time) string { return l().Dated().DateTime(t) },
		"datedday":  func(t time.Time) string { return l().Dated().Day(t) },
		"clock":     func(t time.Time) string { return l().Clock(t) },
		"weekday":   func(t time.Time) string { return l().Weekday(t) },
		"number":    func(n any) string { return l().Number(toInt64(n)) },
		"rate":      func(part, whole any) string { return l().Rate(toInt64(part), toInt64(whole)) },
		"size":      FileSize,
		"iso":       func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"locale":    func() string { return locale },
		"lines":     func(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") },
		"dict":      dict,
		"list":      func(v ...any) []any { return v },
		"query":     url.QueryEscape,
		"period":    func(days int, unit string) string { return period(l(), days, unit) },
		"has": func(errs []FieldError, name string) bool {
			return slices.ContainsFunc(errs, func(e FieldError) bool { return e.Name == name })
		},
		"add":      func(a, b int) int { return a + b },
		"unbroken": unbroken,
		"linked":   func(s string) template.HTML { return linked(p.kit.BaseURL, s) },
		"han":      func(s string) template.HTMLAttr { return inHan(locale, s) },
	}
}

func toInt64(v any) int64 {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	case int32:
		return int64(n)
	}
	return 0
}

func dict(kv ...any) (map[string]any, error) {
	if len(kv)%2 != 0 {
		return nil, fmt.Errorf("dict: %d values", len(kv))
	}
	m := make(map[string]any, len(kv)/2)
	for i := 0; i < len(kv); i += 2 {
		key, ok := kv[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v", kv[i])
		}
		m[key] = kv[i+1]
	}
	return m, nil
}

// period is a number of days as a promise: "5 个工作日", "3 天".
func period(l *i18n.Localizer, days int, unit string) string {
	if unit == "natural" {
		return l.N(i18n.N("%[1]d 天"), days)
	}
	return l.N(i18n.N("%[1]d 个工作日"), days)
}

// FileSize writes a number of bytes as people read it.
func FileSize(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt((n+512)>>10, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

// Page renders templates/<area>/<name>.html inside the area's layout.
func (c *Ctx) Page(status int, name string, data any) error {
	body, err := c.render(name, data)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.send(status, "text/html; charset=utf-8", body)
	return nil
}

// Section sets which entry of the navigation is the present one.
func (c *Ctx) Section(key string) { c.Set(sectionKey, key) }

const sectionKey = "kit.section"

// Part renders one named part without the layout: what htmx swaps in.
func (c *Ctx) Part(status int, part string, data any) error {
	body, err := c.templates().Part(part, c.page(), data)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.send(status, "text/html; charset=utf-8", body)
	return nil
}

func (c *Ctx) layout() string {
	if c.Area == Console {
		return "console"
	}
	return "portal"
}

func (c *Ctx) templates() *web.Templates {
	locale := c.L.Locale()
	c.Kit.pages.now(locale, c.L)
	return c.Kit.pages.sets[locale]
}

func (c *Ctx) render(name string, data any) (body []byte, err error) {
	page := c.page()
	if c.Area == Console && c.Actor.IsStaff() && c.Kit.ConsoleNav != nil {
		if page.Nav, page.Unread, err = c.Kit.ConsoleNav(c); err != nil {
			return nil, err
		}
		dept, err := c.Kit.Accounts.Department(c.Request.Context(), c.Actor.DepartmentID)
		if err != nil {
			return nil, err
		}
		page.Staff = &PageStaff{Name: c.Actor.Name, Department: c.Name(dept)}
	}
	if body, err = c.templates().Page(c.layout(), name, page, data); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return body, nil
}

func (c *Ctx) page() *Page {
	p := &Page{Locale: c.L.Locale(), Path: c.Request.URL.RequestURI(), Large: c.Large, Demo: c.Kit.Demo, City: c.cityFace()}
	if s, ok := c.Get(sectionKey); ok {
		p.Section, _ = s.(string)
	}
	if c.Area != Console {
		for _, e := range c.Kit.Entrances {
			e.Label = c.T(e.Label)
			p.Entrances = append(p.Entrances, e)
		}
	}
	if place := c.GetString(placeKey); place != "" {
		p.FlashPlace = template.HTML(place) //nolint:gosec // a comment of our own
		return p
	}
	p.Flash = c.takeFlash()
	return p
}

func (c *Ctx) cityFace() PageCity {
	profile, err := c.Kit.City.Profile(c.Request.Context())
	if err != nil {
		c.log(err) // a page without the city's face is better than none
	}
	return faceOf(profile, c.L.Locale())
}

func (c *Ctx) takeFlash() *Flash {
	if f, ok := c.Get(flashKey); ok {
		flash, _ := f.(*Flash)
		return flash
	}
	f := flashOf(c.Context)
	if f == nil || c.IsHTMX() {
		return nil
	}
	c.SetCookie(FlashCookie, "", -1)
	c.Set(flashKey, f)
	return f
}

const (
	placeKey     = "kit.place"
	maxFlashText = 1000 // bytes
)

// flashOf reads the sentence that the browser brings; nil for what SetFlash has not written.
func flashOf(gc *gin.Context) *Flash {
	kind, text, ok := strings.Cut(cookie(gc, FlashCookie), ".")
	if !ok || kind != "ok" && kind != "warn" && kind != "info" {
		return nil
	}
	text, err := url.QueryUnescape(text)
	if err != nil || text == "" || len(text) > maxFlashText || !utf8.ValidString(text) {
		return nil
	}
	return &Flash{Kind: kind, Text: text}
}

// send writes a body, compressed where the browser takes it and it pays.
func (c *Ctx) send(status int, contentType string, body []byte) {
	c.Header("Vary", "Accept-Encoding, Cookie")
	if len(body) > 1400 && acceptsGzip(c.Request) {
		c.Header("Content-Encoding", "gzip")
		body = zip(body, gzip.BestSpeed)
	}
	c.Data(status, contentType, body)
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

func zip(body []byte, level int) []byte {
	var buf bytes.Buffer
	w, _ := gzip.NewWriterLevel(&buf, level) // the level is one of the package's own
	_, _ = w.Write(body)                     // to memory
	_ = w.Close()
	return buf.Bytes()
}
