package library

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// Bounds of a public version, in characters.
const (
	TitleMin, TitleMax       = 5, 60
	QuestionMin, QuestionMax = 10, 6000
	AnswerMin, AnswerMax     = 10, 10000
	ReasonMax                = 500
	ReplacementMax           = 200
	maxDecisions             = 1000
)

//i18n:keys
const (
	msgNoReason    = "请写明原因。"
	msgReasonLong  = "原因最多 %[1]d 个字。"
	msgReplaceLong = "替换的文字最多 %[1]d 个字。"
	msgChoice      = "请选择“隐去”或“保留”。"
	msgDecisions   = "确认的处数太多，请先缩短文字。"
	msgNone        = "这件事还没有公开版本。"
)

// OfCase returns the public version of a case, and whether there is one.
func (l *Library) OfCase(ctx context.Context, caseID int64) (models.Publication, bool, error) {
	return l.ofCase(ctx, caseID)
}

// Save writes the public version of a case, new or changed, and makes it a draft prepared by the actor: an unpublished one starts
// over. What was decided to be masked is replaced in the text that is kept; undecided findings do not hinder. It refuses with
// fault.Invalid, and with fault.Conflict when in.Version is not the present one (Detail: the present models.Publication).
func (l *Library) Save(ctx context.Context, actor models.Actor, src Source, in PrepareInput) (*models.Publication, error) {
	var saved *models.Publication
	err := l.db.Tx(ctx, func(ctx context.Context) error {
		old, exists, err := l.ofCase(ctx, src.CaseID)
		if err != nil {
			return err
		}
		if no := Refusal(ActionSave, old, actor, 0); no != nil {
			return no
		}
		if in.Version != old.Version {
			return stale(old)
		}
		p := old
		if err := l.write(&p, in); err != nil {
			return err
		}
		p.CaseID, p.TopicID, p.DepartmentID = src.CaseID, src.TopicID, src.DepartmentID
		p.AskedAt, p.AnsweredAt, p.WorkingDays = src.AskedAt, src.AnsweredAt, int64(src.WorkingDays)
		p.PreparedBy, p.Authors = actor.ID, p.Authors.With(actor.ID)
		if exists {
			err = l.advance(ctx, &p, old, ActionSave)
		} else {
			err = l.create(ctx, &p)
		}
		if err != nil {
			return err
		}
		saved = &p
		return l.audit.Record(ctx, actor, "publication.save", "publication", p.ID, map[string]any{"case": p.CaseID, "version": p.Version})
	})
	return saved, err
}

// write puts what was sent into p, masked and checked.
func (l *Library) write(p *models.Publication, in PrepareInput) error {
	var wrong fault.Fields
	title, question, answer := textrule.Line(in.Title), textrule.Text(in.Question), textrule.Text(in.Answer)
	// Before anything looks into them: the detector's time grows with the length.
	tooLong := runes(title) > 2*TitleMax || runes(question) > 2*QuestionMax || runes(answer) > 2*AnswerMax
	if !tooLong {
		known := byKey(decisions(p.Decisions))
		l.learn(known, in, &wrong, map[string]string{fieldTitle: title, fieldQuestion: question, fieldAnswer: answer})
		title, question, answer = l.masked(fieldTitle, title, known), l.masked(fieldQuestion, question, known), l.masked(fieldAnswer, answer, known)
		p.Decisions = write(known)
	}
	textrule.Length(&wrong, fieldTitle, title, TitleMin, TitleMax)
	textrule.Length(&wrong, fieldQuestion, question, QuestionMin, QuestionMax)
	textrule.Length(&wrong, fieldAnswer, answer, AnswerMin, AnswerMax)
	p.Title, p.Question, p.Answer, p.Comment = title, question, answer, ""
	return wrong.Err()
}

// learn adds what was decided now to what is known. Keys that belong to nothing in the text are passed over, so that what is
// stored cannot grow beyond what was found.
func (l *Library) learn(known map[string]Decision, in PrepareInput, wrong *fault.Fields, texts map[string]string) {
	if len(in.Decisions) > maxDecisions {
		wrong.Add("decisions", msgDecisions)
		return
	}
	found := map[string]bool{}
	for field, text := range texts {
		for _, f := range l.find(field, text) {
			found[f.Key] = true
		}
	}
	for _, d := range in.Decisions {
		d.Replacement = textrule.Line(d.Replacement)
		switch {
		case d.Choice != Mask && d.Choice != Keep:
			wrong.Add("decisions", msgChoice)
			return
		case runes(d.Replacement) > ReplacementMax:
			wrong.Add("decisions", msgReplaceLong, ReplacementMax)
			return
		}
		if d.Choice == Keep {
			d.Replacement = ""
		}
		if found[d.Key] {
			known[d.Key] = d
		}
	}
}

