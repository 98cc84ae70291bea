package v1

import (
	"net/http"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/internal/textindex"
	"huiyin/services/library"
)

func (s *server) reading() {
	get := http.MethodGet
	add(s, op{ID: "search-library", Method: get, Path: "/library", Access: kit.Public, Tag: tagLibrary, Limit: "search", Summary: i18n.N("浏览和搜索公开答复")}, s.searchLibrary)
	add(s, op{ID: "similar-entries", Method: get, Path: "/library/similar", Access: kit.Public, Tag: tagLibrary, Limit: "search", Summary: i18n.N("找可能已经回答过的问题")}, s.similar)
	add(s, op{ID: "get-entry", Method: get, Path: "/library/{id}", Access: kit.Public, Tag: tagLibrary, Gone: true, Summary: i18n.N("一条公开答复")}, s.getEntry)
	add(s, op{ID: "vote-entry", Method: http.MethodPost, Path: "/library/{id}/votes", Access: session, Tag: tagLibrary, Limit: "vote", Creates: together, Gone: true, Summary: i18n.N("评价公开答复有没有帮助")}, s.vote)
	add(s, op{ID: "list-favourites", Method: get, Path: "/favourites", Access: kit.Resident, Tag: tagLibrary, Summary: i18n.N("我收藏的公开答复")}, s.favourites)
	add(s, op{ID: "keep-favourite", Method: http.MethodPut, Path: "/library/{id}/favourite", Access: kit.Resident, Tag: tagLibrary, Limit: "write", Gone: true, Summary: i18n.N("收藏")}, s.favourite)
	add(s, op{ID: "drop-favourite", Method: http.MethodDelete, Path: "/library/{id}/favourite", Access: kit.Resident, Tag: tagLibrary, Limit: "write", Summary: i18n.N("取消收藏")}, s.unfavourite)
}

type searchInput struct {
	Text       string    `query:"q" maxLength:"400" doc:"要找什么；不写就是最新的在前"`
	Topic      int64     `query:"topic" minimum:"0" doc:"包括下级分类"`
	Department int64     `query:"department" minimum:"0" doc:"包括下属部门"`
	From       time.Time `query:"from" doc:"从这一天起公开"`
	To         time.Time `query:"to" doc:"在这一天之前公开"`
	After      string    `query:"after" maxLength:"400" doc:"上一页给出的下一页位置"`
	Limit      int       `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type segment struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty" doc:"是搜到的字词"`
}

type hit struct {
	Entry
	TitleParts []segment `json:"title_parts,omitempty" doc:"有搜索词时：标题分成几段，标出找到的字词"`
	Snippet    []segment `json:"snippet,omitempty"`
}

type results struct {
	List[hit]
	Total   int  `json:"total,omitempty" doc:"有搜索词时"`
	Capped  bool `json:"total_capped,omitempty" doc:"实际比这个总数多"`
	Relaxed bool `json:"relaxed,omitempty" doc:"没有一条包含全部要找的字词"`
}

type found struct {
	Link string `header:"Link"`
	Body results
}

func (s *server) searchLibrary(c *call, in *searchInput) (*found, error) {
	filter, err := s.filter(c, in)
	if err != nil {
		return nil, err
	}
	if in.Text == "" {
		p, err := s.Library.List(c.ctx, filter)
		if err != nil {
			return nil, err
		}
		hits := make([]library.Hit, len(p.Entries))
		for i, e := range p.Entries {
			hits[i].Entry = e
		}
		return s.found(c, library.Results{Hits: hits, Next: p.Next})
	}
	r, err := s.Library.Search(c.ctx, library.Query{Text: in.Text, Filter: filter})
	if err != nil {
		return nil, err
	}
	return s.found(c, r)
}

