package console

import (
	"net/http"
	"slices"
	"strings"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/cases"
)

const repliesPath = settingsPath + "/replies"

func (s *Console) replyTemplateRoutes(g *kit.Group) {
	g.GET(repliesPath, replyKeepers, s.listReplies)
	g.GET(repliesPath+"/new", replyKeepers, s.newReply)
	g.POST(repliesPath+"/new", replyKeepers, s.addReply)
	g.GET(repliesPath+"/:id", replyKeepers, s.showReply)
	g.POST(repliesPath+"/:id", replyKeepers, s.saveReply)
}

type replyLine struct {
	cases.KeptTemplate
	Department, Topic string
}

type repliesData struct {
	frame
	Lines []replyLine
}

func (s *Console) listReplies(c *kit.Ctx) error {
	ctx := c.Request.Context()
	list, err := s.Cases.ReplyTemplates(ctx, c.Actor)
	if err != nil {
		return err
	}
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return err
	}
	topics, err := s.Cases.Topics(ctx)
	if err != nil {
		return err
	}
	d := repliesData{frame: newFrame(c, "replies", c.T("常用答复"))}
	for _, t := range list {
		line := replyLine{KeptTemplate: t, Department: c.Name(tree.Department(t.DepartmentID)), Topic: c.Name(topics.ByID(t.TopicID))}
		if t.DepartmentID == 0 {
			line.Department = c.T("所有部门")
		}
		if t.TopicID == 0 {
			line.Topic = c.T("所有分类")
		}
		d.Lines = append(d.Lines, line)
	}
	return c.Page(http.StatusOK, "settings/replies", d)
}

func (s *Console) replyPage(c *kit.Ctx, t models.ReplyTemplate) (*formPage, error) {
	ctx := c.Request.Context()
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return nil, err
	}
	topics, err := s.Cases.Topics(ctx)
	if err != nil {
		return nil, err
	}
	departments := departmentOptions(c, tree, 0, option{"0", c.T("所有部门")})
	if !c.Actor.Has(models.SystemAdmin) {
		departments = []option{{number(c.Actor.DepartmentID), c.Name(tree.Department(c.Actor.DepartmentID))}}
	}
	subjects := []option{{"0", c.T("所有分类")}}
	for _, g := range topics.Groups {
		for _, l := range g.Leaves {
			subjects = append(subjects, option{number(l.ID), c.Name(g.Topic) + " / " + c.Name(l)})
		}
	}
	p := &formPage{frame: newFrame(c, "replies", t.Title), Version: t.Version, Action: repliesPath + "/" + number(t.ID), Back: repliesPath}
	if t.ID == 0 {
		p.Title, p.Action = c.T("新增常用答复"), repliesPath+"/new"
	}
	p.Fields = []field{
		{Name: "title", Label: c.T("标题"), Value: t.Title, Max: 60, Required: true, Hint: c.T("只有工作人员看得到，用来找到它。")},
		{Name: "department_id", Label: c.T("给哪个部门用"), Kind: selectField, Value: number(t.DepartmentID), Required: true, Options: departments},
		{Name: "topic_id", Label: c.T("给哪个分类用"), Kind: selectField, Value: number(t.TopicID), Required: true, Options: subjects},
		{Name: "body", Label: c.T("正文"), Kind: textareaField, Rows: 10, Value: t.Body, Max: 2000, Required: true,
			Hint: c.T("可以用这些占位符，套用时自动填好：%[1]s。“日期”是套用的当天，“期限”是应当答复的日子。", strings.Join(cases.Placeholders, " "))},
		{Name: "active", Label: c.T("在用"), Kind: checkField, Value: flagValue(t.Active)},
	}
	return p, nil
}

func (s *Console) newReply(c *kit.Ctx) error {
	t := models.ReplyTemplate{Active: true}
	if !c.Actor.Has(models.SystemAdmin) {
		t.DepartmentID = c.Actor.DepartmentID
	}
	p, err := s.replyPage(c, t)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

func (s *Console) addReply(c *kit.Ctx) error { return s.writeReply(c, models.ReplyTemplate{}) }

func (s *Console) replyAsked(c *kit.Ctx) (models.ReplyTemplate, error) {
	id, err := c.ID("id")
	if err != nil {
		return models.ReplyTemplate{}, err
	}
	list, err := s.Cases.ReplyTemplates(c.Request.Context(), c.Actor)
	if err != nil {
		return models.ReplyTemplate{}, err
	}
	i := slices.IndexFunc(list, func(t cases.KeptTemplate) bool { return t.ID == id && t.MayEdit })
	if i < 0 {
		return models.ReplyTemplate{}, kit.NotFound()
	}
	return list[i].ReplyTemplate, nil
}

func (s *Console) showReply(c *kit.Ctx) error {
	t, err := s.replyAsked(c)
	if err != nil {
		return err
	}
	p, err := s.replyPage(c, t)
	if err != nil {
		return err
	}
	return c.Page(http.StatusOK, "settings/form", p)
}

func (s *Console) saveReply(c *kit.Ctx) error {
	t, err := s.replyAsked(c)
	if err != nil {
		return err
	}
	return s.writeReply(c, t)
}

func (s *Console) writeReply(c *kit.Ctx, t models.ReplyTemplate) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	in := cases.ReplyTemplateInput{DepartmentID: f.id("department_id"), TopicID: f.id("topic_id"), Title: f.text("title"), Body: f.text("body"), Active: f.flag("active"), Version: f.version()}
	if _, err = s.Cases.SaveReplyTemplate(c.Request.Context(), c.Actor, t.ID, in); err == nil {
		return c.Done(repliesPath, "常用答复已保存。")
	}
	p, failed := s.replyPage(c, t)
	if failed != nil {
		return failed
	}
	p.Fields, p.Version = typed(c, p.Fields), f.version()
	return again(c, err, "settings/form", p, p, func() ([]field, int64, error) {
		page, err := s.replyPage(c, t)
		if err != nil {
			return nil, 0, err
		}
		return page.Fields, t.Version, nil
	})
}
