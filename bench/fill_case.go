package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"huiyin/internal/sms"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/notices"
)

// life is how far a case has come.
type life struct {
	status      models.CaseStatus
	publication models.PublicationStatus
}

// lifeOf draws it by the question's age: the young ones are open, the old ones closed but for a few that are overdue.
func (f *filler) lifeOf(age time.Duration, consent bool) life {
	days, p := int(age.Hours()/24), f.rand.IntN(1000)
	var l life
	switch {
	case days < 5:
		l.status = pick(p, 250, models.Submitted, 600, models.Handling, 700, models.Reviewing, 730, models.Approved, models.Answered)
	case days < 15:
		l.status = pick(p, 30, models.Submitted, 120, models.Handling, 150, models.Reviewing, 160, models.Approved, models.Answered)
	default:
		l.status = pick(p, 1, models.Submitted, 4, models.Handling, 5, models.Reviewing, 35, models.Withdrawn, models.Closed)
	}
	if consent && (l.status == models.Answered || l.status == models.Closed) {
		switch p := f.rand.IntN(100); {
		case l.status == models.Closed && p < 2*100/oneIn:
			l.publication = models.Published
		case p < 2*100/oneIn+1 || l.status == models.Answered:
			l.publication = models.PublicationWanted
		case p < 2*100/oneIn+2:
			l.publication = models.PublicationReady
		}
	}
	return l
}

func pick(p, a int, as models.CaseStatus, b int, bs models.CaseStatus, c int, cs models.CaseStatus, d int, ds, rest models.CaseStatus) models.CaseStatus {
	switch {
	case p < a:
		return as
	case p < b:
		return bs
	case p < c:
		return cs
	case p < d:
		return ds
	}
	return rest
}

// moment is when a question came: every filling spans the whole history, so ids rise with time within it, as they do in a city.
func (f *filler) moment() time.Time {
	part := float64(f.cases-f.from) / float64(f.upTo-f.from)
	back := time.Duration((1-part)*float64(history*24*time.Hour)) + time.Duration(f.rand.IntN(3600_000))*time.Millisecond
	return f.now.Add(-24*time.Hour - back).Truncate(time.Millisecond)
}

func (f *filler) addCase(ctx context.Context, b *batch) error {
	k, topic := f.pick()
	at := f.moment()
	days := f.desk.OrdinaryDays
	if topic.Kind == models.Simple {
		days = f.desk.SimpleDays
	}
	due, err := f.deadline(ctx, at, days)
	if err != nil {
		return err
	}
	name, err := f.seal.Seal(k.DisplayName, "case")
	if err != nil {
		return err
	}
	l := f.lifeOf(f.now.Sub(at), k.Consent || f.rand.IntN(2) == 0)
	handler := f.someone(models.Handler, topic.DepartmentID)
	c := models.Case{
		ID: f.cases, Number: f.number(at), Kind: models.ConsultationDesk, Status: l.status, IsOpen: l.status.Open(), DeskID: f.desk.ID, TopicID: topic.ID,
		DepartmentID: topic.DepartmentID, ResidentID: (f.cases-1)/everyone + 1, Title: k.Title, Body: f.words(k.Text), DisplayNameSealed: name,
		Anonymous: k.Anonymous, Channel: k.Channel, Locale: "zh-CN", PrivacyVersion: f.privacy, CodeHash: f.seal.BlindIndex("query-code", rand.Text()[:16]),
		SubmissionKey: rand.Text(), Round: 1, AskedAt: at, DueAt: due.at, DueBasis: due.basis, SubmittedAt: at, Publication: l.publication,
		Version: 1, UpdatedAt: at,
	}
	if l.publication != models.PublicationNone {
		c.ConsentAt = &at
	}
	b.messages = append(b.messages, models.CaseMessage{CaseID: c.ID, Round: 1, Kind: models.Question, Body: c.Body, CreatedAt: at})
	resident := models.Actor{Kind: models.ResidentActor, ID: c.ResidentID}
	f.step(b, &c, resident, cases.ActSubmit, "", models.Submitted, at)
	if err := f.message(b, &c, notices.CaseReceived, at); err != nil {
		return err
	}
	if l.status == models.Withdrawn {
		f.step(b, &c, resident, cases.ActWithdraw, models.Submitted, l.status, at.Add(time.Hour))
	}
	if l.status != models.Submitted && l.status != models.Withdrawn {
		c.HandlerID = handler.ID
		taken := at.Add(2 * time.Hour)
		c.AcceptedAt = &taken
		f.step(b, &c, handler, cases.ActAccept, models.Submitted, models.Handling, taken)
	}
	if err := f.addReply(b, &c, k.Reply, handler, l); err != nil {
		return err
	}
	b.cases = append(b.cases, c)
	return nil
}

