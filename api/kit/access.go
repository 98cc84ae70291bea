package kit

import (
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// Access says who may use a route; it stands on the route's line. The object's own permission is the use case's.
type Access struct {
	Name  string // in the list of routes: "public", "resident", "staff", "role:handler,reviewer"
	Check func(a models.Actor) error
	Roles []models.Role // one of them is needed; none: the role does not matter
}

// Public lets everybody in.
var Public = Access{Name: "public", Check: func(models.Actor) error { return nil }}

// Resident wants a confirmed phone number.
var Resident = Access{Name: "resident", Check: func(a models.Actor) error {
	if !a.IsResident() {
		return fault.New(fault.Unauthenticated, i18n.N("请先用手机号登录。"))
	}
	return nil
}}

// Staff wants a signed-in member of staff, whatever the role.
var Staff = Access{Name: "staff", Check: func(a models.Actor) error {
	if !a.IsStaff() {
		return fault.New(fault.Unauthenticated, i18n.N("请先登录工作台。"))
	}
	return nil
}}

// Roles wants a member of staff with one of the roles.
func Roles(roles ...models.Role) Access {
	name := "role:"
	for i, r := range roles {
		if i > 0 {
			name += ","
		}
		name += string(r)
	}
	return Access{Name: name, Roles: roles, Check: func(a models.Actor) error {
		if err := Staff.Check(a); err != nil {
			return err
		}
		if !a.HasAny(roles...) {
			return fault.New(fault.Forbidden, i18n.N("您的岗位没有这一项的权限。"))
		}
		return nil
	}}
}

// CaseWork is for those who handle cases or oversee them.
var CaseWork = Roles(models.Handler, models.Reviewer, models.Overseer, models.Leader)
