package portal

import (
	"html/template"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/internal/qr"
	"huiyin/models"
	"huiyin/services/calendar"
)

// receiptPage is what the resident keeps: the only page that shows the query code, until a time it names.
type receiptPage struct {
	Case       *models.Case
	Code       string // in groups of four
	Topic      string
	Department string
	Counted    calendar.Account
	Address    string // of the page that asks for the query code
	QR         template.HTML
	NotifySMS  bool
	Phone      string
	Until      time.Time
	SignedIn   bool // as the one who asked: sending a question signs in
}

// receipt shows the receipt to the browser that sent the form. Neither the address nor the picture holds the code.
func (p *Portal) receipt(c *kit.Ctx) error {
	ctx := c.Request.Context()
	c.Section("consult")
	r, found, err := p.Cases.ReceiptOf(ctx, c.CookieValue(kit.ReceiptCookie))
	if err != nil {
		return err
	}
	if !found {
		c.SetFlash("info", c.T(i18n.N("回执已经不能再显示。请用编号和查询码，或者用手机号登录查看进度。")))
		return c.Redirect("/track")
	}
	page := &receiptPage{Case: r.Case, Until: r.Until, SignedIn: c.Actor.IsResident() && c.Actor.ID == r.Case.ResidentID, Code: groups(r.Code), Counted: calendar.Tell(r.Case.DueBasis, c.L)}
	tree, err := p.Cases.Topics(ctx)
	if err != nil {
		return err
	}
	topic := tree.ByID(r.Case.TopicID)
	page.Topic = c.Name(topic)
	department, err := p.Accounts.Department(ctx, r.Case.DepartmentID)
	if err != nil {
		return err
	}
	page.Department = c.Name(department)
	resident, err := p.Accounts.Resident(ctx, r.Case.ResidentID)
	if err != nil {
		return err
	}
	page.NotifySMS, page.Phone = resident.NotifySMS, resident.PhoneMasked
	page.Address = p.absolute(c, "/track/"+r.Case.Number)
	if page.QR, err = qr.SVG(page.Address, c.T(i18n.N("查询页二维码"))); err != nil {
		return err
	}
	return c.Page(200, "receipt", page)
}

// groups writes a code in groups of four, as people read and type it.
func groups(code string) string {
	var out []byte
	for i := range len(code) {
		if i > 0 && i%4 == 0 {
			out = append(out, '-')
		}
		out = append(out, code[i])
	}
	return string(out)
}
