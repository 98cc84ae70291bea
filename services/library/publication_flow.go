package library

import (
	"huiyin/internal/fault"
	"huiyin/models"
)

// Action is a step in the life of a publication.
type Action string

// The actions.
const (
	ActionSave    Action = "save"
	ActionConfirm Action = "confirm"
	ActionPublish Action = "publish"
	ActionReturn  Action = "return"
	ActionRecall  Action = "recall"
	ActionTakeOut Action = "take_out"
)

// Actions lists all of them in the order of their screens.
var Actions = []Action{ActionSave, ActionConfirm, ActionPublish, ActionReturn, ActionRecall, ActionTakeOut}

// none is the status of a publication that does not exist yet.
const none models.PublicationStatus = ""

type step struct {
	from    []models.PublicationStatus
	to      models.PublicationStatus
	decided bool // every finding must be decided
	other   bool // by nobody who prepared it
	own     bool // only by one who prepared it
	program bool // also by the program itself: consent is withdrawn at night too
}

var flow = map[Action]step{
	ActionSave:    {from: []models.PublicationStatus{none, models.PublicationDraft, models.Unpublished}, to: models.PublicationDraft},
	ActionConfirm: {from: []models.PublicationStatus{models.PublicationDraft}, to: models.PublicationReady, decided: true},
	ActionPublish: {from: []models.PublicationStatus{models.PublicationReady}, to: models.Published, decided: true, other: true},
	ActionReturn:  {from: []models.PublicationStatus{models.PublicationReady}, to: models.PublicationDraft},
	ActionRecall:  {from: []models.PublicationStatus{models.PublicationReady}, to: models.PublicationDraft, own: true},
	ActionTakeOut: {from: []models.PublicationStatus{models.Published}, to: models.Unpublished, program: true},
}

//i18n:keys
const (
	msgState     = "公开版本的状态已经变了，请刷新后再看。"
	msgStale     = "公开版本刚才被别人改过，请刷新后再改。"
	msgUndecided = "还有 %[1]d 处可能的个人信息没有确认，请逐处确认后再提交。"
	msgOwnWork   = "公开版本是您准备的，请由另一位同事发布。"
	msgNotOwn    = "只有准备公开版本的人可以收回。"
	msgStaffOnly = "只有工作人员可以准备和发布公开版本。"
)

// Refusal says why the actor cannot take the step now, or nil: what the publication itself demands, whatever the actor's roles.
// A publication that does not exist yet is the zero value.
func Refusal(action Action, p models.Publication, actor models.Actor, undecided int) *fault.Error {
	s, known := flow[action]
	switch {
	case !known || !contains(s.from, p.Status):
		return fault.New(fault.Conflict, msgState).WithReason("state").WithDetail(p.Status)
	case !s.program && !actor.IsStaff():
		return fault.New(fault.Forbidden, msgStaffOnly).WithReason("staff_only")
	case s.other && preparedBy(p, actor):
		return fault.New(fault.Forbidden, msgOwnWork).WithReason("own_work")
	case s.own && !preparedBy(p, actor):
		return fault.New(fault.Forbidden, msgNotOwn).WithReason("not_own")
	case s.decided && undecided > 0:
		return fault.New(fault.Conflict, msgUndecided, undecided).WithReason("undecided").WithDetail(undecided)
	}
	return nil
}

func preparedBy(p models.Publication, actor models.Actor) bool {
	return actor.ID == p.PreparedBy || p.Authors.Include(actor.ID)
}

func contains(list []models.PublicationStatus, s models.PublicationStatus) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}
