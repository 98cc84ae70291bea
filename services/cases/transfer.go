package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/audit"
)

// TransferInput sends a case on under another topic, and so to that topic's department.
type TransferInput struct {
	TopicID int64  `form:"topic_id" json:"topic_id"`
	Reason  string `form:"reason" json:"reason" doc:"5–200 个字；会告诉居民"`
	Version int64  `form:"version" json:"version,omitempty"`
}

// Transfer sends a case to the department that the right topic routes to. The deadline stays: the resident does not pay for our mistake.
func (s *Service) Transfer(ctx context.Context, actor models.Actor, number string, in TransferInput) (*models.Case, error) {
	in.Reason = textrule.Line(in.Reason)
	return s.act(ctx, actor, number, ActTransfer, in.Version, func(ctx context.Context, w *work) error {
		var f fault.Fields
		textrule.Length(&f, "reason", in.Reason, 5, MaxNote)
		tree, err := s.Topics(ctx)
		if err != nil {
			return err
		}
		topic, ok := tree.Askable(in.TopicID)
		switch {
		case !ok:
			f.Add("topic_id", i18n.N("请选择一个现行的分类。"))
		case topic.DepartmentID == w.Case.DepartmentID:
			f.Add("topic_id", i18n.N("这个分类仍由本部门办理，请选择别的分类。"))
		}
		if err := f.Err(); err != nil {
			return err
		}
		desk, err := s.deskOf(ctx, topic.DepartmentID)
		if err != nil {
			return err
		}
		w.Set["topic_id"], w.Set["department_id"], w.Set["desk_id"], w.Set["handler_id"] = topic.ID, topic.DepartmentID, desk.ID, 0
		w.Set["due_soon_told_at"], w.Set["overdue_told_at"] = nil, nil // its new people have not been told
		w.Note, w.Shown = in.Reason, true
		w.Detail = map[string]any{"from_department": w.Case.DepartmentID, "to_department": topic.DepartmentID}
		if w.Case.HandlerID != 0 {
			w.Detail[audit.Person] = w.Case.HandlerID // whom it is taken from
		}
		s.hint(ctx, w.Case) // the department that loses it, too
		return s.Notices.Hand(ctx, w.Case.ID, topic.DepartmentID)
	})
}
