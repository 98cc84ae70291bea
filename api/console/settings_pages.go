package console

import (
	"html/template"
	"net/http"
	"slices"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/city"
)

const cityPagesPath = settingsPath + "/pages"

func (s *Console) cityPageRoutes(g *kit.Group) {
	g.GET(cityPagesPath, systemAdmin, s.listCityPages)
	g.GET(cityPagesPath+"/:slug/:locale", systemAdmin, s.showCityPage)
	g.POST(cityPagesPath+"/:slug/:locale", systemAdmin, s.publishCityPage)
}

var cityPageNames = map[string]string{city.PageHow: "怎么用", city.PagePrivacy: "隐私说明", city.PageAccessibility: "无障碍声明"}

type cityPageLine struct {
	Name, Locale, Href string
	Page               models.Page
}

type cityPagesData struct {
	frame
	Lines []cityPageLine
}

func cityPageHref(slug, locale string) string { return cityPagesPath + "/" + slug + "/" + locale }

func (s *Console) listCityPages(c *kit.Ctx) error {
	d := cityPagesData{frame: newFrame(c, "pages", c.T("页面"))}
	for _, slug := range city.PageSlugs {
		for _, locale := range i18n.Locales() {
			versions, err := s.City.PageVersions(c.Request.Context(), slug, locale)
			if err != nil {
				return err
			}
			line := cityPageLine{Name: c.T(cityPageNames[slug]), Locale: c.T(localeNames[locale]), Href: cityPageHref(slug, locale)}
			if len(versions) > 0 {
				line.Page = versions[0]
			}
			d.Lines = append(d.Lines, line)
		}
	}
	return c.Page(http.StatusOK, "settings/pages", d)
}

type cityPageData struct {
	formPage
	Tabs     []cityPageLine
	Locale   string
	Versions []pageVersion
	Shown    *shownPage
	Sure     bool // publishing it is to be confirmed
}

// shownPage is a version as residents would read it; the body has been cleaned.
type shownPage struct {
	Title string
	Body  template.HTML
}

type pageVersion struct {
	models.Page
	By string
}

// Lines is the body with each block on a line.
func (v pageVersion) Lines() string { return city.Lined(v.Body) }

func pageFields(c *kit.Ctx, p models.Page, locale string) []field {
	return []field{
		{Name: "title", Label: c.T("标题"), Value: p.Title, Max: 60, Required: true, Lang: locale},
		{Name: "body", Label: c.T("正文"), Kind: textareaField, Rows: 22, Value: city.Lined(p.Body), Required: true, Lang: locale,
			Hint: c.T("用 HTML 写。可用的标签：%[1]s；其他标签会被去掉。%[2]s 会换成城市的名称。", "h2 h3 p ul ol li table strong em a", "{{city}}")},
	}
}

func (s *Console) cityPageData(c *kit.Ctx) (*cityPageData, error) {
	slug, locale := c.Param("slug"), c.Param("locale")
	if !slices.Contains(city.PageSlugs, slug) || !slices.Contains(i18n.Locales(), locale) {
		return nil, kit.NotFound()
	}
	ctx := c.Request.Context()
	versions, err := s.City.PageVersions(ctx, slug, locale)
	if err != nil {
		return nil, err
	}
	var newest models.Page
	if len(versions) > 0 {
		newest = versions[0]
	}
	var authors []int64
	for _, v := range versions {
		authors = append(authors, v.PublishedBy)
	}
	names, err := s.Accounts.StaffNames(ctx, authors)
	if err != nil {
		return nil, err
	}
	d := &cityPageData{Locale: locale}
	for _, v := range versions {
		by := names[v.PublishedBy].Name
		if v.PublishedBy == 0 {
			by = c.T("系统")
		}
		d.Versions = append(d.Versions, pageVersion{v, by})
	}
	for _, l := range i18n.Locales() {
		d.Tabs = append(d.Tabs, cityPageLine{Locale: l, Name: c.T(localeNames[l]), Href: cityPageHref(slug, l)})
	}
	d.formPage = formPage{frame: newFrame(c, "pages", c.T(cityPageNames[slug])), Fields: pageFields(c, newest, locale), Version: newest.Version, Action: cityPageHref(slug, locale), Back: cityPagesPath, Button: c.T("发布新版本"), Preview: c.T("预览")}
	if slug == city.PagePrivacy && locale == i18n.Source {
		d.Notes = []string{c.T("发布新的隐私说明后，所有居民下次提问时会被再问一次是否同意。只在内容有实质变化时发布。")}
	}
	return d, nil
}

func (s *Console) showCityPage(c *kit.Ctx) error {
	d, err := s.cityPageData(c)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/page", d)
}

func (s *Console) publishCityPage(c *kit.Ctx) error {
	d, err := s.cityPageData(c)
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	now, version := d.Fields, d.Version
	asks := c.Param("slug") == city.PagePrivacy && c.Param("locale") == i18n.Source && c.PostForm("sure") == ""
	if preview := c.PostForm("do") == "preview"; preview || asks {
		d.Fields, d.Version = typed(c, slices.Clone(d.Fields)), f.version()
		shown, err := s.City.PreviewPage(c.Request.Context(), c.Param("slug"), c.Param("locale"), f.text("title"), f.text("body"))
		if err != nil {
			return again(c, err, "settings/page", &d.formPage, d, func() ([]field, int64, error) { return now, version, nil })
		}
		d.Shown, d.Sure = &shownPage{shown.Title, template.HTML(shown.Body)}, asks && !preview //nolint:gosec // cleaned as what is published
		return c.Page(http.StatusOK, "settings/page", d)
	}
	p, err := s.City.PublishPage(c.Request.Context(), c.Actor, c.Param("slug"), c.Param("locale"), f.text("title"), f.text("body"), f.version())
	if err == nil {
		if p.Version == version {
			return c.Done(d.Action, "内容没有变化，没有发布新版本。")
		}
		return c.Done(d.Action, "第 %[1]d 版已发布。", p.Version)
	}
	d.Fields, d.Version = typed(c, slices.Clone(d.Fields)), f.version()
	return again(c, err, "settings/page", &d.formPage, d, func() ([]field, int64, error) { return now, version, nil })
}