func (s *server) filter(c *call, in *searchInput) (library.Filter, error) {
	f := library.Filter{From: in.From, To: in.To, After: in.After, Limit: in.Limit}
	if in.Topic != 0 {
		tree, err := s.Cases.Topics(c.ctx)
		if err != nil {
			return f, err
		}
		f.TopicIDs = tree.Under(in.Topic)
	}
	if in.Department != 0 {
		tree, err := s.Accounts.Departments(c.ctx)
		if err != nil {
			return f, err
		}
		f.DepartmentIDs = []int64{in.Department}
		for _, d := range tree.Subtree(in.Department) {
			f.DepartmentIDs = append(f.DepartmentIDs, d.ID)
		}
	}
	return f, nil
}

func (s *server) found(c *call, r library.Results) (*found, error) {
	items := make([]hit, 0, len(r.Hits))
	for _, h := range r.Hits {
		e, err := s.entryOf(c, h.Entry)
		if err != nil {
			return nil, err
		}
		items = append(items, hit{Entry: e, TitleParts: segments(h.TitleParts), Snippet: segments(h.Snippet)})
	}
	p := pageOf(c, items, r.Next)
	return &found{Link: p.Link, Body: results{List: p.Body, Total: r.Total, Capped: r.TotalCapped, Relaxed: r.Relaxed}}, nil
}

func segments(parts []textindex.Segment) []segment {
	var out []segment
	for _, p := range parts {
		out = append(out, segment{Text: p.Text, Hit: p.Hit})
	}
	return out
}

type similarInput struct {
	Text string `query:"text" required:"true" minLength:"2" maxLength:"2000"`
}

func (s *server) similar(c *call, in *similarInput) (*page[Entry], error) {
	es, err := s.Library.Similar(c.ctx, in.Text, 5)
	if err != nil {
		return nil, err
	}
	items := make([]Entry, len(es))
	for i, e := range es {
		if items[i], err = s.entryOf(c, e); err != nil {
			return nil, err
		}
	}
	return pageOf(c, items, ""), nil
}

func (s *server) getEntry(c *call, in *IDInput) (*reply[Entry], error) {
	e, err := s.Library.Entry(c.ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out, err := s.entryOf(c, e)
	return &reply[Entry]{out}, err
}

type voteInput struct {
	IDInput
	Body struct {
		Helpful bool `json:"helpful"`
	}
}

type votes struct {
	Helpful   int64 `json:"helpful"`
	Unhelpful int64 `json:"unhelpful"`
}

// vote counts each reader once, so it may also be sent again without a key.
func (s *server) vote(c *call, in *voteInput) (*reply[votes], error) {
	v, err := s.Library.Vote(c.ctx, scopeOf(c.Actor), in.ID, in.Body.Helpful)
	if err != nil {
		return nil, err
	}
	return &reply[votes]{votes{v.Helpful, v.Unhelpful}}, nil
}

type pageQuery struct {
	After string `query:"after" maxLength:"400" doc:"上一页给出的下一页位置"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type keptEntry struct {
	ID    int64     `json:"id"`
	At    time.Time `json:"at"`
	Gone  bool      `json:"gone,omitempty" doc:"已不再公开"`
	Entry *Entry    `json:"entry,omitempty"`
}

func (s *server) favourites(c *call, in *pageQuery) (*page[keptEntry], error) {
	kept, next, err := s.Library.Favourites(c.ctx, c.Actor.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	items := make([]keptEntry, len(kept))
	for i, k := range kept {
		items[i] = keptEntry{ID: k.ID, At: k.At, Gone: k.Gone}
		if !k.Gone {
			e, err := s.entryOf(c, k.Entry)
			if err != nil {
				return nil, err
			}
			items[i].Entry = &e
		}
	}
	return pageOf(c, items, next), nil
}

func (s *server) favourite(c *call, in *IDInput) (*none, error) {
	return nil, s.Library.Favourite(c.ctx, c.Actor.ID, in.ID)
}

func (s *server) unfavourite(c *call, in *IDInput) (*none, error) {
	return nil, s.Library.Unfavourite(c.ctx, c.Actor.ID, in.ID)
}
