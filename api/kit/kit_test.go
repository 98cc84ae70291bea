package kit

import (
	"net/url"
	"testing"
)

func TestBackStaysOnTheSite(t *testing.T) {
	for raw, want := range map[string]string{
		"/library?q=1":       "/library?q=1",
		"":                   "/",
		"//evil.example":     "/",
		"https://evil.ex/a":  "/",
		"/\\evil.example":    "/",
		"javascript:alert()": "/",
		"library":            "/",
		"%2F%2Fevil.example": "/",
		"%2Flibrary":         "/",
		"/a\r\nX: y":         "/",
		"/%2F/evil":          "/%2F/evil",
	} {
		if got := Back(raw, "/"); got != want {
			t.Errorf("Back(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestAddressesAreShortened(t *testing.T) {
	for ip, want := range map[string]string{
		"203.0.113.77": "203.0.113.0/24", "2001:db8:1:2::3": "2001:db8:1::/48", "::ffff:203.0.113.9": "203.0.113.0/24", "x": "",
	} {
		if got := shortAddress(ip); got != want {
			t.Errorf("%s: %s, want %s", ip, got, want)
		}
	}
}

func TestACachedPageTakesOnlyItsOwnQuery(t *testing.T) {
	for raw, want := range map[string]string{
		"/library?q=%E5%8C%BB&token=secret": "/library?q=%E5%8C%BB",
		"/library?utm=1":                    "/library",
		"/library":                          "/library",
		"/library?topic=2&q=a":              "/library?q=a&topic=2",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := canonical(u, []string{"q", "topic"}); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
	u, _ := url.Parse("/library/7?q=1")
	if got := canonical(u, nil); got != "/library/7" {
		t.Errorf("without own parameters: %s", got)
	}
}
