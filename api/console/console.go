// Package console is the pages of staff: sign-in and account, the inbox, a case with its reply and review, its public version, and,
// beside them, settings, audit and notices.
//
// A handler binds, calls one use case and shows a page; what may be done and why not is the services' to say.
package console

import (
	"huiyin/api/kit"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/services/files"
	"huiyin/services/library"
	"huiyin/services/notices"
)

// DemoAccount is one account of the demo city, listed on its sign-in page.
type DemoAccount struct{ Account, Password, Name, Department, Roles string }

// Deps are what the pages stand on.
type Deps struct {
	Accounts     *accounts.Service
	Audit        *audit.Log
	Calendar     *calendar.Service
	Cases        *cases.Service
	City         *city.Service
	Files        *files.Files
	Library      *library.Library
	Notices      *notices.Service
	DemoAccounts []DemoAccount
}

// Console is the pages of staff.
type Console struct{ Deps }

// New returns the pages.
func New(d Deps) *Console { return &Console{d} }

// Routes registers every page and act.
func (s *Console) Routes(g *kit.Group) {
	s.signInRoutes(g)
	s.accountRoutes(g)
	s.inboxRoutes(g)
	s.caseRoutes(g)
	s.publicationRoutes(g)
	s.settingsRoutes(g)
	s.auditRoutes(g)
	s.noticeRoutes(g)
}
