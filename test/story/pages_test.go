package story_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"huiyin/api/kit"
	"huiyin/demo"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// view is one page as somebody sees it. The route is the kit's pattern, "" for a page that is no GET route of its own; each route is
// viewed at least once, and what is named "…-en" is viewed in English.
type view struct{ route, name, path string }

// notPages are the GET routes that answer with something else than a page.
var notPages = map[string]string{
	"/track/:number/live": "event stream", "/console/live": "event stream", "/console/cases/:number/live": "event stream",
	"/console/live/parts": "part of a page, seen within each", "/console/cases/:number/watch": "part of the case page", "/console/answers": "part of the case page",
	"/consult/similar": "part of the form", "/consult/route": "part of the form", "/console/settings/city/contrast": "part of the city's form",
	"/files/:id": "download", "/console/files/:id": "download", "/me/export": "download", "/console/audit/export": "download",
	"/library/feed.atom": "feed", "/library/feed.json": "feed", "/sitemap.xml": "for search engines", "/sitemaps/:file": "for search engines",
	"/robots.txt": "for search engines", "/prefs": "redirects back", "/console": "redirects to the first list", "/console/cases/:number/:act": "redirects to the case", "/consult/start": "redirects to the form", "/track/:number/follow-up": "redirects to the matter", "/track/:number/supplement": "redirects to the matter",
	"/track/:number/reopen": "redirects to the matter", "/track/:number/rate": "redirects to the matter", "/track/:number/consent": "redirects to the matter",
	"/console/cases/assign": "redirects to the list", "/console/cases/by-phone": "redirects to the list", "/console/notices/:id": "redirects to what the message is about",
	"/healthz": "for machines", "/readyz": "for machines", "/assets/*name": "assets", "/favicon.ico": "asset",
}

// TestEveryPage looks at every page as each kind of person, see inspect. A GET route that is in neither list fails the test.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	s := startOn(t, t.TempDir()+"/data")
	t.Cleanup(s.kill)
	browser := testenv.Browser(t)
	tables := map[string][]view{
		"visitor": visitorViews(t, s), "resident": nil, // what the resident has is read after signing in
	}
	for who, list := range staffViews(t, s) {
		tables[who] = list
	}
	unlisted(t, tables)
	t.Run("people", func(t *testing.T) {
		for who, list := range tables {
			t.Run(who, func(t *testing.T) {
				t.Parallel()
				p := arrive(t, browser, s, 1440)
				switch who {
				case "visitor":
					list = append(list, p.asVisitor(t)...)
				case "resident":
					list = p.asResident(t)
				default:
					p.holds(kit.ConsoleCookie, s.staff(t, who).cookie.Value)
				}
				p.complaints()
				for _, v := range list {
					p.view(t, v)
				}
			})
		}
	})
	t.Run("newcomers", func(t *testing.T) { newcomers(t, browser, s) })
}

// view opens one page and inspects it.
func (p *person) view(t *testing.T, v view) {
	t.Helper()
	english := strings.HasSuffix(v.name, "-en")
	locale := "zh-CN"
	if english {
		locale = "en"
	}
	p.t = t
	p.holds(kit.LocaleCookie, locale)
	if v.path != "" {
		p.open(v.path)
	}
	if strings.Contains(v.name, "error-") {
		p.complaints() // the browser itself notes every answer that is an error
	}
	p.inspect(t, v.route, v.name, english)
}

// unlisted compares the tables with the routes that the program has.
func unlisted(t *testing.T, tables map[string][]view) {
	t.Helper()
	seen := map[string]bool{"/consult/new": true, "/consult/receipt": true} // asVisitor
	for _, step := range []string{"second_factor", "password", "enrol"} {
		seen["/console/sign-in/"+step] = true // newcomers
	}
	for _, r := range []string{"/me", "/me/favourites", "/me/profile", "/me/account", "/me/delete", "/track/:number", "/track/:number/withdraw", "/track/:number/consent/withdraw"} {
		seen[r] = true // asResident
	}
	for _, list := range tables {
		for _, v := range list {
			seen[v.route] = true
		}
	}
	for _, r := range fixture.New(t, testenv.SQLite(t)).Web().Kit.Routes() {
		if r.Method != http.MethodGet || r.Area == kit.API || seen[r.Path] || notPages[r.Path] != "" {
			continue
		}
		t.Errorf("no test looks at the page %s: add it to the table of views, or to notPages with a reason", r.Path)
	}
}

