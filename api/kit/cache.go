package kit

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/singleflight"

	"huiyin/internal/fault"
)

// pageCache keeps public pages as they were rendered, until something that they show changes. A page's age is bounded as well, for
// what changes without a revision: dates that turn into "today", counts of readers.
//
// Nobody can make public pages expensive: what somebody adds to an address or a cookie leads to a page that is kept already, but for
// the page's own query; such variants stand on a shelf of their own, and making one counts against who asks.
type pageCache struct {
	mu       sync.RWMutex
	pages    shelf // one to each address and way of reading
	variants shelf // those with a query
	flight   singleflight.Group
}

type shelf struct {
	pages map[string]*cachedPage
	bytes int
}

type cachedPage struct {
	revision string
	until    time.Time
	status   int
	mime     string
	etag     string
	kept     http.Header // what else a page may say of itself
	plain    []byte
	zipped   []byte
	variant  bool
	flashAt  int // where in plain a sentence for one reader goes, -1 where none does
}

const (
	pageAge       = time.Minute
	makeWithin    = 10 * time.Second
	maxShelfBytes = 24 << 20
	maxKept       = 2000 // bytes of an address whose page is kept
)

func newPageCache() *pageCache {
	return &pageCache{pages: shelf{pages: map[string]*cachedPage{}}, variants: shelf{pages: map[string]*cachedPage{}}}
}

// keptHeaders go with a page from memory; everything else that a handler sets is for one reader.
var keptHeaders = []string{"Last-Modified", "Location"}

// counted reports whether a person looks at the page now, and not a browser that thinks they may.
func counted(gc *gin.Context) bool {
	return !strings.Contains(gc.GetHeader("Sec-Purpose")+gc.GetHeader("Purpose"), "prefetch")
}

// reading is how a public page is read: own says that those with a session get one of their own, seen is told of each who is shown it.
type reading struct {
	own  bool
	seen func(*gin.Context)
}

// cached serves h from memory. A sentence about what has just happened is for one reader only: it is set into the page that everybody
// gets, and seen is not told then, since they were shown the page before.
func (k *Kit) cached(area Area, h Handler, r reading, query []string) gin.HandlerFunc {
	return func(gc *gin.Context) {
		flash := flashOf(gc)
		seen := r.seen
		if flash != nil || !counted(gc) {
			seen = nil
		}
		if r.own && k.knows(gc, area, h, seen) {
			return
		}
		p, err := k.kept(gc, area, h, query)
		if err != nil {
			k.plain(gc, area).fail(err)
			return
		}
		if seen != nil && p.status == http.StatusOK {
			seen(gc)
		}
		if flash == nil || p.flashAt < 0 || !k.plain(gc, area).writeWith(p, flash) {
			p.write(gc)
		}
	}
}

// knows answers whoever has a session with a page of their own, and reports whether it did. A cookie that is none of ours is nobody's.
func (k *Kit) knows(gc *gin.Context, area Area, h Handler, seen func(*gin.Context)) bool {
	if cookie(gc, PortalCookie) == "" {
		return false
	}
	c, err := k.begin(gc, area)
	if err != nil || c.Session.ID == 0 {
		return false
	}
	if err := h(c); err != nil {
		c.fail(err)
	} else if seen != nil {
		seen(gc)
	}
	return true
}

// kept returns the page from memory, or makes it.
func (k *Kit) kept(gc *gin.Context, area Area, h Handler, query []string) (*cachedPage, error) {
	locale := localeOf(gc)
	address := canonical(gc.Request.URL, query)
	key := locale + " " + largeOf(gc) + " " + address
	variant := strings.Contains(address, "?")
	revision, now := k.Revision(), k.Clock.Now()
	old := k.cache.get(key, variant)
	if old != nil && old.revision == revision && now.Before(old.until) {
		return old, nil
	}
	if variant {
		if err := k.plain(gc, area).Limit("search"); err != nil {
			return nil, err
		}
	}
	made, err, _ := k.cache.flight.Do(key+"\x00"+revision, func() (any, error) { return k.make(gc, area, h, address, locale, revision, now) })
	if err != nil {
		if old != nil && fault.KindOf(err) == fault.Internal {
			k.plain(gc, area).log(err) // the database is away: yesterday's page is better than none
			return old, nil
		}
		return nil, err
	}
	p := made.(*cachedPage)
	if p.status == http.StatusOK && len(address) <= maxKept {
		k.cache.put(key, p)
	}
	return p, nil
}

// writeWith writes the page with a sentence in it, and reports whether it could.
func (c *Ctx) writeWith(p *cachedPage, flash *Flash) bool {
	sentence, err := c.templates().Part("flash-alone", nil, flash)
	if err != nil {
		c.log(err)
		return false
	}
	c.SetCookie(FlashCookie, "", -1)
	c.Header("Cache-Control", "no-store")
	c.send(p.status, p.mime, slices.Concat(p.plain[:p.flashAt], sentence, p.plain[p.flashAt:]))
	return true
}

