package cases

import (
	"context"
	"slices"
	"strings"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/library"
	"huiyin/services/notices"
)

// PublicVersion is the public version of a case as the console shows it: what is stored, or a proposal made from the thread.
type PublicVersion struct {
	Publication models.Publication // ID 0: a proposal nobody has saved yet
	Findings    []library.Finding
	Undecided   int
	Looked      bool // it holds what the thread covers, and that the actor sees it was recorded
}

// PublicVersion returns the public version of a case for those who work on it. What is covered in the thread is open in it for whoever
// prepares it, who decides on each place: that is a look, and recorded. Before it is decided on it stays covered for everybody else.
func (s *Service) PublicVersion(ctx context.Context, actor models.Actor, number string) (PublicVersion, error) {
	c, who, err := s.seen(ctx, actor, number)
	if err != nil {
		return PublicVersion{}, err
	}
	if who&(Staff|Reader) == 0 {
		return PublicVersion{}, notFound()
	}
	p, found, err := s.Library.OfCase(ctx, c.ID)
	if err != nil {
		return PublicVersion{}, err
	}
	if !found {
		if p, err = s.proposal(ctx, c); err != nil {
			return PublicVersion{}, err
		}
	}
	looked := false
	if p.Status != models.PublicationReady && p.Status != models.Published {
		if looked, err = s.coverVersion(ctx, actor, number, &p); err != nil {
			return PublicVersion{}, err
		}
	}
	findings, undecided := s.Library.Findings(p)
	return PublicVersion{p, findings, undecided, looked}, nil
}

// coverVersion hides what the thread covers, too, or records that the actor sees it.
func (s *Service) coverVersion(ctx context.Context, actor models.Actor, number string, p *models.Publication) (looked bool, err error) {
	found := false
	hidden := *p
	for _, text := range []*string{&hidden.Title, &hidden.Question, &hidden.Answer} {
		parts, covered := s.covered(*text)
		*text, found = covered, found || parts != nil
	}
	if !found {
		return false, nil
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		w, err := s.begin(ctx, actor, number, ActReveal)
		if err != nil {
			return err
		}
		if looked = may(ActPrepare, actor, w.Who, w.Case, w.Facts) == nil; !looked {
			*p = hidden
			return nil
		}
		events, err := s.events(ctx, w.Case.ID)
		w.Again = slices.ContainsFunc(events, func(e models.CaseEvent) bool {
			return Action(e.Action) == ActReveal && e.ActorKind == string(actor.Kind) && e.ActorID == actor.ID
		})
		if err != nil {
			return err
		}
		return s.record(ctx, ActReveal, w.Case.Status, w)
	})
	return looked, err
}

// proposal is the thread as question and answer, before anything is hidden: what was asked, then what was answered with all that was
// asked and answered after it, in its order.
func (s *Service) proposal(ctx context.Context, c *models.Case) (models.Publication, error) {
	list, err := s.messages(ctx, c.ID)
	if err != nil {
		return models.Publication{}, err
	}
	var question string
	var answers []string
	for _, m := range list {
		switch {
		case m.Kind == models.Question:
			question = m.Body
		case m.Kind == models.FollowUp:
			answers = append(answers, "追问："+m.Body)
		case m.Kind == models.ReplySent && len(answers) == 0:
			answers = append(answers, m.Body)
		case m.Kind == models.ReplySent:
			answers = append(answers, "再次答复："+m.Body)
		}
	}
	return models.Publication{
		CaseID: c.ID, Status: models.PublicationDraft, TopicID: c.TopicID, DepartmentID: c.DepartmentID, Title: c.Title,
		Question: question, Answer: strings.Join(answers, "\n\n"), Decisions: "[]",
	}, nil
}

// Prepare saves the public version. The personal data that the detector still finds in it must be decided one by one before Confirm.
func (s *Service) Prepare(ctx context.Context, actor models.Actor, number string, in library.PrepareInput) (*models.Publication, error) {
	var saved *models.Publication
	_, err := s.act(ctx, actor, number, ActPrepare, 0, func(ctx context.Context, w *work) error {
		src, err := s.source(ctx, w.Case)
		if err != nil {
			return err
		}
		saved, err = s.Library.Save(ctx, actor, src, in)
		if err != nil {
			return err
		}
		w.Set["publication"] = models.PublicationDraft
		w.Again, err = s.preparing(ctx, actor, w.Case)
		return err
	})
	return saved, err
}

// preparing reports whether the history says already that the actor prepares this version: one row a person until it is handed on.
func (s *Service) preparing(ctx context.Context, actor models.Actor, c *models.Case) (bool, error) {
	events, err := s.events(ctx, c.ID)
	for _, e := range slices.Backward(events) {
		switch Action(e.Action) {
		case ActConfirm, ActPublish, ActReturnPublish, ActRecallPublish, ActUnpublish:
			return false, err
		case ActPrepare:
			if e.ActorID == actor.ID {
				return true, err
			}
		}
	}
	return false, err
}

func (s *Service) source(ctx context.Context, c *models.Case) (library.Source, error) {
	src := library.Source{CaseID: c.ID, TopicID: c.TopicID, DepartmentID: c.DepartmentID, AskedAt: c.SubmittedAt, AnsweredAt: c.SubmittedAt}
	first, err := s.firstMessage(ctx, c.ID, models.ReplySent) // the first answer: how long the resident waited for it
	if err != nil {
		return src, err
	}
	for _, m := range first {
		src.AnsweredAt = m.CreatedAt
	}
	src.WorkingDays, err = s.Deadlines.WorkingDays(ctx, src.AskedAt, src.AnsweredAt)
	return src, err
}

