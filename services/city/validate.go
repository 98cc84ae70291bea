package city

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"huiyin/internal/fault"
	"huiyin/models"
)

const maxQuestions = 10

var phonePattern = regexp.MustCompile(`^[0-9+][0-9 ()+\-]{1,28}[0-9)]$`)

// clean trims the texts and says what is wrong with them.
func (p *Profile) clean() error {
	var wrong fault.Fields
	line(&wrong, "city_name", &p.CityName, 2, 20)
	line(&wrong, "city_name_en", &p.CityNameEn, 0, 60)
	line(&wrong, "site_name", &p.SiteName, 2, 30)
	line(&wrong, "site_name_en", &p.SiteNameEn, 0, 80)
	line(&wrong, "slogan", &p.Slogan, 0, 40)
	line(&wrong, "slogan_en", &p.SloganEn, 0, 120)
	line(&wrong, "address", &p.Address, 0, 100)
	line(&wrong, "icp", &p.ICP, 0, 60)
	line(&wrong, "footer", &p.Footer, 0, 200)
	line(&wrong, "footer_en", &p.FooterEn, 0, 400)
	p.Phone = strings.TrimSpace(p.Phone)
	if p.Phone != "" && !phonePattern.MatchString(p.Phone) {
		wrong.Add("phone", "请写电话号码，只用数字、空格、括号、加号和横线，如 010-12345678。")
	}
	p.Color = strings.ToLower(strings.TrimSpace(p.Color))
	if c, ok := LookAt(p.Color); !ok {
		wrong.Add("color", "请写颜色代码：井号后 6 位十六进制数字，如 %[1]s。", DefaultProfile().Color)
	} else if !c.Enough() {
		wrong.Add("color", "这个颜色太浅：与白字的对比度是 %[1]s，至少要 %[2]s，否则看不清。",
			// rounded down, lest 4.49 be told as 4.5
			strconv.FormatFloat(math.Floor(c.Contrast*10)/10, 'f', 1, 64), strconv.FormatFloat(MinContrast, 'f', 1, 64))
	} else if c.Red {
		near, _ := Nearest(p.Color)
		wrong.Add("color", "这个颜色和印章红分不清：那种红色只表示正式答复和超期。可以用最接近的 %[1]s。", near)
	}
	if _, err := time.LoadLocation(p.TimeZone); err != nil || p.TimeZone == "" || p.TimeZone == "Local" {
		wrong.Add("time_zone", "不认识这个时区。请写如 %[1]s 的名称。", DefaultProfile().TimeZone)
	}
	p.cleanQuestions(&wrong)
	return wrong.Err()
}

func (p *Profile) cleanQuestions(wrong *fault.Fields) {
	kept := []string{}
	for i, q := range p.PopularQuestions {
		if strings.TrimSpace(q) == "" {
			continue
		}
		line(wrong, "popular_questions["+strconv.Itoa(i)+"]", &q, 2, 30)
		if !slices.Contains(kept, q) {
			kept = append(kept, q)
		}
	}
	if len(kept) > maxQuestions {
		wrong.Add("popular_questions", "“大家常问”最多写 %[1]d 条。", maxQuestions)
	}
	p.PopularQuestions = kept
}

// line trims a text of one line and checks its length in characters; least 0 lets it be empty.
func line(wrong *fault.Fields, name string, text *string, least, most int) {
	*text = strings.TrimSpace(*text)
	n := utf8.RuneCountInString(*text)
	switch {
	case !utf8.ValidString(*text) || strings.ContainsFunc(*text, unicode.IsControl):
		wrong.Add(name, "这里有不能显示的字符或换行，请删去。")
	case n < least && n == 0:
		wrong.Add(name, "请填写这一项。")
	case n < least || n > most:
		wrong.Add(name, "请写 %[1]d 到 %[2]d 个字，现在是 %[3]d 个。", least, most, n)
	}
}

func within(wrong *fault.Fields, key string, n int) {
	RuleOf(key).Check(wrong, int64(n))
}

func (s *Security) clean() error {
	var wrong fault.Fields
	roles := []models.Role{}
	for _, r := range models.Roles { // in the order of the screens, each once
		if slices.Contains(s.SecondFactorRoles, r) {
			roles = append(roles, r)
		}
	}
	if slices.ContainsFunc(s.SecondFactorRoles, func(r models.Role) bool { return !slices.Contains(models.Roles, r) }) {
		wrong.Add("second_factor_roles", "请只选列出的角色。")
	}
	s.SecondFactorRoles = roles
	within(&wrong, "lock_after", s.LockAfter)
	within(&wrong, "lock_minutes", s.LockMinutes)
	within(&wrong, "session_minutes", s.SessionMinutes)
	within(&wrong, "session_days", s.SessionDays)
	within(&wrong, "resident_days", s.ResidentDays)
	within(&wrong, "visitor_days", s.VisitorDays)
	return wrong.Err()
}

func (h *Handling) clean() error {
	var wrong fault.Fields
	within(&wrong, "reopen_days", h.ReopenDays)
	within(&wrong, "close_days", h.CloseDays)
	within(&wrong, "due_soon_days", h.DueSoonDays)
	within(&wrong, "attachments", h.Attachments)
	within(&wrong, "draft_hours", h.DraftHours)
	return wrong.Err()
}

func (r *Retention) clean() error {
	var wrong fault.Fields
	within(&wrong, "audit_months", r.AuditMonths)
	within(&wrong, "deliveries_months", r.DeliveriesMonths)
	within(&wrong, "closed_cases_years", r.ClosedCasesYears)
	return wrong.Err()
}