// visitorViews is what everybody sees.
func visitorViews(t *testing.T, s *server) []view {
	t.Helper()
	entry := regexp.MustCompile(`href="(/library/\d+)"`).FindStringSubmatch(s.get(t, "/library"))[1]
	var list []view
	for _, v := range []view{
		{"/", "home", "/"}, {"/library", "library", "/library"}, {"/library", "library-search", "/library?q=%E5%8C%BB%E4%BF%9D"},
		{"/library", "library-none", "/library?q=zzqqxx"}, {"/library/:id", "entry", entry}, {"/consult", "consult", "/consult"},
		{"/track", "track", "/track"}, {"/me/sign-in", "sign-in", "/me/sign-in"}, {"/how", "how", "/how"}, {"/privacy", "privacy", "/privacy"},
		{"/privacy/:version", "privacy-older", "/privacy/1"}, {"/accessibility", "accessibility", "/accessibility"}, {"/docs", "docs", "/docs"},
		{"/demo/outbox", "demo-outbox", "/demo/outbox"}, {"", "error-404", "/nowhere"}, {"", "error-track", "/track/20200101-0001"},
		{"/console/sign-in", "console-sign-in", "/console/sign-in"},
	} {
		list = append(list, v, view{v.route, v.name + "-en", v.path})
	}
	return list
}

// asVisitor asks a question and looks at the form on the way and at the receipt.
func (p *person) asVisitor(t *testing.T) []view {
	p.t = t
	q := question{group: "教育", topic: "义务教育入学", title: "随迁子女入学要什么材料", text: "孩子九月上一年级，我们在城东租房，要准备哪些材料？", name: "何女士", phone: "19900090004"}
	p.open("/")
	p.ask(q)
	p.complaints()
	p.view(t, view{"/consult/receipt", "receipt", ""})
	p.view(t, view{"/consult/receipt", "receipt-en", "/consult/receipt"})
	p.holds(kit.LocaleCookie, "zh-CN")
	p.open("/")
	p.begin(q)
	p.press("提交")
	p.complaints() // 422: the browser notes it
	p.view(t, view{"", "ask-errors", ""})
	return []view{{"/consult/new", "ask", "/consult/new"}, {"/consult/new", "ask-en", "/consult/new"}}
}

var trackLink = regexp.MustCompile(`href="(/track/\d{8}-\d+)"`)

// asResident signs in with the phone of the demo's resident and lists her pages: her matters in their states.
func (p *person) asResident(t *testing.T) []view {
	p.t = t
	p.open("/me")
	p.click("我已阅读并同意隐私说明")
	p.fill("手机号", demo.ResidentPhone)
	p.press("获取验证码")
	p.fill("6 位验证码", p.code(demo.ResidentPhone))
	p.press("登录")
	p.until(`location.pathname === "/me"`)
	html := look[string](p, "document.body.innerHTML")
	list := []view{}
	for _, name := range []string{"", "/favourites", "/profile", "/account", "/delete"} {
		v := view{"/me" + name, "me" + strings.ReplaceAll(name, "/", "-"), "/me" + name}
		list = append(list, v, view{v.route, v.name + "-en", v.path})
	}
	matters := trackLink.FindAllStringSubmatch(html, -1)
	if len(matters) == 0 {
		t.Fatal("the demo's resident has no matters")
	}
	for i, m := range matters {
		list = append(list, view{"/track/:number", fmt.Sprintf("thread-%d", i), m[1]})
	}
	at := matters[0][1]
	return append(list, view{"/track/:number", "thread-en", at}, view{"/track/:number/withdraw", "withdraw", at + "/withdraw"},
		view{"/track/:number/consent/withdraw", "consent-withdraw", at + "/consent/withdraw"})
}

var caseLink = regexp.MustCompile(`href="(/console/cases/\d{8}-\d+)(/publication)?(?:\?[^"]*)?"`)

