package console

import (
	"net/http"
	"net/url"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/accounts"
)

const staffPath = settingsPath + "/staff"

func (s *Console) staffRoutes(g *kit.Group) {
	g.GET(staffPath, anyAdmin, s.listStaff)
	g.GET(staffPath+"/new", securityAdmin, s.newStaff)
	g.POST(staffPath+"/new", securityAdmin, s.addStaff)
	g.GET(staffPath+"/:id", securityAdmin, s.showStaff)
	g.POST(staffPath+"/:id", securityAdmin, s.saveStaff)
	g.POST(staffPath+"/:id/roles", securityAdmin, s.saveRoles)
	g.POST(staffPath+"/:id/password", securityAdmin, asked(s.resetPassword))
	g.POST(staffPath+"/:id/second-factor", securityAdmin, asked(s.staffAct("已重置二次验证，对方下次登录时要重新绑定。", s.resetSecondFactor)))
	g.POST(staffPath+"/:id/unlock", securityAdmin, s.staffAct("账号已解锁。", s.unlockStaff))
	g.POST(staffPath+"/:id/deactivate", securityAdmin, asked(s.staffAct("账号已停用，所有登录都已退出。", s.deactivateStaff)))
	g.POST(staffPath+"/:id/reactivate", securityAdmin, s.staffAct("账号已恢复使用。请重置密码后把新密码交给本人。", s.reactivateStaff))
}

type staffLine struct {
	accounts.StaffRow
	RoleWords string
}

type staffData struct {
	frame
	Rows                    []staffLine
	Departments, Roles      []option
	Query, Department, Role string
	MayEdit                 bool
	Newer, Older            string // of the pager; keyset lists only go on
}

func (s *Console) listStaff(c *kit.Ctx) error {
	ctx := c.Request.Context()
	f := accounts.StaffFilter{DepartmentID: queryID(c, "department"), Role: models.Role(c.Query("role")), Query: c.Query("q"), After: queryID(c, "after")}
	rows, next, err := s.Accounts.StaffList(ctx, c.Actor, f)
	if err != nil {
		return err
	}
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return err
	}
	d := staffData{
		frame: newFrame(c, "staff", c.T("人员与角色")), Departments: departmentOptions(c, tree, 0), Roles: roleOptions(c), Query: f.Query,
		Department: c.Query("department"), Role: c.Query("role"), MayEdit: c.Actor.Has(models.SecurityAdmin),
	}
	for _, r := range rows {
		d.Rows = append(d.Rows, staffLine{r, rolesInWords(c, r.Roles)})
	}
	d.Newer, d.Older = pagerOf(c, next)
	return c.Page(http.StatusOK, "settings/staff", d)
}

// pagerOf returns the addresses of the first page, when this is not it, and of the page that follows after next (0: none), with the
// filters of this one.
func pagerOf(c *kit.Ctx, next int64) (newer, older string) {
	q := c.Request.URL.Query()
	address := func(q url.Values) string {
		if len(q) == 0 {
			return c.Request.URL.Path
		}
		return c.Request.URL.Path + "?" + q.Encode()
	}
	first := q.Has("after")
	q.Del("after")
	if first {
		newer = address(q)
	}
	if next != 0 {
		q.Set("after", number(next))
		older = address(q)
	}
	return newer, older
}

func staffFields(c *kit.Ctx, tree *accounts.Tree, r accounts.StaffRow) []field {
	var fields []field
	if r.ID == 0 {
		fields = append(fields, field{Name: "account", Label: c.T("账号"), Value: r.Account, Max: 40, Required: true, Hint: c.T("3 到 40 个小写字母、数字、点、横线或下划线，以后不能改。")})
	}
	var locales []option
	for _, l := range i18n.Locales() {
		locales = append(locales, option{l, c.T(localeNames[l])})
	}
	return append(fields,
		field{Name: "name", Label: c.T("姓名"), Value: r.Name, Max: 40, Required: true},
		field{Name: "department_id", Label: c.T("部门"), Kind: selectField, Value: number(r.DepartmentID), Required: true, Options: departmentOptions(c, tree, 0)},
		field{Name: "office", Label: c.T("科室"), Value: r.Office, Max: 60},
		field{Name: "email", Label: c.T("邮箱"), Kind: "email", Value: r.Email, Hint: c.T("用来接收工作提醒。")},
		field{Name: "locale", Label: c.T("界面语言"), Kind: selectField, Value: r.Locale, Required: true, Options: locales},
	)
}