func write(known map[string]Decision) string {
	list := slices.SortedFunc(maps.Values(known), func(a, b Decision) int { return cmp.Compare(a.Key, b.Key) })
	raw, err := json.Marshal(list)
	if err != nil || list == nil {
		return "[]"
	}
	return string(raw)
}

// Confirm makes a draft ready for the second person, once nothing in it is undecided (fault.Conflict, reason "undecided").
func (l *Library) Confirm(ctx context.Context, actor models.Actor, caseID, version int64) (*models.Publication, error) {
	return l.step(ctx, actor, ActionConfirm, caseID, version, func(*models.Publication) {})
}

// Publish puts a ready public version into the library. Its preparer may not (fault.Forbidden, reason "own_work").
func (l *Library) Publish(ctx context.Context, actor models.Actor, caseID, version int64) (*models.Publication, error) {
	now := l.clock.Now()
	return l.step(ctx, actor, ActionPublish, caseID, version, func(p *models.Publication) {
		p.PublishedBy, p.PublishedAt, p.UnpublishedAt, p.Comment = actor.ID, &now, nil, ""
	})
}

// Return gives a ready public version back to its preparer, with a comment.
func (l *Library) Return(ctx context.Context, actor models.Actor, caseID, version int64, comment string) (*models.Publication, error) {
	comment, err := reason("comment", comment)
	if err != nil {
		return nil, err
	}
	return l.step(ctx, actor, ActionReturn, caseID, version, func(p *models.Publication) { p.Comment = comment })
}

// Recall takes a ready public version back, by one who prepared it (else fault.Forbidden, reason "not_own"), to go on writing.
func (l *Library) Recall(ctx context.Context, actor models.Actor, caseID, version int64) (*models.Publication, error) {
	return l.step(ctx, actor, ActionRecall, caseID, version, func(*models.Publication) {})
}

// TakeOut takes a published one out of the library, with a reason, whatever its version.
func (l *Library) TakeOut(ctx context.Context, actor models.Actor, caseID int64, why string) (*models.Publication, error) {
	why, err := reason("reason", why)
	if err != nil {
		return nil, err
	}
	now := l.clock.Now()
	return l.step(ctx, actor, ActionTakeOut, caseID, anyVersion, func(p *models.Publication) { p.Comment, p.UnpublishedAt = why, &now })
}

const anyVersion = -1

func reason(field, text string) (string, error) {
	var wrong fault.Fields
	text = textrule.Text(text)
	switch {
	case text == "":
		wrong.Add(field, msgNoReason)
	case runes(text) > ReasonMax:
		wrong.Add(field, msgReasonLong, ReasonMax)
	}
	return text, wrong.Err()
}

// step takes one step of the flow in one transaction: policy, guarded write, audit, change feed.
func (l *Library) step(ctx context.Context, actor models.Actor, action Action, caseID, version int64, change func(*models.Publication)) (*models.Publication, error) {
	var done *models.Publication
	err := l.db.Tx(ctx, func(ctx context.Context) error {
		old, exists, err := l.ofCase(ctx, caseID)
		if err != nil {
			return err
		}
		if !exists {
			return fault.New(fault.NotFound, msgNone)
		}
		_, undecided := l.Findings(old)
		if no := Refusal(action, old, actor, undecided); no != nil {
			return no
		}
		if version != anyVersion && version != old.Version {
			return stale(old)
		}
		p := old
		change(&p)
		if err := l.advance(ctx, &p, old, action); err != nil {
			return err
		}
		done = &p
		return l.audit.Record(ctx, actor, "publication."+string(action), "publication", p.ID, map[string]any{"case": caseID, "version": p.Version})
	})
	return done, err
}

// advance is the one place that changes a status. It writes p over old if old is still what stands there, and tells the change
// feed when the library's readers see a difference.
func (l *Library) advance(ctx context.Context, p *models.Publication, old models.Publication, action Action) error {
	p.Status, p.Version, p.UpdatedAt = flow[action].to, old.Version+1, l.clock.Now()
	ok, err := l.update(ctx, *p, old)
	if err != nil {
		return err
	}
	if !ok {
		return stale(old)
	}
	if old.Status != models.Published && p.Status != models.Published {
		return nil
	}
	if err := l.appendChange(ctx, p.ID, p.UpdatedAt); err != nil {
		return err
	}
	database.AfterCommit(ctx, l.feed.poke)
	return nil
}

func (l *Library) create(ctx context.Context, p *models.Publication) error {
	now := l.clock.Now()
	p.Status, p.Version, p.CreatedAt, p.UpdatedAt = flow[ActionSave].to, 1, now, now
	err := l.insert(ctx, p)
	if database.IsDuplicate(err) {
		return fault.Wrap(err, fault.Conflict, msgStale).WithReason("stale")
	}
	return err
}

func stale(now models.Publication) error {
	return fault.New(fault.Conflict, msgStale).WithReason("stale").WithDetail(now)
}
