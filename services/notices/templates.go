package notices

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

func placeholders(s string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		names = append(names, m[1])
	}
	return names
}

// render fills the placeholders in one pass, so that a value cannot bring in another placeholder.
func (t text) render(values words) text {
	fill := func(s string) string {
		return placeholder.ReplaceAllStringFunc(s, func(p string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsControl(r) {
					return ' '
				}
				return r
			}, values[p[1:len(p)-1]])
		})
	}
	return text{fill(t.Subject), fill(t.Body)}
}

// wording is what settings made of one kind, beside its defaults.
type wording map[wordingKey]models.NoticeTemplate

type wordingKey struct {
	channel models.Channel
	locale  string
}

func (w wording) text(k Kind, c models.Channel, locale string) text {
	if t, ok := w[wordingKey{c, locale}]; ok {
		return text{t.Subject, t.Body}
	}
	return defaultText(k, c, locale)
}

func (s *Service) wording(ctx context.Context, k Kind) (wording, error) {
	all, err := s.wordings.Get(ctx)
	return all[k], err
}

func (s *Service) loadWordings(ctx context.Context) (map[Kind]wording, error) {
	rows, err := s.store.templates(ctx)
	all := map[Kind]wording{}
	for _, t := range rows {
		k := Kind(t.Kind)
		if all[k] == nil {
			all[k] = wording{}
		}
		all[k][wordingKey{t.Channel, t.Locale}] = t
	}
	return all, err
}

// Template is one wording as settings show it.
type Template struct {
	Spec      Spec
	Channel   models.Channel
	Locale    string
	Subject   string
	Body      string
	Version   int64 // 0 while it is the default
	UpdatedAt time.Time
}

// Templates lists every wording, changed or not, in the order of the kinds.
func (s *Service) Templates(ctx context.Context) ([]Template, error) {
	changed, err := s.loadWordings(ctx)
	if err != nil {
		return nil, err
	}
	var all []Template
	for _, spec := range specs {
		for _, c := range spec.Channels {
			for _, locale := range i18n.Locales() {
				row := changed[spec.Kind][wordingKey{c, locale}]
				t := changed[spec.Kind].text(spec.Kind, c, locale)
				all = append(all, Template{Spec: spec, Channel: c, Locale: locale, Subject: t.Subject, Body: t.Body, Version: row.Version, UpdatedAt: row.UpdatedAt})
			}
		}
	}
	return all, nil
}

// Lengths that templates may have, in characters. 70 filled characters are one SMS.
const (
	maxSubject  = 120
	maxSMS      = 160
	maxMailBody = 1500
)

//i18n:keys
const (
	msgNoTemplate  = "没有这样的通知模板。"
	msgOnlyAdmin   = "只有系统管理员可以修改通知模板。"
	msgStale       = "刚才有人改过这一项，请刷新后再试。"
	msgEmpty       = "不能为空。"
	msgTooLong     = "最多 %[1]d 个字，现在有 %[2]d 个。"
	msgPlainText   = "只能是纯文字，不能有尖括号或控制字符。"
	msgBraces      = "花括号不成对，或占位符写法不对。"
	msgPlaceholder = "这里不能用占位符 %[1]s。"
	msgMissing     = "必须包含占位符 %[1]s。"
	msgSignature   = "短信要以签名 %[1]s 开头。"
)

// Preview checks a wording and fills it as a message of today would be; values stand for what the service does not know itself
// ({department}, {topic}), where there is such. Errors: NotFound, Invalid (fields "subject" and "body").
func (s *Service) Preview(ctx context.Context, k Kind, c models.Channel, locale, subject, body string, values map[string]string) (filledSubject, filledBody string, err error) {
	t, err := check(k, c, locale, subject, body)
	if err != nil {
		return "", "", err
	}
	filled := maps.Clone(sample.in(locale))
	if filled["city"], err = s.Site.CityName(ctx, locale); err != nil {
		return "", "", err
	}
	today := s.Clock.Now().In(s.Site.Zone(ctx))
	filled["number"] = today.Format("20060102") + "-0005"
	filled["due"] = day(today.AddDate(0, 0, 7), locale)
	path := "/console/cases/"
	if specOf[k].Audience == ToResident {
		path = "/track/"
	}
	filled["address"] = s.Site.Origin(ctx) + path + filled["number"]
	maps.Copy(filled, values)
	t = t.render(filled)
	return t.Subject, t.Body, nil
}

