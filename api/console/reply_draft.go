package console

import (
	"net/http"
	"strconv"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
	"huiyin/services/files"
)

// watchView is what an editor learns while it is open, without being disturbed.
type watchView struct {
	Number  string
	Version int64
	Reply   int64
	Others  []accounts.StaffCard
	Newer   *otherView
	Moved   bool
}

func (s *Console) watch(c *kit.Ctx) error {
	g, err := s.Cases.Peek(c.Request.Context(), c.Actor, c.Param("number"))
	if err != nil {
		return err
	}
	v := watchView{Number: g.Case.Number}
	v.Version, _ = strconv.ParseInt(c.Query("version"), 10, 64)
	v.Reply, _ = strconv.ParseInt(c.Query("reply"), 10, 64)
	v.Moved = g.Case.Version > v.Version
	v.Others = g.Writing
	if r := g.Reply; r != nil && r.Version > v.Reply && r.AuthorID != c.Actor.ID {
		v.Newer = &otherView{By: s.nameOf(c, r.AuthorID), At: r.SavedAt, Version: r.Version}
	}
	return c.Part(http.StatusOK, "watch", v)
}

// savedView is the answer to an autosave.
type savedView struct {
	Number  string
	At      time.Time
	Reply   int64
	Version int64
	Problem string
	Others  []accounts.StaffCard
	Other   *otherView
}

// saveDraft keeps what is typed: by itself every two seconds of rest, or by the button.
func (s *Console) saveDraft(c *kit.Ctx) error {
	number := c.Param("number")
	in, err := s.replyInput(c)
	if err != nil {
		return err
	}
	r, err := s.Cases.SaveReply(c.Request.Context(), c.Actor, number, in)
	if c.IsHTMX() {
		return s.autosaved(c, number, in, r, err)
	}
	if err == nil {
		err = s.stage(c, number)
	}
	if err != nil {
		return s.caseAgain(c, err, number)
	}
	return c.Done(originOf(c).Case(number)+"#reply", i18n.N("答复稿已保存。"))
}

func (s *Console) autosaved(c *kit.Ctx, number string, in cases.ReplyInput, r *models.CaseReply, failed error) error {
	v := savedView{Number: number, Reply: in.ReplyVersion, Version: in.Version}
	if g, err := s.Cases.Peek(c.Request.Context(), c.Actor, number); err == nil {
		v.Others = g.Writing
	}
	switch failed {
	case nil:
		v.At, v.Reply = r.SavedAt, r.Version
	default:
		kind, text := kit.SafeFace(c.L, failed)
		if kind == fault.Internal || kind == fault.Unauthenticated {
			return failed
		}
		v.Problem = text
		if fields := c.FieldErrors(failed); len(fields) > 0 {
			v.Problem = fields[0].Text
		}
		if e, ok := asFault(failed); ok {
			if other, ok := e.Detail.(*models.CaseReply); ok {
				v.Other = &otherView{Body: other.Body, By: s.nameOf(c, other.AuthorID), At: other.SavedAt, Version: other.Version}
			}
		}
	}
	return c.Part(http.StatusOK, "saved", v)
}

// stage takes the files that came with the form to the reply; the resident sees them once it is sent.
func (s *Console) stage(c *kit.Ctx, number string) error {
	uploads, err := c.Uploads(files.Field)
	if err != nil {
		return err
	}
	for _, h := range uploads {
		f, err := h.Open()
		if err != nil {
			return err
		}
		_, err = s.Cases.AddReplyFile(c.Request.Context(), c.Actor, number, h.Filename, f)
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// withFiles saves the words first when files came along, so that they have a reply to belong to.
func (s *Console) withFiles(c *kit.Ctx, number string, in *cases.ReplyInput) error {
	uploads, err := c.Uploads(files.Field)
	if err != nil || len(uploads) == 0 {
		return err
	}
	r, err := s.Cases.SaveReply(c.Request.Context(), c.Actor, number, *in)
	if err != nil {
		return err
	}
	in.ReplyVersion = r.Version
	return s.stage(c, number)
}
