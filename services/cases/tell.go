package cases

import (
	"context"
	"slices"

	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/notices"
)

// settles: a step on the left is what the notices on the right asked for; nobody needs them any more, whoever took it.
var settles = map[Action][]notices.Kind{
	ActAccept:          {notices.CaseAssigned},
	ActAssign:          {notices.CaseAssigned},
	ActSubmitReview:    {notices.CaseAssigned, notices.CaseReturned, notices.CaseFollowUp},
	ActRecall:          {notices.CaseToReview},
	ActApprove:         {notices.CaseToReview},
	ActReturn:          {notices.CaseToReview, notices.CaseApproved},
	ActSend:            {notices.CaseAssigned, notices.CaseReturned, notices.CaseFollowUp, notices.CaseToReview, notices.CaseApproved, notices.CaseDueSoon, notices.CaseOverdue},
	ActReopen:          {notices.CaseRatedLow},
	ActConfirm:         {notices.PublicationReturned},
	ActPublish:         {notices.PublicationToPublish},
	ActReturnPublish:   {notices.PublicationToPublish},
	ActRecallPublish:   {notices.PublicationToPublish},
	ActWithdrawConsent: {notices.PublicationToPublish, notices.PublicationReturned},
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
