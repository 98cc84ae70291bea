package console

import (
	"net/http"
	"slices"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

const desksPath = settingsPath + "/desks"

func (s *Console) deskRoutes(g *kit.Group) {
	g.GET(desksPath, systemAdmin, s.listDesks)
	g.GET(desksPath+"/new", systemAdmin, s.newDesk)
	g.POST(desksPath+"/new", systemAdmin, s.addDesk)
	g.GET(desksPath+"/:id", systemAdmin, s.showDesk)
	g.POST(desksPath+"/:id", systemAdmin, s.saveDesk)
}

type deskLine struct {
	models.Desk
	Department, Reviewed, Days string
}

type desksData struct {
	frame
	Desks []deskLine
}

func (s *Console) listDesks(c *kit.Ctx) error {
	ctx := c.Request.Context()
	desks, err := s.Cases.Desks(ctx)
	if err != nil {
		return err
	}
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return err
	}
	d := desksData{frame: newFrame(c, "desks", c.T("受理窗口"))}
	for _, desk := range desks {
		line := deskLine{Desk: desk, Department: c.Name(tree.Department(desk.DepartmentID)), Reviewed: c.T(reviewNames[desk.Review])}
		if desk.DepartmentID == 0 {
			line.Department = c.T("没有自己窗口的部门都用它")
		}
		line.Days = c.T("简易 %[1]d 个工作日，一般 %[2]d 个工作日", desk.SimpleDays, desk.OrdinaryDays)
		if desk.Unit == "natural" {
			line.Days = c.T("简易 %[1]d 天，一般 %[2]d 天（自然日）", desk.SimpleDays, desk.OrdinaryDays)
		}
		d.Desks = append(d.Desks, line)
	}
	return c.Page(http.StatusOK, "settings/desks", d)
}

func (s *Console) deskPage(c *kit.Ctx, d models.Desk) (*formPage, error) {
	ctx := c.Request.Context()
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return nil, err
	}
	desks, err := s.Cases.Desks(ctx)
	if err != nil {
		return nil, err
	}
	p := &formPage{frame: newFrame(c, "desks", d.Name), Version: d.Version, Action: desksPath + "/" + number(d.ID), Back: desksPath, Fields: deskFields(c, tree, desks, d)}
	p.Intro = c.T("期限改了，只影响以后收到的诉求，已经承诺的不变；由谁审核，改后马上生效。")
	if d.ID == 0 {
		p.Title, p.Action = c.T("新增受理窗口"), desksPath+"/new"
	}
	return p, nil
}

func deskFields(c *kit.Ctx, tree *accounts.Tree, desks []models.Desk, d models.Desk) []field {
	var reviews []option
	for _, r := range []models.ReviewMode{models.ReviewByDepartment, models.ReviewByOverseer, models.ReviewNone} {
		reviews = append(reviews, option{string(r), c.T(reviewNames[r])})
	}
	fields := []field{
		{Name: "name", Label: c.T("名称"), Value: d.Name, Max: 40, Required: true},
		ruled(c, "simple_days", field{Label: c.T("简易事项几天内答复"), Value: number(d.SimpleDays)}),
		ruled(c, "ordinary_days", field{Label: c.T("一般事项几天内答复"), Value: number(d.OrdinaryDays)}),
		{Name: "unit", Label: c.T("按什么日子算"), Kind: selectField, Value: d.Unit, Required: true, Options: []option{{"working", c.T("工作日")}, {"natural", c.T("自然日")}}},
		{Name: "review", Label: c.T("由谁审核"), Kind: selectField, Value: string(d.Review), Required: true, Options: reviews,
			Hint: c.T("审核时，起草人和审核人一定不是同一个人；本部门的审核人不在时，督办岗可以代为审核。不审核时，没有第二个人看过答复。")},
		{Name: "send_on_approval", Label: c.T("审核通过后直接发送"), Kind: checkField, Value: flagValue(d.SendOnApproval), Hint: c.T("不勾选时，审核通过后由经办人再点一次发送。")},
		{Name: "active", Label: c.T("在用"), Kind: checkField, Value: flagValue(d.Active)},
	}
	if d.ID != 0 { // a desk stays with its department
		return fields
	}
	return append([]field{{Name: "department_id", Label: c.T("部门"), Kind: selectField, Value: number(d.DepartmentID), Required: true,
		Options: slices.DeleteFunc(departmentOptions(c, tree, 0), func(o option) bool {
			return slices.ContainsFunc(desks, func(x models.Desk) bool { return x.ID != d.ID && number(x.DepartmentID) == o.Value })
		})}}, fields...)
}

