package portal

import (
	"cmp"
	"slices"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/textindex"
	"huiyin/internal/textrule"
	"huiyin/services/library"
)

const (
	suggestMost  = 5
	suggestMax   = 60  // characters of what somebody typed
	suggestAmong = 20  // answers that are asked for their topic
	votesMost    = 0.9 // what they say at most: less than what the topic says of itself
)

// suggest finds the topics that words may belong to, for those who do not know which to choose: by what the topics are called and
// what they say of themselves, and by the topics of answers that were given to such words.
func (p *Portal) suggest(c *kit.Ctx, page *topicPage) error {
	if page.Words == "" {
		return nil
	}
	if err := c.Limit("search"); err != nil {
		return err
	}
	found, err := p.Library.Search(c.Request.Context(), library.Query{Text: page.Words, Filter: library.Filter{Limit: suggestAmong}})
	if err != nil && !fault.Is(err, fault.Unavailable) { // without an index the topics' own words are still there
		return err
	}
	page.Suggested = suggested(page.Words, page.Groups, found.Hits)
	for i, s := range page.Suggested {
		page.Suggested[i].Chosen = s.ID == page.Topic
	}
	return nil
}

// suggested ranks the topics. What stands in a name says most; each answer speaks for its topic as much as it is about the words.
func suggested(words string, groups []topicGroup, hits []library.Hit) []topicLeaf {
	votes := map[int64]float64{}
	for _, h := range hits {
		if share := textindex.Share(words, h.Title+"\n"+h.Question); share >= 0.3 {
			votes[h.TopicID] += share * (0.5 + textindex.Share(words, h.Title))
		}
	}
	type rated struct {
		leaf  topicLeaf
		score float64
	}
	var all []rated
	for _, g := range groups {
		for _, l := range g.Leaves {
			t := l.Route.Topic
			name := textindex.Share(words, t.Name+"\n"+t.NameEn)
			about := textindex.Share(words, t.Name+"\n"+t.Hint+"\n"+t.NameEn+"\n"+t.HintEn+"\n"+g.Name)
			if score := 2*name + about + min(votes[t.ID], votesMost); score >= 0.25 {
				all = append(all, rated{l, score})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b rated) int { return cmp.Compare(b.score, a.score) })
	var out []topicLeaf
	for _, r := range all {
		if len(out) == suggestMost || r.score < all[0].score/3 { // far behind the best is only noise
			break
		}
		out = append(out, r.leaf)
	}
	return out
}

func suggestWords(typed string) string {
	words := []rune(textrule.Line(typed))
	return string(words[:min(len(words), suggestMax)])
}
