package cases

import (
	"slices"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// Action is a step that somebody takes on a case; it names the history row, the audit entry, the button and the JSON operation.
type Action string

// The actions of a consultation.
const (
	ActSubmit          Action = "submit"
	ActAccept          Action = "accept"
	ActAssign          Action = "assign"
	ActTransfer        Action = "transfer"
	ActDraft           Action = "draft"
	ActSubmitReview    Action = "submit_review"
	ActRecall          Action = "recall"
	ActApprove         Action = "approve"
	ActReturn          Action = "return"
	ActSend            Action = "send"
	ActFollowUp        Action = "follow_up"
	ActSupplement      Action = "supplement"
	ActWithdraw        Action = "withdraw"
	ActRate            Action = "rate"
	ActReopen          Action = "reopen"
	ActClose           Action = "close"
	ActNote            Action = "note"
	ActReveal          Action = "reveal"
	ActConsent         Action = "consent"
	ActWithdrawConsent Action = "withdraw_consent"
	ActPrepare         Action = "prepare_publication"
	ActConfirm         Action = "confirm_publication"
	ActPublish         Action = "publish"
	ActReturnPublish   Action = "return_publication"
	ActRecallPublish   Action = "recall_publication"
	ActUnpublish       Action = "unpublish"
	ActRecompute       Action = "recompute_deadline" // by the calendar, not by anybody

	// Steps of ActDraft that have history rows of their own.
	ActAddFile    Action = "add_reply_file"
	ActRemoveFile Action = "remove_reply_file"
)

// Standing is what an actor is to one case; a person may be several things at once.
type Standing uint8

// The standings.
const (
	Owner    Standing = 1 << iota // the resident, signed in or with the receipt
	Handler                       // a handler of the department that answers
	Reviewer                      // a reviewer of that department
	Overseer                      // 督办: of every department
	Reader                        // a leader above the department: reads, does nothing
	System                        // a job
)

// Staff are the standings of those who work on cases.
const Staff = Handler | Reviewer | Overseer

// StandingOf tells what the actor is to the case. departmentPath is the path of the case's department.
func StandingOf(a models.Actor, c *models.Case, departmentPath string) Standing {
	var s Standing
	switch a.Kind {
	case models.SystemActor:
		return System
	case models.StaffActor:
		own := a.DepartmentID == c.DepartmentID
		if own && a.Has(models.Handler) {
			s |= Handler
		}
		if own && a.Has(models.Reviewer) {
			s |= Reviewer
		}
		if a.Has(models.Overseer) {
			s |= Overseer
		}
		if a.Has(models.Leader) && within(departmentPath, a.DepartmentPath) {
			s |= Reader
		}
	case models.ResidentActor:
		if a.ID == c.ResidentID || a.Granted(c.ID) {
			s |= Owner
		}
	default:
		if a.Granted(c.ID) {
			s |= Owner
		}
	}
	return s
}

func within(path, ancestor string) bool {
	return ancestor != "" && len(path) >= len(ancestor) && path[:len(ancestor)] == ancestor
}

// rule says from which statuses an action leads where, and for whom. An empty To leaves the status as it is.
type rule struct {
	From []models.CaseStatus
	To   models.CaseStatus
	Who  Standing
}

var (
	anyStatus  = models.CaseStatuses
	openStatus = []models.CaseStatus{models.Submitted, models.Handling, models.Reviewing, models.Approved}
	answered   = []models.CaseStatus{models.Answered, models.Closed}
)

// flow is the whole life of a case. What an action requires beyond it is in policy.go.
var flow = map[Action]rule{
	ActAccept:          {[]models.CaseStatus{models.Submitted}, models.Handling, Handler},
	ActAssign:          {[]models.CaseStatus{models.Submitted, models.Handling}, "", Staff},
	ActTransfer:        {[]models.CaseStatus{models.Submitted, models.Handling}, models.Submitted, Reviewer | Overseer},
	ActDraft:           {[]models.CaseStatus{models.Handling}, "", Handler},
	ActSubmitReview:    {[]models.CaseStatus{models.Handling}, models.Reviewing, Handler},
	ActRecall:          {[]models.CaseStatus{models.Reviewing}, models.Handling, Handler},
	ActApprove:         {[]models.CaseStatus{models.Reviewing}, models.Approved, Reviewer | Overseer},
	ActReturn:          {[]models.CaseStatus{models.Reviewing, models.Approved}, models.Handling, Reviewer | Overseer},
	ActSend:            {[]models.CaseStatus{models.Handling, models.Approved}, models.Answered, Handler | Reviewer | System},
	ActFollowUp:        {[]models.CaseStatus{models.Answered}, models.Handling, Owner},
	ActSupplement:      {openStatus, "", Owner},
	ActWithdraw:        {openStatus, models.Withdrawn, Owner},
	ActRate:            {answered, "", Owner},
	ActReopen:          {answered, models.Handling, Owner},
	ActClose:           {[]models.CaseStatus{models.Answered}, models.Closed, System},
	ActNote:            {anyStatus, "", Staff},
	ActReveal:          {anyStatus, "", Staff},
	ActConsent:         {anyStatus, "", Owner},
	ActWithdrawConsent: {anyStatus, "", Owner},
	ActPrepare:         {answered, "", Handler},
	ActConfirm:         {answered, "", Handler},
	ActPublish:         {answered, "", Reviewer | Overseer},
	ActReturnPublish:   {answered, "", Reviewer | Overseer},
	ActRecallPublish:   {answered, "", Handler},
	ActUnpublish:       {anyStatus, "", Reviewer | Overseer},
}

// actionOrder is the order in which buttons and the JSON list show actions.
var actionOrder = []Action{
	ActAccept, ActDraft, ActSubmitReview, ActRecall, ActApprove, ActReturn, ActSend, ActAssign, ActTransfer,
	ActFollowUp, ActSupplement, ActRate, ActReopen, ActWithdraw, ActClose, ActNote, ActReveal, ActConsent, ActWithdrawConsent,
	ActPrepare, ActConfirm, ActPublish, ActReturnPublish, ActRecallPublish, ActUnpublish,
}

// Actions lists every action in the order in which screens show them.
func Actions() []Action { return slices.Clone(actionOrder) }

// permitted answers whether standing and status allow the action; the reason is a *fault.Error.
func permitted(action Action, status models.CaseStatus, who Standing) error {
	r, known := flow[action]
	if !known || r.Who&who == 0 {
		return fault.New(fault.Forbidden, i18n.N("您没有办理这一步的权限。")).WithReason("not_permitted")
	}
	if !slices.Contains(r.From, status) {
		return fault.New(fault.Conflict, i18n.N("这件诉求现在是“%[1]s”，不能再做这一步。请看最新的情况。"), StatusName(status)).WithReason("wrong_status")
	}
	return nil
}

// next is the status after the action.
func next(action Action, status models.CaseStatus) models.CaseStatus {
	if to := flow[action].To; to != "" {
		return to
	}
	return status
}
