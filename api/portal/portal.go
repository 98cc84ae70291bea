// Package portal is what residents see: asking, following a matter, the library, their own account. Every page works without a script.
//
// A handler binds, calls one use case and answers. It must not know how anything is stored, nor decide who may do what.
package portal

import (
	"golang.org/x/sync/singleflight"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/services/accounts"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/services/files"
	"huiyin/services/library"
)

// Deps is what the pages call.
type Deps struct {
	Accounts *accounts.Service
	Calendar *calendar.Service
	Cases    *cases.Service
	City     *city.Service
	Files    *files.Files
	Library  *library.Library
}

// Portal answers the residents' addresses.
type Portal struct {
	Deps
	sending singleflight.Group // forms under way, by their submission key
}

// New returns the portal.
func New(d Deps) *Portal { return &Portal{Deps: d} }

// Entrances are the ways in that are built, in the order of the navigation; a label is a message id.
var Entrances = []kit.Entrance{
	{Key: "home", Href: "/", Label: i18n.N("首页")},
	{Key: "consult", Href: "/consult", Label: i18n.N("我要咨询")},
	{Key: "library", Href: "/library", Label: i18n.N("公开库")},
	{Key: "track", Href: "/track", Label: i18n.N("查询进度")},
}

// Routes registers every page of the portal.
func (p *Portal) Routes(g *kit.Group) {
	p.askRoutes(g)
	p.trackRoutes(g)
	p.meRoutes(g)
	p.libraryRoutes(g)
	p.pageRoutes(g)
}
