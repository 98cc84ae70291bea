package console

import (
	"strings"

	"huiyin/api/kit"
	"huiyin/models"
)

var roleNames = map[models.Role]string{
	models.Handler: "经办人", models.Reviewer: "审核人", models.Overseer: "督办", models.Leader: "领导", models.Organizer: "组织者",
	models.SystemAdmin: "系统管理员", models.SecurityAdmin: "安全管理员", models.Auditor: "审计管理员",
}

// What each role may do, a sentence each.
var roleAbouts = map[models.Role]string{
	models.Handler:       "办理分到本部门的诉求：受理、起草答复、发送，准备公开稿。",
	models.Reviewer:      "审核本部门的答复和公开稿，也可以分派、转办；不能审核自己写的。",
	models.Overseer:      "看所有部门的诉求和期限，分派、转办；审核归督办岗审核的答复；部门的审核人不在时，可以代为审核和发布。",
	models.Leader:        "看本部门和下级部门的诉求与进展，不办理。",
	models.Organizer:     "组织听证会、政府开放日、意见征集；这些功能启用后才有页面。",
	models.SystemAdmin:   "管城市、部门、分类、窗口、模板和日历；不管人员，不看诉求内容。",
	models.SecurityAdmin: "管账号、角色、登录安全和保存期限；不看诉求内容。",
	models.Auditor:       "查审计日志、核对日志没有被改过；不能改任何设置。",
}

// roleMeanings are the sentences in the reader's words, by the value of the box.
func roleMeanings(c *kit.Ctx) map[string]string {
	m := map[string]string{}
	for r, about := range roleAbouts {
		m[string(r)] = c.T(about)
	}
	return m
}

func roleOptions(c *kit.Ctx) []option {
	list := make([]option, 0, len(models.Roles))
	for _, r := range models.Roles {
		list = append(list, option{string(r), c.T(roleNames[r])})
	}
	return list
}

// rolesInWords joins roles in the reader's language.
func rolesInWords(c *kit.Ctx, roles []models.Role) string {
	words := make([]string, 0, len(roles))
	for _, r := range roles {
		words = append(words, c.T(roleNames[r]))
	}
	return strings.Join(words, c.T("、"))
}

func rolesValue(roles []models.Role) string {
	words := make([]string, 0, len(roles))
	for _, r := range roles {
		words = append(words, string(r))
	}
	return strings.Join(words, ",")
}

func rolesTyped(c *kit.Ctx, name string) []models.Role {
	roles := []models.Role{}
	for _, v := range c.PostFormArray(name) {
		roles = append(roles, models.Role(v))
	}
	return roles
}

var localeNames = map[string]string{"zh-CN": "中文", "en": "英文"}

var levelNames = map[models.Level]string{models.County: "县级", models.Town: "乡镇、街道", models.Village: "村、社区"}

var noticeChannels = map[models.Channel]string{models.SMS: "短信", models.Email: "邮件", models.Bell: "站内提醒"}

var reviewNames = map[models.ReviewMode]string{
	models.ReviewByDepartment: "本部门审核人", models.ReviewByOverseer: "督办岗", models.ReviewNone: "不审核，经办人直接发送",
}

var topicKindNames = map[models.TopicKind]string{models.Simple: "简易事项", models.Ordinary: "一般事项"}
