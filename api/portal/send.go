package portal

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/onetime"
	"huiyin/internal/pii"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

// askForm is the form as it is sent; Do is the button.
type askForm struct {
	cases.SubmitInput
	Phone string `form:"phone"`
	Code  string `form:"code"`
	Do    string `form:"do"`
	Sent  string `form:"sent"`  // when a code was sent
	Draft string `form:"draft"` // the token of the draft this page shows, whatever another tab has begun since
}

// token is that of the draft the form belongs to.
func (in *askForm) token(c *kit.Ctx) string { return cmp.Or(in.Draft, c.CookieValue(kit.DraftCookie)) }

// askOrder is the order of the inputs on the page, and so of the errors above it.
var askOrder = []string{"topic_id", "title", "text", "place", "attachments", "display_name", "phone", "code", "privacy_version"}

func (p *Portal) sendForm(c *kit.Ctx) error {
	var in askForm
	if err := c.Bind(&in); err != nil {
		return p.unread(c, err)
	}
	draft, before, found, err := p.draftFor(c, in)
	if err != nil || !found {
		return err
	}
	ctx := c.Request.Context()
	if err := p.Cases.SaveDraft(ctx, &draft); err != nil {
		return err
	}
	wrong := p.stage(c, draft.ID)
	switch id, remove := strings.CutPrefix(in.Do, "remove-"); {
	case wrong != nil && in.Do == "submit":
		return p.askAgain(c, draft, in, together(wrong, p.checkForm(c, draft, in)))
	case wrong != nil:
		return p.askAgain(c, draft, in, wrong)
	case before != nil && in.Do == "submit":
		return c.Redirect("/consult/new?after=" + before.Number)
	case remove:
		return p.removeStaged(c, draft.ID, id, "/consult/new#files")
	case in.Do == "code":
		return p.askCode(c, draft, in)
	case in.Do == "submit":
		return p.submit(c, draft, in)
	case in.Do == "upload":
		return c.Redirect("/consult/new#files")
	}
	return c.Redirect("/consult/new")
}

// unread answers a body that could not be taken, with what was saved before.
func (p *Portal) unread(c *kit.Ctx, err error) error {
	draft, found, failed := p.Cases.LoadDraft(c.Request.Context(), c.CookieValue(kit.DraftCookie))
	if failed != nil || !found {
		return errors.Join(failed, err)
	}
	return p.askAgain(c, draft, askForm{}, err)
}

func (p *Portal) askAgain(c *kit.Ctx, draft cases.Draft, in askForm, err error) error {
	page, failed := p.askPage(c, draft)
	if failed != nil {
		return failed
	}
	if page.Similar, failed = p.Library.Similar(c.Request.Context(), draft.Input.Title, similarShown); failed != nil {
		return failed
	}
	page.Code = sinceCode(c, in.Sent, draft.Phone).after(err, in.Code)
	return c.FormAgain(err, "ask", func(errs []kit.FieldError) any {
		slices.SortStableFunc(errs, func(a, b kit.FieldError) int { return slices.Index(askOrder, a.Name) - slices.Index(askOrder, b.Name) })
		page.Errors, page.Summary = errs, named(c, errs, "")
		return page
	})
}

// askCode sends a one-time code and leads back to the form, so that a reload sends no second one.
func (p *Portal) askCode(c *kit.Ctx, draft cases.Draft, in askForm) error {
	if err := p.requestCode(c, draft.Phone, draft.Privacy); err != nil {
		return p.askAgain(c, draft, in, err)
	}
	return c.Redirect("/consult/new?sent=" + strconv.FormatInt(c.Now.Unix(), 10) + "#code")
}

func (p *Portal) requestCode(c *kit.Ctx, typed string, privacy int64) error {
	if phone, ok := accounts.NormalizePhone(typed); ok {
		err := c.Limit("code")
		if err == nil {
			err = c.LimitOn("code", "phone:"+phone)
		}
		if err != nil {
			return beside("phone", err)
		}
	}
	return beside("phone", p.Accounts.RequestPhoneCode(c.Request.Context(), c.Actor, typed, c.L.Locale(), privacy))
}

// beside shows a failure that names no input at one: whoever pressed a button is looking there.
func beside(input string, err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || len(e.Fields) > 0 || e.Kind == fault.Internal {
		return err
	}
	at := *e
	at.Fields = fault.Fields{{Name: input, Msg: e.Msg, Args: e.Args}}
	return &at
}

// together is all that is wrong, so that nobody learns of it in several rounds. A failure that is not of the form stands alone.
func together(errs ...error) error {
	var all fault.Fields
	for _, err := range errs {
		e, ok := errors.AsType[*fault.Error](err)
		switch {
		case err == nil:
		case !ok || e.Kind != fault.Invalid || len(e.Fields) == 0:
			return err
		default:
			all = append(all, e.Fields...)
		}
	}
	return all.Err()
}

// codeSent is what a page says of a code that is under way; whether the phone is known to us makes no difference.
type codeSent struct {
	At      int64  // seconds; 0 when there is none that could still be used
	Phone   string // masked
	Minutes int    // that it may be used
	Wait    int    // seconds until another may be asked for
	Typed   string // the code in the form, while it may still be right
}

