package cases

import (
	"context"
	"slices"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/notices"
)

// AssignInput names the handler.
type AssignInput struct {
	HandlerID int64  `form:"handler_id" json:"handler_id"`
	Note      string `form:"note" json:"note,omitempty" doc:"最多 200 个字，写给经办人"`
	Version   int64  `form:"version" json:"version,omitempty" doc:"您看到的版本；0 表示现在是什么都接受"`
}

// MaxNote is the length of a remark beside an action, in characters.
const MaxNote = 200

// Assign gives a case to a named handler of its department.
func (s *Service) Assign(ctx context.Context, actor models.Actor, number string, in AssignInput) (*models.Case, error) {
	in.Note = textrule.Line(in.Note)
	return s.act(ctx, actor, number, ActAssign, in.Version, func(ctx context.Context, w *work) error {
		var f fault.Fields
		textrule.Length(&f, "note", in.Note, 0, MaxNote)
		colleagues, err := s.Accounts.ColleaguesByRole(ctx, w.Case.DepartmentID, models.Handler)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(colleagues, func(p accounts.StaffCard) bool { return p.ID == in.HandlerID })
		if i < 0 {
			f.Add("handler_id", i18n.N("请选择这个部门的一位经办人。"))
		}
		if err := f.Err(); err != nil {
			return err
		}
		w.Set["handler_id"], w.About, w.Note = in.HandlerID, in.HandlerID, in.Note
		if in.HandlerID == actor.ID {
			return nil
		}
		if w.Now.After(w.Case.DueAt) { // the message says so; no second one right after it
			w.Set["overdue_told_at"] = w.Now
		}
		return s.tellStaff(ctx, w.Case, notices.CaseAssigned, colleagues[i])
	})
}

// Handlers lists to whom the actor may assign the cases of a department: their own when it is 0, any for overseers, for leaders to see the
// ones below them.
func (s *Service) Handlers(ctx context.Context, actor models.Actor, departmentID int64) ([]accounts.StaffCard, error) {
	if departmentID == 0 {
		departmentID = actor.DepartmentID
	}
	sc, err := s.scopeOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	if !sc.every && !slices.Contains(sc.departments, departmentID) {
		return nil, fault.New(fault.NotFound, i18n.N("没有这个部门，或者您无权查看。"))
	}
	return s.Accounts.ColleaguesByRole(ctx, departmentID, models.Handler)
}

// BulkOutcome is what became of one case of a bulk action.
type BulkOutcome struct {
	Number string
	Err    error
}

// MaxBulk is how many cases one bulk action takes.
const MaxBulk = 100

// AssignMany gives several cases to one handler, each in its own transaction: those that cannot be assigned stay as they are, with the reason.
// An error means that something broke: the outcomes are those until then.
func (s *Service) AssignMany(ctx context.Context, actor models.Actor, numbers []string, in AssignInput) ([]BulkOutcome, error) {
	if len(numbers) == 0 {
		return nil, fault.New(fault.Invalid, i18n.N("请先勾选要分派的诉求。"))
	}
	if len(numbers) > MaxBulk {
		return nil, fault.New(fault.Invalid, i18n.N("一次最多分派 %[1]d 件。"), MaxBulk)
	}
	in.Version = 0
	outcomes := make([]BulkOutcome, 0, len(numbers))
	for _, n := range numbers {
		_, err := s.Assign(ctx, actor, n, in)
		if fault.KindOf(err) == fault.Internal && err != nil {
			return outcomes, err
		}
		outcomes = append(outcomes, BulkOutcome{Number: n, Err: err})
	}
	return outcomes, nil
}
