package portal

import (
	"net/http"

	"huiyin/api/kit"
)

// newestOnHome is how many answers the first page shows.
const newestOnHome = 8

type homePage struct {
	Slogan  string
	Popular []string
	Days    int  // that the desk for every department has to answer; 0 when it is not open
	Natural bool // they are natural days
	Count   int
	Newest  []answer
	Topics  []choice
}

// choice is one value of a filter with the address that chooses it.
type choice struct {
	Name, Href string
	Present    bool
	Under      []choice
}

func (p *Portal) home(c *kit.Ctx) error {
	c.Section("home")
	ctx := c.Request.Context()
	profile, err := p.City.Profile(ctx)
	if err != nil {
		return err
	}
	page := homePage{Slogan: profile.Motto(c.L.Locale()), Popular: profile.PopularQuestions}
	desk, open, err := p.Cases.CommonDesk(ctx)
	if err != nil {
		return err
	}
	if open {
		page.Days, page.Natural = int(desk.OrdinaryDays), desk.Unit == "natural"
	}
	if page.Count, err = p.Library.Count(ctx); err != nil {
		return err
	}
	newest, err := p.Library.Newest(ctx, newestOnHome)
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	page.Newest = n.answers(newest)
	for _, g := range n.topics.Groups {
		if g.Topic.Active {
			page.Topics = append(page.Topics, choice{Name: n.topicName(g.Topic), Href: listing{Topic: g.Topic.ID}.href()})
		}
	}
	return c.Page(http.StatusOK, "home", page)
}
