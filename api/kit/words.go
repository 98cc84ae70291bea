package kit

import (
	"html/template"
	"regexp"
	"strings"
	"unicode"

	"huiyin/internal/i18n"
)

var hyphened = regexp.MustCompile(`[0-9]+(?:-[0-9]+)+`)

// unbroken is the text as HTML in which no number breaks at its hyphens: telephones, dates, numbers of matters.
func unbroken(s string) template.HTML {
	safe := template.HTMLEscapeString(s)
	return template.HTML(hyphened.ReplaceAllString(safe, `<span class="nowrap">$0</span>`)) //nolint:gosec // escaped above
}

var address = regexp.MustCompile(`https?://[!-~]+[A-Za-z0-9/]`)

// linked is the text as HTML in which addresses of this site can be followed, as phones and mail programs have it.
func linked(origin, s string) template.HTML {
	safe := template.HTMLEscapeString(s)
	return template.HTML(address.ReplaceAllStringFunc(safe, func(a string) string { //nolint:gosec // escaped above
		path, ours := strings.CutPrefix(a, strings.TrimSuffix(origin, "/")+"/")
		if !ours {
			return a
		}
		return `<a href="/` + path + `">` + a + `</a>`
	}))
}

// inHan is the attribute that tells a page's readers and their machines that words are Chinese where the page is not.
func inHan(locale, s string) template.HTMLAttr {
	if locale == i18n.Source || !strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return ""
	}
	return ` lang="zh-CN"`
}
