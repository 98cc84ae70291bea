package access_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"huiyin/api/kit"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// hostile are values that no input is meant for.
var hostile = []string{
	"\x00\x01", "\xff\xfe", "\u202e反向", "𠮷👨‍👩‍👧", "-1", "99999999999999999999", "1e400", "' OR '1'='1", `"><script>alert(1)</script>`,
	"../../etc/passwd", "{{.}}%s%n", `{"a":[[[[`, strings.Repeat("字", 4000),
}

var parameter = regexp.MustCompile(`[:*{]([a-z_]+)}?`)

// names are the inputs that forms and queries have.
var names = []string{
	"id", "number", "title", "text", "body", "name", "reason", "comment", "version", "reply_version", "q", "after", "before", "limit", "view", "topic", "topic_id",
	"department", "department_id", "year", "from", "to", "phone", "code", "account", "password", "back", "do", "rating", "word", "consent", "decisions",
	"question", "answer", "handler_id", "cases", "days", "label", "lang", "large", "helpful", "kind", "display_name", "place", "privacy_version", "url",
}

// TestNoRouteBreaksOnHostileInput sends to every route, as one who gets far, what nobody sends by mistake: in the address, the
// query, the form, and as JSON what is none. Whatever is answered, it is no failure of ours.
func TestNoRouteBreaksOnHostileInput(t *testing.T) {
	c := fixture.New(t, testenv.SQLite(t))
	web := c.Web()
	number := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
	for _, route := range web.Kit.Routes() {
		if strings.HasSuffix(route.Path, "/live") || route.Method != http.MethodGet && leaves.MatchString(route.Path) {
			continue
		}
		person := fixture.SystemAdmin
		switch {
		case strings.HasPrefix(route.Path, "/console/cases"), strings.Contains(route.Path, "/staff/"):
			person = fixture.Handler
		case !strings.HasPrefix(route.Path, "/console"):
			person = "owner"
		}
		for i, value := range hostile {
			throw(t, c, web, route, person, strings.NewReplacer(":number", number, "{number}", number).Replace(route.Path), value)
			if i < 3 {
				throw(t, c, web, route, person, route.Path, value)
			}
		}
	}
}

func throw(t *testing.T, c *fixture.City, web *fixture.Web, route kit.Route, person, path, value string) {
	t.Helper()
	path = parameter.ReplaceAllString(path, strings.ReplaceAll(url.PathEscape(value[:min(len(value), 60)]), "$", "$$"))
	form := url.Values{}
	for _, name := range names {
		form.Set(name, value)
	}
	api := strings.HasPrefix(path, "/api/")
	body, kind := form.Encode(), "application/x-www-form-urlencoded"
	if api {
		kind = "application/json"
		body = `{"url":` + value + `}` // what fits the schema is sent by TestNoOperationBreaksOnHostileJSON
	}
	req := httptest.NewRequestWithContext(t.Context(), route.Method, "/", strings.NewReader(body))
	if api && route.Method == http.MethodGet {
		body = ""
	}
	if route.Method == http.MethodGet {
		req = httptest.NewRequestWithContext(t.Context(), route.Method, "/", http.NoBody)
		req.URL.RawQuery = body
	}
	if parsed, err := url.ParseRequestURI(path); err == nil {
		req.URL.Path, req.URL.RawPath = parsed.Path, parsed.RawPath
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Idempotency-Key", "hostile")
	sign(c, req, person, api)
	rec := httptest.NewRecorder()
	web.Handler.ServeHTTP(rec, req)
	web.Documented(t, route.Method, path, rec)
	if rec.Code >= http.StatusInternalServerError {
		t.Errorf("%s %s as %s with %.30q: %d\n%s", route.Method, route.Path, person, value, rec.Code, web.Log.String())
		web.Log.Reset()
	}
}
