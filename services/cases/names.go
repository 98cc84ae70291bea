package cases

import (
	"huiyin/internal/i18n"
	"huiyin/models"
)

var statusNames = map[models.CaseStatus]string{
	models.Submitted: i18n.N("待受理"),
	models.Handling:  i18n.N("办理中"),
	models.Reviewing: i18n.N("待审核"),
	models.Approved:  i18n.N("待发送"),
	models.Answered:  i18n.N("已答复"),
	models.Closed:    i18n.N("已办结"),
	models.Withdrawn: i18n.N("已撤回"),
}

// StatusName is what a status is called on the staff's screens, ready to be translated as an argument.
func StatusName(s models.CaseStatus) i18n.Msg { return i18n.Msg{ID: statusNames[s]} }

// Stage refines the status by the independent facts around it: what a row in a list says.
func Stage(c *models.Case) i18n.Msg {
	switch {
	case c.Status == models.Handling && c.ReturnedAt != nil:
		return i18n.Msg{ID: i18n.N("退回修改")}
	case c.Status == models.Handling && c.ReopenedAt != nil && !c.ReopenedAt.Before(c.AskedAt):
		return i18n.Msg{ID: i18n.N("重新办理")}
	case c.Status == models.Handling && c.Round > 1:
		return i18n.Msg{ID: i18n.N("新追问")}
	}
	return StatusName(c.Status)
}

// ResidentStatus is the status, and that of the public version, without the office's inner steps.
func ResidentStatus(c *models.Case) (models.CaseStatus, models.PublicationStatus) {
	status, publication := c.Status, c.Publication
	if status == models.Reviewing || status == models.Approved {
		status = models.Handling
	}
	if publication == models.PublicationDraft || publication == models.PublicationReady {
		publication = models.PublicationWanted
	}
	return status, publication
}

// ResidentStage says the same to the resident, without the office's inner steps.
func ResidentStage(c *models.Case) i18n.Msg {
	switch c.Status {
	case models.Submitted:
		return i18n.Msg{ID: i18n.N("已收到，等待受理")}
	case models.Answered:
		if c.RatedAt == nil {
			return i18n.Msg{ID: i18n.N("已答复，等您评价")}
		}
		return i18n.Msg{ID: i18n.N("已答复")}
	case models.Closed:
		return i18n.Msg{ID: i18n.N("已办结")}
	case models.Withdrawn:
		return i18n.Msg{ID: i18n.N("您已撤回")}
	}
	return i18n.Msg{ID: i18n.N("办理中")}
}

var actionNames = map[Action]string{
	ActSubmit: i18n.N("提交"), ActAccept: i18n.N("受理"), ActAssign: i18n.N("分派"), ActTransfer: i18n.N("转办"),
	ActDraft: i18n.N("保存答复稿"), ActSubmitReview: i18n.N("提交审核"), ActRecall: i18n.N("撤回送审"), ActApprove: i18n.N("审核通过"),
	ActReturn: i18n.N("退回修改"), ActSend: i18n.N("发送答复"), ActFollowUp: i18n.N("追问"), ActSupplement: i18n.N("补充材料"),
	ActWithdraw: i18n.N("撤回诉求"), ActRate: i18n.N("评价"), ActReopen: i18n.N("要求重新办理"), ActClose: i18n.N("办结"),
	ActNote: i18n.N("内部备注"), ActReveal: i18n.N("查看联系方式"), ActConsent: i18n.N("同意公开"), ActWithdrawConsent: i18n.N("撤回公开同意"),
	ActPrepare: i18n.N("准备公开版本"), ActConfirm: i18n.N("提交公开"), ActPublish: i18n.N("发布"), ActReturnPublish: i18n.N("退回公开版本"), ActRecallPublish: i18n.N("收回公开版本"),
	ActUnpublish: i18n.N("撤下"), ActRecompute: i18n.N("期限按新日历重算"),
	ActAddFile: i18n.N("添加答复附件"), ActRemoveFile: i18n.N("去掉答复附件"),
}

// ActionName is what an action is called on screens and in histories.
func ActionName(a string) i18n.Msg { return i18n.Msg{ID: actionNames[Action(a)]} }

// eventSentences say a step as one sentence: %[1]s took it, %[2]s is whom or what it concerns. Where nobody is concerned the first is said.
var eventSentences = map[Action][2]string{
	ActSubmit: {i18n.N("%[1]s提交了诉求")}, ActAccept: {i18n.N("%[1]s受理"), i18n.N("%[1]s受理，由%[2]s办理")},
	ActAssign: {i18n.N("%[1]s接手办理"), i18n.N("%[1]s分派给%[2]s")}, ActTransfer: {i18n.N("%[1]s转办"), i18n.N("%[1]s转给%[2]s")},
	ActDraft: {i18n.N("%[1]s保存了答复稿")}, ActSubmitReview: {i18n.N("%[1]s提交审核")}, ActRecall: {i18n.N("%[1]s撤回送审")},
	ActApprove: {i18n.N("%[1]s审核通过")}, ActReturn: {i18n.N("%[1]s退回修改"), i18n.N("%[1]s退回%[2]s修改")}, ActSend: {i18n.N("%[1]s发送了答复")},
	ActFollowUp: {i18n.N("%[1]s追问")}, ActSupplement: {i18n.N("%[1]s补充了材料")}, ActWithdraw: {i18n.N("%[1]s撤回了诉求")},
	ActRate: {i18n.N("%[1]s作了评价")}, ActReopen: {i18n.N("%[1]s要求重新办理")}, ActClose: {i18n.N("%[1]s办结")},
	ActNote: {i18n.N("%[1]s写了内部备注")}, ActReveal: {i18n.N("%[1]s查看了联系方式")}, ActConsent: {i18n.N("%[1]s同意公开")},
	ActWithdrawConsent: {i18n.N("%[1]s撤回了公开同意")}, ActPrepare: {i18n.N("%[1]s准备公开版本")}, ActConfirm: {i18n.N("%[1]s把公开版本交给另一位同事发布")},
	ActPublish: {i18n.N("%[1]s发布到公开库")}, ActReturnPublish: {i18n.N("%[1]s退回公开版本"), i18n.N("%[1]s把公开版本退回%[2]s修改")},
	ActRecallPublish: {i18n.N("%[1]s收回公开版本")}, ActUnpublish: {i18n.N("%[1]s撤下公开版本")}, ActRecompute: {i18n.N("%[1]s按新日历重算期限")},
	ActAddFile: {i18n.N("%[1]s给答复稿添加了附件")}, ActRemoveFile: {i18n.N("%[1]s去掉了答复稿的附件")},
}

// EventSentence says a step of a history: who took it and, where there is one, the other person or the department it concerns.
func EventSentence(e models.CaseEvent, who, whom string) i18n.Msg {
	action := Action(e.Action)
	if both := eventSentences[action][1]; whom != "" && both != "" {
		return i18n.M(both, who, whom)
	}
	if action == ActSend && e.FromStatus == models.Handling {
		return i18n.M(i18n.N("%[1]s发送了答复，没有经过审核"), who)
	}
	return i18n.M(eventSentences[action][0], who)
}
