package cases

import (
	"context"
	"strconv"
	"strings"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/notices"
)

// MessageInput is what a resident adds to the thread. DraftID owns the staged files that come along.
type MessageInput struct {
	Text    string `form:"text" json:"text" doc:"2–2000 个字"`
	Key     string `form:"key" json:"-"` // one per form that is shown: a double click makes one message
	DraftID int64  `form:"-" json:"-"`
}

// MaxSupplements is how many times a resident adds to one round: whoever answers reads them all by hand, each may be of 2,000 characters
// with files, and a page shows the whole thread. It is no rule of law; what is left to say can be asked after the answer.
const MaxSupplements = 20

// Check says what is wrong with the words alone.
func (in MessageInput) Check() error { return in.clean() }

func (in *MessageInput) clean() error {
	in.Text = textrule.Text(in.Text)
	var f fault.Fields
	textrule.Length(&f, "text", in.Text, 2, MaxText)
	return f.Err()
}

// cleanSupplement takes files without a word, too.
func (s *Service) cleanSupplement(ctx context.Context, in *MessageInput) error {
	err := in.clean()
	if err == nil || in.Text != "" {
		return err
	}
	if in.DraftID != 0 {
		staged, failed := s.Files.Staged(ctx, models.OwnerDraft, in.DraftID)
		if failed != nil || len(staged) > 0 {
			return failed
		}
	}
	var f fault.Fields
	f.Add("text", i18n.N("请写几句话，或者选一个附件。"))
	return f.Err()
}

// FollowUp asks again after an answer: a new round with a deadline of its own.
func (s *Service) FollowUp(ctx context.Context, actor models.Actor, number string, in MessageInput) (*models.Case, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, number, ActFollowUp, 0, func(ctx context.Context, w *work) error {
		m, err := s.startRound(ctx, w, models.FollowUp, in.Text)
		if err != nil {
			return err
		}
		w.Shown = true
		if err := s.attachStaged(ctx, in.DraftID, m); err != nil {
			return err
		}
		return s.tellHandler(ctx, w.Case, notices.CaseFollowUp)
	})
}

// Supplement adds words and files while the answer is still owed; it starts no round.
func (s *Service) Supplement(ctx context.Context, actor models.Actor, number string, in MessageInput) (*models.Case, error) {
	if err := s.cleanSupplement(ctx, &in); err != nil {
		return nil, err
	}
	c, err := s.act(ctx, actor, number, ActSupplement, 0, func(ctx context.Context, w *work) error {
		m := &models.CaseMessage{CaseID: w.Case.ID, Round: w.Case.Round, Kind: models.Supplement, Body: in.Text, CreatedAt: w.Now}
		m.SentKey = s.sentKey(actor, m.Kind, in.Key, in.Text)
		if err := s.insertMessage(ctx, m); err != nil {
			return err
		}
		n, err := s.countMessages(ctx, m.CaseID, m.Round, m.Kind, MaxSupplements+1)
		if err != nil {
			return err
		}
		if n > MaxSupplements {
			return fault.New(fault.Conflict, i18n.N("答复之前最多补充 %[1]d 次，已经补充满了，部门会按这些内容答复。还有要说的，可以在答复之后追问。"), MaxSupplements).WithReason("too_many_supplements")
		}
		if err := s.attachStaged(ctx, in.DraftID, m); err != nil {
			return err
		}
		return s.tellHandler(ctx, w.Case, notices.CaseFollowUp)
	})
	return s.once(ctx, actor, number, c, err)
}

// sentKey binds the key of a form to who sent it and what it said: the same words once more are a double click, others another message.
func (s *Service) sentKey(actor models.Actor, kind models.MessageKind, key, text string) *string {
	if key == "" {
		return nil
	}
	sent := s.Seal.BlindIndex("message", strings.Join([]string{string(kind), string(actor.Kind), strconv.FormatInt(actor.ID, 10), key, text}, "\n"))
	return &sent
}

// once answers a form that was sent twice with the case as the first sending left it.
func (s *Service) once(ctx context.Context, actor models.Actor, number string, c *models.Case, err error) (*models.Case, error) {
	if !database.IsDuplicate(err) {
		return c, err
	}
	c, _, err = s.seen(ctx, actor, number)
	return c, err
}

// attachStaged moves a draft's files to a message and ends the draft; only one message can have them.
func (s *Service) attachStaged(ctx context.Context, draftID int64, m *models.CaseMessage) error {
	if draftID == 0 {
		return nil
	}
	if err := s.Files.Attach(ctx, models.OwnerDraft, draftID, m.CaseID, m.ID); err != nil {
		return err
	}
	if gone, err := s.deleteDraft(ctx, draftID); err != nil || gone {
		return err
	}
	return fault.New(fault.Conflict, i18n.N("这份草稿或它的附件已经提交过，或者放得太久。请再试一次，附件要重新上传。")).WithReason("draft_gone")
}