func deskInput(f *form) (cases.DeskInput, error) {
	in := cases.DeskInput{
		DepartmentID: f.id("department_id"), Name: f.text("name"), SimpleDays: f.number("simple_days"), OrdinaryDays: f.number("ordinary_days"),
		Unit: f.text("unit"), Review: models.ReviewMode(f.text("review")), SendOnApproval: f.flag("send_on_approval"), Active: f.flag("active"), Version: f.version(),
	}
	return in, f.wrong.Err()
}

func (s *Console) newDesk(c *kit.Ctx) error {
	d := cases.StandardDesk()
	d.DepartmentID = queryID(c, "department")
	p, err := s.deskPage(c, d)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

func (s *Console) addDesk(c *kit.Ctx) error { return s.writeDesk(c, models.Desk{}) }

func (s *Console) deskAsked(c *kit.Ctx) (models.Desk, error) {
	id, err := c.ID("id")
	if err != nil {
		return models.Desk{}, err
	}
	desks, err := s.Cases.Desks(c.Request.Context())
	if err != nil {
		return models.Desk{}, err
	}
	i := slices.IndexFunc(desks, func(d models.Desk) bool { return d.ID == id })
	if i < 0 {
		return models.Desk{}, kit.NotFound()
	}
	return desks[i], nil
}

func (s *Console) showDesk(c *kit.Ctx) error {
	d, err := s.deskAsked(c)
	if err != nil {
		return err
	}
	p, err := s.deskPage(c, d)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

func (s *Console) saveDesk(c *kit.Ctx) error {
	d, err := s.deskAsked(c)
	if err != nil {
		return err
	}
	return s.writeDesk(c, d)
}

func (s *Console) writeDesk(c *kit.Ctx, d models.Desk) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	in, err := deskInput(f)
	switch {
	case err != nil:
	case d.ID == 0 && in.DepartmentID == 0: // the desk for all is there from the start
		f.wrong.Add("department_id", "请选择一个部门。")
		err = f.wrong.Err()
	default:
		if d.ID != 0 {
			in.DepartmentID = d.DepartmentID
		}
		if in.Review == models.ReviewNone && d.Review != models.ReviewNone {
			p, err := s.deskPage(c, d)
			if err != nil {
				return err
			}
			if !p.agreed(f, c.T("保存后，这个窗口的答复不再审核："), c.T("确认不审核并保存"),
				c.T("答复由经办人自己发出，没有第二个人看过。"), c.T("公开仍要另一位同事发布。")) {
				return c.Page(http.StatusOK, "settings/form", p)
			}
		}
		_, err = s.Cases.SaveDesk(c.Request.Context(), c.Actor, d.ID, in)
	}
	if err == nil {
		return c.Done(desksPath, "受理窗口已保存。")
	}
	p, failed := s.deskPage(c, d)
	if failed != nil {
		return failed
	}
	p.Fields, p.Version = typed(c, p.Fields), f.version()
	return again(c, err, "settings/form", p, p, func() ([]field, int64, error) {
		page, err := s.deskPage(c, d)
		if err != nil {
			return nil, 0, err
		}
		return page.Fields, d.Version, nil
	})
}
