package cases

import (
	"strings"

	"huiyin/internal/i18n"
	"huiyin/models"
)

// NextStep is what has to happen next on a case, told to one viewer.
type NextStep struct {
	Text   i18n.Msg
	Action Action // what the viewer does about it; "" when somebody else has to, or nobody
}

// Next tells the viewer what the case waits for. It decides nothing: what the viewer may do is what Actions say.
func (t *Thread) Next(viewer models.Actor) NextStep {
	switch t.Case.Status {
	case models.Submitted:
		return t.nextSubmitted(viewer)
	case models.Handling:
		return t.nextHandling(viewer)
	case models.Reviewing:
		return t.nextReviewing(viewer)
	case models.Approved:
		switch other := t.Case.HandlerID != 0 && t.Case.HandlerID != viewer.ID; {
		case t.Can(ActSend) && other:
			return NextStep{i18n.M(i18n.N("审核已通过，来信人还没有收到。等%[1]s发送，您也可以发送。"), t.handler()), ActSend}
		case t.Can(ActSend):
			return NextStep{i18n.M(i18n.N("审核已通过，来信人还没有收到。请发送答复。")), ActSend}
		}
		return waits(i18n.N("审核已通过，等%[1]s发送。"), t.handler())
	case models.Withdrawn:
		return waits(i18n.N("来信人已经撤回，不用再办。"))
	}
	return t.nextPublication()
}

func waits(msgid string, args ...any) NextStep { return NextStep{Text: i18n.M(msgid, args...)} }

// handler is the handler's name, or "the department's handlers" while there is none.
func (t *Thread) handler() any {
	if name := t.Staff[t.Case.HandlerID].Name; name != "" {
		return name
	}
	return i18n.M(i18n.N("本部门经办人"))
}

func (t *Thread) nextSubmitted(viewer models.Actor) NextStep {
	other := t.Case.HandlerID != 0 && t.Case.HandlerID != viewer.ID
	switch {
	case t.Can(ActAccept) && other:
		return NextStep{i18n.M(i18n.N("已分派给%[1]s，等待受理。"), t.handler()), ActAccept}
	case t.Can(ActAccept):
		return NextStep{i18n.M(i18n.N("请受理。受理后由您经办，%[1]s前答复。"), i18n.OnDay(t.Case.DueAt)), ActAccept}
	case t.Can(ActAssign) && t.Case.HandlerID == 0:
		return NextStep{i18n.M(i18n.N("还没有人受理。可以分派给一位经办人。")), ActAssign}
	}
	return waits(i18n.N("等%[1]s受理。"), t.handler())
}

func (t *Thread) nextHandling(viewer models.Actor) NextStep {
	mine := t.Case.HandlerID == viewer.ID || t.Case.HandlerID == 0
	switch {
	case !t.Can(ActDraft) && t.Case.ReturnedAt != nil:
		return waits(i18n.N("已退回，等%[1]s修改答复。"), t.handler())
	case !t.Can(ActDraft):
		return waits(i18n.N("等%[1]s写答复。"), t.handler())
	case t.Case.ReturnedAt != nil:
		return NextStep{i18n.M(i18n.N("请按审核意见修改答复，再提交审核。")), ActDraft}
	case !mine:
		return NextStep{i18n.M(i18n.N("由%[1]s办理。您也可以写答复，请先商量。"), t.handler()), ActDraft}
	case t.Desk.Review == models.ReviewNone:
		return NextStep{i18n.M(i18n.N("请写答复，写好后发送。")), ActDraft}
	}
	return NextStep{i18n.M(i18n.N("请写答复，写好后提交审核。")), ActDraft}
}

// nextReviewing: an overseer may stand in for the department's reviewers, whose turn it stays.
func (t *Thread) nextReviewing(viewer models.Actor) NextStep {
	names, asked := make([]string, 0, len(t.Reviewers)), false
	for _, p := range t.Reviewers {
		names, asked = append(names, p.Name), asked || p.ID == viewer.ID
	}
	switch who := strings.Join(names, " / "); {
	case t.Can(ActApprove) && !asked:
		return waits(i18n.N("等%[1]s审核。必要时您可以代为审核。"), who)
	case t.Can(ActApprove) && t.Desk.SendOnApproval:
		return NextStep{i18n.M(i18n.N("请审核答复。通过后马上发给来信人。")), ActApprove}
	case t.Can(ActApprove):
		return NextStep{i18n.M(i18n.N("请审核答复。通过后还要发送，来信人才能收到。")), ActApprove}
	case who == "":
		return waits(i18n.N("等待审核，但现在没有能审核的同事，请找督办岗。"))
	default:
		return waits(i18n.N("等%[1]s审核。"), who)
	}
}

// nextPublication is what is left once the resident has the answer.
func (t *Thread) nextPublication() NextStep {
	c := t.Case
	switch {
	case c.Publication == models.Published:
		return waits(i18n.N("已答复，已公开，不用再做什么。"))
	case !c.Consented() && c.Status == models.Answered:
		return waits(i18n.N("已答复，等来信人评价；来信人没有同意公开。"))
	case !c.Consented():
		return waits(i18n.N("已办结，不用再做什么；来信人没有同意公开。"))
	case c.Publication == models.PublicationReady && t.Can(ActPublish):
		return NextStep{i18n.M(i18n.N("公开版本在等第二个人。请核对后发布，或退回修改。")), ActPublish}
	case c.Publication == models.PublicationReady && t.Can(ActRecallPublish):
		return waits(i18n.N("公开版本已交出，等另一位同事发布。还想改，可以收回。"))
	case c.Publication == models.PublicationReady:
		return waits(i18n.N("公开版本已准备好，等另一位同事发布。"))
	case c.Publication == models.Unpublished:
		return waits(i18n.N("公开版本已撤下。需要时可以重新准备。"))
	case c.Publication == models.PublicationDraft && t.Can(ActConfirm):
		return NextStep{i18n.M(i18n.N("请把公开版本里的个人信息逐处确认，再交给另一位同事发布。")), ActConfirm}
	case t.Can(ActPrepare):
		return NextStep{i18n.M(i18n.N("来信人同意公开。请准备公开版本。")), ActPrepare}
	}
	return waits(i18n.N("等%[1]s准备公开版本。"), t.handler())
}
