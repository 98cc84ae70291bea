package cases

import (
	"context"
	"slices"
	"time"

	"huiyin/internal/pii"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/library"
)

// Thread is one case as a page or a program shows it. What the viewer may not see is not in it.
type Thread struct {
	Case        *models.Case
	Topic       models.Topic
	Department  models.Department
	Desk        models.Desk
	Standing    Standing
	Messages    []Message
	Events      []models.CaseEvent
	Actions     []Action // what the viewer may do now
	DisplayName string   // as the resident wants to be called, masked unless NameOpen; "" when anonymous
	NameOpen    bool     // for the resident, and for whoever knowsName names
	Place       string   // open for the resident only
	Phone       string   // masked
	ReopenUntil time.Time
	CloseAt     time.Time // when an answered case closes by itself; zero before an answer

	// For staff only.
	Staff     map[int64]accounts.StaffCard // whoever Messages and Events name
	DueSoon   bool                         // an answer is
	Reply     *models.CaseReply            // of the present round
	Replies   []models.CaseReply
	Reasons   map[Action]error     // why an action that the status allows is refused
	Earlier   int                  // how many other cases this resident has raised (at most 99 are counted)
	Colleague []accounts.StaffCard // handlers the case may be assigned to
	Reviewers []accounts.StaffCard
	Writing   []accounts.StaffCard // who else is writing the reply, for those who may
	uncover   []func()
}

// Message is one entry of the thread with its files. To a resident a reply has a department, and no person behind it.
type Message struct {
	models.CaseMessage
	Files    []models.Attachment
	Reviewed bool // a reply that a second person approved

	Parts []Part // of a text in which something is covered; Body holds the same
	open  string // the text as it was written, where something is covered
}

// Can reports whether the viewer may take the action now.
func (t *Thread) Can(a Action) bool { return slices.Contains(t.Actions, a) }

// Reopening reports whether a message is the reason for which the case is handled again.
func (t *Thread) Reopening(m models.CaseMessage) bool {
	return m.Kind == models.FollowUp && t.Case.ReopenedAt != nil && m.CreatedAt.Equal(*t.Case.ReopenedAt)
}

// Why returns the reason for which an action is refused, nil when there is none to show.
func (t *Thread) Why(a Action) error { return t.Reasons[a] }