func rolesField(c *kit.Ctx, roles []models.Role) field {
	return field{Name: "roles", Label: c.T("角色"), Kind: checksField, Options: roleOptions(c), Abouts: roleMeanings(c), Value: rolesValue(roles),
		Hint: c.T("系统管理员、安全管理员、审计管理员必须由不同的人担任，也不能同时办理诉求（三权分立）。没有人能改自己的角色。")}
}

func staffInput(c *kit.Ctx, f *form) accounts.StaffInput {
	return accounts.StaffInput{
		Version: f.version(), Account: f.text("account"), Name: f.text("name"), DepartmentID: f.id("department_id"), Office: f.text("office"),
		Email: f.text("email"), Locale: f.text("locale"), Roles: rolesTyped(c, "roles"),
	}
}

func (s *Console) newStaffPage(c *kit.Ctx) (*formPage, error) {
	tree, err := s.Accounts.Departments(c.Request.Context())
	if err != nil {
		return nil, err
	}
	p := &formPage{frame: newFrame(c, "staff", c.T("新增人员")), Action: staffPath + "/new", Back: staffPath, Button: c.T("新增")}
	p.Fields = append(staffFields(c, tree, accounts.StaffRow{}), rolesField(c, nil))
	p.Intro = c.T("保存后显示一次初始密码，请当面或用安全的方式交给本人；第一次登录时要改密码。")
	return p, nil
}

func (s *Console) newStaff(c *kit.Ctx) error {
	p, err := s.newStaffPage(c)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

// passwordData is the one page that shows a first password; it is never stored and cannot be shown again.
type passwordData struct {
	frame
	Name, Account, Password string
	Back                    string
}

func (s *Console) addStaff(c *kit.Ctx) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	row, initial, err := s.Accounts.CreateStaff(c.Request.Context(), c.Actor, staffInput(c, f))
	if err == nil {
		return c.Page(http.StatusOK, "settings/staff_password", passwordData{newFrame(c, "staff", c.T("人员已新增")), row.Name, row.Account, initial, staffPath + "/" + number(row.ID)})
	}
	p, failed := s.newStaffPage(c)
	if failed != nil {
		return failed
	}
	p.Fields = typed(c, p.Fields)
	return again(c, err, "settings/form", p, p, nil)
}

// staffPage is one person: who they are, their roles, and what can be done to the account.
type staffPage struct {
	asking
	formPage
	Row        accounts.StaffRow
	Roles      field
	RolesError []kit.FieldError
	Self       bool
	MayRoles   string // why the roles cannot be changed, empty when they can
	Open       int    // cases in the person's hands that are not closed
}

func (s *Console) staffPage(c *kit.Ctx, row accounts.StaffRow) (*staffPage, error) {
	tree, err := s.Accounts.Departments(c.Request.Context())
	if err != nil {
		return nil, err
	}
	p := &staffPage{Row: row, Roles: rolesField(c, row.Roles), Self: row.ID == c.Actor.ID}
	p.formPage = formPage{frame: newFrame(c, "staff", row.Name), Fields: staffFields(c, tree, row), Version: row.Version, Action: staffPath + "/" + number(row.ID), Back: staffPath}
	if p.Open, err = s.Cases.OpenCasesOf(c.Request.Context(), row.ID); err != nil {
		return nil, err
	}
	if reason := accounts.MayChangeRoles(c.Actor, row.ID); reason != nil {
		p.MayRoles = c.T(reason.Msg, reason.Args...)
	}
	return p, nil
}

func (s *Console) staffAsked(c *kit.Ctx) (accounts.StaffRow, error) {
	id, err := c.ID("id")
	if err != nil {
		return accounts.StaffRow{}, err
	}
	return s.Accounts.StaffMember(c.Request.Context(), c.Actor, id)
}

func (s *Console) showStaff(c *kit.Ctx) error {
	row, err := s.staffAsked(c)
	if err != nil {
		return err
	}
	p, err := s.staffPage(c, row)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/staff_member", p)
}

func (s *Console) saveStaff(c *kit.Ctx) error {
	row, err := s.staffAsked(c)
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	_, err = s.Accounts.UpdateStaff(c.Request.Context(), c.Actor, row.ID, staffInput(c, f))
	if err == nil {
		return c.Done(staffPath+"/"+number(row.ID), "人员信息已保存。")
	}
	p, failed := s.staffPage(c, row)
	if failed != nil {
		return failed
	}
	p.Fields, p.Version = typed(c, p.Fields), f.version()
	return again(c, err, "settings/staff_member", &p.formPage, p, func() ([]field, int64, error) {
		now, err := s.staffAsked(c)
		if err != nil {
			return nil, 0, err
		}
		page, err := s.staffPage(c, now)
		if err != nil {
			return nil, 0, err
		}
		return page.Fields, now.Version, nil
	})
}