// make runs the handler against a recorder, as a visitor who has no session.
func (k *Kit) make(gc *gin.Context, area Area, h Handler, address, locale, revision string, now time.Time) (*cachedPage, error) {
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	copied := gc.Copy()
	// Others may be waiting for this page: it is made even when the first who asked goes away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(gc.Request.Context()), makeWithin)
	defer cancel()
	copied.Request = gc.Request.Clone(ctx)
	copied.Request.Header.Del("Accept-Encoding")
	own, err := url.Parse(address)
	if err != nil {
		return nil, NotFound()
	}
	copied.Request.URL = own
	copied.Writer = &recordingWriter{ResponseWriter: gc.Writer, rec: rec}
	place := "<!--" + rand.Text() + "-->"
	copied.Set(localeKey, locale)
	copied.Set(placeKey, place)
	c := k.plain(copied, area)
	if err := h(c); err != nil {
		return nil, err
	}
	flashAt := bytes.Index(rec.body, []byte(place))
	if flashAt >= 0 {
		rec.body = slices.Delete(rec.body, flashAt, flashAt+len(place))
	}
	sum := sha256.Sum256(rec.body)
	p := &cachedPage{revision: revision, until: now.Add(pageAge), status: rec.status, mime: rec.header.Get("Content-Type"), plain: rec.body,
		variant: own.RawQuery != "", flashAt: flashAt, etag: `"` + hex.EncodeToString(sum[:8]) + `"`, kept: http.Header{}}
	for _, name := range keptHeaders {
		if v := rec.header.Values(name); len(v) > 0 {
			p.kept[name] = v
		}
	}
	if len(rec.body) > 1400 {
		p.zipped = zip(rec.body, gzip.DefaultCompression)
	}
	return p, nil
}

// canonical is the address of a page without what does not belong to it: nothing that somebody appends to a link may end up in the
// page that the next person is shown.
func canonical(u *url.URL, query []string) string {
	if len(query) == 0 || u.RawQuery == "" {
		return u.EscapedPath()
	}
	values := u.Query()
	kept := url.Values{}
	for _, name := range query {
		if v := values.Get(name); v != "" {
			kept.Set(name, v)
		}
	}
	if len(kept) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + kept.Encode()
}

func largeOf(gc *gin.Context) string {
	if cookie(gc, LargeCookie) == "1" {
		return "large"
	}
	return ""
}

func (pc *pageCache) shelf(variant bool) *shelf {
	if variant {
		return &pc.variants
	}
	return &pc.pages
}

func (pc *pageCache) get(key string, variant bool) *cachedPage {
	pc.mu.RLock()
	defer pc.mu.RUnlock()
	return pc.shelf(variant).pages[key]
}

func (pc *pageCache) put(key string, p *cachedPage) {
	pc.mu.Lock()
	defer pc.mu.Unlock()
	s := pc.shelf(p.variant)
	if old := s.pages[key]; old != nil {
		s.bytes -= old.size()
	}
	if s.bytes+p.size() > maxShelfBytes { // rare: start over rather than keep a list of ages
		clear(s.pages)
		s.bytes = 0
	}
	s.pages[key] = p
	s.bytes += p.size()
}

func (p *cachedPage) size() int { return len(p.plain) + len(p.zipped) }

func (p *cachedPage) write(gc *gin.Context) {
	h := gc.Writer.Header()
	h["Cache-Control"] = cachedControl
	h["Vary"] = cachedVary
	h.Set("ETag", p.etag)
	for name, v := range p.kept {
		h[name] = v
	}
	if gc.Request.Header.Get("If-None-Match") == p.etag {
		gc.Status(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", p.mime)
	body := p.plain
	if p.zipped != nil && acceptsGzip(gc.Request) {
		h["Content-Encoding"] = cachedGzip
		body = p.zipped
	}
	gc.Writer.WriteHeader(p.status)
	_, _ = gc.Writer.Write(body)
}

var (
	cachedControl = []string{"private, no-cache"}
	cachedVary    = []string{"Accept-Encoding, Cookie"}
	cachedGzip    = []string{"gzip"}
)

type recorder struct {
	header http.Header
	status int
	body   []byte
}

type recordingWriter struct {
	gin.ResponseWriter
	rec *recorder
}

func (w *recordingWriter) Header() http.Header    { return w.rec.header }
func (w *recordingWriter) WriteHeader(status int) { w.rec.status = status }
func (w *recordingWriter) WriteHeaderNow()        {}
func (w *recordingWriter) Written() bool          { return false }
func (w *recordingWriter) Status() int            { return w.rec.status }
func (w *recordingWriter) Size() int              { return len(w.rec.body) }
func (w *recordingWriter) Write(b []byte) (int, error) {
	w.rec.body = append(w.rec.body, b...)
	return len(b), nil
}
func (w *recordingWriter) WriteString(s string) (int, error) {
	w.rec.body = append(w.rec.body, s...)
	return len(s), nil
}
