package portal

import (
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

func (p *Portal) meRoutes(g *kit.Group) {
	g.GET("/me", kit.Resident, p.matters)
	g.GET("/me/favourites", kit.Resident, p.favourites)
	g.GET("/me/profile", kit.Resident, p.profile)
	g.POST("/me/profile", kit.Resident, p.saveProfile)
	g.GET("/me/account", kit.Resident, p.account)
	g.GET("/me/export", kit.Resident, p.export)
	g.GET("/me/delete", kit.Resident, p.deletePage)
	g.POST("/me/delete", kit.Resident, p.deleteAccount)
	g.POST("/me/sessions/:id/revoke", kit.Resident, p.revokeSession)
	g.POST("/me/sign-out", kit.Public, p.signOut)
	g.GET("/me/sign-in", kit.Public, p.signInPage)
	g.POST("/me/sign-in", kit.Public, p.signInForm)
}

func int64String(n int64) string { return strconv.FormatInt(n, 10) }

// mattersPage is one page of the resident's own cases, newest first.
type mattersPage struct {
	Rows         []matterRow
	Newer, Older string
}

type matterRow struct {
	Case       models.Case
	Stage      i18n.Msg
	Kind       string
	Topic      string
	Department string
	Left       string // while an answer is owed and late
}

func (p *Portal) matters(c *kit.Ctx) error {
	c.Section("me")
	ctx := c.Request.Context()
	var in struct {
		After int64 `form:"after"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	mine, err := p.Cases.Mine(ctx, c.Actor, in.After, cases.PageSize)
	if err != nil {
		return err
	}
	page := &mattersPage{}
	if in.After > 0 {
		page.Newer = "/me"
	}
	if mine.Next != 0 {
		page.Older = "/me?after=" + int64String(mine.Next)
	}
	departments, err := p.Accounts.Departments(ctx)
	if err != nil {
		return err
	}
	tree, err := p.Cases.Topics(ctx)
	if err != nil {
		return err
	}
	for _, m := range mine.Cases {
		d, _ := departments.Get(m.DepartmentID)
		topic := tree.ByID(m.TopicID)
		row := matterRow{Case: m, Stage: cases.ResidentStage(&m), Kind: stageKind(&m), Topic: c.Name(topic), Department: c.Name(d)}
		if m.Status.Open() && m.DueAt.Before(c.Now) {
			box, err := p.dueBox(c, &m)
			if err != nil {
				return err
			}
			row.Left = box.Left
		}
		page.Rows = append(page.Rows, row)
	}
	return c.Page(200, "me", page)
}

type profilePage struct {
	Form    accounts.Profile
	Phone   string
	Locales []option
	Errors  []kit.FieldError
}

type option struct{ Value, Label string }

func (p *Portal) profilePage(c *kit.Ctx) (*profilePage, error) {
	c.Section("me")
	r, err := p.Accounts.Resident(c.Request.Context(), c.Actor.ID)
	return &profilePage{
		Form: accounts.Profile{DisplayName: r.DisplayName, Locale: r.Locale, NotifySMS: r.NotifySMS}, Phone: r.PhoneMasked,
		Locales: []option{{i18n.Source, c.T(i18n.N("中文"))}, {i18n.English, "English"}},
	}, err
}

func (p *Portal) profile(c *kit.Ctx) error {
	page, err := p.profilePage(c)
	if err != nil {
		return err
	}
	return c.Page(200, "profile", page)
}

func (p *Portal) saveProfile(c *kit.Ctx) error {
	page, err := p.profilePage(c)
	if err != nil {
		return err
	}
	var in accounts.Profile
	if err := c.Bind(&in); err != nil {
		return err
	}
	err = c.Limit("write")
	if err == nil {
		err = p.Accounts.UpdateProfile(c.Request.Context(), c.Actor, in)
	}
	if err != nil {
		return c.FormAgain(err, "profile", func(errs []kit.FieldError) any { page.Form, page.Errors = in, errs; return page })
	}
	c.SetCookie(kit.LocaleCookie, in.Locale, 365*24*time.Hour)
	return c.Done("/me/profile", i18n.N("已保存。"))
}

type accountPage struct {
	Phone    string
	Sessions []models.Session
	Present  int64
}

func (p *Portal) account(c *kit.Ctx) error {
	c.Section("me")
	ctx := c.Request.Context()
	r, err := p.Accounts.Resident(ctx, c.Actor.ID)
	if err != nil {
		return err
	}
	sessions, err := p.Accounts.Sessions(ctx, c.Actor)
	if err != nil {
		return err
	}
	return c.Page(200, "account", &accountPage{Phone: r.PhoneMasked, Sessions: sessions, Present: c.Actor.SessionID})
}

func (p *Portal) revokeSession(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if err := c.Limit("write"); err != nil {
		return err
	}
	if err := p.Accounts.RevokeSession(c.Request.Context(), c.Actor, id); err != nil {
		return err
	}
	return c.Done("/me/account", i18n.N("那台设备已退出登录。"))
}

func (p *Portal) signOut(c *kit.Ctx) error {
	if err := p.Accounts.SignOut(c.Request.Context(), c.Actor); err != nil {
		return err
	}
	p.forget(c)
	return c.Done("/", i18n.N("已退出登录，这台设备上不再显示您的诉求和回执。"))
}

// forget takes from the browser what would tell the next person who sat here.
func (p *Portal) forget(c *kit.Ctx) {
	c.SignOut()
	c.SetCookie(kit.DraftCookie, "", -1)
	c.SetCookie(kit.ReceiptCookie, "", -1)
}

func (p *Portal) export(c *kit.Ctx) error {
	if err := c.Limit("write"); err != nil {
		return err
	}
	out, err := p.Cases.ExportOwn(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "huiyin-" + c.Now.In(c.Zone).Format("20060102") + ".json"}))
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, "application/json; charset=utf-8", body)
	return nil
}

type deletePage struct{ Errors []kit.FieldError }

func (p *Portal) deletePage(c *kit.Ctx) error {
	c.Section("me")
	return c.Page(200, "delete", &deletePage{})
}

func (p *Portal) deleteAccount(c *kit.Ctx) error {
	var in struct {
		Sure bool `form:"sure"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	if !in.Sure {
		c.Section("me")
		return c.Page(http.StatusUnprocessableEntity, "delete", &deletePage{Errors: []kit.FieldError{{Name: "sure", Text: c.T(i18n.N("请先勾选，表示您知道注销后不能恢复。"))}}})
	}
	if err := c.Limit("write"); err != nil {
		return err
	}
	if err := p.Cases.EraseResident(c.Request.Context(), c.Actor); err != nil {
		return err
	}
	p.forget(c)
	return c.Done("/", i18n.N("账号已注销，您的手机号和称呼已经删除。"))
}
