package console

import (
	"strconv"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/cases"
)

func (v *caseView) thread(c *kit.Ctx) {
	v.messages(c)
	for _, e := range v.T.Events {
		v.Events = append(v.Events, v.step(c, e))
	}
	if n := len(v.Events); n > 0 && v.T.Case.Status.Open() {
		v.Events[n-1].Kind = "now"
	}
}

func (v *caseView) messages(c *kit.Ctx) {
	v.Messages = make([]messageView, len(v.T.Messages))
	for i, m := range v.T.Messages {
		v.Messages[i] = v.message(c, m)
	}
}

func (v *caseView) message(c *kit.Ctx, m cases.Message) messageView {
	view := messageView{At: m.CreatedAt, Text: m.Body, ID: "m" + strconv.FormatInt(m.ID, 10), Files: fileViews(m.Files)}
	for _, p := range m.Parts {
		part := segment{Text: p.Text}
		if p.Kind != "" {
			part.Kind = c.T(kindNames[p.Kind])
		}
		view.Parts = append(view.Parts, part)
	}
	switch m.Kind {
	case models.Question:
		view.From = c.T("%[1]s的提问", v.Name)
	case models.FollowUp:
		view.From = c.T("%[1]s的追问", v.Name)
		if v.T.Reopening(m.CaseMessage) {
			view.From = c.T("%[1]s要求重新办理的原因", v.Name)
		}
	case models.Supplement:
		view.From = c.T("%[1]s补充", v.Name)
	case models.ReplySent:
		view.Kind, view.From, view.Stamp = "reply", c.T("答复 · %[1]s", v.T.Staff[m.StaffID].Name), v.Department
	case models.Note:
		view.Kind, view.From = "note", c.T("内部备注 · %[1]s", v.T.Staff[m.StaffID].Name)
	}
	return view
}

func (v *caseView) step(c *kit.Ctx, e models.CaseEvent) stepView {
	var who, whom string
	switch models.ActorKind(e.ActorKind) {
	case models.StaffActor:
		who = v.T.Staff[e.ActorID].Name
	case models.SystemActor:
		who = c.T("系统")
	default:
		who = c.T("来信人")
	}
	if e.SubjectID != e.ActorID {
		whom = v.T.Staff[e.SubjectID].Name
	}
	if e.Action == string(cases.ActTransfer) {
		whom = v.departments[e.DepartmentID]
	}
	st := stepView{At: e.At, Text: cases.EventSentence(e, who, whom).Localize(c.L)}
	if e.Note != "" {
		st.Text = c.T("%[1]s（%[2]s）", st.Text, e.Note)
	}
	if e.Action == string(cases.ActSend) {
		st.Kind = "seal"
	}
	return st
}
