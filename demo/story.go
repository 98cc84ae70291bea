package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiyin/internal/i18n"
	"huiyin/internal/pii"
	"huiyin/services/cases"
	"huiyin/services/library"
)

// ask is the question itself.
func (s *story) ask(at time.Time) {
	s.then(at, func(ctx context.Context) error {
		s.who = s.b.residents.of(s.k)
		privacy, err := s.b.City.PrivacyVersion(ctx)
		if err != nil {
			return err
		}
		actor, ended, err := s.b.signIn(ctx, s.who, privacy)
		if err != nil {
			return err
		}
		r, err := s.b.Cases.Submit(ctx, actor, cases.SubmitInput{
			TopicID: s.topic.id, Title: s.k.Title, Text: s.k.Text, Place: s.k.Place, DisplayName: s.k.DisplayName, Anonymous: s.k.Anonymous,
			Consent: s.k.Consent, Privacy: privacy,
		}, cases.Submission{Key: fmt.Sprintf("demo-%04d", s.index), Channel: s.k.Channel, Locale: i18n.Source})
		if err != nil {
			return err
		}
		s.number = r.Case.Number
		return ended(ctx)
	})
}

func (s *story) accept() {
	longest := 150
	if s.simple() {
		longest = 60
	}
	if s.index%9 == 0 && s.reviewer.DepartmentID == s.handler.DepartmentID {
		s.atWork(5, 20, func(ctx context.Context) error {
			_, err := s.b.Cases.Assign(ctx, s.reviewer, s.number, cases.AssignInput{HandlerID: s.handler.ID})
			return err
		})
	}
	s.atWork(8, longest, func(ctx context.Context) error {
		_, err := s.b.Cases.Accept(ctx, s.handler, s.number, 0)
		return err
	})
}

func (s *story) notes() {
	author := s.handler
	for _, text := range s.k.Notes {
		s.atWork(5, 60, func(ctx context.Context) error {
			_, err := s.b.Cases.AddNote(ctx, author, s.number, cases.NoteInput{Text: text})
			return err
		})
	}
}

func (s *story) saveDraft(body string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.b.Cases.SaveReply(ctx, s.handler, s.number, cases.ReplyInput{Body: body})
		return err
	}
}

func (s *story) submitReview(body string) func(ctx context.Context) error {
	return s.resubmit(body, 0)
}

func (s *story) resubmit(body string, version int64) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.b.Cases.SubmitReview(ctx, s.handler, s.number, cases.ReplyInput{Body: body, ReplyVersion: version})
		return err
	}
}

func (s *story) giveBack(comment string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.b.Cases.Return(ctx, s.reviewer, s.number, cases.ReviewInput{Comment: comment})
		return err
	}
}

func (s *story) approve(ctx context.Context) error {
	_, err := s.b.Cases.Approve(ctx, s.reviewer, s.number, cases.ReviewInput{})
	return err
}

// answer is one round from the draft to the answer the resident gets.
func (s *story) answer(body string) {
	write, review := [2]int{60, 900}, [2]int{20, 240}
	if s.simple() {
		write, review = [2]int{20, 120}, [2]int{10, 60}
	}
	s.atWork(write[0], write[1], s.submitReview(body))
	s.atWork(review[0], review[1], s.approve)
	if s.topic.Department == sendsAtOnce {
		return
	}
	s.atWork(2, 25, func(ctx context.Context) error {
		_, err := s.b.Cases.Send(ctx, s.handler, s.number, cases.ReplyInput{})
		return err
	})
}

// answerAll takes a case through every round that has an answer.
func (s *story) answerAll() {
	s.accept()
	s.notes()
	s.answer(s.k.Reply)
	for _, f := range s.k.FollowUps {
		if f.Reply == "" {
			return
		}
		s.atHome(0, 2, s.followUp(f.Question))
		s.answer(f.Reply)
	}
}

func (s *story) followUp(text string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.b.Cases.FollowUp(ctx, s.who.actor(), s.number, cases.MessageInput{Text: text})
		return err
	}
}

func (s *story) rate(ctx context.Context) error {
	_, err := s.b.Cases.Rate(ctx, s.who.actor(), s.number, cases.RateInput{Rating: int64(s.k.Rating), Word: s.k.RatingWord})
	return err
}

