package console

import (
	"net/http"

	"huiyin/api/kit"
	"huiyin/services/city"
)

const (
	handlingPath  = settingsPath + "/handling"
	securityPath  = settingsPath + "/security"
	retentionPath = settingsPath + "/retention"
)

func (s *Console) numberRoutes(g *kit.Group) {
	g.GET(handlingPath, systemAdmin, s.showNumbers(s.handlingGroup))
	g.POST(handlingPath, systemAdmin, s.saveNumbers(s.handlingGroup))
	g.GET(securityPath, securityAdmin, s.showNumbers(s.securityGroup))
	g.POST(securityPath, securityAdmin, s.saveNumbers(s.securityGroup))
	g.GET(retentionPath, securityAdmin, s.showNumbers(s.retentionGroup))
	g.POST(retentionPath, securityAdmin, s.saveNumbers(s.retentionGroup))
}

// numberGroup is one group of numbers as it stands, and how it is written.
type numberGroup struct {
	page formPage
	save func(f *form) error
	warn func(f *form) ([]string, error) // what saving does that cannot be undone; nil where nothing does
}

// oneNumber is a setting that is a whole number, by its key in city.Defaults.
type oneNumber struct {
	key   string
	value *int
}

var numberNames = map[string]string{
	"lock_after": "连续登录失败几次后锁定", "lock_minutes": "锁定多久", "session_minutes": "工作台多久不操作要重新登录", "session_days": "登录后最长多久要重新登录",
	"resident_days": "居民的登录保留多久", "visitor_days": "未登录访客的回执保留多久",
	"reopen_days": "答复后多久内可以要求重新办理", "close_days": "答复后多久没有新情况自动办结", "due_soon_days": "到期前多久算“即将到期”",
	"attachments": "一次最多几个附件", "draft_hours": "没有提交的内容保留多久",
	"audit_months": "审计日志保存多久", "deliveries_months": "通知记录保存多久", "closed_cases_years": "已办结的诉求多久以后去除个人信息",
}

// What each number does.
var numberAbouts = map[string]string{
	"lock_after": "同一个账号连续输错密码或验证码这么多次，就暂时锁定。", "lock_minutes": "过了这么久自动解锁；安全管理员可以提前解锁。",
	"session_minutes": "工作人员这么久没有操作，就要重新登录。", "session_days": "登录满这么多天就要重新登录，一直在用也一样。",
	"resident_days": "居民这么多天没有来，就要重新登录。", "visitor_days": "没有登录、用回执查询的人，这么多天内不用再输查询码。",
	"reopen_days": "居民对答复不满意，可以在这些天内要求重新办理一次。", "close_days": "答复后这么多天没有追问，诉求自动办结。",
	"due_soon_days": "离期限只剩这么多个工作日时，列入“即将到期”并提醒经办人。",
	"attachments":   "每次提问或补充最多带几个附件，每个不超过 10 MB。", "draft_hours": "提问写到一半没有提交，内容保留这么久，然后删除。",
	"audit_months": "谁在什么时候做了什么、看了什么。到期的记录由系统删除。", "deliveries_months": "发给谁、发了没有的记录。到期由系统删除。",
	"closed_cases_years": "到期后删去称呼、地点、附件和与本人的关联，已公开的内容不变。",
}

func numberFields(c *kit.Ctx, numbers []oneNumber) []field {
	list := make([]field, 0, len(numbers))
	for _, n := range numbers {
		f := field{Label: c.T(numberNames[n.key]), Value: number(int64(*n.value)), Unit: c.T(city.RuleOf(n.key).Unit), Hint: c.T(numberAbouts[n.key])}
		list = append(list, ruled(c, n.key, f))
	}
	return list
}

// ruled makes the field that of a rule's number, with what it may be and where it comes from.
func ruled(c *kit.Ctx, key string, f field) field {
	r := city.RuleOf(key)
	f.Name, f.Kind, f.Required = key, numberField, true
	f.Bounds, f.Source = c.T("可填 %[1]d 到 %[2]d，标准值 %[3]d。", r.Min, r.Max, r.Value), c.T(r.Source)
	return f
}

func readNumbers(f *form, numbers []oneNumber) error {
	for _, n := range numbers {
		*n.value = int(f.number(n.key))
	}
	return f.wrong.Err()
}

func handlingNumbers(h *city.Handling) []oneNumber {
	return []oneNumber{{"reopen_days", &h.ReopenDays}, {"close_days", &h.CloseDays}, {"due_soon_days", &h.DueSoonDays}, {"attachments", &h.Attachments}, {"draft_hours", &h.DraftHours}}
}