func check(k Kind, c models.Channel, locale, subject, body string) (text, error) {
	spec, ok := SpecOf(k)
	if !ok || !slices.Contains(spec.Channels, c) || !slices.Contains(i18n.Locales(), locale) {
		return text{}, fault.New(fault.NotFound, msgNoTemplate)
	}
	t := text{strings.TrimSpace(subject), strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))}
	var wrong fault.Fields
	limit := maxMailBody
	if c == models.SMS {
		t.Subject, limit = "", maxSMS
	} else {
		checkText(&wrong, "subject", t.Subject, spec, maxSubject, false)
	}
	checkText(&wrong, "body", t.Body, spec, limit, c == models.Email)
	if c == models.SMS {
		if !strings.HasPrefix(t.Body, Signature) {
			wrong.Add("body", msgSignature, Signature)
		}
		for _, name := range spec.Needed {
			if !strings.Contains(t.Body, "{"+name+"}") {
				wrong.Add("body", msgMissing, "{"+name+"}")
			}
		}
	}
	return t, wrong.Err()
}

func checkText(wrong *fault.Fields, field, s string, spec Spec, limit int, lines bool) {
	if s == "" {
		wrong.Add(field, msgEmpty)
		return
	}
	if n := utf8.RuneCountInString(s); n > limit {
		wrong.Add(field, msgTooLong, limit, n)
	}
	plain := func(r rune) bool { return (r == '\n' && lines) || (r != '<' && r != '>' && !unicode.IsControl(r)) }
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		wrong.Add(field, msgPlainText)
	}
	for _, name := range placeholders(s) {
		if !slices.Contains(spec.Allowed, name) {
			wrong.Add(field, msgPlaceholder, "{"+name+"}")
		}
	}
	if strings.ContainsAny(placeholder.ReplaceAllString(s, ""), "{}") {
		wrong.Add(field, msgBraces)
	}
}

// SetTemplate changes a wording; version is the one that the form was filled from. Errors: Forbidden, NotFound, Invalid,
// Conflict when somebody was faster.
func (s *Service) SetTemplate(ctx context.Context, actor models.Actor, k Kind, c models.Channel, locale, subject, body string, version int64) error {
	if !actor.Has(models.SystemAdmin) {
		return fault.New(fault.Forbidden, msgOnlyAdmin)
	}
	t, err := check(k, c, locale, subject, body)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		now := s.Clock.Now()
		// A first version is the time, so that a form older than a reset is still recognised as stale.
		row := models.NoticeTemplate{Kind: string(k), Channel: c, Locale: locale, Subject: t.Subject, Body: t.Body, Version: now.UnixMilli(), UpdatedAt: now, UpdatedBy: actor.ID}
		ok, err := s.store.saveTemplate(ctx, row, version)
		if database.IsDuplicate(err) || err == nil && !ok {
			return fault.New(fault.Conflict, msgStale)
		}
		if err != nil {
			return err
		}
		s.wordings.Changed(ctx)
		return s.Audit.Record(ctx, actor, "notice.template.set", "notice_template", 0, detail(k, c, locale))
	})
}

// ResetTemplate goes back to the default wording. Errors: Forbidden, Conflict.
func (s *Service) ResetTemplate(ctx context.Context, actor models.Actor, k Kind, c models.Channel, locale string, version int64) error {
	if !actor.Has(models.SystemAdmin) {
		return fault.New(fault.Forbidden, msgOnlyAdmin)
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		ok, err := s.store.dropTemplate(ctx, k, c, locale, version)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, msgStale)
		}
		s.wordings.Changed(ctx)
		return s.Audit.Record(ctx, actor, "notice.template.reset", "notice_template", 0, detail(k, c, locale))
	})
}

func detail(k Kind, c models.Channel, locale string) map[string]any {
	return map[string]any{"kind": k, "channel": c, "locale": locale}
}
