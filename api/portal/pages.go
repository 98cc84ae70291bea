package portal

import (
	"html/template"
	"net/http"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/city"
)

func (p *Portal) pageRoutes(g *kit.Group) {
	for _, slug := range city.PageSlugs {
		g.Cached("/"+slug, func(c *kit.Ctx) error { return p.page(c, slug) })
	}
	g.Cached("/privacy/:version", p.olderPrivacy)
	g.GET("/prefs", kit.Public, kit.Prefs)
}

type pageView struct {
	models.Page
	Text     template.HTML
	Newest   int64
	Versions []models.Page // of the privacy notice, newest first; only when there are several
}

// page shows what the city says about itself.
func (p *Portal) page(c *kit.Ctx, slug string) error {
	c.Section(slug)
	page, err := p.City.Page(c.Request.Context(), slug, c.L.Locale())
	if err != nil {
		return err
	}
	return p.showPage(c, page, page.Version)
}

// olderPrivacy shows what somebody agreed to some time ago.
func (p *Portal) olderPrivacy(c *kit.Ctx) error {
	c.Section(city.PagePrivacy)
	version, ok := parseID(c.Param("version"))
	if !ok {
		return kit.NotFound()
	}
	now, err := p.City.Page(c.Request.Context(), city.PagePrivacy, c.L.Locale())
	if err != nil {
		return err
	}
	page, err := p.City.PageVersion(c.Request.Context(), city.PagePrivacy, now.Locale, version)
	if err != nil {
		return err
	}
	return p.showPage(c, page, now.Version)
}

func (p *Portal) showPage(c *kit.Ctx, page models.Page, newest int64) error {
	view := pageView{Page: page, Newest: newest, Text: template.HTML(page.Body)} //nolint:gosec // sanitised when it was published
	if page.Slug == city.PagePrivacy && newest > 1 {
		var err error
		if view.Versions, err = p.City.PageVersions(c.Request.Context(), page.Slug, page.Locale); err != nil {
			return err
		}
	}
	return c.Page(http.StatusOK, "page", view)
}