func securityNumbers(x *city.Security) []oneNumber {
	return []oneNumber{{"lock_after", &x.LockAfter}, {"lock_minutes", &x.LockMinutes}, {"session_minutes", &x.SessionMinutes}, {"session_days", &x.SessionDays}, {"resident_days", &x.ResidentDays}, {"visitor_days", &x.VisitorDays}}
}

func retentionNumbers(r *city.Retention) []oneNumber {
	return []oneNumber{{"audit_months", &r.AuditMonths}, {"deliveries_months", &r.DeliveriesMonths}, {"closed_cases_years", &r.ClosedCasesYears}}
}

func (s *Console) handlingGroup(c *kit.Ctx) (numberGroup, error) {
	now, err := s.City.CaseNumbers(c.Request.Context())
	if err != nil {
		return numberGroup{}, err
	}
	p := formPage{frame: newFrame(c, "handling", c.T("办理时限与数量")), Fields: numberFields(c, handlingNumbers(&now)), Version: now.Version, Action: handlingPath}
	p.Intro = c.T("答复期限在“受理窗口”里设置。这里的数字改动后立即生效，已经承诺的期限不变。")
	return numberGroup{page: p, save: func(f *form) error {
		var in city.Handling
		if err := readNumbers(f, handlingNumbers(&in)); err != nil {
			return err
		}
		_, err := s.City.UpdateHandling(c.Request.Context(), c.Actor, in, f.version())
		return err
	}}, nil
}

func (s *Console) securityGroup(c *kit.Ctx) (numberGroup, error) {
	now, err := s.City.Security(c.Request.Context())
	if err != nil {
		return numberGroup{}, err
	}
	p := formPage{frame: newFrame(c, "security", c.T("登录安全")), Version: now.Version, Action: securityPath}
	p.Intro = c.T("改动从下一次登录起生效；新要求二次验证的人，下次进入工作台时要先绑定验证器。")
	p.Fields = append([]field{{
		Name: "second_factor_roles", Label: c.T("哪些角色必须使用二次验证"), Kind: checksField, Options: roleOptions(c), Value: rolesValue(now.SecondFactorRoles),
		Source: c.T(city.SecondFactorSource),
	}}, numberFields(c, securityNumbers(&now))...)
	return numberGroup{page: p, save: func(f *form) error {
		in := city.Security{SecondFactorRoles: rolesTyped(c, "second_factor_roles")}
		if err := readNumbers(f, securityNumbers(&in)); err != nil {
			return err
		}
		_, err := s.City.UpdateSecurity(c.Request.Context(), c.Actor, in, f.version())
		return err
	}}, nil
}

func (s *Console) retentionGroup(c *kit.Ctx) (numberGroup, error) {
	now, err := s.City.Retention(c.Request.Context())
	if err != nil {
		return numberGroup{}, err
	}
	p := formPage{frame: newFrame(c, "retention", c.T("保存期限")), Fields: numberFields(c, retentionNumbers(&now)), Version: now.Version, Action: retentionPath}
	p.Intro = c.T("到期的内容由系统定时删除，不能恢复。缩短期限前，请先确认要归档的内容已经归档。")
	return numberGroup{page: p, warn: func(f *form) ([]string, error) { return s.retentionWarnings(c, f, now) }, save: func(f *form) error {
		var in city.Retention
		if err := readNumbers(f, retentionNumbers(&in)); err != nil {
			return err
		}
		_, err := s.City.UpdateRetention(c.Request.Context(), c.Actor, in, f.version())
		return err
	}}, nil
}

func (s *Console) showNumbers(group func(*kit.Ctx) (numberGroup, error)) kit.Handler {
	return func(c *kit.Ctx) error {
		g, err := group(c)
		if err != nil {
			return err
		}
		return c.Page(http.StatusOK, "settings/form", &g.page)
	}
}

func (s *Console) saveNumbers(group func(*kit.Ctx) (numberGroup, error)) kit.Handler {
	return func(c *kit.Ctx) error {
		g, err := group(c)
		if err != nil {
			return err
		}
		f, err := readForm(c)
		if err != nil {
			return err
		}
		if asked, err := s.unsure(c, g, f); asked || err != nil {
			return err
		}
		if err = g.save(f); err == nil {
			return c.Done(g.page.Action, "设置已保存。")
		}
		g.page.Fields, g.page.Version = typed(c, g.page.Fields), f.version()
		return again(c, err, "settings/form", &g.page, &g.page, func() ([]field, int64, error) {
			now, err := group(c)
			return now.page.Fields, now.page.Version, err
		})
	}
}
