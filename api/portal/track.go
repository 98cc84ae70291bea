package portal

import (
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/unicode/norm"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/files"
)

func (p *Portal) trackRoutes(g *kit.Group) {
	g.GET("/track", kit.Public, p.trackForm)
	g.POST("/track", kit.Public, p.openByReceipt)
	g.GET("/track/:number", kit.Public, p.thread)
	g.GET("/track/:number/live", kit.Public, p.live)
	g.POST("/track/:number/follow-up", kit.Public, p.followUp)
	g.POST("/track/:number/supplement", kit.Public, p.supplement)
	g.POST("/track/:number/reopen", kit.Public, p.reopen)
	g.POST("/track/:number/rate", kit.Public, p.rate)
	g.GET("/track/:number/withdraw", kit.Public, p.withdrawPage)
	g.POST("/track/:number/withdraw", kit.Public, p.withdraw)
	g.POST("/track/:number/consent", kit.Public, p.consent)
	g.GET("/track/:number/consent/withdraw", kit.Public, p.withdrawConsentPage)
	g.POST("/track/:number/consent/withdraw", kit.Public, p.withdrawConsent)
	for _, act := range []string{"follow-up", "supplement", "reopen", "rate", "consent"} { // whoever reloads the answer to an act, or wants it in English
		g.GET("/track/:number/"+act, kit.Public, func(c *kit.Ctx) error { return c.Redirect("/track/" + url.PathEscape(c.Param("number"))) })
	}
	g.GET("/files/:id", kit.Public, p.download)
}

// trackPage asks for number and query code. Text is what somebody was writing when the session ended; it comes along, files cannot.
type trackPage struct {
	Number   string
	Code     string // as typed, when it was wrong
	Errors   []kit.FieldError
	Kind     string
	Text     string
	Files    bool // that came with it
	SignedIn bool
}

func (p *Portal) trackForm(c *kit.Ctx) error {
	c.Section("track")
	return c.Page(200, "track", &trackPage{Number: textrule.Line(c.Query("number")), SignedIn: c.Actor.IsResident()})
}

// openByReceipt lets the session follow a case. A wrong code and an unknown number get the same answer, after the same work.
func (p *Portal) openByReceipt(c *kit.Ctx) error {
	var in struct {
		cases.TrackInput
		Kind string `form:"kind"`
		Text string `form:"text"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	c.Section("track")
	typed := in.TrackInput
	again := func(err error) error {
		return c.FormAgain(err, "track", func(errs []kit.FieldError) any {
			return &trackPage{Number: typed.Number, Code: typed.Code, Errors: errs, Kind: in.Kind, Text: in.Text, SignedIn: c.Actor.IsResident()}
		})
	}
	if err := in.Check(); err != nil {
		return again(err)
	}
	in.Number, in.Code = plainNumber(in.Number), norm.NFKC.String(in.Code)
	number := in.Number
	err := c.Limit("track")
	if err == nil {
		err = c.LimitOn("track-number", "number:"+number)
	}
	if err != nil {
		return again(err)
	}
	found, token, err := p.Cases.Track(c.Request.Context(), c.Actor.SessionID, in.TrackInput)
	if err != nil {
		return again(err)
	}
	if token != "" {
		c.SignIn(token)
	}
	if in.Text != "" {
		c.Actor.Grants = append(c.Actor.Grants, found.ID)
		return p.threadWith(c, http.StatusOK, found.Number, typedMessage{Kind: in.Kind, Text: in.Text, Restored: true})
	}
	return c.Redirect("/track/" + found.Number)
}

// plainNumber reads a number as people write it: blanks, no dash or another, digits of full width. What is no number stays as it is.
func plainNumber(typed string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, norm.NFKC.String(typed))
	if len(digits) < 12 || len(digits) > 18 {
		return textrule.Line(typed)
	}
	return digits[:8] + "-" + digits[8:]
}

// withThread opens the case for its owner. Whoever is not gets the form that asks for the code, whether there is such a case or not.
func (p *Portal) withThread(c *kit.Ctx, kind, text string, then func(t *cases.Thread) error) error {
	t, err := p.Cases.Open(c.Request.Context(), c.Actor, c.Param("number"))
	if err == nil && t.Standing&cases.Owner == 0 {
		err = kit.NotFound()
	}
	if fault.Is(err, fault.NotFound) {
		c.Section("track")
		page := &trackPage{Number: textrule.Line(c.Param("number")), Kind: kind, Text: text, SignedIn: c.Actor.IsResident()}
		files, _ := c.Uploads(files.Field)
		page.Files = len(files) > 0
		return c.Page(http.StatusNotFound, "track", page)
	}
	if err != nil {
		return err
	}
	return then(t)
}

func (p *Portal) thread(c *kit.Ctx) error {
	return p.threadWith(c, http.StatusOK, c.Param("number"), typedMessage{})
}

// live tells an open page that something has changed; the page then fetches itself.
func (p *Portal) live(c *kit.Ctx) error {
	g, err := p.Cases.Peek(c.Request.Context(), c.Actor, c.Param("number"))
	if err != nil {
		return err
	}
	return c.Live(cases.CaseTopic(g.Case.Number))
}

// download hands out a file of a message that the reader may see. A reply that is not sent is no such message.
func (p *Portal) download(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	a, err := p.Files.Get(ctx, id)
	if err != nil {
		return err
	}
	if a.OwnerKind != models.OwnerMessage {
		return kit.NotFound()
	}
	if err := p.Cases.MayReadFile(ctx, c.Actor, a); err != nil {
		return err
	}
	a, body, err := p.Files.Open(ctx, id)
	if err != nil {
		return err
	}
	kit.Download{Name: a.Name, MIME: a.MIME, At: a.CreatedAt, Body: body}.Serve(c.Writer, c.Request)
	return nil
}