// askAgain is the follow-up or the reopening that waits for its answer.
func (s *story) askAgain(at time.Time) {
	if s.k.State == "followed_up" {
		s.then(at, s.followUp(s.k.FollowUps[len(s.k.FollowUps)-1].Question))
		return
	}
	s.then(at.Add(-time.Duration(between(s.r, 3, 40))*time.Minute), s.rate)
	s.then(at, func(ctx context.Context) error {
		_, err := s.b.Cases.Reopen(ctx, s.who.actor(), s.number, cases.MessageInput{Text: s.k.ReopenReason})
		return err
	})
}

func (s *story) withdraw() {
	asked := s.last
	if s.r.IntN(2) == 0 {
		s.accept()
	}
	if s.last.Sub(asked) > 30*time.Hour {
		s.steps, s.last = s.steps[:1], asked
	}
	s.then(s.last.Add(time.Duration(between(s.r, 25, 300))*time.Minute), func(ctx context.Context) error {
		_, err := s.b.Cases.Withdraw(ctx, s.who.actor(), s.number, s.k.WithdrawReason)
		return err
	})
}

// closing is how long after its answer the job has closed a case for certain.
const closing = 17 * 24 * time.Hour

// end is what follows the last answer: rating, closing, publication.
func (s *story) end() {
	answered := s.last
	rates := s.k.Rating > 0 && (s.k.State != "answered" || s.k.Rating <= cases.Unsatisfied) // a satisfied resident closes the case
	if rates {
		s.atHome(0, 3, s.rate)
	}
	rated := s.last
	switch {
	case s.k.State == "published":
		s.last = answered
		s.publish()
		s.last = later(s.last, rated)
	case s.k.State == "closed" && s.k.Consent && !s.k.HasPII && s.k.Rating > 2 && s.index%4 < 2:
		s.atWork(60, 900, s.prepareOnly)
	}
	if s.k.State != "answered" && (!rates || s.k.Rating <= cases.Unsatisfied) {
		s.last = later(s.last, answered.Add(closing))
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// publish prepares and confirms the public version and has another person publish it.
func (s *story) publish() {
	var version int64
	s.atWork(30, 2000, func(ctx context.Context) (err error) {
		version, err = s.prepare(ctx, library.PrepareInput{Title: s.k.PublicTitle, Question: s.k.PublicQuestion, Answer: s.k.PublicAnswer})
		return err
	})
	s.atWork(1, 10, s.confirm(&version))
	s.atWork(15, 900, func(ctx context.Context) error {
		c, err := s.b.Cases.Publish(ctx, s.reviewer, s.number, version)
		if err != nil {
			return err
		}
		p, _, err := s.b.Library.OfCase(ctx, c.ID)
		s.publication = p.ID
		s.b.readers = append(s.b.readers, s)
		return err
	})
	s.votes()
}

func (s *story) confirm(version *int64) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		c, err := s.b.Cases.Confirm(ctx, s.handler, s.number, *version)
		if err != nil {
			return err
		}
		p, _, err := s.b.Library.OfCase(ctx, c.ID)
		*version = p.Version
		return err
	}
}

// prepareOnly leaves a public version that waits: every other one for the second person, the others for the first.
func (s *story) prepareOnly(ctx context.Context) error {
	v, err := s.b.Cases.PublicVersion(ctx, s.handler, s.number)
	if err != nil {
		return err
	}
	p := v.Publication
	version, err := s.prepare(ctx, library.PrepareInput{Title: p.Title, Question: p.Question, Answer: p.Answer})
	if err != nil || s.index%4 == 0 {
		return err
	}
	return s.confirm(&version)(ctx)
}

// prepare saves a public version and decides on every finding until none is left; it returns the version to confirm.
func (s *story) prepare(ctx context.Context, in library.PrepareInput) (int64, error) {
	for range 6 {
		p, err := s.b.Cases.Prepare(ctx, s.handler, s.number, in)
		if err != nil {
			return 0, err
		}
		found, undecided := s.b.Library.Findings(*p)
		if undecided == 0 {
			return p.Version, nil
		}
		in = library.PrepareInput{Title: p.Title, Question: p.Question, Answer: p.Answer, Version: p.Version}
		for _, f := range found {
			if !f.Decided {
				in.Decisions = append(in.Decisions, library.Decision{Key: f.Key, Choice: s.decide(f)})
			}
		}
	}
	return 0, fmt.Errorf("findings of %s stay undecided", s.number)
}

// decide masks, but keeps the offices' own numbers and, in public texts, whose authors left names out, what only looks like a name.
func (s *story) decide(f library.Finding) library.Choice {
	if f.Kind == pii.Name && s.k.State == "published" || f.Kind == pii.Phone && strings.HasPrefix(f.Text, "0000-62") {
		return library.Keep
	}
	return library.Mask
}
