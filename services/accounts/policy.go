package accounts

import (
	"regexp"
	"slices"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// The administrators are separate persons (三权分立, 等级保护 level 3), and none of them handles cases.
var (
	adminRoles = []models.Role{models.SystemAdmin, models.SecurityAdmin, models.Auditor}
	caseRoles  = []models.Role{models.Handler, models.Reviewer, models.Overseer, models.Leader}
)

// MayManageStaff says why the actor may not create, change or unlock staff: only security administrators may, and the
// program's own commands.
func MayManageStaff(a models.Actor) *fault.Error {
	if a.Has(models.SecurityAdmin) || a.Kind == models.SystemActor {
		return nil
	}
	return fault.New(fault.Forbidden, i18n.N("只有安全管理员可以管理人员。"))
}

// MayListStaff says why the actor may not see the list of staff: administrators may.
func MayListStaff(a models.Actor) *fault.Error {
	if a.HasAny(adminRoles...) || a.Kind == models.SystemActor {
		return nil
	}
	return fault.New(fault.Forbidden, i18n.N("只有管理员可以查看人员名册。"))
}

// MayManageDepartments says why the actor may not change departments: only system administrators may.
func MayManageDepartments(a models.Actor) *fault.Error {
	if a.Has(models.SystemAdmin) || a.Kind == models.SystemActor {
		return nil
	}
	return fault.New(fault.Forbidden, i18n.N("只有系统管理员可以管理部门。"))
}

// MayHold says why nobody may hold these roles together.
func MayHold(roles []models.Role) *fault.Error {
	admin := 0
	for i, r := range roles {
		if !slices.Contains(models.Roles, r) || slices.Contains(roles[:i], r) {
			return roleFault(i18n.N("请选择列出的角色，每个只选一次。"))
		}
		if slices.Contains(adminRoles, r) {
			admin++
		}
	}
	switch {
	case admin > 1:
		return roleFault(i18n.N("系统管理员、安全管理员、审计管理员必须由不同的人担任。"))
	case admin == 1 && slices.ContainsFunc(roles, func(r models.Role) bool { return slices.Contains(caseRoles, r) }):
		return roleFault(i18n.N("管理员不能同时是经办人、审核人、督办或领导。"))
	}
	return nil
}

func roleFault(msg string) *fault.Error {
	return &fault.Error{Kind: fault.Invalid, Msg: msg, Reason: "roles", Fields: []fault.Field{{Name: "roles", Msg: msg}}}
}

// MayChangeRoles says why the actor may not give that person roles: nobody changes their own.
func MayChangeRoles(a models.Actor, staffID int64) *fault.Error {
	if reason := MayManageStaff(a); reason != nil {
		return reason
	}
	if a.IsStaff() && a.ID == staffID {
		return fault.New(fault.Forbidden, i18n.N("不能修改自己的角色。"))
	}
	return nil
}

// MayDeactivate says why the actor may not deactivate or reset that person: it is not done to oneself.
func MayDeactivate(a models.Actor, staffID int64) *fault.Error {
	if reason := MayManageStaff(a); reason != nil {
		return reason
	}
	if a.IsStaff() && a.ID == staffID {
		return fault.New(fault.Forbidden, i18n.N("不能对自己的账号这样做。"))
	}
	return nil
}

// mayLoseSecurityAdmin says why a security administrator cannot go: somebody active must remain.
func mayLoseSecurityAdmin(othersActive int) *fault.Error {
	if othersActive > 0 {
		return nil
	}
	return fault.New(fault.Conflict, i18n.N("至少要保留一名在用的安全管理员。")).WithReason("last_security_admin")
}

// levelUnder says why a department of a level may not stand under that parent (nil for the root): a county stands alone or
// under a county, a town under a county, a village under a town.
func levelUnder(level models.Level, parent *models.Department) *fault.Error {
	ok := false
	switch level {
	case models.County:
		ok = parent == nil || parent.Level == models.County
	case models.Town:
		ok = parent != nil && parent.Level == models.County
	case models.Village:
		ok = parent != nil && parent.Level == models.Town
	}
	if ok {
		return nil
	}
	msg := i18n.N("县级部门设在县下，乡镇、街道设在县下，村、社区设在乡镇、街道下。")
	return &fault.Error{Kind: fault.Invalid, Msg: msg, Fields: []fault.Field{{Name: "parent_id", Msg: msg}}}
}

var accountPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{2,39}$`)
