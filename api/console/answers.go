package console

import (
	"net/http"
	"strings"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/library"
)

// reuse is what the library holds for somebody who writes a reply. Failures show as nothing: it is a help.
type reuse struct {
	Entries []library.Entry
	Newest  bool   // nothing is about the same; these are the topic's newest
	Asked   string // what was looked for
}

const reuseShown = 5

// similar are published answers that may be reused for a case.
func (s *Console) similar(c *kit.Ctx, k *models.Case) reuse {
	ctx := c.Request.Context()
	list, err := s.Library.Similar(ctx, k.Title+"\n"+k.Body, reuseShown)
	if err == nil && len(list) > 0 {
		return reuse{Entries: list}
	}
	page, err := s.Library.List(ctx, library.Filter{TopicIDs: []int64{k.TopicID}, Limit: reuseShown})
	if err != nil {
		return reuse{}
	}
	return reuse{Entries: page.Entries, Newest: true}
}

// answers looks for published answers on behalf of an open reply.
func (s *Console) answers(c *kit.Ctx) error {
	r := reuse{Asked: strings.TrimSpace(c.Query("q"))}
	number := c.Query("case")
	switch {
	case r.Asked == "" && number == "":
		return c.Part(http.StatusOK, "reuse-found", r)
	case r.Asked == "": // what the case's page showed before anything was looked for
		g, err := s.Cases.Peek(c.Request.Context(), c.Actor, number)
		if err != nil {
			return err
		}
		return c.Part(http.StatusOK, "reuse-found", s.similar(c, g.Case))
	}
	found, err := s.Library.Search(c.Request.Context(), library.Query{Text: r.Asked, Filter: library.Filter{Limit: reuseShown}})
	if err != nil {
		return err
	}
	for _, h := range found.Hits {
		r.Entries = append(r.Entries, h.Entry)
	}
	return c.Part(http.StatusOK, "reuse-found", r)
}
