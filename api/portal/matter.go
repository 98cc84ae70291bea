package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/cases"
)

// What the resident does to a matter that is under way. Each act leads back to its page; what was typed survives an error.

type messageForm struct {
	Text  string `form:"text"`
	Key   string `form:"key"`
	Draft string `form:"draft"`
	Do    string `form:"do"`
}

type sender func(ctx context.Context, actor models.Actor, number string, in cases.MessageInput) (*models.Case, error)

func (p *Portal) followUp(c *kit.Ctx) error {
	return p.message(c, "follow-up", p.Cases.FollowUp, i18n.N("追问已发出。部门会在新的期限前答复。"))
}

func (p *Portal) supplement(c *kit.Ctx) error {
	return p.message(c, "supplement", p.Cases.Supplement, i18n.N("补充的内容已交给答复部门，期限不变。"))
}

func (p *Portal) reopen(c *kit.Ctx) error {
	return p.message(c, "reopen", p.Cases.Reopen, i18n.N("已要求重新办理，将由另一位审核人负责。"))
}

// message sends words with their files. The files wait under a draft of their own until the message is accepted.
func (p *Portal) message(c *kit.Ctx, kind string, send sender, done string) error {
	var in messageForm
	if err := c.Bind(&in); err != nil {
		if fault.Is(err, fault.Invalid) {
			return err
		}
		return p.matterAgain(c, typedMessage{Kind: kind}, err)
	}
	return p.withThread(c, kind, in.Text, func(t *cases.Thread) error {
		typed := typedMessage{Kind: kind, Key: in.Key, Text: in.Text, Draft: in.Draft}
		draft, err := p.messageDraft(c, t, &typed)
		if err != nil && in.Do == "" && (in.Text != "" || kind != "supplement") {
			err = together(err, cases.MessageInput{Text: in.Text}.Check())
		}
		if err != nil {
			return p.matterAgain(c, typed, err)
		}
		if id, remove := strings.CutPrefix(in.Do, "remove-"); remove && draft != 0 {
			if err := p.removeFrom(c, draft, id, &typed); err != nil {
				return err
			}
			return p.threadWith(c, http.StatusOK, t.Case.Number, typed)
		}
		if in.Do == "upload" {
			return p.threadWith(c, http.StatusOK, t.Case.Number, typed)
		}
		if err := c.Limit("write"); err != nil {
			return p.matterAgain(c, typed, err)
		}
		if _, err := send(c.Request.Context(), c.Actor, t.Case.Number, cases.MessageInput{Text: in.Text, Key: in.Key, DraftID: draft}); err != nil {
			return p.matterAgain(c, typed, err)
		}
		return c.Done("/track/"+t.Case.Number, done)
	})
}

// messageDraft stages what came along, beginning a draft only when there is something to keep.
func (p *Portal) messageDraft(c *kit.Ctx, t *cases.Thread, typed *typedMessage) (int64, error) {
	ctx := c.Request.Context()
	draft, found, err := p.Cases.LoadDraft(ctx, typed.Draft)
	if err != nil {
		return 0, err
	}
	uploads, err := c.Uploads("attachments")
	if err != nil {
		return 0, onFiles(err)
	}
	if !found {
		typed.Draft = ""
		if len(uploads) == 0 {
			return 0, nil
		}
		if draft, err = p.Cases.StartDraft(ctx, t.Case.TopicID, t.Case.PrivacyVersion); err != nil {
			return 0, err
		}
		typed.Draft = draft.Token
	}
	wrong := p.stage(c, draft.ID)
	if typed.Files, err = p.staged(ctx, draft.ID); err != nil {
		return 0, err
	}
	return draft.ID, wrong
}

