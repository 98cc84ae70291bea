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

// ReplyTemplates lists the templates of a department and those of all.
func (s *Service) ReplyTemplates(ctx context.Context, departmentID int64) ([]models.ReplyTemplate, error) {
	return s.templatesOf(ctx, departmentID)
}

// SaveReplyTemplate creates a template (id 0) or changes one: the system administrator any, a reviewer those of the own department.
func (s *Service) SaveReplyTemplate(ctx context.Context, actor models.Actor, id int64, in ReplyTemplateInput) (models.ReplyTemplate, error) {
	if !actor.Has(models.SystemAdmin) && (!actor.Has(models.Reviewer) || in.DepartmentID != actor.DepartmentID) {
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
		if id != 0 && !actor.Has(models.SystemAdmin) {
			old, err := s.templateByID(ctx, id)
			if err != nil {
				return err
			}
			if old.DepartmentID != actor.DepartmentID {
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

// FillTemplate puts the case's facts into a template's placeholders. The resident is addressed as they asked to be, where the viewer may know.
func (s *Service) FillTemplate(ctx context.Context, actor models.Actor, t *Thread, body string) string {
	name := "网友"
	if t.NameOpen && t.DisplayName != "" {
		name = t.DisplayName
	}
	zone := s.Policy.Zone(ctx)
	return strings.NewReplacer("{{称呼}}", name, "{{编号}}", t.Case.Number, "{{部门}}", t.Department.Name, "{{经办人}}", actor.Name,
		"{{日期}}", dateInWords(s.Clock.Now().In(zone)), "{{期限}}", dateInWords(t.Case.DueAt.In(zone)), "{{科室电话}}", t.Department.Phone).Replace(body)
}

// dateInWords writes a date as letters to residents do; replies are in Chinese whatever the console's language.
func dateInWords(t time.Time) string { return t.Format("2006 年 1 月 2 日") }
