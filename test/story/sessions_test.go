package story_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"huiyin/api/kit"
	"huiyin/demo"
)

// session is somebody signed in.
type session struct{ cookie *http.Cookie }

var (
	sessionsMu sync.Mutex
	sessions   = map[string]session{}
)

// staff signs an account in, once a server.
func (s *server) staff(t *testing.T, account string) session {
	t.Helper()
	sessionsMu.Lock()
	defer sessionsMu.Unlock()
	key := s.url + account
	if have, ok := sessions[key]; ok {
		return have
	}
	cookies := s.postFor(t, "/console/sign-in", map[string]string{"account": account, "password": demo.Password})
	for _, c := range cookies {
		if c.Name == kit.ConsoleCookie {
			sessions[key] = session{c}
			return sessions[key]
		}
	}
	t.Fatalf("%s was not signed in", account)
	return session{}
}

// post sends a form as a page of the same origin does, follows nothing, and returns status and Location.
func (s *server) post(t *testing.T, path string, form map[string]string, cookies ...*http.Cookie) (int, string) {
	t.Helper()
	answer := s.send(t, path, form, cookies...)
	_ = answer.Body.Close()
	return answer.StatusCode, answer.Header.Get("Location")
}

func (s *server) postFor(t *testing.T, path string, form map[string]string, cookies ...*http.Cookie) []*http.Cookie {
	t.Helper()
	answer := s.send(t, path, form, cookies...)
	_ = answer.Body.Close()
	if answer.StatusCode >= 400 {
		t.Fatalf("POST %s: %s", path, answer.Status)
	}
	return answer.Cookies()
}

func (s *server) send(t *testing.T, path string, form map[string]string, cookies ...*http.Cookie) *http.Response {
	t.Helper()
	values := url.Values{}
	for k, v := range form {
		values.Set(k, v)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", s.url)
	for _, c := range cookies {
		request.AddCookie(c)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// holds puts a cookie into the tab.
func (p *person) holds(name, value string) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: p.server.url}); err != nil {
		p.t.Fatal(err)
	}
}