// staffViews is what the people of the console see: those who handle cases in each state, the administrators' settings.
func staffViews(t *testing.T, s *server) map[string][]view {
	t.Helper()
	views := map[string][]view{}
	add := func(who, route, name, path string) {
		views[who] = append(views[who], view{route, who + "-" + name, path}, view{route, who + "-" + name + "-en", path})
	}
	for _, who := range []string{handler, reviewer, "tangshu", "liwenyuan", "fangheng", "shixitong", "anjing", "yanshen"} {
		s.staff(t, who)
	}
	first := func(who, list string) string {
		m := caseLink.FindStringSubmatch(s.get(t, list, s.staff(t, who).cookie))
		if m == nil {
			t.Fatalf("no case at %s for %s", list, who)
		}
		return m[1] + m[2]
	}
	for _, name := range []string{"mine", "unassigned", "overdue", "all", "publish"} {
		add(handler, "/console/cases", "inbox-"+name, "/console/cases?view="+name)
	}
	for _, status := range []string{"submitted", "handling", "reviewing", "answered", "closed"} {
		add(handler, "/console/cases/:number", "case-"+status, first(handler, "/console/cases?view=all&status="+status))
	}
	add(handler, "/console/cases/:number/publication", "publication", first(handler, "/console/cases?view=publish"))
	add(handler, "", "error-403", "/console/settings/city")
	add(reviewer, "/console/cases", "inbox-review", "/console/cases?view=review")
	add(reviewer, "/console/cases/:number", "case-reviewing", first(reviewer, "/console/cases?view=review"))
	add(reviewer, "/console/cases/:number/publication", "publication", first(reviewer, "/console/cases?view=publish"))
	add(reviewer, "/console/cases", "inbox", "/console/cases?view=all")
	add("tangshu", "/console/cases", "inbox", "/console/cases?view=all")
	add("tangshu", "/console/cases/:number", "case-withdrawn", first("tangshu", "/console/cases?view=all&status=withdrawn"))
	add("tangshu", "/console/notices", "notices", "/console/notices")
	add("tangshu", "/console/deliveries", "deliveries", "/console/deliveries")
	add("tangshu", "", "error-404", "/console/cases/20200101-0001")
	add("liwenyuan", "/console/cases", "inbox", "/console/cases?view=all")
	add("fangheng", "/console/account", "account", "/console/account")
	add("fangheng", "/console/outbox", "outbox", "/console/outbox")
	for who, list := range settingsViews(t, s) {
		views[who] = append(views[who], list...)
	}
	add("yanshen", "/console/audit", "audit", "/console/audit")
	for who := range views {
		if slices.Contains([]string{"shixitong", "anjing"}, who) {
			add(who, "/console/account", "account", "/console/account")
		}
	}
	return views
}

// settingsViews lists the settings: every entry of the index, its "new" page and the first thing on its list.
func settingsViews(t *testing.T, s *server) map[string][]view {
	t.Helper()
	views := map[string][]view{}
	add := func(who, route, name, path string) {
		views[who] = append(views[who], view{route, who + "-" + name, path}, view{route, who + "-" + name + "-en", path})
	}
	const at = "/console/settings"
	link := func(who, list, pattern string) string {
		m := regexp.MustCompile(`href="(` + pattern + `)"`).FindStringSubmatch(s.get(t, list, s.staff(t, who).cookie))
		if m == nil {
			t.Fatalf("no link %s on %s", pattern, list)
		}
		return m[1]
	}
	add("shixitong", at, "settings", at)
	for _, name := range []string{"city", "handling"} {
		add("shixitong", at+"/"+name, name, at+"/"+name)
	}
	for _, name := range []string{"departments", "topics", "desks", "replies"} {
		list := at + "/" + name
		add("shixitong", list, name, list)
		add("shixitong", list+"/new", name+"-new", list+"/new")
		add("shixitong", list+"/:id", name+"-one", link("shixitong", list, list+`/\d+`))
	}
	add("shixitong", at+"/pages", "pages", at+"/pages")
	add("shixitong", at+"/pages/:slug/:locale", "page", link("shixitong", at+"/pages", at+`/pages/[a-z]+/[a-zA-Z-]+`))
	add("shixitong", at+"/notices", "wordings", at+"/notices")
	add("shixitong", at+"/notices/:kind/:channel/:locale", "wording", link("shixitong", at+"/notices", at+`/notices/[a-z_.-]+/[a-z]+/[a-zA-Z-]+`))
	add("shixitong", at+"/calendar", "calendar", at+"/calendar")
	add("shixitong", at+"/calendar/day", "calendar-day", strings.ReplaceAll(link("shixitong", at+"/calendar", at+`/calendar/day\?[^"]+`), "&amp;", "&"))
	add("shixitong", at+"/calendar/import", "calendar-import", at+"/calendar/import")
	for _, name := range []string{"security", "retention"} {
		add("anjing", at+"/"+name, name, at+"/"+name)
	}
	add("anjing", at+"/staff", "staff", at+"/staff")
	add("anjing", at+"/staff/new", "staff-new", at+"/staff/new")
	add("anjing", at+"/staff/:id", "staff-one", link("anjing", at+"/staff", at+`/staff/\d+`))
	return views
}
