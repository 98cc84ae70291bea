// Package access_test asks every route as every role. The list comes from the router itself, so a route that nobody thought of here fails.
package access_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"sort"
	"strings"
	"testing"

	"huiyin/api/kit"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

var update = flag.Bool("update", false, "write the golden file")

const golden = "testdata/access.golden"

// who asks: the columns of the golden file.
var who = []string{
	"anonymous", "owner", "stranger", fixture.Handler, fixture.Reviewer, fixture.OtherHandler, fixture.OtherReviewer,
	fixture.Overseer, fixture.Leader, fixture.Organizer, fixture.SystemAdmin, fixture.SecurityAdmin, fixture.Auditor,
}

// leaves ends sessions or accounts: such a route gets a city of its own.
var leaves = regexp.MustCompile(`sign-out|/sessions|/me(/delete)?$|/settings/staff|/password`)

// TestEveryRouteAsEveryRole compares with the golden file what each role is answered: yes (whatever the use case then says of an empty
// input), sign-in, no (403), hidden (404). A route that is not in the file fails; run with -update, and read the difference.
func TestEveryRouteAsEveryRole(t *testing.T) {
	db := testenv.SQLite(t)
	c := fixture.New(t, db)
	web := c.Web()
	routes := web.Kit.Routes()
	sort.Slice(routes, func(i, j int) bool {
		return routes[i].Path < routes[j].Path || routes[i].Path == routes[j].Path && routes[i].Method < routes[j].Method
	})
	everyday := newScene(t, c, web)
	var b strings.Builder
	fmt.Fprintf(&b, "%-7s %-62s %-44s %s\n", "method", "route", "access", strings.Join(short(who), " "))
	for _, route := range routes {
		if strings.HasSuffix(route.Path, "/live") {
			continue // a stream that does not end; its access is tested where it is written
		}
		answers := make([]string, 0, len(who))
		s := everyday
		if route.Method != http.MethodGet && leaves.MatchString(route.Path) {
			city := fixture.New(t, testenv.SQLite(t))
			s = newScene(t, city, city.Web())
		}
		for _, person := range who {
			answers = append(answers, fmt.Sprintf("%-4s", s.ask(route, person)))
		}
		if why, known := nobody[route.Method+" "+route.Path]; strings.Contains(strings.Join(answers, ""), "yes") == known {
			t.Errorf("%s %s: %s; let in where nobody is (%q)?", route.Method, route.Path, strings.Join(answers, " "), why)
		}
		fmt.Fprintf(&b, "%-7s %-62s %-44s %s\n", route.Method, route.Path, route.Access, strings.TrimRight(strings.Join(answers, " "), " "))
	}
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, strings.Split(string(want), "\n"), strings.Split(b.String(), "\n"))
}

func short(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%-4s", strings.ReplaceAll(n, "_", "")[:min(4, len(n))])
	}
	return out
}

// nobody is let in without more than a name, and why.
var nobody = map[string]string{
	"POST /consult/draft":                 "the draft is found by its own cookie",
	"POST /console/account/totp/recovery": "nobody here has an authenticator",
	"POST /console/sign-in":               "without a password one is led back to the form",
}

func (s *scene) ask(route kit.Route, person string) string {
	t, c, web, path := s.t, s.c, s.web, s.fill(route.Path)
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), route.Method, path, strings.NewReader(form))
	switch {
	case route.Method == http.MethodGet:
		req.Body, req.ContentLength = http.NoBody, 0
	case strings.HasSuffix(path, "/reply-attachments"):
		req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		req.Body = io.NopCloser(strings.NewReader(upload))
	case strings.HasPrefix(path, "/api/"):
		req.Header.Set("Content-Type", "application/json")
		req.Body = io.NopCloser(strings.NewReader(bodyOf(path)))
	default:
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if path == "/api/v1/cases" {
		req.Header.Set("Idempotency-Key", "key-"+person)
	}
	sign(c, req, person, strings.HasPrefix(path, "/api/"))
	rec := httptest.NewRecorder()
	web.Handler.ServeHTTP(rec, req)
	web.Documented(t, route.Method, path, rec)
	switch code := rec.Code; {
	case code >= 500:
		t.Errorf("%s %s as %s: %d\n%s", route.Method, path, person, code, web.Log.String())
		return "ERR"
	case code == http.StatusUnauthorized, code == http.StatusSeeOther && strings.Contains(rec.Header().Get("Location"), "/sign-in?back="):
		return "sign"
	case code == http.StatusForbidden:
		return "no"
	case code == http.StatusNotFound:
		return "hid"
	}
	return "yes"
}

// bodies let a JSON request pass the check of its form, so that what answers is the use case and its idea of who may.
var bodies = map[string]string{
	"/follow-ups": `{"text":"请问什么时候能办好"}`, "/supplements": `{"text":"补充说明一下情况"}`, "/reopening": `{"text":"没有解决，请重新办理"}`,
	"/rating": `{"rating":5}`, "/withdrawal": `{}`, "/accept": `{}`, "/approve": `{}`, "/recall": `{}`, "/notes": `{"text":"内部备注"}`,
	"/return": `{"comment":"请补充依据"}`, "/assign": `{"handler_id":1}`, "/transfer": `{"topic_id":4,"reason":"不属于我局职责"}`,
	"/send": `{"body":"这是一份足够长的答复内容。"}`, "/submit-review": `{"body":"这是一份足够长的答复内容。"}`, "/reply-draft": `{"body":"这是一份足够长的答复内容。"}`,
	"/publication": `{"title":"公租房怎样申请","question":"公租房怎样申请，要哪些材料","answer":"请带身份证到窗口办理。"}`,
	"/confirm":     `{"version":1}`, "/publish": `{"version":1}`, "/publication/return": `{"version":1,"comment":"请补充依据"}`,
	"/publication/recall": `{"version":1}`, "/resend": `{"version":1}`, "/unpublish": `{"reason":"内容有误需要更正"}`, "/votes": `{"helpful":true}`,
}

// upload is a form with a file that is none of those taken.
const upload = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nnone\r\n--x--\r\n"

// form does the same for pages.
const form = "text=补充说明一下情况&reason=不属于我局职责&comment=请补充依据&rating=5"

func bodyOf(path string) string {
	longest, found := "", "{}"
	for end, body := range bodies {
		if strings.HasSuffix(path, end) && len(end) > len(longest) {
			longest, found = end, body
		}
	}
	return found
}

func sign(c *fixture.City, req *http.Request, person string, bearer bool) {
	var cookie *http.Cookie
	switch person {
	case "anonymous":
		return
	case "owner":
		cookie = c.Cookie(fixture.Phone)
	case "stranger":
		cookie = c.Cookie(fixture.Phone2)
	default:
		cookie = c.Cookie(person)
	}
	if bearer {
		req.Header.Set("Authorization", "Bearer "+cookie.Value)
		return
	}
	req.AddCookie(cookie)
}

func compare(t *testing.T, want, got []string) {
	t.Helper()
	known := map[string]bool{}
	for _, l := range want {
		known[l] = true
	}
	for _, l := range got {
		if !known[l] {
			t.Errorf("not as listed:\n%s", l)
		}
		delete(known, l)
	}
	for l := range known {
		if l != "" {
			t.Errorf("listed, but not so:\n%s", l)
		}
	}
}
