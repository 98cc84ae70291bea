package console

import (
	"net/http"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/cases"
)

const topicsPath = settingsPath + "/topics"

func (s *Console) topicRoutes(g *kit.Group) {
	g.GET(topicsPath, systemAdmin, s.listTopics)
	g.GET(topicsPath+"/new", systemAdmin, s.newTopic)
	g.POST(topicsPath+"/new", systemAdmin, s.addTopic)
	g.GET(topicsPath+"/:id", systemAdmin, s.showTopic)
	g.POST(topicsPath+"/:id", systemAdmin, s.saveTopic)
	g.POST(topicsPath+"/:id/move", systemAdmin, s.moveTopic)
}

type topicsData struct {
	frame
	Groups      []cases.TopicGroup
	Departments map[int64]string
	Kinds       map[models.TopicKind]string
}

func (s *Console) listTopics(c *kit.Ctx) error {
	ctx := c.Request.Context()
	tree, err := s.Cases.Topics(ctx)
	if err != nil {
		return err
	}
	departments, err := s.Accounts.Departments(ctx)
	if err != nil {
		return err
	}
	d := topicsData{newFrame(c, "topics", c.T("分类与去向")), tree.Groups, map[int64]string{}, map[models.TopicKind]string{}}
	for _, dep := range departments.All() {
		d.Departments[dep.ID] = c.Name(dep)
	}
	for k, name := range topicKindNames {
		d.Kinds[k] = c.T(name)
	}
	return c.Page(http.StatusOK, "settings/topics", d)
}

func (s *Console) topicPage(c *kit.Ctx, t models.Topic) (*formPage, error) {
	ctx := c.Request.Context()
	tree, err := s.Cases.Topics(ctx)
	if err != nil {
		return nil, err
	}
	departments, err := s.Accounts.Departments(ctx)
	if err != nil {
		return nil, err
	}
	groups := []option{{"0", c.T("没有上级，这是一个大类")}}
	for _, g := range tree.Groups {
		if g.Topic.ID != t.ID {
			groups = append(groups, option{number(g.Topic.ID), c.Name(g.Topic)})
		}
	}
	kinds := []option{{string(models.Ordinary), c.T(topicKindNames[models.Ordinary])}, {string(models.Simple), c.T(topicKindNames[models.Simple])}}
	p := &formPage{frame: newFrame(c, "topics", c.Name(t)), Version: t.Version, Action: topicsPath + "/" + number(t.ID), Back: topicsPath}
	if t.ID == 0 {
		p.Title, p.Action = c.T("新增分类"), topicsPath+"/new"
	}
	p.Fields = []field{
		{Name: "name", Label: c.T("名称"), Value: t.Name, Max: 30, Required: true},
		{Name: "name_en", Label: c.T("名称（英文）"), Value: t.NameEn, Max: 60, Lang: "en"},
		{Name: "parent_id", Label: c.T("上级大类"), Kind: selectField, Value: number(t.ParentID), Required: true, Options: groups},
		{Name: "department_id", Label: c.T("由哪个部门答复"), Kind: selectField, Value: number(t.DepartmentID), Required: true,
			Options: departmentOptions(c, departments, 0, option{"0", c.T("大类不用选")}), Hint: c.T("改动只影响以后的提问，正在办理的不变。")},
		{Name: "kind", Label: c.T("类型"), Kind: selectField, Value: string(t.Kind), Required: true, Options: kinds, Hint: c.T("决定用受理窗口的哪个期限。")},
		{Name: "hint", Label: c.T("给提问人的提示"), Kind: textareaField, Rows: 2, Value: t.Hint, Max: 150, Hint: c.T("如问之前要准备什么，或哪里已有答案。")},
		{Name: "hint_en", Label: c.T("给提问人的提示（英文）"), Kind: textareaField, Rows: 2, Value: t.HintEn, Max: 250, Lang: "en"},
		{Name: "active", Label: c.T("在用"), Kind: checkField, Value: flagValue(t.Active), Hint: c.T("停用后不能再按这一类提问，已有的诉求不变。")},
	}
	return p, nil
}

func topicInput(f *form) (cases.TopicInput, error) {
	in := cases.TopicInput{
		ParentID: f.id("parent_id"), Name: f.text("name"), NameEn: f.text("name_en"), Hint: f.text("hint"), HintEn: f.text("hint_en"),
		DepartmentID: f.id("department_id"), Kind: models.TopicKind(f.text("kind")), Active: f.flag("active"), Version: f.version(),
	}
	return in, f.wrong.Err()
}

func (s *Console) newTopic(c *kit.Ctx) error {
	p, err := s.topicPage(c, models.Topic{ParentID: queryID(c, "parent"), Kind: models.Ordinary, Active: true})
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

func (s *Console) addTopic(c *kit.Ctx) error { return s.writeTopic(c, models.Topic{}) }

func (s *Console) topicAsked(c *kit.Ctx) (models.Topic, error) {
	id, err := c.ID("id")
	if err != nil {
		return models.Topic{}, err
	}
	tree, err := s.Cases.Topics(c.Request.Context())
	if err != nil {
		return models.Topic{}, err
	}
	t := tree.ByID(id)
	if t.ID == 0 {
		return t, kit.NotFound()
	}
	return t, nil
}

func (s *Console) showTopic(c *kit.Ctx) error {
	t, err := s.topicAsked(c)
	if err != nil {
		return err
	}
	p, err := s.topicPage(c, t)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

func (s *Console) saveTopic(c *kit.Ctx) error {
	t, err := s.topicAsked(c)
	if err != nil {
		return err
	}
	return s.writeTopic(c, t)
}

func (s *Console) writeTopic(c *kit.Ctx, t models.Topic) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	in, err := topicInput(f)
	if err == nil {
		_, err = s.Cases.SaveTopic(c.Request.Context(), c.Actor, t.ID, in)
	}
	if err == nil {
		return c.Done(topicsPath, "分类已保存。")
	}
	p, failed := s.topicPage(c, t)
	if failed != nil {
		return failed
	}
	p.Fields, p.Version = typed(c, p.Fields), f.version()
	return again(c, err, "settings/form", p, p, func() ([]field, int64, error) {
		page, err := s.topicPage(c, t)
		if err != nil {
			return nil, 0, err
		}
		return page.Fields, t.Version, nil
	})
}

func (s *Console) moveTopic(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	t, err := s.Cases.MoveTopic(c.Request.Context(), c.Actor, id, c.PostForm("up") == "1")
	if err != nil {
		return err
	}
	return c.Done(topicsPath+"#item-"+number(id), "“%[1]s”的顺序已改。", c.Name(t))
}