// Confirm hands the public version to a second person.
func (s *Service) Confirm(ctx context.Context, actor models.Actor, number string, version int64) (*models.Case, error) {
	return s.act(ctx, actor, number, ActConfirm, 0, func(ctx context.Context, w *work) error {
		p, err := s.Library.Confirm(ctx, actor, w.Case.ID, version)
		if err != nil {
			return err
		}
		w.Set["publication"] = models.PublicationReady
		return s.askToPublish(ctx, w.Case, *p)
	})
}

func (s *Service) askToPublish(ctx context.Context, c *models.Case, p models.Publication) error {
	publishers, err := s.publishersFor(ctx, p)
	if err != nil {
		return err
	}
	return s.tellStaff(ctx, c, notices.PublicationToPublish, publishers...)
}

// publishersFor are the people who may publish a public version: 督办 where nobody in the department may.
func (s *Service) publishersFor(ctx context.Context, p models.Publication) ([]accounts.StaffCard, error) {
	mayNot := func(c accounts.StaffCard) bool {
		return library.Refusal(library.ActionPublish, p, models.Actor{Kind: models.StaffActor, ID: c.ID}, 0) != nil
	}
	people, err := s.Accounts.ColleaguesByRole(ctx, p.DepartmentID, models.Reviewer)
	if people = slices.DeleteFunc(people, mayNot); err != nil || len(people) > 0 {
		return people, err
	}
	people, err = s.Accounts.ColleaguesByRole(ctx, 0, models.Overseer)
	return slices.DeleteFunc(people, mayNot), err
}

// Publishers are the people who may publish the public version of a case as it stands.
func (s *Service) Publishers(ctx context.Context, actor models.Actor, number string) ([]accounts.StaffCard, error) {
	c, who, err := s.seen(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	if who&(Staff|Reader) == 0 {
		return nil, notFound()
	}
	p, found, err := s.Library.OfCase(ctx, c.ID)
	if err != nil || !found {
		return nil, err
	}
	return s.publishersFor(ctx, p)
}

// RecallPublication takes the public version back from the second person, to go on writing.
func (s *Service) RecallPublication(ctx context.Context, actor models.Actor, number string, version int64) (*models.Case, error) {
	return s.act(ctx, actor, number, ActRecallPublish, 0, func(ctx context.Context, w *work) error {
		_, err := s.Library.Recall(ctx, actor, w.Case.ID, version)
		w.Set["publication"] = models.PublicationDraft
		return err
	})
}

// Publish puts the public version into the library; whoever prepared it cannot.
func (s *Service) Publish(ctx context.Context, actor models.Actor, number string, version int64) (*models.Case, error) {
	return s.act(ctx, actor, number, ActPublish, 0, func(ctx context.Context, w *work) error {
		p, err := s.Library.Publish(ctx, actor, w.Case.ID, version)
		if err != nil {
			return err
		}
		w.Set["publication"], w.Set["published_at"], w.Shown = models.Published, w.Now, true
		w.Detail = map[string]any{"publication": p.ID}
		if err := s.tellPreparer(ctx, w, notices.PublicationPublished, p.PreparedBy); err != nil {
			return err
		}
		return s.tellResident(ctx, w.Case, notices.CasePublished)
	})
}

// ReturnPublication sends the public version back with what to change.
func (s *Service) ReturnPublication(ctx context.Context, actor models.Actor, number string, version int64, comment string) (*models.Case, error) {
	comment = textrule.Line(comment)
	return s.act(ctx, actor, number, ActReturnPublish, 0, func(ctx context.Context, w *work) error {
		var f fault.Fields
		if comment == "" {
			f.Add("comment", i18n.N("退回时要写明哪里需要修改。"))
		} else {
			textrule.Length(&f, "comment", comment, 2, MaxComment)
		}
		if err := f.Err(); err != nil {
			return err
		}
		p, err := s.Library.Return(ctx, actor, w.Case.ID, version, comment)
		if err != nil {
			return err
		}
		w.Set["publication"], w.Note, w.About = models.PublicationDraft, comment, p.PreparedBy
		return s.tellOne(ctx, w.Case, notices.PublicationReturned, p.PreparedBy)
	})
}

// Unpublish takes a publication out of the library; the reason stays in the history.
func (s *Service) Unpublish(ctx context.Context, actor models.Actor, number, reason string) (*models.Case, error) {
	reason = textrule.Line(reason)
	return s.act(ctx, actor, number, ActUnpublish, 0, func(ctx context.Context, w *work) error {
		var f fault.Fields
		textrule.Length(&f, "reason", reason, 5, MaxComment)
		if err := f.Err(); err != nil {
			return err
		}
		p, err := s.Library.TakeOut(ctx, actor, w.Case.ID, reason)
		if err != nil {
			return err
		}
		w.Set["publication"], w.Set["published_at"], w.Note, w.Shown = models.Unpublished, nil, reason, true
		return s.tellPreparer(ctx, w, notices.PublicationTakenOut, p.PreparedBy)
	})
}

// tellPreparer tells whoever prepared the public version what a colleague did with it, for as long as they are here.
func (s *Service) tellPreparer(ctx context.Context, w *work, kind notices.Kind, id int64) error {
	people, err := s.Accounts.StaffNames(ctx, []int64{id})
	if err != nil || id == w.Actor.ID {
		return err
	}
	return s.tellStaff(ctx, w.Case, kind, people[id])
}
