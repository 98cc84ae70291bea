package console

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/services/city"
)

const cityPath = settingsPath + "/city"

func (s *Console) cityRoutes(g *kit.Group) {
	g.GET(cityPath, systemAdmin, s.showCity)
	g.POST(cityPath, systemAdmin, s.saveCity)
	g.GET(cityPath+"/contrast", systemAdmin, s.showContrast)
	g.POST(cityPath+"/emblem", systemAdmin, s.saveEmblem)
}

type cityData struct {
	formPage
	Contrast      contrast
	HasEmblem     bool
	EmblemVersion int64
}

// contrast is how well white words can be read on the city's colour, and whether it can be told from the seal red.
type contrast struct {
	Known, Enough, Red bool
	Ratio              string
	Nearest            string // the colour to take instead of one that is not allowed
}

func contrastOf(color string) contrast {
	color = strings.ToLower(strings.TrimSpace(color))
	is, ok := city.LookAt(color)
	// rounded down, lest 4.49 be told as 4.5
	d := contrast{Known: ok, Enough: is.Enough(), Red: is.Red, Ratio: strconv.FormatFloat(math.Floor(is.Contrast*10)/10, 'f', 1, 64)}
	if ok && !is.Allowed() {
		d.Nearest, _ = city.Nearest(color)
	}
	return d
}

func cityFields(c *kit.Ctx, p city.Profile) []field {
	return []field{
		{Name: "city_name", Label: c.T("城市名称"), Value: p.CityName, Max: 20, Required: true},
		{Name: "city_name_en", Label: c.T("城市名称（英文）"), Value: p.CityNameEn, Max: 60, Lang: "en"},
		{Name: "site_name", Label: c.T("网站名称"), Value: p.SiteName, Max: 30, Required: true},
		{Name: "site_name_en", Label: c.T("网站名称（英文）"), Value: p.SiteNameEn, Max: 80, Lang: "en"},
		{Name: "slogan", Label: c.T("首页的一句话"), Value: p.Slogan, Max: 40},
		{Name: "slogan_en", Label: c.T("首页的一句话（英文）"), Value: p.SloganEn, Max: 120, Lang: "en"},
		{Name: "color", Label: c.T("城市颜色"), Kind: colorField, Value: p.Color, Required: true, Hint: c.T("白色文字在这个颜色上要看得清，对比度至少 4.5:1；也不能和表示正式答复、超期的印章红相近。")},
		{Name: "phone", Label: c.T("咨询电话"), Value: p.Phone, Hint: c.T("显示在每页底部，如 010-12345678。")},
		{Name: "address", Label: c.T("地址"), Value: p.Address, Max: 100},
		{Name: "icp", Label: c.T("备案号"), Value: p.ICP, Max: 60},
		{Name: "footer", Label: c.T("页脚文字"), Value: p.Footer, Max: 200, Hint: c.T("如主办单位和承办单位。")},
		{Name: "footer_en", Label: c.T("页脚文字（英文）"), Value: p.FooterEn, Max: 400, Lang: "en"},
		{Name: "time_zone", Label: c.T("时区"), Value: p.TimeZone, Required: true, Hint: c.T("期限和页面上的时间都按这个时区，如 %[1]s。", city.DefaultProfile().TimeZone)},
		{Name: "popular_questions", Label: c.T("大家常问"), Kind: textareaField, Rows: 5, Value: strings.Join(p.PopularQuestions, "\n"), Hint: c.T("显示在首页搜索框下面，每行一条，最多 10 条，每条 2 到 30 个字。")},
	}
}

func (s *Console) cityData(c *kit.Ctx) (*cityData, error) {
	p, err := s.City.Profile(c.Request.Context())
	if err != nil {
		return nil, err
	}
	d := &cityData{HasEmblem: p.HasEmblem, EmblemVersion: p.EmblemVersion, Contrast: contrastOf(p.Color)}
	d.formPage = formPage{frame: newFrame(c, "city", c.T("城市")), Fields: cityFields(c, p), Version: p.Version, Action: cityPath}
	return d, nil
}

func (s *Console) showCity(c *kit.Ctx) error {
	d, err := s.cityData(c)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/city", d)
}

// showContrast is what stands beside the colour while it is chosen.
func (s *Console) showContrast(c *kit.Ctx) error {
	return c.Part(http.StatusOK, "contrast", contrastOf(c.Query("color")))
}

func (s *Console) saveCity(c *kit.Ctx) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	in := city.Profile{
		CityName: f.text("city_name"), CityNameEn: f.text("city_name_en"), SiteName: f.text("site_name"), SiteNameEn: f.text("site_name_en"),
		Slogan: f.text("slogan"), SloganEn: f.text("slogan_en"), Color: f.text("color"), TimeZone: f.text("time_zone"), Phone: f.text("phone"),
		Address: f.text("address"), ICP: f.text("icp"), Footer: f.text("footer"), FooterEn: f.text("footer_en"),
		PopularQuestions: strings.Split(plainBreaks(f.text("popular_questions")), "\n"),
	}
	ctx := c.Request.Context()
	if use := c.PostForm("use_color"); use != "" {
		return s.takeColor(c, f.version(), use)
	}
	if _, err = s.City.UpdateProfile(ctx, c.Actor, in, f.version()); err == nil {
		return c.Done(cityPath, "城市设置已保存。")
	}
	d, failed := s.cityData(c)
	if failed != nil {
		return failed
	}
	d.Fields, d.Version, d.Contrast = typed(c, d.Fields), f.version(), contrastOf(in.Color)
	return again(c, err, "settings/city", &d.formPage, d, func() ([]field, int64, error) {
		p, err := s.City.Profile(ctx)
		return cityFields(c, p), p.Version, err
	})
}

// takeColor fills a colour in and shows the form with all that was typed; nothing is saved yet.
func (s *Console) takeColor(c *kit.Ctx, version int64, color string) error {
	d, err := s.cityData(c)
	if err != nil {
		return err
	}
	d.Fields, d.Version, d.Contrast = typed(c, d.Fields), version, contrastOf(color)
	for i := range d.Fields {
		if d.Fields[i].Name == "color" {
			d.Fields[i].Value = color
		}
	}
	c.Flash("info", c.T("颜色已换成 %[1]s，保存后生效。", color))
	return c.Page(http.StatusOK, "settings/city", d)
}

// maxEmblemRead bounds what is read of an upload; the use case judges its size.
const maxEmblemRead = 200 << 10

func (s *Console) saveEmblem(c *kit.Ctx) error {
	data, err := s.emblemSent(c)
	if err == nil {
		version, _ := strconv.ParseInt(c.PostForm("version"), 10, 64) // a version that is none is stale
		_, err = s.City.UpdateEmblem(c.Request.Context(), c.Actor, data, version)
	}
	if err == nil {
		return c.Done(cityPath, "徽标已更新。")
	}
	d, failed := s.cityData(c)
	if failed != nil {
		return failed
	}
	return again(c, err, "settings/city", &d.formPage, d, nil)
}

// emblemSent returns the picture, nothing when the built-in one is asked for.
func (s *Console) emblemSent(c *kit.Ctx) ([]byte, error) {
	uploads, err := c.Uploads("emblem")
	if err != nil || c.PostForm("remove") == "1" {
		return nil, err
	}
	if len(uploads) == 0 {
		var wrong fault.Fields
		wrong.Add("emblem", "请先选择一张图片。")
		return nil, wrong.Err()
	}
	file, err := uploads[0].Open()
	if err != nil {
		return nil, fmt.Errorf("emblem: %w", err)
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, maxEmblemRead))
}