// addReply gives a case its reply, where it has come so far, and what follows from it.
func (f *filler) addReply(b *batch, c *models.Case, text string, handler models.Actor, l life) error {
	switch l.status {
	case models.Submitted, models.Handling, models.Withdrawn:
		return nil
	}
	written := c.SubmittedAt.Add(20 * time.Hour)
	reviewer := f.someone(models.Reviewer, c.DepartmentID)
	reply := models.CaseReply{CaseID: c.ID, Round: 1, AuthorID: handler.ID, Body: f.words(text), SavedAt: written, SubmittedAt: &written, Version: 1}
	f.step(b, c, handler, cases.ActSubmitReview, models.Handling, models.Reviewing, written)
	if l.status == models.Reviewing {
		b.replies = append(b.replies, reply)
		return nil
	}
	reviewed, sent := written.Add(2*time.Hour), written.Add(3*time.Hour)
	reply.ReviewerID, reply.ReviewedAt = reviewer.ID, &reviewed
	f.step(b, c, reviewer, cases.ActApprove, models.Reviewing, models.Approved, reviewed)
	if l.status == models.Approved {
		b.replies = append(b.replies, reply)
		return nil
	}
	reply.SentAt, c.AnsweredAt = &sent, &sent
	b.replies = append(b.replies, reply)
	b.messages = append(b.messages, models.CaseMessage{CaseID: c.ID, Round: 1, Kind: models.ReplySent, StaffID: handler.ID, DepartmentID: c.DepartmentID, Body: reply.Body, CreatedAt: sent})
	f.step(b, c, handler, cases.ActSend, models.Approved, models.Answered, sent)
	if err := f.message(b, c, notices.CaseAnswered, sent); err != nil {
		return err
	}
	if l.status == models.Closed {
		closed := sent.AddDate(0, 0, 15)
		c.ClosedAt, c.Rating = &closed, int64(f.rand.IntN(6))
		f.step(b, c, models.System(), cases.ActClose, models.Answered, models.Closed, closed)
	}
	f.addPublication(b, c, reply.Body, handler, reviewer, l)
	return nil
}

func (f *filler) addPublication(b *batch, c *models.Case, answer string, handler, reviewer models.Actor, l life) {
	if l.publication != models.Published && l.publication != models.PublicationReady {
		return
	}
	f.lastPub++
	p := models.Publication{
		ID: f.lastPub, CaseID: c.ID, Status: l.publication, TopicID: c.TopicID, DepartmentID: c.DepartmentID, Title: c.Title, Question: c.Body, Answer: answer,
		Decisions: "[]", PreparedBy: handler.ID, AskedAt: c.AskedAt, AnsweredAt: *c.AnsweredAt, WorkingDays: 1, Version: 1,
		CreatedAt: *c.AnsweredAt, UpdatedAt: *c.AnsweredAt,
	}
	if l.publication == models.Published {
		at := c.AnsweredAt.Add(48 * time.Hour)
		c.PublishedAt, p.PublishedAt, p.PublishedBy, p.UpdatedAt = &at, &at, reviewer.ID, at
		p.Reads, p.Helpful, p.Unhelpful = int64(f.rand.ExpFloat64()*40), int64(f.rand.IntN(9)), int64(f.rand.IntN(3))
		f.published++
		b.changes = append(b.changes, models.LibraryChange{Seq: f.published, PublicationID: p.ID, At: at})
	}
	b.publics = append(b.publics, p)
}

// step is one row of the history and one of the audit log.
func (f *filler) step(b *batch, c *models.Case, who models.Actor, action cases.Action, from, to models.CaseStatus, at time.Time) {
	b.events = append(b.events, models.CaseEvent{
		CaseID: c.ID, Round: 1, Action: string(action), FromStatus: from, ToStatus: to, ActorKind: string(who.Kind), ActorID: who.ID,
		DepartmentID: c.DepartmentID, CaseVersion: c.Version, Shown: true, At: at,
	})
	detail, _ := json.Marshal(map[string]any{"number": c.Number, "from": from, "to": to}) // cannot fail: strings
	b.audit = append(b.audit, f.chain(models.AuditEntry{
		At: at, ActorKind: string(who.Kind), ActorID: who.ID, DepartmentID: who.DepartmentID, Action: "case." + string(action), ObjectKind: "case",
		ObjectID: c.ID, Address: "127.0.0.0/24", Detail: string(detail),
	}))
	c.Version++
	c.UpdatedAt = at
}

// message is one SMS that was sent.
func (f *filler) message(b *batch, c *models.Case, kind notices.Kind, at time.Time) error {
	p := phone(c.ResidentID)
	address, err := f.seal.Seal(p, "notices.address")
	if err != nil {
		return err
	}
	body, err := f.seal.Seal("【回音】您的来信 "+c.Number+" 有了新的进展，请登录查看。", "notices.body")
	if err != nil {
		return err
	}
	sent := at.Add(3 * time.Second)
	b.deliveries = append(b.deliveries, models.Delivery{
		Kind: string(kind), Channel: models.SMS, State: models.DeliverySent, ResidentID: c.ResidentID, CaseID: c.ID, DepartmentID: c.DepartmentID,
		AddressSealed: address, AddressMasked: sms.Mask(p), BodySealed: body, Link: "/track/" + c.Number, Attempts: 1, CreatedAt: at, SentAt: &sent, Version: 2,
	})
	return nil
}
