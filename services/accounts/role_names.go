package accounts

import (
	"huiyin/internal/i18n"
	"huiyin/models"
)

//i18n:keys
var roleNames = map[models.Role]string{
	models.Handler:       "经办人",
	models.Reviewer:      "审核人",
	models.Overseer:      "督办",
	models.Leader:        "领导",
	models.Organizer:     "组织者",
	models.SystemAdmin:   "系统管理员",
	models.SecurityAdmin: "安全管理员",
	models.Auditor:       "审计管理员",
}

// RoleName is what a role is called on screens.
func RoleName(r models.Role) i18n.Msg { return i18n.Msg{ID: roleNames[r]} }
