package console

import (
	"net/http"

	"huiyin/api/kit"
	"huiyin/models"
)

// entry is one page of the settings and whose it is.
type entry struct {
	Key, Href, Icon, Label, About string
	Roles                         []models.Role
}

// entryGroup is the pages that belong together.
type entryGroup struct {
	Label   string
	Entries []entry
}

const settingsPath = "/console/settings"

// The labels are message ids; what follows the dash of an address is the key.
var settingsGroups = []entryGroup{
	{"城市与网站", []entry{
		{"city", settingsPath + "/city", "landmark", "城市", "名称、颜色、徽标、电话和首页的常见问题", []models.Role{models.SystemAdmin}},
		{"pages", settingsPath + "/pages", "file-text", "页面", "怎么用、隐私说明、无障碍声明", []models.Role{models.SystemAdmin}},
	}},
	{"部门与人员", []entry{
		{"departments", settingsPath + "/departments", "sitemap", "部门设置", "上下级、名称、电话和排列顺序", []models.Role{models.SystemAdmin}},
		{"staff", settingsPath + "/staff", "users", "人员与角色", "账号、角色、重置密码和停用", []models.Role{models.SystemAdmin, models.SecurityAdmin, models.Auditor}},
	}},
	{"受理与答复", []entry{
		{"topics", settingsPath + "/topics", "tag", "分类与去向", "两级分类，每一类由哪个部门答复", []models.Role{models.SystemAdmin}},
		{"desks", settingsPath + "/desks", "inbox", "受理窗口", "答复期限、由谁审核、审核后是否直接发送", []models.Role{models.SystemAdmin}},
		{"handling", settingsPath + "/handling", "clock", "办理时限与数量", "重新办理、自动办结、即将到期的天数，附件的个数", []models.Role{models.SystemAdmin}},
		{"calendar", settingsPath + "/calendar", "calendar-days", "工作日历", "节假日和调休，期限按它计算", []models.Role{models.SystemAdmin}},
	}},
	{"文字", []entry{
		{"replies", settingsPath + "/replies", "template", "常用答复", "起草答复时可以套用的文字", []models.Role{models.SystemAdmin, models.Reviewer}},
		{"notices", settingsPath + "/notices", "message", "通知模板", "短信、邮件和提醒的文字", []models.Role{models.SystemAdmin}},
	}},
	{"安全与保存", []entry{
		{"security", settingsPath + "/security", "shield", "登录安全", "二次验证、锁定和登录的时长", []models.Role{models.SecurityAdmin}},
		{"retention", settingsPath + "/retention", "archive", "保存期限", "日志、通知记录和办结诉求各保存多久", []models.Role{models.SecurityAdmin}},
	}},
}

// Whose pages are whose.
var (
	systemAdmin   = kit.Roles(models.SystemAdmin)
	securityAdmin = kit.Roles(models.SecurityAdmin)
	anyAdmin      = kit.Roles(models.SystemAdmin, models.SecurityAdmin, models.Auditor)
	replyKeepers  = kit.Roles(models.SystemAdmin, models.Reviewer)
	settingsUsers = kit.Roles(models.SystemAdmin, models.SecurityAdmin, models.Auditor, models.Reviewer)
)

func (s *Console) settingsRoutes(g *kit.Group) {
	g.GET(settingsPath, settingsUsers, s.settingsIndex)
	s.cityRoutes(g)
	s.numberRoutes(g)
	s.departmentRoutes(g)
	s.staffRoutes(g)
	s.topicRoutes(g)
	s.deskRoutes(g)
	s.replyTemplateRoutes(g)
	s.wordingRoutes(g)
	s.calendarRoutes(g)
	s.cityPageRoutes(g)
}

// frame is what every page of the settings has: the list of the pages beside it, and what is wrong.
type frame struct {
	Pages       []entryGroup
	Here        string
	Title       string
	Errors      []kit.FieldError
	Differences []difference
}

func newFrame(c *kit.Ctx, here, title string) frame {
	c.Section("settings")
	return frame{Pages: groupsOf(c), Here: here, Title: title}
}

// groupsOf lists the pages that the actor may open, in the reader's words.
func groupsOf(c *kit.Ctx) []entryGroup {
	var groups []entryGroup
	for _, g := range settingsGroups {
		open := entryGroup{Label: c.T(g.Label)}
		for _, e := range g.Entries {
			if c.Actor.HasAny(e.Roles...) {
				e.Label, e.About = c.T(e.Label), c.T(e.About)
				open.Entries = append(open.Entries, e)
			}
		}
		if len(open.Entries) > 0 {
			groups = append(groups, open)
		}
	}
	return groups
}

func (s *Console) settingsIndex(c *kit.Ctx) error {
	first, err := s.firstSteps(c)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/index", struct {
		frame
		First []firstStep
	}{newFrame(c, "", c.T("设置")), first})
}

// officeItems are the ways from the side bar to what is not a case.
func officeItems(c *kit.Ctx) []kit.NavGroup {
	talk := kit.NavGroup{Label: c.T("沟通")}
	if c.Actor.HasAny(deliveryReaders...) {
		talk.Items = append(talk.Items, kit.NavItem{Key: "deliveries", Href: deliveriesPath, Label: c.T("通知记录")})
	}
	if c.Kit.Demo {
		talk.Items = append(talk.Items, kit.NavItem{Key: "outbox", Href: outboxPath, Label: c.T("演示发件箱")})
	}
	system := kit.NavGroup{Label: c.T("系统")}
	if len(groupsOf(c)) > 0 {
		system.Items = append(system.Items, kit.NavItem{Key: "settings", Href: settingsPath, Label: c.T("设置")})
	}
	if c.Actor.Has(models.Auditor) {
		system.Items = append(system.Items, kit.NavItem{Key: "audit", Href: auditPath, Label: c.T("审计日志")})
	}
	return []kit.NavGroup{talk, system}
}
