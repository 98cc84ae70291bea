// Package v1 is the JSON face of the product: everything that a resident and a handler can do on the pages, as typed operations
// that write their own OpenAPI document.
//
// An operation binds, calls one use case and answers; who may do what is decided below. Nothing here knows how anything is stored.
package v1

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/services/accounts"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/services/files"
	"huiyin/services/idempotency"
	"huiyin/services/library"
	"huiyin/services/notices"
)

// Idempotency remembers answers by their Idempotency-Key.
type Idempotency = *idempotency.Keys

// Deps is every use case that has operations.
type Deps struct {
	Accounts    *accounts.Service
	Calendar    *calendar.Service
	Cases       *cases.Service
	City        *city.Service
	Files       *files.Files
	Library     *library.Library
	Notices     *notices.Service
	Idempotency Idempotency
}

// Prefix is where the operations live.
const Prefix = "/api/v1"

type server struct {
	Deps
	kit *kit.Kit
	api huma.API
	ops []op // in the order of the documentation
}

// Routes registers every operation, /openapi.json, /openapi.yaml and the documentation at /docs.
func Routes(k *kit.Kit, engine *gin.Engine, d Deps) {
	s := register(k, engine, d)
	s.documents(engine)
}

func register(k *kit.Kit, engine *gin.Engine, d Deps) *server {
	speakOurWords()
	s := &server{Deps: d, kit: k}
	s.api = humagin.New(engine, config(k))
	s.entry()
	s.catalogue()
	s.reading()
	s.uploads()
	s.matters()
	s.me()
	s.inbox()
	s.handling()
	s.replyFiles()
	s.publication()
	s.bell()
	s.deliveries()
	s.ownAccount()
	s.bounds()
	s.lengths()
	s.sets()
	s.headers()
	return s
}

func config(k *kit.Kit) huma.Config {
	english := k.Catalogs.For(i18n.English)
	c := huma.DefaultConfig(english.T(i18n.N("回音开放接口")), "1.0.0")
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil                                      // we serve them ourselves, and add nothing to bodies
	c.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat} // the second for +json
	c.Info.Description = english.T(aboutAPI, "application/problem+json (RFC 9457)", "Idempotency-Key", "next", "Accept-Language", http.MethodPost)
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	if k.BaseURL != "" {
		c.Servers = []*huma.Server{{URL: k.BaseURL}}
	}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {
		Type: "http", Scheme: "bearer",
		Description: english.T(i18n.N("登录得到的令牌：居民（%[1]s）、凭回执（%[2]s）、工作人员（%[3]s），或者在工作台为程序新建的。"), "POST "+Prefix+"/sessions", "POST "+Prefix+"/receipts", "POST "+Prefix+"/staff/sessions"),
	}}
	for _, t := range tags {
		c.Tags = append(c.Tags, &huma.Tag{Name: t.Name, Description: t.Title})
	}
	return c
}

var aboutAPI = i18n.N("给程序用的接口，和页面走同样的规则。出错时返回 %[1]s，并逐项说明；地址不接受的方法得到 405，不认识的参数得到 422。会改动内容的请求（%[5]s）可以带 %[2]s：一天之内同样的请求再发一次，得到同样的答复，不会重复办理；个别操作的答复不能留存，会拒绝它。列表用 %[3]s 翻页，它只对给出它的那个列表有效。语言用 %[4]s 选择。")

// tag is a chapter of the documentation.
type tag struct{ Name, Title string }

const (
	tagEntry       = "sessions"
	tagTopics      = "topics"
	tagLibrary     = "library"
	tagFiles       = "attachments"
	tagCases       = "cases"
	tagMe          = "me"
	tagInbox       = "staff-inbox"
	tagHandling    = "staff-cases"
	tagPublication = "staff-publication"
	tagBell        = "staff-notices"
	tagOwn         = "staff-account"
)

var tags = []tag{
	{tagEntry, i18n.N("登录与回执")},
	{tagTopics, i18n.N("分类与说明")},
	{tagLibrary, i18n.N("公开库")},
	{tagFiles, i18n.N("附件")},
	{tagCases, i18n.N("我的诉求")},
	{tagMe, i18n.N("我的资料")},
	{tagInbox, i18n.N("工作台：诉求列表")},
	{tagHandling, i18n.N("工作台：办理")},
	{tagPublication, i18n.N("工作台：公开")},
	{tagBell, i18n.N("工作台：提醒和通知记录")},
	{tagOwn, i18n.N("工作台：我的账号")},
}

// exact is the largest whole number that JSON carries without loss.
const exact = 1<<53 - 1

// bounds keeps every whole number within what JSON carries exactly, so that a larger one is refused where it stands.
func (s *server) bounds() {
	least, most := -float64(exact), float64(exact)
	for _, schema := range s.api.OpenAPI().Components.Schemas.Map() {
		for _, p := range schema.Properties {
			if p.Type != huma.TypeInteger {
				continue
			}
			if p.Minimum == nil {
				p.Minimum = &least
			}
			if p.Maximum == nil {
				p.Maximum = &most
			}
			p.PrecomputeMessages()
		}
	}
}

const created = http.StatusCreated