// Open returns a case to whoever may see it: its owner, those who work on it, leaders above.
func (s *Service) Open(ctx context.Context, actor models.Actor, number string) (*Thread, error) {
	c, who, err := s.seen(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	f, err := s.factsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	t := &Thread{Case: c, Desk: f.Desk, Standing: who, Actions: allowed(actor, who, c, f), ReopenUntil: ReopenUntil(c, f.Numbers, f.Zone), CloseAt: CloseAt(c, f.Numbers, f.Zone)}
	if t.Topic, err = s.topicByID(ctx, c.TopicID); err != nil {
		return nil, err
	}
	if t.Department, err = s.Accounts.Department(ctx, c.DepartmentID); err != nil {
		return nil, err
	}
	if err := s.fillThread(ctx, t, f.Replies); err != nil {
		return nil, err
	}
	if err := s.fillPerson(ctx, actor, t); err != nil {
		return nil, err
	}
	if who&(Staff|Reader) != 0 {
		if err := s.fillForStaff(ctx, actor, t, f); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (s *Service) fillThread(ctx context.Context, t *Thread, replies []models.CaseReply) error {
	list, err := s.messages(ctx, t.Case.ID)
	if err != nil {
		return err
	}
	reviewed := map[int64]bool{}
	for _, r := range replies {
		reviewed[r.Round] = r.SentAt != nil && r.ReviewerID != 0
	}
	files, err := s.Files.OfCase(ctx, t.Case.ID)
	if err != nil {
		return err
	}
	inside := t.Standing&(Staff|Reader) != 0
	for _, m := range list {
		if m.Kind == models.Note && !inside {
			continue
		}
		if !inside {
			m.StaffID = 0 // a resident is answered by a department
		}
		msg := Message{CaseMessage: m, Reviewed: m.Kind == models.ReplySent && reviewed[m.Round]}
		for _, a := range files {
			if a.OwnerKind == models.OwnerMessage && a.OwnerID == m.ID {
				msg.Files = append(msg.Files, a)
			}
		}
		if t.Standing&Owner == 0 {
			s.cover(&msg)
		}
		t.Messages = append(t.Messages, msg)
	}
	events, err := s.events(ctx, t.Case.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		if inside || e.Shown {
			t.Events = append(t.Events, e)
		}
	}
	if t.Standing&Owner == 0 {
		s.coverRest(t)
	}
	return nil
}

func (s *Service) fillPerson(ctx context.Context, actor models.Actor, t *Thread) error {
	name, err := s.opened(t.Case.DisplayNameSealed)
	if err != nil {
		return err
	}
	if t.Case.ResidentID != 0 { // 0: forgotten after the years that settings keep it
		r, err := s.Accounts.Resident(ctx, t.Case.ResidentID)
		if err != nil {
			return err
		}
		t.Phone = r.PhoneMasked
	}
	if t.Standing&Owner != 0 {
		t.DisplayName, t.NameOpen = name, true
		t.Place, err = s.opened(t.Case.PlaceSealed)
		return err
	}
	t.NameOpen = knowsName(actor, t.Standing, t.Case, t.Desk)
	t.DisplayName = shownName(name, t.NameOpen)
	return nil
}

// knowsName: residents are told that those who handle and those who review their matter see how to address them, and nobody else does
// without a reveal: the handler it is assigned to, and whoever reviews what this desk answers.
func knowsName(a models.Actor, who Standing, c *models.Case, d models.Desk) bool {
	switch {
	case who&Handler != 0 && c.HandlerID == a.ID:
		return true
	case d.Review == models.ReviewByOverseer:
		return who&Overseer != 0
	}
	return who&Reviewer != 0 && d.Review != models.ReviewNone
}

func shownName(name string, open bool) string {
	if open {
		return name
	}
	return pii.MaskName(name)
}

func (s *Service) fillForStaff(ctx context.Context, actor models.Actor, t *Thread, f facts) error {
	t.Reply, t.Replies = f.Reply, f.Replies
	t.Reasons = map[Action]error{}
	for _, a := range actionOrder {
		if permitted(a, t.Case.Status, t.Standing) == nil {
			if why := may(a, actor, t.Standing, t.Case, f); why != nil {
				t.Reasons[a] = why
			}
		}
	}
	if t.Can(ActDraft) {
		t.Writing = s.writing(ctx, actor, t.Case.Number)
	}
	soon, err := s.soon(ctx)
	if err != nil {
		return err
	}
	t.DueSoon = soon(t.Case)
	if t.Case.ResidentID != 0 {
		if t.Earlier, err = s.countOthers(ctx, t.Case, 99); err != nil {
			return err
		}
	}
	if t.Can(ActAssign) {
		if t.Colleague, err = s.Accounts.ColleaguesByRole(ctx, t.Case.DepartmentID, models.Handler); err != nil {
			return err
		}
	}
	if t.Can(ActDraft) { // whoever sends it to review has written it, and does not review it
		r := models.CaseReply{}
		if f.Reply != nil {
			r = *f.Reply
		}
		r.Authors = r.Authors.With(actor.ID)
		f.Reply = &r
	}
	if t.Reviewers, _, err = s.reviewersFor(ctx, &work{Actor: actor, Case: t.Case, Facts: f}); err != nil {
		return err
	}
	if err := s.fillStaffNames(ctx, t); err != nil {
		return err
	}
	return s.refusePublishing(ctx, actor, t)
}

// refusePublishing takes away what the publication itself forbids: nobody publishes what they prepared, only they take it back.
func (s *Service) refusePublishing(ctx context.Context, actor models.Actor, t *Thread) error {
	if !t.Can(ActPublish) && !t.Can(ActRecallPublish) {
		return nil
	}
	p, found, err := s.Library.OfCase(ctx, t.Case.ID)
	if err != nil || !found {
		return err
	}
	_, undecided := s.Library.Findings(p)
	for action, step := range map[Action]library.Action{ActPublish: library.ActionPublish, ActRecallPublish: library.ActionRecall} {
		if no := library.Refusal(step, p, actor, undecided); no != nil && t.Can(action) {
			t.Actions = slices.DeleteFunc(t.Actions, func(a Action) bool { return a == action })
			t.Reasons[action] = no
		}
	}
	return nil
}

func (s *Service) fillStaffNames(ctx context.Context, t *Thread) error {
	ids := []int64{t.Case.HandlerID}
	for _, m := range t.Messages {
		ids = append(ids, m.StaffID)
	}
	for _, e := range t.Events {
		ids = append(ids, e.SubjectID)
		if e.ActorKind == string(models.StaffActor) {
			ids = append(ids, e.ActorID)
		}
	}
	for _, r := range t.Replies {
		ids = append(ids, r.AuthorID, r.ReviewerID)
	}
	var err error
	t.Staff, err = s.Accounts.StaffNames(ctx, ids)
	return err
}
