package console_test

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// desk is the console as one person's browser sees it.
type desk struct {
	t    *testing.T
	city *fixture.City
	web  *fixture.Web
	jar  map[string]*http.Cookie
}

func newCity(t *testing.T) (*fixture.City, *fixture.Web) {
	t.Helper()
	c := fixture.New(t, testenv.SQLite(t))
	return c, c.Web()
}

func at(t *testing.T, c *fixture.City, w *fixture.Web, account string) *desk {
	d := &desk{t: t, city: c, web: w, jar: map[string]*http.Cookie{}}
	if account != "" {
		ck := c.Cookie(account)
		d.jar[ck.Name] = ck
	}
	return d
}

// page is an answer, easy to look into.
type page struct {
	t      *testing.T
	Status int
	Header http.Header
	Body   string
}

func (d *desk) do(method, path string, form url.Values, headers ...string) page {
	d.t.Helper()
	if method == http.MethodPost {
		headers = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
	}
	return d.send(method, path, strings.NewReader(form.Encode()), headers...)
}

func (d *desk) send(method, path string, body io.Reader, headers ...string) page {
	d.t.Helper()
	req := httptest.NewRequest(method, path, body)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	for _, ck := range d.jar {
		req.AddCookie(ck)
	}
	rec := httptest.NewRecorder()
	d.web.Handler.ServeHTTP(rec, req)
	for _, ck := range rec.Result().Cookies() {
		if ck.MaxAge < 0 {
			delete(d.jar, ck.Name)
		} else {
			d.jar[ck.Name] = ck
		}
	}
	if rec.Code >= 500 {
		d.t.Errorf("%s %s: %d %s", method, path, rec.Code, d.web.Log.String())
	}
	return page{t: d.t, Status: rec.Code, Header: rec.Header(), Body: html.UnescapeString(rec.Body.String())}
}

func (d *desk) get(path string) page { d.t.Helper(); return d.do(http.MethodGet, path, nil) }

func (d *desk) post(path string, kv ...string) page {
	d.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(kv); i += 2 {
		form.Add(kv[i], kv[i+1])
	}
	return d.do(http.MethodPost, path, form)
}

// done follows the redirect of an act that worked and returns the page it leads to.
func (d *desk) done(p page) page {
	d.t.Helper()
	if p.Status != http.StatusSeeOther {
		d.t.Fatalf("status %d, want 303: %s", p.Status, p.text())
	}
	to, _, _ := strings.Cut(p.Header.Get("Location"), "#")
	return d.get(to)
}

var tags = regexp.MustCompile(`(?s)<[^>]*>|\s+`)

func (p page) text() string { return tags.ReplaceAllString(p.Body, " ") }

func (p page) want(status int, words ...string) page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("status %d, want %d: %s", p.Status, status, p.text())
	}
	for _, w := range words {
		if !strings.Contains(p.Body, w) {
			p.t.Errorf("no %q on the page: %s", w, p.text())
		}
	}
	return p
}

func (p page) without(words ...string) page {
	p.t.Helper()
	for _, w := range words {
		if strings.Contains(p.Body, w) {
			p.t.Errorf("%q is on the page", w)
		}
	}
	return p
}

// input returns the value of the first input of that name, or of a button that carries one.
func (p page) input(name string) string {
	p.t.Helper()
	m := regexp.MustCompile(`name="` + regexp.QuoteMeta(name) + `"[^>]*? value="([^"]*)"`).FindStringSubmatch(p.Body)
	if m == nil {
		p.t.Fatalf("no input %q", name)
	}
	return m[1]
}

// upload posts a form with one attachment.
func (d *desk) upload(path string, fields map[string]string, name string, content []byte) page {
	d.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, v := range fields {
		_ = m.WriteField(k, v)
	}
	f, err := m.CreateFormFile("attachments", name)
	if err != nil {
		d.t.Fatal(err)
	}
	_, _ = f.Write(content)
	_ = m.Close()
	return d.send(http.MethodPost, path, &body, "Content-Type", m.FormDataContentType())
}
