package console

import (
	"net/http"
	"strings"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/accounts"
)

const departmentsPath = settingsPath + "/departments"

func (s *Console) departmentRoutes(g *kit.Group) {
	g.GET(departmentsPath, systemAdmin, s.listDepartments)
	g.GET(departmentsPath+"/new", systemAdmin, s.newDepartment)
	g.POST(departmentsPath+"/new", systemAdmin, s.addDepartment)
	g.GET(departmentsPath+"/:id", systemAdmin, s.showDepartment)
	g.POST(departmentsPath+"/:id", systemAdmin, s.saveDepartment)
	g.POST(departmentsPath+"/:id/move", systemAdmin, s.moveDepartment)
}

type departmentsData struct {
	frame
	Roots []*accounts.Node
}

func (s *Console) listDepartments(c *kit.Ctx) error {
	tree, err := s.Accounts.Departments(c.Request.Context())
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/departments", departmentsData{newFrame(c, "departments", c.T("部门设置")), tree.Roots})
}

// departmentOptions offers the active departments, each indented under the one above; nobody of without's subtree.
func departmentOptions(c *kit.Ctx, tree *accounts.Tree, without int64, first ...option) []option {
	below := map[int64]bool{}
	if without != 0 {
		for _, d := range tree.Subtree(without) {
			below[d.ID] = true
		}
	}
	list := first
	for _, d := range tree.Active() {
		if !below[d.ID] {
			list = append(list, option{number(d.ID), strings.Repeat("　", strings.Count(d.Path, "/")-2) + c.Name(d)})
		}
	}
	return list
}

func departmentFields(c *kit.Ctx, tree *accounts.Tree, d models.Department) []field {
	fields := []field{
		{Name: "name", Label: c.T("名称"), Value: d.Name, Max: 80, Required: true},
		{Name: "short", Label: c.T("简称"), Value: d.Short, Max: 40, Hint: c.T("不填就用名称。")},
		{Name: "name_en", Label: c.T("名称（英文）"), Value: d.NameEn, Max: 120, Lang: "en"},
		{Name: "parent_id", Label: c.T("上级部门"), Kind: selectField, Value: number(d.ParentID), Required: true, Options: departmentOptions(c, tree, d.ID, option{"0", c.T("没有上级")})},
		{Name: "phone", Label: c.T("电话"), Value: d.Phone, Max: 40},
	}
	if d.ID == 0 {
		var levels []option
		for _, l := range []models.Level{models.County, models.Town, models.Village} {
			levels = append(levels, option{string(l), c.T(levelNames[l])})
		}
		return append(fields, field{Name: "level", Label: c.T("级别"), Kind: selectField, Value: string(d.Level), Required: true, Options: levels, Hint: c.T("以后不能改。")})
	}
	return append(fields, field{Name: "active", Label: c.T("在用"), Kind: checkField, Value: flagValue(d.Active), Hint: c.T("停用后不再接收新的诉求，名称仍留在已有的记录里。还有转到这里的事项分类、自己的受理窗口、未办结的诉求或在用的下级时不能停用。")})
}

func departmentInput(f *form) (accounts.DepartmentInput, error) {
	in := accounts.DepartmentInput{
		Version: f.version(), ParentID: f.id("parent_id"), Level: models.Level(f.text("level")), Name: f.text("name"), Short: f.text("short"),
		NameEn: f.text("name_en"), Phone: f.text("phone"), Active: f.flag("active"),
	}
	return in, f.wrong.Err()
}

func (s *Console) departmentPage(c *kit.Ctx, d models.Department) (*formPage, error) {
	tree, err := s.Accounts.Departments(c.Request.Context())
	if err != nil {
		return nil, err
	}
	p := &formPage{frame: newFrame(c, "departments", c.Name(d)), Fields: departmentFields(c, tree, d), Version: d.Version, Action: departmentsPath + "/" + number(d.ID), Back: departmentsPath}
	if d.ID == 0 {
		p.Title, p.Action = c.T("新增部门"), departmentsPath+"/new"
		p.Intro = c.T("县级部门设在县下，乡镇、街道设在县下，村、社区设在乡镇、街道下。")
	}
	return p, nil
}

func (s *Console) newDepartment(c *kit.Ctx) error {
	parent := queryID(c, "parent")
	p, err := s.departmentPage(c, models.Department{ParentID: parent, Level: s.levelBelow(c, parent)})
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

// levelBelow is the level that a department under that one most likely has.
func (s *Console) levelBelow(c *kit.Ctx, parentID int64) models.Level {
	parent, err := s.Accounts.Department(c.Request.Context(), parentID)
	if err == nil && parent.Level == models.Town {
		return models.Village
	}
	return models.County // what is chosen wrongly is told beside the field
}

func (s *Console) addDepartment(c *kit.Ctx) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	in, err := departmentInput(f)
	if err == nil {
		_, err = s.Accounts.CreateDepartment(c.Request.Context(), c.Actor, in)
	}
	if err == nil {
		return c.Done(departmentsPath, "部门已新增。")
	}
	p, failed := s.departmentPage(c, models.Department{})
	if failed != nil {
		return failed
	}
	p.Fields = typed(c, p.Fields)
	return again(c, err, "settings/form", p, p, nil)
}

func (s *Console) departmentAsked(c *kit.Ctx) (models.Department, error) {
	id, err := c.ID("id")
	if err != nil {
		return models.Department{}, err
	}
	return s.Accounts.Department(c.Request.Context(), id)
}

func (s *Console) showDepartment(c *kit.Ctx) error {
	d, err := s.departmentAsked(c)
	if err != nil {
		return err
	}
	p, err := s.departmentPage(c, d)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

func (s *Console) saveDepartment(c *kit.Ctx) error {
	d, err := s.departmentAsked(c)
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	in, err := departmentInput(f)
	if err == nil {
		_, err = s.Accounts.UpdateDepartment(c.Request.Context(), c.Actor, d.ID, in)
	}
	if err == nil {
		return c.Done(departmentsPath, "部门已保存。")
	}
	p, failed := s.departmentPage(c, d)
	if failed != nil {
		return failed
	}
	p.Fields, p.Version = typed(c, p.Fields), f.version()
	return again(c, err, "settings/form", p, p, func() ([]field, int64, error) {
		now, err := s.Accounts.Department(c.Request.Context(), d.ID)
		if err != nil {
			return nil, 0, err
		}
		page, err := s.departmentPage(c, now)
		if err != nil {
			return nil, 0, err
		}
		return page.Fields, now.Version, nil
	})
}

// moveDepartment moves one up or down among its siblings, and leads back to where it stands now.
func (s *Console) moveDepartment(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	d, err := s.Accounts.MoveDepartment(c.Request.Context(), c.Actor, id, c.PostForm("up") == "1")
	if err != nil {
		return err
	}
	return c.Done(departmentsPath+"#item-"+number(id), "“%[1]s”的顺序已改。", c.Name(d))
}
