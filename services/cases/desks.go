package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/city"
)

// DeskInput is a desk and its policy as settings edit it. DepartmentID 0 is the desk of every department without one of its own.
type DeskInput struct {
	DepartmentID   int64             `form:"department_id" json:"department_id"`
	Name           string            `form:"name" json:"name"`
	SimpleDays     int64             `form:"simple_days" json:"simple_days"`
	OrdinaryDays   int64             `form:"ordinary_days" json:"ordinary_days"`
	Unit           string            `form:"unit" json:"unit" enum:"working,natural"`
	Review         models.ReviewMode `form:"review" json:"review" enum:"department,overseer,none"`
	SendOnApproval bool              `form:"send_on_approval" json:"send_on_approval"`
	Active         bool              `form:"active" json:"active"`
	Version        int64             `form:"version" json:"version"`
}

// StandardDesk is a desk as the rules have it, for a start: its days by their standard values, a reply sent by its handler once a second
// person has approved it.
func StandardDesk() models.Desk {
	return models.Desk{
		Kind: models.ConsultationDesk, SimpleDays: int64(city.RuleOf("simple_days").Value), OrdinaryDays: int64(city.RuleOf("ordinary_days").Value),
		Unit: "working", Review: models.ReviewByDepartment, Active: true,
	}
}

// Desks lists the desks, the one for all first.
func (s *Service) Desks(ctx context.Context) ([]models.Desk, error) { return s.allDesks(ctx) }

// SaveDesk creates a desk (id 0) or changes one. Deadlines of cases that are under way stay as they were promised.
func (s *Service) SaveDesk(ctx context.Context, actor models.Actor, id int64, in DeskInput) (models.Desk, error) {
	if !actor.Has(models.SystemAdmin) {
		return models.Desk{}, notAdmin()
	}
	in.Name = textrule.Line(in.Name)
	var f fault.Fields
	textrule.Length(&f, "name", in.Name, 2, 40)
	city.RuleOf("simple_days").Check(&f, in.SimpleDays)
	city.RuleOf("ordinary_days").Check(&f, in.OrdinaryDays)
	if in.Unit != "working" && in.Unit != "natural" {
		f.Add("unit", i18n.N("请选择工作日或自然日。"))
	}
	switch in.Review {
	case models.ReviewByDepartment, models.ReviewByOverseer, models.ReviewNone:
	default:
		f.Add("review", i18n.N("请选择由谁审核。"))
	}
	if in.DepartmentID != 0 {
		_, err := s.Accounts.Department(ctx, in.DepartmentID)
		switch {
		case fault.Is(err, fault.NotFound):
			f.Add("department_id", i18n.N("请选择一个部门。"))
		case err != nil:
			return models.Desk{}, err
		}
	}
	if in.DepartmentID == 0 && !in.Active {
		f.Add("active", i18n.N("通用受理窗口不能停用，没有自己窗口的部门都靠它。"))
	}
	if err := f.Err(); err != nil {
		return models.Desk{}, err
	}
	d := models.Desk{
		ID: id, DepartmentID: in.DepartmentID, Kind: models.ConsultationDesk, Name: in.Name, SimpleDays: in.SimpleDays, OrdinaryDays: in.OrdinaryDays,
		Unit: in.Unit, Review: in.Review, SendOnApproval: in.SendOnApproval, Active: in.Active, Version: in.Version + 1, UpdatedAt: s.Clock.Now(),
	}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.sameDepartment(ctx, id, in); err != nil {
			return err
		}
		if err := s.putDesk(ctx, &d, in.Version); err != nil {
			return err
		}
		s.desks.Changed(ctx)
		return s.Audit.Record(ctx, actor, "desk.save", "desk", d.ID, map[string]any{
			"department": d.DepartmentID, "simple": d.SimpleDays, "ordinary": d.OrdinaryDays, "unit": d.Unit, "review": d.Review, "active": d.Active})
	})
	return d, err
}

// sameDepartment keeps a desk where it is: were the one for all given to a department, the others would have none.
func (s *Service) sameDepartment(ctx context.Context, id int64, in DeskInput) error {
	if id == 0 {
		return nil
	}
	var f fault.Fields
	old, err := s.deskByID(ctx, id)
	switch {
	case err == nil && old.ID == 0:
		return fault.New(fault.NotFound, i18n.N("没有这个受理窗口。"))
	case err == nil && old.DepartmentID != in.DepartmentID:
		f.Add("department_id", i18n.N("受理窗口不能换部门，请为那个部门另设一个。"))
		return f.Err()
	}
	return err
}

// deskOf is the department's own desk, or the one that stands for all.
func (s *Service) deskOf(ctx context.Context, departmentID int64) (models.Desk, error) {
	list, err := s.desks.Get(ctx)
	if err != nil {
		return models.Desk{}, err
	}
	desk, ok := deskFrom(list, departmentID)
	if !ok {
		return desk, fault.New(fault.Unavailable, i18n.N("这个部门暂时没有开通咨询，请稍后再试或拨打部门电话。"))
	}
	return desk, nil
}

// CommonDesk is the desk of every department without one of its own; false while it is not open.
func (s *Service) CommonDesk(ctx context.Context) (models.Desk, bool, error) {
	list, err := s.desks.Get(ctx)
	desk, ok := deskFrom(list, 0)
	return desk, ok, err
}

// deskFrom picks the open desk of a department from all: its own, or the one for every department. False: nobody takes questions for it.
func deskFrom(desks []models.Desk, departmentID int64) (models.Desk, bool) {
	var found models.Desk
	for _, d := range desks {
		if d.Active && (d.DepartmentID == departmentID || d.DepartmentID == 0 && found.ID == 0) {
			found = d
		}
	}
	return found, found.ID != 0
}

// deskByID returns a desk, the zero desk when there is none.
func (s *Service) deskByID(ctx context.Context, id int64) (models.Desk, error) {
	list, err := s.desks.Get(ctx)
	for _, d := range list {
		if d.ID == id {
			return d, nil
		}
	}
	return models.Desk{}, err
}
