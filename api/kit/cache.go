package kit

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/singleflight"

	"huiyin/internal/fault"
)

// pageCache keeps public pages as they were rendered, until something that they show changes. A page's age is bounded as well, for
// what changes without a revision: dates that turn into "today", counts of readers.
type pageCache struct {
	mu     sync.RWMutex
	pages  map[string]*cachedPage
	bytes  int
	flight singleflight.Group
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
}

const (
	pageAge       = time.Minute
	makeWithin    = 10 * time.Second
	maxCacheBytes = 32 << 20
)

func newPageCache() *pageCache { return &pageCache{pages: map[string]*cachedPage{}} }

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

// cached serves h from memory. A sentence about what has just happened is for one reader only, so a page that shows one is made for
// them; seen is not told then, since they were shown the page before.
func (k *Kit) cached(area Area, h Handler, r reading, query []string) gin.HandlerFunc {
	seen := r.seen
	return func(gc *gin.Context) {
		flash := cookie(gc, FlashCookie) != "" || gc.Query("lang") != ""
		if flash || r.own && cookie(gc, PortalCookie) != "" {
			c, err := k.begin(gc, area)
			if err == nil {
				err = h(c)
			}
			switch {
			case err != nil:
				c.fail(err)
			case seen != nil && !flash && counted(gc):
				seen(gc)
			}
			return
		}
		address := canonical(gc.Request.URL, query)
		key := localeOf(gc) + " " + largeOf(gc) + " " + address
		revision := k.Revision()
		now := k.Clock.Now()
		if p := k.cache.get(key); p != nil && p.revision == revision && now.Before(p.until) {
			p.send(gc, seen)
			return
		}
		made, err, _ := k.cache.flight.Do(key+"\x00"+revision, func() (any, error) { return k.make(gc, area, h, address, revision, now) })
		if err != nil {
			if old := k.cache.get(key); old != nil && fault.KindOf(err) == fault.Internal {
				k.plain(gc, area).log(err) // the database is away: yesterday's page is better than none
				old.write(gc)
				return
			}
			k.plain(gc, area).fail(err)
			return
		}
		p := made.(*cachedPage)
		if p.status == http.StatusOK {
			k.cache.put(key, p)
		}
		p.send(gc, seen)
	}
}

func (p *cachedPage) send(gc *gin.Context, seen func(*gin.Context)) {
	if seen != nil && p.status == http.StatusOK && counted(gc) {
		seen(gc)
	}
	p.write(gc)
}

// make runs the handler against a recorder, as a visitor who has no session.
func (k *Kit) make(gc *gin.Context, area Area, h Handler, address, revision string, now time.Time) (*cachedPage, error) {
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
	c := k.plain(copied, area)
	if err := h(c); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(rec.body)
	p := &cachedPage{revision: revision, until: now.Add(pageAge), status: rec.status, mime: rec.header.Get("Content-Type"), plain: rec.body,
		etag: `"` + hex.EncodeToString(sum[:8]) + `"`, kept: http.Header{}}
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

func (pc *pageCache) get(key string) *cachedPage {
	pc.mu.RLock()
	defer pc.mu.RUnlock()
	return pc.pages[key]
}

func (pc *pageCache) put(key string, p *cachedPage) {
	pc.mu.Lock()
	defer pc.mu.Unlock()
	if old := pc.pages[key]; old != nil {
		pc.bytes -= len(old.plain) + len(old.zipped)
	}
	if pc.bytes+len(p.plain)+len(p.zipped) > maxCacheBytes { // rare: start over rather than keep a list of ages
		clear(pc.pages)
		pc.bytes = 0
	}
	pc.pages[key] = p
	pc.bytes += len(p.plain) + len(p.zipped)
}

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
