package cases

import (
	"context"
	"slices"

	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/notices"
)

// What the steps of a case tell, by the notices' own kinds.
const (
	noticeReceived            = notices.CaseReceived
	noticeAccepted            = notices.CaseAccepted
	noticeAnswered            = notices.CaseAnswered
	noticePublished           = notices.CasePublished
	noticeReopened            = notices.CaseReopened
	noticeAssigned            = notices.CaseAssigned
	noticeToReview            = notices.CaseToReview
	noticeReturned            = notices.CaseReturned
	noticeApproved            = notices.CaseApproved
	noticeDueSoon             = notices.CaseDueSoon
	noticeOverdue             = notices.CaseOverdue
	noticeFollowUp            = notices.CaseFollowUp
	noticeRatedLow            = notices.CaseRatedLow
	noticeToPublish           = notices.PublicationToPublish
	noticePublicationReturned = notices.PublicationReturned
)

// settles: a step on the left is what the notices on the right asked for; nobody needs them any more, whoever took it.
var settles = map[Action][]notices.Kind{
	ActAccept:          {noticeAssigned},
	ActAssign:          {noticeAssigned},
	ActSubmitReview:    {noticeAssigned, noticeReturned, noticeFollowUp},
	ActRecall:          {noticeToReview},
	ActApprove:         {noticeToReview},
	ActReturn:          {noticeToReview, noticeApproved},
	ActSend:            {noticeAssigned, noticeReturned, noticeFollowUp, noticeToReview, noticeApproved, noticeDueSoon, noticeOverdue},
	ActReopen:          {noticeRatedLow},
	ActConfirm:         {noticePublicationReturned},
	ActPublish:         {noticeToPublish},
	ActReturnPublish:   {noticeToPublish},
	ActRecallPublish:   {noticeToPublish},
	ActWithdrawConsent: {noticeToPublish, noticePublicationReturned},
	ActTransfer:        nil, // all: others have it now
	ActWithdraw:        nil,
}

// settle takes what the step answers off everybody's bell.
func (s *Service) settle(ctx context.Context, action Action, c *models.Case) error {
	if kinds, known := settles[action]; known {
		return s.Notices.Settle(ctx, c.ID, kinds...)
	}
	return nil
}

func (s *Service) message(ctx context.Context, c *models.Case, kind notices.Kind, link string) (notices.Message, error) {
	d, err := s.Accounts.Department(ctx, c.DepartmentID)
	if err != nil {
		return notices.Message{}, err
	}
	topic, err := s.topicByID(ctx, c.TopicID)
	if err != nil {
		return notices.Message{}, err
	}
	due := c.DueAt
	return notices.Message{
		Kind: kind, Case: notices.Ref{ID: c.ID, Number: c.Number, DepartmentID: c.DepartmentID}, Due: &due, Link: link,
		Values: map[string]string{"department": d.Name, "department.en": d.NameEn, "topic": topic.Name, "topic.en": topic.NameEn},
	}, nil
}

func (s *Service) tellResident(ctx context.Context, c *models.Case, kind notices.Kind) error {
	to, err := s.reachOf(ctx, c)
	if err != nil {
		return err
	}
	return s.tellAt(ctx, c, kind, to)
}

// tellAt tells the resident, who can be reached so.
func (s *Service) tellAt(ctx context.Context, c *models.Case, kind notices.Kind, to accounts.Reach) error {
	if to.Phone == "" {
		return nil
	}
	m, err := s.message(ctx, c, kind, "/track/"+c.Number)
	if err != nil {
		return err
	}
	m.Resident = &notices.ResidentTo{ID: c.ResidentID, Phone: to.Phone, Locale: c.Locale, Wants: to.SMS}
	return s.Notices.Tell(ctx, m)
}

func (s *Service) tellStaff(ctx context.Context, c *models.Case, kind notices.Kind, people ...accounts.StaffCard) error {
	m, err := s.message(ctx, c, kind, "/console/cases/"+c.Number)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.ID != 0 && p.Active {
			m.Staff = append(m.Staff, notices.StaffTo{ID: p.ID, Email: p.Email, Locale: p.Locale})
		}
	}
	return s.Notices.Tell(ctx, m)
}

// tellHandler tells the case's handler, or the handlers of its department; see tellOne.
func (s *Service) tellHandler(ctx context.Context, c *models.Case, kind notices.Kind) error {
	return s.tellOne(ctx, c, kind, c.HandlerID)
}

// tellOne tells one of the department's handlers, or all of them while nobody is named, or when who was has left, was moved elsewhere or
// has the role no more: the case is not theirs to open.
func (s *Service) tellOne(ctx context.Context, c *models.Case, kind notices.Kind, staffID int64) error {
	people, err := s.Accounts.ColleaguesByRole(ctx, c.DepartmentID, models.Handler)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(people, func(p accounts.StaffCard) bool { return p.ID == staffID }); i >= 0 {
		people = people[i : i+1]
	}
	return s.tellStaff(ctx, c, kind, people...)
}

// reachOf opens how to reach a case's resident; nothing for one who was forgotten.
func (s *Service) reachOf(ctx context.Context, c *models.Case) (accounts.Reach, error) {
	if c.ResidentID == 0 {
		return accounts.Reach{}, nil
	}
	return s.Accounts.ReachOf(ctx, c.ResidentID)
}
