package v1

import (
	"strings"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/accounts"
)

// session is for whoever has a session: a resident, the holder of a receipt, staff that still owes a second factor.
var session = kit.Access{Name: "session", Check: func(a kit.Actor) error {
	if a.SessionID == 0 {
		return signIn()
	}
	return nil
}}

// account is for whoever signed in: a resident or a member of staff.
var account = kit.Access{Name: "resident or staff", Check: func(a kit.Actor) error {
	if !a.IsResident() && !a.IsStaff() {
		return signIn()
	}
	return nil
}}

// staffSession is for staff who signed in themselves, even while that is not complete; programs' tokens are refused by the use case.
var staffSession = kit.Access{Name: "staff session", Check: session.Check}

// accessName says in words who may use an operation.
func accessName(a kit.Access) i18n.Msg {
	if len(a.Roles) > 0 {
		return i18n.M(i18n.N("这些岗位的工作人员：%[1]s"), roleNames(a.Roles))
	}
	return i18n.M(map[string]string{
		kit.Public.Name:   i18n.N("任何人"),
		session.Name:      i18n.N("凭令牌"),
		kit.Resident.Name: i18n.N("登录的居民"),
		account.Name:      i18n.N("登录的居民或工作人员"),
		kit.Staff.Name:    i18n.N("登录的工作人员"),
		staffSession.Name: i18n.N("亲自登录的工作人员，程序令牌不行"),
	}[a.Name])
}

// roleNames is a list of roles that says itself in the reader's language.
type roleNames []models.Role

// Localize names the roles.
func (list roleNames) Localize(l *i18n.Localizer) string {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = accounts.RoleName(r).Localize(l)
	}
	return strings.Join(words, l.T(i18n.N("、")))
}