// after is what is left of a code after a form that was refused: of one that is spent when the next may be asked for, and all but the
// digits of one that is wrong.
func (s codeSent) after(err error, typed string) codeSent {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Name == onetime.Field }) {
		s.Typed = typed
		return s
	}
	if e.Reason == "code_spent" {
		s.At = 0
	}
	return s
}

// sinceCode reads from the form or the address when a code was sent.
func sinceCode(c *kit.Ctx, sent, typed string) codeSent {
	at, err := strconv.ParseInt(sent, 10, 64)
	phone, ok := accounts.NormalizePhone(typed)
	passed := c.Now.Unix() - at
	if err != nil || !ok || passed < 0 || passed >= int64(onetime.Life/time.Second) {
		return codeSent{}
	}
	return codeSent{
		At: at, Phone: pii.MaskPhone(phone), Minutes: int(onetime.Life / time.Minute), Wait: int(max(0, int64(onetime.Resend/time.Second)-passed)),
	}
}

// sent is what became of a form: who sent it, and the session that signing in began.
type sent struct {
	token string
	actor models.Actor
}

// submit signs in whoever is not and sends the question. The same form sent twice at once is sent once; a browser that gives up
// waiting does not stop it, for the code would be spent and nothing sent.
func (p *Portal) submit(c *kit.Ctx, draft cases.Draft, in askForm) error {
	if err := p.checkForm(c, draft, in); err != nil {
		return p.askAgain(c, draft, in, err)
	}
	if err := c.Limit("submit"); err != nil {
		return p.askAgain(c, draft, in, err)
	}
	if !c.Actor.IsResident() {
		if err := c.Limit("sign-in"); err != nil {
			return p.askAgain(c, draft, in, err)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), 30*time.Second)
	defer cancel()
	got, err, _ := p.sending.Do(draft.Key, func() (any, error) { return p.signInAndSend(ctx, c, draft, in) })
	who, _ := got.(sent)
	if who.token != "" {
		c.SignIn(who.token)
		c.Actor = who.actor
	}
	if err != nil {
		// Another process may have been faster with the same form.
		if _, found, failed := p.Cases.ReceiptOf(ctx, draft.Token); failed != nil || !found {
			return orElse(failed, func() error { return p.askAgain(c, draft, in, err) })
		}
	}
	c.SetCookie(kit.DraftCookie, draft.Token, receiptAge)
	c.SetCookie(kit.ReceiptCookie, draft.Token, receiptAge)
	return c.Redirect("/consult/receipt")
}

// checkForm says what is wrong with the form before a code is spent on it.
func (p *Portal) checkForm(c *kit.Ctx, draft cases.Draft, in askForm) error {
	input := draft.Input
	input.Clean()
	f := p.Cases.CheckWords(&input)
	if !c.Actor.IsResident() {
		missing(&f, in.Phone, in.Code, true)
	}
	current, err := p.City.PrivacyVersion(c.Request.Context())
	if err != nil {
		return err
	}
	if draft.Privacy != current {
		f.Add("privacy_version", i18n.N("隐私说明有了新版本，请阅读并同意后再提交。"))
	}
	return f.Err()
}

func (p *Portal) signInAndSend(ctx context.Context, c *kit.Ctx, draft cases.Draft, in askForm) (sent, error) {
	who := sent{actor: c.Actor}
	if !c.Actor.IsResident() {
		var err error
		if who, err = p.signIn(ctx, c, in.Phone, in.Code, draft.Privacy); err != nil {
			return who, err
		}
	}
	_, err := p.Cases.Submit(ctx, who.actor, draft.Input, cases.Submission{
		Key: draft.Key, Secret: true, Channel: "web", Locale: c.L.Locale(), DraftID: draft.ID,
	})
	return who, err
}

func (p *Portal) signIn(ctx context.Context, c *kit.Ctx, phone, code string, privacy int64) (sent, error) {
	token, _, err := p.Accounts.SignInByPhone(ctx, c.Actor, phone, code, c.L.Locale(), privacy)
	if err != nil {
		return sent{actor: c.Actor}, err
	}
	_, actor, err := p.Accounts.Resolve(ctx, token)
	actor.RequestID, actor.Address = c.Actor.RequestID, c.Actor.Address
	return sent{token: token, actor: actor}, err
}

// labels are the words beside the inputs: the list of errors above a form names each as its label does.
var labels = map[string]string{
	"topic_id": i18n.N("事项分类"), "title": i18n.N("标题"), "text": i18n.N("具体情况"), "place": i18n.N("地点"), "attachments": i18n.N("附件"),
	"display_name": i18n.N("怎么称呼您"), "phone": i18n.N("手机号"), "code": i18n.N("6 位验证码"),
	"word": i18n.N("想说的话"),
}

// named is the list above a form: every error with the name of its input. The inputs' ids begin with prefix; a form with one of them
// is a message's, where the text is called differently.
func named(c *kit.Ctx, errs []kit.FieldError, prefix string) []kit.FieldError {
	list := slices.Clone(errs)
	for i, e := range list {
		name := strings.TrimPrefix(e.Name, prefix)
		label, ok := labels[name]
		if name == "text" && prefix != "" {
			label = i18n.N("内容")
		}
		if ok {
			list[i].Text = c.T(i18n.N("%[1]s：%[2]s"), c.T(label), e.Text)
		}
	}
	return list
}
