// Package api is the HTTP face of the product: one router for the portal, the console, the JSON API and operations.
//
// It decides nothing about the domain: a handler binds, calls one use case and responds.
package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"huiyin/api/console"
	"huiyin/api/kit"
	"huiyin/api/ops"
	"huiyin/api/portal"
	v1 "huiyin/api/v1"
	"huiyin/internal/database"
	"huiyin/internal/seal"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/services/files"
	"huiyin/services/idempotency"
	"huiyin/services/library"
	"huiyin/services/notices"
)

// Deps is every use case that has a face.
type Deps struct {
	Kit      kit.Deps
	Accounts *accounts.Service
	Audit    *audit.Log
	Calendar *calendar.Service
	Cases    *cases.Service
	City     *city.Service
	Files    *files.Files
	Library  *library.Library
	Notices  *notices.Service
	Ready    map[string]func(ctx context.Context) error // what /readyz asks
	Proxies  []string                                   // addresses of the balancers whose X-Forwarded-For counts
	Demo     []console.DemoAccount                      // shown on the sign-in page of a demo
	DB       *database.DB                               // of the idempotency keys
	Seal     *seal.Box
}

// Server is the handler and the list of its routes.
type Server struct {
	Handler http.Handler
	Metrics *ops.Metrics // of every request; it belongs on a listener of its own
	Kit     *kit.Kit
}

// New wires routes to use cases.
func New(d Deps) (*Server, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false // a program gets a problem; NoRoute helps persons
	engine.MaxMultipartMemory = 1 << 20
	if err := engine.SetTrustedProxies(d.Proxies); err != nil {
		return nil, err
	}
	con := console.New(console.Deps{
		Accounts: d.Accounts, Audit: d.Audit, Calendar: d.Calendar, Cases: d.Cases, City: d.City, Files: d.Files, Library: d.Library, Notices: d.Notices,
		DemoAccounts: d.Demo,
	})
	d.Kit.ConsoleNav = con.Nav
	d.Kit.Entrances = portal.Entrances
	d.Kit.Revision = d.revision
	k, err := kit.New(d.Kit)
	if err != nil {
		return nil, err
	}
	metrics := ops.NewMetrics()
	engine.Use(k.Middleware(metrics.Observe))
	engine.NoRoute(k.NoRoute)
	engine.NoMethod(k.NoMethod)
	k.ServeAssets(engine)
	ops.Routes(k, engine, d.Ready)
	portal.New(portal.Deps{
		Accounts: d.Accounts, Calendar: d.Calendar, Cases: d.Cases, City: d.City, Files: d.Files, Library: d.Library,
	}).Routes(k.Group(engine, kit.Portal))
	con.Routes(k.Group(engine, kit.Console).Limited("staff-write"))
	v1.Routes(k, engine, v1.Deps{
		Accounts: d.Accounts, Calendar: d.Calendar, Cases: d.Cases, City: d.City, Files: d.Files, Library: d.Library, Notices: d.Notices,
		Idempotency: idempotency.New(d.DB, d.Kit.Clock, d.Seal),
	})
	return &Server{Handler: head(engine), Metrics: metrics, Kit: k}, nil
}

// Listen returns a server with the time-outs that keep a slow client from holding what others need. Event streams set their own.
func Listen(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
}

// head answers HEAD as GET would; net/http drops the body itself.
func head(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			as := r.Clone(r.Context())
			as.Method = http.MethodGet
			r = as
		}
		next.ServeHTTP(w, r)
	})
}
