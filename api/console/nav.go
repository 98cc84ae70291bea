package console

import (
	"net/url"
	"strings"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/cases"
)

const localeAge = 365 * 24 * time.Hour

// countLimit is where the side bar stops counting: it says 100 for "100 or more".
const countLimit = 99

func viewAddress(v cases.View) string { return "/console/cases?view=" + string(v) }

var viewNames = map[cases.View]string{
	cases.ViewMine: i18n.N("我的待办"), cases.ViewReview: i18n.N("待我审核"), cases.ViewUnassigned: i18n.N("未分派"), cases.ViewDueSoon: i18n.N("即将到期"),
	cases.ViewOverdue: i18n.N("已超期"), cases.ViewAll: i18n.N("全部诉求"), cases.ViewPublish: i18n.N("待公开"),
}

// viewsOf are the lists that make sense to somebody, in the order of the side bar; the ones to be published stand apart.
func viewsOf(a models.Actor) []cases.View {
	var views []cases.View
	if a.Has(models.Handler) {
		views = append(views, cases.ViewMine)
	}
	if a.HasAny(models.Reviewer, models.Overseer) {
		views = append(views, cases.ViewReview)
	}
	return append(views, cases.ViewUnassigned, cases.ViewDueSoon, cases.ViewOverdue, cases.ViewAll)
}

func worksOnCases(a models.Actor) bool {
	return a.HasAny(models.Handler, models.Reviewer, models.Overseer, models.Leader)
}

// Nav fills the side bar for somebody's roles, with the counts of their lists and the bell's unread messages.
func (s *Console) Nav(c *kit.Ctx) ([]kit.NavGroup, int, error) {
	ctx := c.Request.Context()
	unread, err := s.Notices.Unread(ctx, c.Actor.ID)
	if err != nil {
		return nil, 0, err
	}
	var groups []kit.NavGroup
	if worksOnCases(c.Actor) {
		counts, err := s.Cases.Counts(ctx, c.Actor, countLimit)
		if err != nil {
			return nil, 0, err
		}
		groups = append(groups, kit.NavGroup{Items: viewItems(c, counts, viewsOf(c.Actor)...)})
		public := kit.NavGroup{Label: c.T("公开")}
		if c.Actor.HasAny(models.Handler, models.Reviewer, models.Overseer) {
			public.Items = viewItems(c, counts, cases.ViewPublish)
		}
		public.Items = append(public.Items, kit.NavItem{Key: "library", Href: "/library", Label: c.T("公开库")})
		groups = append(groups, public)
	}
	return append(groups, officeGroups(c)...), unread, nil
}

func viewItems(c *kit.Ctx, counts map[cases.View]int, views ...cases.View) []kit.NavItem {
	items := make([]kit.NavItem, 0, len(views))
	for _, v := range views {
		items = append(items, kit.NavItem{Key: string(v), Href: viewAddress(v), Label: c.T(viewNames[v]), Count: counts[v]})
	}
	return items
}

// officeGroups are the ways to what is not a case.
func officeGroups(c *kit.Ctx) []kit.NavGroup { return officeItems(c) }

// sectionOf tells which entry of the side bar a page of that address belongs to: the live side bar marks it again.
func sectionOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/console/"), "/")
	if first != "cases" {
		return first
	}
	if strings.HasSuffix(u.Path, "/publication") {
		return string(cases.ViewPublish)
	}
	view := u.Query().Get("view")
	if view == "" && u.Path != "/console/cases" {
		view = string(cases.ViewAll) // as the case page itself says
	}
	return view
}
