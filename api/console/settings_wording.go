package console

import (
	"net/http"
	"slices"
	"strings"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/notices"
)

const wordingPath = settingsPath + "/notices"

func (s *Console) wordingRoutes(g *kit.Group) {
	g.GET(wordingPath, systemAdmin, s.listWordings)
	g.GET(wordingPath+"/:kind/:channel/:locale", systemAdmin, s.showWording)
	g.POST(wordingPath+"/:kind/:channel/:locale", systemAdmin, s.saveWording)
	g.POST(wordingPath+"/:kind/:channel/:locale/reset", systemAdmin, asked(s.resetWording))
	g.POST(wordingPath+"/:kind/:channel/:locale/preview", systemAdmin, s.previewWording)
}

type wordingGroup struct {
	Name, Audience string
	Lines          []wordingLine
}

type wordingLine struct {
	Href, Channel, Locale, Lang, Body string
	Changed                           bool
}

type wordingsData struct {
	frame
	Groups []wordingGroup
}

func wordingHref(t notices.Template) string {
	return wordingPath + "/" + string(t.Spec.Kind) + "/" + string(t.Channel) + "/" + t.Locale
}

func (s *Console) listWordings(c *kit.Ctx) error {
	list, err := s.Notices.Templates(c.Request.Context())
	if err != nil {
		return err
	}
	d := wordingsData{frame: newFrame(c, "notices", c.T("通知模板"))}
	audience := map[notices.Audience]string{notices.ToResident: c.T("发给居民"), notices.ToStaff: c.T("发给工作人员")}
	last := notices.Kind("")
	for _, t := range list {
		if t.Spec.Kind != last {
			last = t.Spec.Kind
			d.Groups = append(d.Groups, wordingGroup{Name: c.T(t.Spec.Name), Audience: audience[t.Spec.Audience]})
		}
		g := &d.Groups[len(d.Groups)-1]
		text := t.Body
		if t.Subject != "" {
			text = t.Subject
		}
		g.Lines = append(g.Lines, wordingLine{wordingHref(t), c.T(noticeChannels[t.Channel]), c.T(localeNames[t.Locale]), t.Locale, text, t.Version != 0})
	}
	return c.Page(http.StatusOK, "settings/notices", d)
}

type wordingData struct {
	asking
	formPage
	Changed bool
	Preview wordingPreview
}

// wordingPreview is the message as its receiver would get it, filled with made-up values.
type wordingPreview struct {
	Channel       models.Channel
	Subject, Body string
	Characters    int
}

func (s *Console) wordingAsked(c *kit.Ctx) (notices.Template, error) {
	list, err := s.Notices.Templates(c.Request.Context())
	if err != nil {
		return notices.Template{}, err
	}
	i := slices.IndexFunc(list, func(t notices.Template) bool {
		return string(t.Spec.Kind) == c.Param("kind") && string(t.Channel) == c.Param("channel") && t.Locale == c.Param("locale")
	})
	if i < 0 {
		return notices.Template{}, kit.NotFound()
	}
	return list[i], nil
}

func (s *Console) wordingPage(c *kit.Ctx, t notices.Template) *wordingData {
	names := make([]string, 0, len(t.Spec.Allowed))
	for _, n := range t.Spec.Allowed {
		names = append(names, "{"+n+"}")
	}
	d := &wordingData{Changed: t.Version != 0}
	d.formPage = formPage{frame: newFrame(c, "notices", c.T("%[1]s：%[2]s，%[3]s", c.T(t.Spec.Name), c.T(noticeChannels[t.Channel]), c.T(localeNames[t.Locale]))), Version: t.Version, Action: wordingHref(t), Back: wordingPath}
	hint := c.T("可以用的占位符：%[1]s", strings.Join(names, " "))
	if t.Channel == models.SMS {
		needed := make([]string, 0, len(t.Spec.Needed))
		for _, n := range t.Spec.Needed {
			needed = append(needed, "{"+n+"}")
		}
		hint += c.T("。短信要以签名 %[1]s 开头，并包含 %[2]s；70 个字以内算一条。", notices.Signature, strings.Join(needed, " "))
	} else {
		d.Fields = append(d.Fields, field{Name: "subject", Label: c.T("标题"), Value: t.Subject, Max: 120, Required: true, Lang: t.Locale})
	}
	d.Fields = append(d.Fields, field{Name: "body", Label: c.T("正文"), Kind: textareaField, Rows: 5, Value: t.Body, Required: true, Hint: hint, Lang: t.Locale})
	d.Preview = s.previewOf(c, t, t.Subject, t.Body)
	return d
}

