package portal

import (
	"net/http"
	"net/url"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/services/cases"
	"huiyin/services/library"
)

// favouritesPage is one page of the answers that the resident keeps, the latest kept first.
type favouritesPage struct {
	Kept         []keptAnswer
	Newer, Older string // addresses
}

// keptAnswer is one answer that is kept. Gone says that it is no longer published; then only its ID is known.
type keptAnswer struct {
	Answer answer
	Gone   bool
}

func (p *Portal) favourites(c *kit.Ctx) error {
	c.Section("me")
	ctx := c.Request.Context()
	after := c.Query("after")
	list, next, err := p.Library.Favourites(ctx, c.Actor.ID, after, cases.PageSize)
	if fault.Is(err, fault.Invalid) && after != "" { // a cursor that is none of ours: begin anew
		after = ""
		list, next, err = p.Library.Favourites(ctx, c.Actor.ID, after, cases.PageSize)
	}
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	page := &favouritesPage{Kept: keptAnswers(n, list)}
	if after != "" {
		page.Newer = "/me/favourites"
	}
	if next != "" {
		page.Older = "/me/favourites?after=" + url.QueryEscape(next)
	}
	return c.Page(http.StatusOK, "favourites", page)
}

func keptAnswers(n names, list []library.Kept) []keptAnswer {
	all := make([]keptAnswer, len(list))
	for i, k := range list {
		all[i] = keptAnswer{Answer: n.answer(k.Entry), Gone: k.Gone}
	}
	return all
}
