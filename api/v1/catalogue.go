package v1

import (
	"net/http"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/services/cases"
)

func (s *server) catalogue() {
	get := http.MethodGet
	add(s, op{ID: "list-topics", Method: get, Path: "/topics", Access: kit.Public, Tag: tagTopics, Summary: i18n.N("分类一览，每类由谁答复")}, s.listTopics)
	add(s, op{ID: "get-topic", Method: get, Path: "/topics/{id}", Access: kit.Public, Tag: tagTopics, Summary: i18n.N("现在提问由谁答复、最迟哪天")}, s.getTopic)
	add(s, op{ID: "get-page", Method: get, Path: "/pages/{slug}", Access: kit.Public, Tag: tagTopics, Summary: i18n.N("隐私说明等页面和它的版本")}, s.getPage)
}

type topicGroup struct {
	Named
	Topics []topicLeaf `json:"topics" nullable:"false"`
}

type topicLeaf struct {
	Named
	Hint       string `json:"hint,omitempty"`
	Kind       string `json:"kind" enum:"simple,ordinary" doc:"由它决定期限"`
	Department Named  `json:"department"`
}

func (s *server) listTopics(c *call, _ *none) (*page[topicGroup], error) {
	tree, err := s.Cases.Topics(c.ctx)
	if err != nil {
		return nil, err
	}
	departments, err := s.Accounts.Departments(c.ctx)
	if err != nil {
		return nil, err
	}
	groups := []topicGroup{}
	for _, g := range tree.Active() {
		group := topicGroup{Named: topic(c.Ctx, g.Topic)}
		for _, l := range g.Leaves {
			d, _ := departments.Get(l.DepartmentID)
			leaf := topicLeaf{Named: topic(c.Ctx, l), Hint: l.Hint, Kind: string(l.Kind), Department: department(c.Ctx, d)}
			if c.L.Locale() == i18n.English && l.HintEn != "" {
				leaf.Hint = l.HintEn
			}
			group.Topics = append(group.Topics, leaf)
		}
		groups = append(groups, group)
	}
	return pageOf(c, groups, ""), nil
}

type routing struct {
	Topic       Named     `json:"topic"`
	Department  Named     `json:"department" doc:"由谁答复"`
	Days        int       `json:"days"`
	Unit        string    `json:"unit" enum:"working,natural"`
	DueAt       time.Time `json:"due_at" doc:"现在提问的话"`
	Provisional bool      `json:"due_provisional"`
}

func (s *server) getTopic(c *call, in *IDInput) (*reply[routing], error) {
	r, err := s.Cases.Route(c.ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[routing]{routingOf(c, r)}, nil
}

func routingOf(c *call, r cases.Routing) routing {
	return routing{Topic: topic(c.Ctx, r.Topic), Department: department(c.Ctx, r.Department), Days: r.Days, Unit: r.Unit, DueAt: r.Due, Provisional: r.Provisional}
}

type pageInput struct {
	Slug    string `path:"slug" enum:"how,privacy,accessibility"`
	Version int64  `query:"version" minimum:"0" doc:"要看的旧版本；不写就是现行版本"`
}

type textPage struct {
	Slug    string `json:"slug"`
	Locale  string `json:"locale"`
	Version int64  `json:"version" doc:"隐私说明的版本，提问时要同意的就是它"`
	Title   string `json:"title"`
	HTML    string `json:"html"`
}

func (s *server) getPage(c *call, in *pageInput) (*reply[textPage], error) {
	p, err := s.City.Page(c.ctx, in.Slug, c.L.Locale())
	if err == nil && in.Version != 0 && in.Version != p.Version {
		p, err = s.City.PageVersion(c.ctx, in.Slug, p.Locale, in.Version)
	}
	if err != nil {
		return nil, err
	}
	out := textPage{Slug: p.Slug, Locale: p.Locale, Version: p.Version, Title: p.Title, HTML: p.Body}
	if in.Slug == "privacy" && in.Version == 0 {
		out.Version, err = s.City.PrivacyVersion(c.ctx)
	}
	return &reply[textPage]{out}, err
}
