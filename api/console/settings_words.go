package console

import (
	"strings"

	"huiyin/api/kit"
	"huiyin/models"
)

//i18n:keys
var roleNames = map[models.Role]string{
	models.Handler: "经办人", models.Reviewer: "审核人", models.Overseer: "督办", models.Leader: "领导", models.Organizer: "组织者",
	models.SystemAdmin: "系统管理员", models.SecurityAdmin: "安全管理员", models.Auditor: "审计管理员",
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

//i18n:keys
var localeNames = map[string]string{"zh-CN": "中文", "en": "英文"}

//i18n:keys
var levelNames = map[models.Level]string{models.County: "县级", models.Town: "乡镇、街道", models.Village: "村、社区"}

//i18n:keys
var noticeChannels = map[models.Channel]string{models.SMS: "短信", models.Email: "邮件", models.Bell: "站内提醒"}

//i18n:keys
var reviewNames = map[models.ReviewMode]string{
	models.ReviewByDepartment: "本部门审核人", models.ReviewByOverseer: "督办岗", models.ReviewNone: "不审核，经办人直接发送",
}

//i18n:keys
var topicKindNames = map[models.TopicKind]string{models.Simple: "简易", models.Ordinary: "一般"}
