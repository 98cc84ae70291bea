package portal

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"huiyin/api/kit"
	"huiyin/services/library"
)

const sitemapSpace = "http://www.sitemaps.org/schemas/sitemap/0.9"

type siteURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

type siteURLs struct {
	XMLName xml.Name  `xml:"urlset"`
	Xmlns   string    `xml:"xmlns,attr"`
	URLs    []siteURL `xml:"url"`
}

type siteIndex struct {
	XMLName xml.Name  `xml:"sitemapindex"`
	Xmlns   string    `xml:"xmlns,attr"`
	Files   []siteURL `xml:"sitemap"`
}

// sitePages are the public pages besides entries.
var sitePages = []string{"/", "/library", "/consult", "/how", "/privacy", "/accessibility"}

// sitemap lists everything while one file holds it, else the files: the protocol allows 50,000 addresses in one.
func (p *Portal) sitemap(c *kit.Ctx) error {
	files, err := p.Library.SiteFiles(c.Request.Context())
	if err != nil {
		return err
	}
	pages := p.sitePages(c)
	if files <= 1 {
		if files == 1 {
			links, err := p.Library.Sitemap(c.Request.Context(), 0)
			if err != nil {
				return err
			}
			pages = append(pages, p.siteLinks(c, links)...)
		}
		return sendXML(c, "application/xml; charset=utf-8", siteURLs{Xmlns: sitemapSpace, URLs: pages})
	}
	index := siteIndex{Xmlns: sitemapSpace, Files: []siteURL{{Loc: p.absolute(c, "/sitemaps/pages.xml")}}}
	for i := range files {
		index.Files = append(index.Files, siteURL{Loc: p.absolute(c, "/sitemaps/"+strconv.Itoa(i)+".xml")})
	}
	return sendXML(c, "application/xml; charset=utf-8", index)
}

func (p *Portal) sitemapFile(c *kit.Ctx) error {
	name, ok := strings.CutSuffix(c.Param("file"), ".xml")
	if !ok {
		return kit.NotFound()
	}
	urls := p.sitePages(c)
	if name != "pages" {
		file, err := strconv.Atoi(name)
		if err != nil {
			return kit.NotFound()
		}
		links, err := p.Library.Sitemap(c.Request.Context(), file)
		if err != nil {
			return err
		}
		urls = p.siteLinks(c, links)
	}
	return sendXML(c, "application/xml; charset=utf-8", siteURLs{Xmlns: sitemapSpace, URLs: urls})
}

func (p *Portal) sitePages(c *kit.Ctx) []siteURL {
	urls := make([]siteURL, len(sitePages))
	for i, path := range sitePages {
		urls[i].Loc = p.absolute(c, path)
	}
	return urls
}

func (p *Portal) siteLinks(c *kit.Ctx, links []library.SiteLink) []siteURL {
	urls := make([]siteURL, len(links))
	for i, l := range links {
		urls[i] = siteURL{Loc: p.absolute(c, entryPath(l.ID)), LastMod: l.UpdatedAt.UTC().Format("2006-01-02T15:04:05Z")}
	}
	return urls
}

// robots keeps crawlers out of what is nobody else's business or endless. A demo is nothing to be found.
func (p *Portal) robots(c *kit.Ctx) error {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	if c.Kit.Demo {
		b.WriteString("Disallow: /\n")
	} else {
		for _, path := range []string{"/console", "/track", "/me", "/api", "/prefs", "/library?*after="} {
			b.WriteString("Disallow: " + path + "\n")
		}
		b.WriteString("Sitemap: " + p.absolute(c, "/sitemap.xml") + "\n")
	}
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(b.String()))
	return nil
}