// previewOf fills the wording; one that is wrong has no preview, its errors stand beside the fields.
func (s *Console) previewOf(c *kit.Ctx, t notices.Template, subject, body string) wordingPreview {
	p := wordingPreview{Channel: t.Channel}
	var err error
	if p.Subject, p.Body, err = s.preview(c, t, subject, body); err != nil {
		return wordingPreview{Channel: t.Channel}
	}
	p.Characters = len([]rune(p.Body))
	return p
}

// preview fills the wording with a department of the city and one of its topics.
func (s *Console) preview(c *kit.Ctx, t notices.Template, subject, body string) (filledSubject, filledBody string, err error) {
	ctx := c.Request.Context()
	topics, err := s.Cases.Topics(ctx)
	if err != nil {
		return "", "", err
	}
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return "", "", err
	}
	example := map[string]string{}
	for _, g := range topics.Active() {
		if len(g.Leaves) > 0 {
			example["topic"] = g.Leaves[0].In(t.Locale)
			example["department"] = tree.Department(g.Leaves[0].DepartmentID).In(t.Locale)
			break
		}
	}
	return s.Notices.Preview(ctx, t.Spec.Kind, t.Channel, t.Locale, subject, body, example)
}

func (s *Console) showWording(c *kit.Ctx) error {
	t, err := s.wordingAsked(c)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/notice", s.wordingPage(c, t))
}

// previewWording fills what is typed: the whole page again, or only the preview for htmx.
func (s *Console) previewWording(c *kit.Ctx) error {
	t, err := s.wordingAsked(c)
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if c.IsHTMX() {
		return c.Part(http.StatusOK, "preview", s.previewOf(c, t, f.text("subject"), f.text("body")))
	}
	d := s.wordingPage(c, t)
	d.Fields, d.Version = typed(c, d.Fields), f.version()
	if _, _, err := s.preview(c, t, f.text("subject"), f.text("body")); err != nil {
		return again(c, err, "settings/notice", &d.formPage, d, nil)
	}
	d.Preview = s.previewOf(c, t, f.text("subject"), f.text("body"))
	return c.Page(http.StatusOK, "settings/notice", d)
}

func (s *Console) saveWording(c *kit.Ctx) error {
	t, err := s.wordingAsked(c)
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	err = s.Notices.SetTemplate(c.Request.Context(), c.Actor, t.Spec.Kind, t.Channel, t.Locale, f.text("subject"), f.text("body"), f.version())
	if err == nil {
		return c.Done(wordingHref(t), "通知模板已保存，以后的通知用新的文字。")
	}
	return s.wordingFailed(c, err, t, f)
}

func (s *Console) resetWording(c *kit.Ctx) error {
	t, err := s.wordingAsked(c)
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if err = s.Notices.ResetTemplate(c.Request.Context(), c.Actor, t.Spec.Kind, t.Channel, t.Locale, f.version()); err == nil {
		return c.Done(wordingHref(t), "已恢复默认文字。")
	}
	d := s.wordingPage(c, t)
	return again(c, err, "settings/notice", &d.formPage, d, nil)
}

func (s *Console) wordingFailed(c *kit.Ctx, err error, t notices.Template, f *form) error {
	d := s.wordingPage(c, t)
	d.Fields, d.Version = typed(c, d.Fields), f.version()
	return again(c, err, "settings/notice", &d.formPage, d, func() ([]field, int64, error) {
		return s.wordingPage(c, t).Fields, t.Version, nil
	})
}
