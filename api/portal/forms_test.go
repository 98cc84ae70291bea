package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"huiyin/test/fixture"
)

// inEnglish has the browser ask for English pages.
func (v *visit) inEnglish() *visit {
	v.t.Helper()
	site, err := url.Parse(v.server.URL)
	if err != nil {
		v.t.Fatal(err)
	}
	v.client.Jar.SetCookies(site, []*http.Cookie{{Name: "hy_lang", Value: "en"}})
	return v
}

var (
	chineseParts = regexp.MustCompile(`(?s)<([a-z0-9]+)[^>]* lang="zh-CN"[^>]*>.*?</[a-z0-9]+>`)
	hanText      = regexp.MustCompile(`\p{Han}+`)
)

// allEnglish finds Chinese that a page in English does not mark as such.
func (v *visit) allEnglish() *visit {
	v.t.Helper()
	if han := hanText.FindAllString(text(chineseParts.ReplaceAllString(v.Body, " ")), -1); han != nil {
		v.t.Errorf("an English page says %q:\n%s", han, text(v.Body))
	}
	return v
}

func TestAWrongCodeInEnglish(t *testing.T) {
	_, v := open(t)
	v.inEnglish().post("/me/sign-in", "do", "code", "phone", fixture.Phone2, "agree", "1").want(200).allEnglish()
	for range 7 {
		v.post("/me/sign-in", "do", "submit", "phone", fixture.Phone2, "code", "1", "agree", "1").want(422).allEnglish()
	}
}