func (p *Portal) removeFrom(c *kit.Ctx, draft int64, id string, typed *typedMessage) error {
	ctx := c.Request.Context()
	for _, f := range typed.Files {
		if id == int64String(f.ID) {
			if err := p.Files.RemoveStaged(ctx, models.OwnerDraft, draft, f.ID); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
	}
	var err error
	typed.Files, err = p.staged(ctx, draft)
	return err
}

// matterAgain shows the matter with what was typed and what is wrong with it.
func (p *Portal) matterAgain(c *kit.Ctx, typed typedMessage, err error) error {
	page, failed := p.threadPage(c, c.Param("number"), typed)
	if failed != nil {
		return errors.Join(failed, err)
	}
	if page.Typed.Unsent && fault.Is(err, fault.Invalid) { // nobody can mend it where there is no form
		err = fault.New(fault.Conflict, i18n.N("这件诉求已经有了变化，您写的内容没有发出。"))
	}
	return c.FormAgain(err, "thread", func(errs []kit.FieldError) any {
		form := page.Typed.Kind + "-"
		for i := range errs { // the inputs of this page carry the form's name, for there are several of them
			errs[i].Name = form + errs[i].Name
		}
		page.Typed.Errors, page.Typed.Summary = errs, named(c, errs, form)
		return page
	})
}

func (p *Portal) rate(c *kit.Ctx) error {
	var in cases.RateInput
	if err := c.Bind(&in); err != nil {
		return err
	}
	return p.withThread(c, "rate", in.Word, func(t *cases.Thread) error {
		typed := typedMessage{Kind: "rate", Text: in.Word, Rating: in.Rating}
		if err := c.Limit("write"); err != nil {
			return p.matterAgain(c, typed, err)
		}
		if _, err := p.Cases.Rate(c.Request.Context(), c.Actor, t.Case.Number, in); err != nil {
			return p.matterAgain(c, typed, err)
		}
		if in.Rating <= cases.Unsatisfied {
			return c.Done("/track/"+t.Case.Number+"#next", i18n.N("谢谢您的评价。没有解决的话，可以要求重新办理一次，或者继续追问。"))
		}
		return c.Done("/track/"+t.Case.Number, i18n.N("谢谢您的评价。"))
	})
}

// askedPage is the page of one question before an act that cannot simply be undone, for browsers without scripts.
type askedPage struct {
	Number, Title, Text, Action, Button string
	Reason                              bool
	Errors                              []kit.FieldError
	Typed                               string
}

func withdrawQuestion(c *kit.Ctx, number string) *askedPage {
	return &askedPage{
		Number: number, Title: c.T(i18n.N("撤回这件诉求？")), Text: c.T(withdrawText), Action: "/track/" + number + "/withdraw",
		Button: c.T(i18n.N("撤回")), Reason: true,
	}
}

var withdrawText = i18n.N("撤回后部门不再答复，也不能恢复。如果还需要答复，可以重新提问。")

func (p *Portal) withdrawPage(c *kit.Ctx) error {
	return p.withThread(c, "", "", func(t *cases.Thread) error { return c.Page(200, "asked", withdrawQuestion(c, t.Case.Number)) })
}

func (p *Portal) withdraw(c *kit.Ctx) error {
	var in struct {
		Reason string `form:"reason"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	return p.withThread(c, "", "", func(t *cases.Thread) error {
		err := c.Limit("write")
		if err == nil {
			_, err = p.Cases.Withdraw(c.Request.Context(), c.Actor, t.Case.Number, in.Reason)
		}
		if err != nil {
			page := withdrawQuestion(c, t.Case.Number)
			page.Typed = in.Reason
			return c.FormAgain(err, "asked", func(errs []kit.FieldError) any { page.Errors = errs; return page })
		}
		return c.Done("/track/"+t.Case.Number, i18n.N("诉求已撤回。"))
	})
}

func (p *Portal) consent(c *kit.Ctx) error {
	return p.withThread(c, "", "", func(t *cases.Thread) error {
		if err := c.Limit("write"); err != nil {
			return p.matterAgain(c, typedMessage{}, err)
		}
		if _, err := p.Cases.Consent(c.Request.Context(), c.Actor, t.Case.Number); err != nil {
			return p.matterAgain(c, typedMessage{}, err)
		}
		return c.Done("/track/"+t.Case.Number, i18n.N("您已同意公开。公开前会去掉个人信息，由两位工作人员核对；您可以随时撤回。"))
	})
}

func (p *Portal) withdrawConsentPage(c *kit.Ctx) error {
	return p.withThread(c, "", "", func(t *cases.Thread) error {
		return c.Page(200, "asked", &askedPage{
			Number: t.Case.Number, Title: c.T(i18n.N("撤回公开同意？")), Text: c.T(i18n.N("已经公开的问答会马上从公开库撤下；对您的答复和办理没有影响。")),
			Action: "/track/" + t.Case.Number + "/consent/withdraw", Button: c.T(i18n.N("撤回公开同意")),
		})
	})
}

func (p *Portal) withdrawConsent(c *kit.Ctx) error {
	return p.withThread(c, "", "", func(t *cases.Thread) error {
		if err := c.Limit("write"); err != nil {
			return p.matterAgain(c, typedMessage{}, err)
		}
		if _, err := p.Cases.WithdrawConsent(c.Request.Context(), c.Actor, t.Case.Number); err != nil {
			return p.matterAgain(c, typedMessage{}, err)
		}
		return c.Done("/track/"+t.Case.Number, i18n.N("已撤回公开同意。"))
	})
}
