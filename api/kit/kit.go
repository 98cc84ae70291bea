// Package kit is what the portal, the console and the JSON API share: routes with their access, the context of a request, pages,
// the mapping of errors, the cache of public pages, assets.
//
// It decides nothing about the domain. A handler binds, calls one use case and responds; it returns its error.
package kit

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/internal/clock"
	"huiyin/internal/i18n"
	"huiyin/internal/limit"
	"huiyin/internal/live"
	"huiyin/services/accounts"
	"huiyin/services/city"
)

// Deps is what the kit stands on.
type Deps struct {
	Log      *slog.Logger
	Clock    clock.Clock
	Catalogs *i18n.Catalogs
	Accounts *accounts.Service
	City     *city.Service
	Limits   *limit.Limiter
	Live     *live.Hub
	Secure   bool   // cookies demand TLS
	Demo     bool   // the demo city
	BaseURL  string // "https://ask.example.gov.cn"
	// Revision changes when anything changes that public pages show.
	Revision func() string
	// ConsoleNav fills the console's side bar.
	ConsoleNav func(c *Ctx) ([]NavGroup, int, error)
	// Entrances are the portal's ways in, those that are built.
	Entrances []Entrance
}

// Kit renders and routes.
type Kit struct {
	Deps
	pages   *pages
	assets  *assets
	cache   *pageCache
	streams *streams
	mu      sync.Mutex
	routes  []Route
}

// Route is one line of the list of routes.
type Route struct {
	Method, Path, Access string
	Area                 Area
}

// Area is a face of the program.
type Area string

// The areas: each has its own cookie and its own layout.
const (
	Portal  Area = "portal"
	Console Area = "console"
	API     Area = "api"
)

// New parses templates and hashes assets.
func New(d Deps) (*Kit, error) {
	k := &Kit{Deps: d, cache: newPageCache(), streams: &streams{open: map[string]int{}}}
	var err error
	if k.assets, err = newAssets(); err != nil {
		return nil, err
	}
	k.pages, err = newPages(k)
	return k, err
}

// Routes lists every route that was registered, for tests and documentation.
func (k *Kit) Routes() []Route { return k.routes }

// Handler is one page or one act.
type Handler func(c *Ctx) error

// Group registers the routes of one area.
type Group struct {
	kit    *Kit
	engine gin.IRouter
	area   Area
	acts   string // the class of the rate limit that every act counts in, "" for none
}

// Group returns a registrar of an area's routes.
func (k *Kit) Group(engine gin.IRouter, area Area) *Group {
	return &Group{kit: k, engine: engine, area: area}
}

// In returns a registrar of another area on the same engine.
func (g *Group) In(area Area) *Group { return g.kit.Group(g.engine, area) }

// Limited returns a registrar whose acts all count in a class of the rate limit, for people who are signed in.
func (g *Group) Limited(class string) *Group {
	limited := *g
	limited.acts = class
	return &limited
}

// GET registers a page.
func (g *Group) GET(path string, access Access, h Handler) { g.add(http.MethodGet, path, access, h) }

// POST registers an act.
func (g *Group) POST(path string, access Access, h Handler) { g.add(http.MethodPost, path, access, h) }

// Cached registers a public page that is the same for everybody: rendered once and served from memory until something it shows changes.
// Its handler must not look at who is asking; only the named query parameters belong to its address.
func (g *Group) Cached(path string, h Handler, query ...string) {
	g.cached(path, h, reading{}, query)
}

// CachedUnlessKnown is Cached for everybody without a session. Whoever has one gets a page that is made for them, so that it may show
// what they did on it before; the handler must do with and without. seen is told of everybody who is shown the page, and must cost
// next to nothing.
func (g *Group) CachedUnlessKnown(path string, h Handler, seen func(*gin.Context), query ...string) {
	g.cached(path, h, reading{own: true, seen: seen}, query)
}

func (g *Group) cached(path string, h Handler, r reading, query []string) {
	g.kit.note(http.MethodGet, path, Public, g.area)
	g.engine.GET(path, g.kit.cached(g.area, h, r, query))
}

func (g *Group) add(method, path string, access Access, h Handler) {
	g.kit.note(method, path, access, g.area)
	g.engine.Handle(method, path, func(gc *gin.Context) {
		c, err := g.kit.begin(gc, g.area)
		if err == nil {
			err = access.Check(c.Actor)
		}
		if err == nil && g.acts != "" && method == http.MethodPost && (c.Actor.IsStaff() || c.Actor.IsResident()) {
			err = c.Limit(g.acts)
		}
		if err == nil {
			err = h(c)
		}
		if err != nil {
			c.fail(err)
		}
	})
}

func (k *Kit) note(method, path string, access Access, area Area) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.routes = append(k.routes, Route{Method: method, Path: path, Access: access.Name, Area: area})
}

// localizer returns the words of a locale for this moment and the city's zone.
func (k *Kit) localizer(locale string, now time.Time, zone *time.Location) *i18n.Localizer {
	return k.Catalogs.For(locale).At(now, zone)
}
