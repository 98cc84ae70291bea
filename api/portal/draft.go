package portal

import (
	"net/http"
	"strings"
	"unicode"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/cases"
)

// draftFor returns the draft with what is typed now. A draft makes one case: sent again it leads to what came of it. Who went back, or has
// the page open twice, and wrote something else over what was sent gets a draft of its own and, in before, what was sent: whether that
// is another question is asked. One that was forgotten begins anew with what the form carries. found is false when the answer has been given.
func (p *Portal) draftFor(c *kit.Ctx, in askForm) (draft cases.Draft, before *models.Case, found bool, err error) {
	ctx, token := c.Request.Context(), in.token(c)
	if draft, found, err = p.Cases.LoadDraft(ctx, token); err != nil {
		return draft, nil, false, err
	}
	if !found {
		var sent bool
		if before, sent, err = p.Cases.SentFrom(ctx, token); err != nil {
			return draft, nil, false, err
		}
		if sent && !in.asksElse(before) {
			return draft, nil, false, p.sentBefore(c, token, before)
		}
		if in.Privacy == 0 { // nobody agreed to anything: nothing is kept
			return draft, nil, false, c.Redirect("/consult")
		}
		if err = p.mayBegin(c, in); err != nil {
			in.into(&draft, c.Actor.IsResident())
			return draft, nil, false, p.askAgain(c, draft, in, err)
		}
		if draft, err = p.Cases.StartDraft(ctx, in.TopicID, in.Privacy); err != nil {
			return draft, nil, false, err
		}
	}
	if draft.Token != c.CookieValue(kit.DraftCookie) { // where this page leads next shows this draft
		c.SetCookie(kit.DraftCookie, draft.Token, draftAge)
	}
	in.into(&draft, c.Actor.IsResident())
	return draft, before, true, nil
}

// mayBegin says why a form without a draft may not begin one: anybody can send such a form, as often as they like.
func (p *Portal) mayBegin(c *kit.Ctx, in askForm) error {
	if err := c.Limit("write"); err != nil {
		return err
	}
	current, err := p.City.PrivacyVersion(c.Request.Context())
	if err != nil {
		return err
	}
	var f fault.Fields
	if in.Privacy != current {
		f.Add("privacy_version", i18n.N("隐私说明有了新版本，请阅读并同意后再提交。"))
	}
	return f.Err()
}

// sentBefore leads whoever sends the same once more to the receipt, or when that is over to the matter.
func (p *Portal) sentBefore(c *kit.Ctx, token string, before *models.Case) error {
	_, shown, err := p.Cases.ReceiptOf(c.Request.Context(), token)
	if err != nil {
		return err
	}
	here := c.CookieValue(kit.DraftCookie) == token || c.CookieValue(kit.ReceiptCookie) == token // nobody has signed out of this browser since
	if !shown || !here {
		c.SetFlash("info", c.T(i18n.N("这个问题已经提交过了，没有重复提交。")))
		return c.Redirect("/track/" + before.Number)
	}
	c.SetFlash("info", c.T(i18n.N("这个问题已经提交过了，没有重复提交，这是它的回执。")))
	c.SetCookie(kit.ReceiptCookie, token, receiptAge)
	return c.Redirect("/consult/receipt")
}

// asksElse reports whether the form holds another question than the one that was sent from it; spaces and punctuation make none.
func (in *askForm) asksElse(sent *models.Case) bool {
	return wording(in.Title) != wording(sent.Title) || wording(in.Text) != wording(sent.Body)
}

func wording(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsControl(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, textrule.Text(s))
}

// into keeps what is typed in the draft. The code is not kept, and no phone where the account has one.
func (in *askForm) into(d *cases.Draft, known bool) {
	privacy := d.Privacy
	if in.Privacy != 0 {
		privacy = in.Privacy
	}
	d.Input, d.TopicID, d.Privacy = in.SubmitInput, in.TopicID, privacy
	d.Input.Privacy = privacy
	if !known {
		d.Phone = in.Phone
	}
}

// autosave keeps what is being typed; it judges nothing.
func (p *Portal) autosave(c *kit.Ctx) error {
	var in askForm
	if err := c.Bind(&in); err != nil {
		return err
	}
	ctx, token := c.Request.Context(), in.token(c)
	if err := c.LimitOn("write", "draft:"+token); err != nil {
		return err
	}
	draft, found, err := p.Cases.LoadDraft(ctx, token)
	if err != nil {
		return err
	}
	if !found {
		if _, sent, err := p.Cases.SentFrom(ctx, token); err != nil || !sent {
			return orElse(err, func() error {
				return fault.New(fault.NotFound, i18n.N("草稿已经过期。请提交一次，内容不会丢。"))
			})
		}
		c.Status(http.StatusNoContent)
		return nil
	}
	in.into(&draft, c.Actor.IsResident())
	if err := p.Cases.SaveDraft(ctx, &draft); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
