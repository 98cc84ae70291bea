package city

import (
	"context"
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// The pages that a city words itself.
const (
	PageHow           = "how"
	PagePrivacy       = "privacy"
	PageAccessibility = "accessibility"
)

// PageSlugs lists them in the order of the settings page.
var PageSlugs = []string{PageHow, PagePrivacy, PageAccessibility}

// cityMark stands in titles and bodies for the city's name, so that pages follow when the city is renamed.
const cityMark = "{{city}}"

const (
	maxTitle = 60        // characters
	maxBody  = 100 << 10 // bytes
)

type pageKey struct{ slug, locale string }

// Page returns the newest version of a page in the locale, or in zh-CN where there is none, with the city's name in it. Title
// is text, Body is safe HTML. An unknown slug is fault.NotFound.
func (s *Service) Page(ctx context.Context, slug, locale string) (models.Page, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return models.Page{}, err
	}
	p, ok := k.pages[pageKey{slug, locale}]
	if !ok {
		p, ok = k.pages[pageKey{slug, i18n.Source}]
	}
	if !ok {
		return models.Page{}, fault.New(fault.NotFound, i18n.N("没有这个页面。"))
	}
	return named(p, k.profile), nil
}

// PageVersion returns one version of a page as residents saw it, but with the city's present name in it; fault.NotFound when there
// never was one.
func (s *Service) PageVersion(ctx context.Context, slug, locale string, version int64) (models.Page, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return models.Page{}, err
	}
	p, err := s.version(ctx, slug, locale, version)
	if err != nil {
		return models.Page{}, err
	}
	if p.ID == 0 {
		return models.Page{}, fault.New(fault.NotFound, i18n.N("没有这个页面。"))
	}
	return named(p, k.profile), nil
}

func named(p models.Page, profile Profile) models.Page {
	name := profile.Name(p.Locale)
	p.Title = strings.ReplaceAll(p.Title, cityMark, name)
	p.Body = strings.ReplaceAll(p.Body, cityMark, html.EscapeString(name))
	return p
}

// PageVersions returns every version of a page in one locale, newest first, as they are edited: with {{city}} in them.
func (s *Service) PageVersions(ctx context.Context, slug, locale string) ([]models.Page, error) {
	return s.versions(ctx, slug, locale)
}

// PublishPage publishes a new version of a page in one locale over version, the one that was edited (0 for the first). The
// body is HTML of which only plain structure and links survive. A page that says the same stays as it is: residents agree
// anew to each version of the privacy notice. It needs a system administrator.
func (s *Service) PublishPage(ctx context.Context, actor models.Actor, slug, locale, title, body string, version int64) (models.Page, error) {
	if err := may(actor, models.SystemAdmin); err != nil {
		return models.Page{}, err
	}
	p := models.Page{Slug: slug, Locale: locale, Version: version + 1, Title: title, PublishedBy: actor.ID}
	var err error
	if p.Body, err = cleanPage(slug, locale, &p.Title, body); err != nil {
		return models.Page{}, err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		newest, err := s.newest(ctx, slug, locale)
		if err != nil {
			return err
		}
		if newest.Version != version {
			return stale(newest.Version, newest, nil)
		}
		if newest.Title == p.Title && Lined(newest.Body) == Lined(p.Body) {
			p = newest
			return nil
		}
		return s.publish(ctx, actor, &p)
	})
	if err != nil {
		return models.Page{}, err
	}
	return p, nil
}

func (s *Service) publish(ctx context.Context, actor models.Actor, p *models.Page) error {
	p.ID, p.PublishedAt = 0, s.clock.Now()
	won, err := s.insertPage(ctx, p)
	if err != nil {
		return err
	}
	if !won {
		return stale(p.Version, nil, nil)
	}
	detail := map[string]any{"slug": p.Slug, "locale": p.Locale, "version": p.Version}
	if err := s.audit.Record(ctx, actor, "page.publish", "page", p.ID, detail); err != nil {
		return err
	}
	s.kept.Changed(ctx)
	return nil
}

// cleanPage trims the title and returns the body with what is not allowed left out.
func cleanPage(slug, locale string, title *string, body string) (string, error) {
	if !slices.Contains(PageSlugs, slug) || !slices.Contains(i18n.Locales(), locale) {
		return "", fault.New(fault.NotFound, i18n.N("没有这个页面。"))
	}
	var wrong fault.Fields
	line(&wrong, "title", title, 2, maxTitle)
	switch {
	case len(body) > maxBody:
		wrong.Add("body", "正文太长：最多 %[1]d KB。", maxBody>>10)
		return "", wrong.Err()
	case !utf8.ValidString(body) || strings.ContainsRune(body, 0):
		wrong.Add("body", "这里有不能显示的字符，请删去。")
		return "", wrong.Err()
	}
	body = strings.TrimSpace(policy().Sanitize(body))
	if strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(body, ""))) == "" {
		wrong.Add("body", "请写正文。")
	}
	return body, wrong.Err()
}

// PreviewPage is a version as residents would read it, not published: what is not allowed is gone, the city's name is in it.
func (s *Service) PreviewPage(ctx context.Context, slug, locale, title, body string) (models.Page, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return models.Page{}, err
	}
	p := models.Page{Slug: slug, Locale: locale, Title: title}
	if p.Body, err = cleanPage(slug, locale, &p.Title, body); err != nil {
		return models.Page{}, err
	}
	return named(p, k.profile), nil
}

var (
	blockEnds   = regexp.MustCompile(`(</(?:h2|h3|p|ul|ol|li|table|caption|thead|tbody|tr|blockquote)>|<(?:ul|ol|table|thead|tbody|tr|blockquote|hr/?)>)\s*`)
	blockStarts = regexp.MustCompile(`\s*(<(?:h2|h3|p|ul|ol|li|table|thead|tbody|tr|blockquote|hr/?)[ >])`)
)

// Lined is a body with each of its blocks on a line, as it is edited. It reads the same, and twice is once.
func Lined(body string) string {
	body = blockEnds.ReplaceAllString(body, "$1\n")
	return strings.TrimSpace(blockStarts.ReplaceAllString(body, "\n$1"))
}

var tags = regexp.MustCompile(`<[^>]*>`)

// policy lets through headings, paragraphs, lists, tables, emphasis and links; no styles, classes, ids, pictures or frames.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h2", "h3", "p", "br", "hr", "ul", "ol", "li", "strong", "em", "blockquote",
		"table", "caption", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(row|col)$`)).OnElements("th")
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[1-9][0-9]?$`)).OnElements("th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "tel", "mailto")
	return p
})
