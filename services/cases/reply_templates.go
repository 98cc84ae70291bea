package cases

import (
	"context"
	"slices"
	"strings"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// ReplyTemplateInput is a 常用答复 as it is edited. DepartmentID and TopicID 0 mean any.
type ReplyTemplateInput struct {
	DepartmentID int64  `form:"department_id" json:"department_id"`
	TopicID      int64  `form:"topic_id" json:"topic_id"`
	Title        string `form:"title" json:"title"`
	Body         string `form:"body" json:"body"`
	Active       bool   `form:"active" json:"active"`
	Version      int64  `form:"version" json:"version"`
}

// Placeholders are what a template may leave to be filled in.
var Placeholders = []string{"{{称呼}}", "{{编号}}", "{{部门}}", "{{经办人}}", "{{日期}}", "{{期限}}", "{{科室电话}}"}

// KeptTemplate is a template where templates are kept, in use or not.
type KeptTemplate struct {
	models.ReplyTemplate
	MayEdit bool
}

// ReplyTemplates lists the templates that the actor sees where they are kept: the system administrator all, others the department's and those
// of all.
func (s *Service) ReplyTemplates(ctx context.Context, actor models.Actor) ([]KeptTemplate, error) {
	department := actor.DepartmentID
	if actor.Has(models.SystemAdmin) {
		department = 0
	}
	rows, err := s.templatesOf(ctx, department)
	list := make([]KeptTemplate, len(rows))
	for i, t := range rows {
		list[i] = KeptTemplate{t, keepsTemplates(actor, t.DepartmentID)}
	}
	return list, err
}

// keepsTemplates: the system administrator keeps any, a reviewer those of the own department.
func keepsTemplates(actor models.Actor, departmentID int64) bool {
	return actor.Has(models.SystemAdmin) || actor.Has(models.Reviewer) && departmentID == actor.DepartmentID
}

// TemplatesFor lists the templates in use for the reply to a case: those of its department and its topic, filled in. Without a number they
// are all of the actor's own department, as they are kept.
func (s *Service) TemplatesFor(ctx context.Context, actor models.Actor, number string) ([]models.ReplyTemplate, error) {
	if number == "" {
		list, err := s.templatesOf(ctx, actor.DepartmentID)
		return slices.DeleteFunc(list, func(t models.ReplyTemplate) bool { return !t.Active }), err
	}
	c, who, err := s.seen(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	if who&(Staff|Reader) == 0 {
		return nil, notFound()
	}
	list, err := s.templatesOf(ctx, c.DepartmentID)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(t models.ReplyTemplate) bool { return !t.Active || t.TopicID != 0 && t.TopicID != c.TopicID })
	fill, err := s.placeholders(ctx, actor, who, c)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Body = fill.Replace(list[i].Body)
	}
	return list, nil
}

// SaveReplyTemplate creates a template (id 0) or changes one: the system administrator any, a reviewer those of the own department.
func (s *Service) SaveReplyTemplate(ctx context.Context, actor models.Actor, id int64, in ReplyTemplateInput) (models.ReplyTemplate, error) {
	if !keepsTemplates(actor, in.DepartmentID) {
		return models.ReplyTemplate{}, fault.New(fault.Forbidden, i18n.N("您只能修改本部门的常用答复。")).WithReason("not_permitted")
	}
	in.Title, in.Body = textrule.Line(in.Title), textrule.Text(in.Body)
	var f fault.Fields
	textrule.Length(&f, "title", in.Title, 2, 60)
	textrule.Length(&f, "body", in.Body, 10, 2000)
	if name, bad := unknownPlaceholder(in.Body); bad {
		f.Add("body", i18n.N("没有“%[1]s”这个占位符。"), name)
	}
	if err := f.Err(); err != nil {
		return models.ReplyTemplate{}, err
	}
	t := models.ReplyTemplate{
		ID: id, DepartmentID: in.DepartmentID, TopicID: in.TopicID, Title: in.Title, Body: in.Body,
		Active: in.Active, Version: in.Version + 1, UpdatedAt: s.Clock.Now(),
	}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		if id != 0 {
			old, err := s.templateByID(ctx, id)
			if err != nil {
				return err
			}
			if !keepsTemplates(actor, old.DepartmentID) {
				return notFound()
			}
		}
		if err := s.putTemplate(ctx, &t, in.Version); err != nil {
			return err
		}
		return s.Audit.Record(ctx, actor, "reply_template.save", "reply_template", t.ID, map[string]any{"title": t.Title, "active": t.Active})
	})
	return t, err
}

func unknownPlaceholder(body string) (string, bool) {
	for rest := body; ; {
		i := strings.Index(rest, "{{")
		if i < 0 {
			return "", false
		}
		j := strings.Index(rest[i:], "}}")
		if j < 0 {
			return rest[i:min(len(rest), i+20)], true
		}
		name := rest[i : i+j+2]
		if !slices.Contains(Placeholders, name) {
			return name, true
		}
		rest = rest[i+j+2:]
	}
}

// placeholders puts the case's facts into templates. The resident is addressed as they asked to be, where the actor may know.
func (s *Service) placeholders(ctx context.Context, actor models.Actor, who Standing, c *models.Case) (*strings.Replacer, error) {
	desk, err := s.deskByID(ctx, c.DeskID)
	if err != nil {
		return nil, err
	}
	d, err := s.Accounts.Department(ctx, c.DepartmentID)
	if err != nil {
		return nil, err
	}
	name, err := s.opened(c.DisplayNameSealed)
	if err != nil {
		return nil, err
	}
	if name == "" || !knowsName(actor, who, c, desk) {
		name = "网友"
	}
	zone := s.Policy.Zone(ctx)
	return strings.NewReplacer("{{称呼}}", name, "{{编号}}", c.Number, "{{部门}}", d.Name, "{{经办人}}", actor.Name,
		"{{日期}}", dateInWords(s.Clock.Now().In(zone)), "{{期限}}", dateInWords(c.DueAt.In(zone)), "{{科室电话}}", d.Phone), nil
}

// dateInWords writes a date as letters to residents do; replies are in Chinese whatever the console's language.
func dateInWords(t time.Time) string { return t.Format("2006 年 1 月 2 日") }
