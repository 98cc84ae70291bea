package console

import (
	"slices"
	"strings"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/cases"
)

var actorNames = map[models.ActorKind]string{
	models.StaffActor: "工作人员", models.ResidentActor: "居民", models.VisitorActor: "访客", models.SystemActor: "系统",
}

var auditActions = map[string]string{
	"audit.export":      "导出审计日志",
	"audit.prune":       "按保存期限清理审计日志",
	"department.create": "新增部门", "department.update": "修改部门", "department.move": "调整部门顺序", "desk.save": "保存受理窗口", "topic.save": "保存分类", "topic.move": "调整分类顺序",
	"reply_template.save": "保存常用答复", "notice.template.set": "修改通知模板", "notice.template.reset": "恢复默认通知模板", "notice.resend": "重发通知",
	"case.find_by_phone": "按手机号查诉求",
	"page.publish":       "发布页面", "publication.save": "保存公开版本",
	"publication.confirm": "提交公开版本", "publication.publish": "发布公开版本", "publication.return": "退回公开版本", "publication.take_out": "撤下公开版本", "publication.recall": "收回公开版本", "case.forget": "按保存期限去除个人信息",
	"settings.profile": "修改城市设置", "settings.security": "修改登录安全", "settings.handling": "修改办理时限与数量", "settings.retention": "修改保存期限", "settings.emblem": "更换徽标",
	"calendar.seed": "载入自带日历", "calendar.start": "按周末开始一年", "calendar.import": "导入一年的日历", "calendar.day": "修改一天的日历",
	"resident.create": "居民注册", "resident.signin": "居民登录", "resident.update": "居民修改资料", "resident.agree": "居民同意隐私说明", "resident.export": "居民导出本人信息", "resident.erase": "居民删除本人信息",
	"session.signout": "退出登录", "session.revoke": "结束一个登录", "token.create": "新建接口令牌", "token.revoke": "撤销接口令牌",
	"staff.create": "新增人员", "staff.update": "修改人员", "staff.roles": "修改角色", "staff.deactivate": "停用人员", "staff.reactivate": "恢复人员",
	"staff.signin": "登录工作台", "staff.signin_failed": "登录失败", "staff.lock": "账号锁定", "staff.unlock": "账号解锁", "staff.password": "修改密码", "staff.reset_password": "重置密码",
	"staff.locale": "修改界面语言", "staff.second_factor": "通过二次验证", "staff.second_factor_failed": "二次验证失败", "staff.reset_second_factor": "重置二次验证",
	"staff.recovery_renew": "更换恢复码", "staff.totp_begin": "开始绑定验证器", "staff.totp_enable": "绑定验证器", "staff.totp_disable": "解绑验证器",
}

var auditAreas = map[string]string{
	"case.": "诉求办理", "case.reveal": "查看联系方式", "publication.": "公开", "settings.": "设置", "calendar.": "工作日历", "department.": "部门", "desk.": "受理窗口", "topic.": "事项分类",
	"staff.": "人员和登录", "resident.": "居民", "notice.": "通知", "page.": "页面", "reply_template.": "常用答复", "session.": "会话", "token.": "接口令牌", "audit.": "审计日志",
}

var auditObjects = map[string]string{
	"case": "诉求", "publication": "公开版本", "settings": "设置", "calendar_year": "日历", "department": "部门", "desk": "受理窗口", "topic": "分类", "staff": "人员", "resident": "居民",
	"delivery": "通知", "notice_template": "通知模板", "page": "页面", "reply_template": "常用答复", "session": "会话", "audit": "审计日志",
}

func actionInWords(c *kit.Ctx, action string) string {
	if words, ok := auditActions[action]; ok {
		return c.T(words)
	}
	if name, ok := strings.CutPrefix(action, "case."); ok {
		if words := cases.ActionName(name); words.ID != "" {
			return c.T(words.ID)
		}
	}
	return action
}

func objectInWords(c *kit.Ctx, e models.AuditEntry) string {
	words := e.ObjectKind
	if name, ok := auditObjects[e.ObjectKind]; ok {
		words = c.T(name)
	}
	if e.ObjectID != 0 {
		words += " " + number(e.ObjectID)
	}
	return words
}

func actionOptions(c *kit.Ctx) []option { return optionsOf(c, auditAreas) }

func optionsOf(c *kit.Ctx, names map[string]string) []option {
	list := make([]option, 0, len(names))
	for value, name := range names {
		list = append(list, option{value, c.T(name)})
	}
	slices.SortFunc(list, func(a, b option) int { return strings.Compare(a.Value, b.Value) })
	return list
}
