package portal

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/internal/textindex"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
	"huiyin/services/library"
)

// names is what pages call topics and departments in the reader's language.
type names struct {
	locale      string
	topics      *cases.TopicTree
	departments *accounts.Tree
}

func (p *Portal) names(c *kit.Ctx) (names, error) {
	topics, err := p.Cases.Topics(c.Request.Context())
	if err != nil {
		return names{}, err
	}
	departments, err := p.Accounts.Departments(c.Request.Context())
	return names{c.L.Locale(), topics, departments}, err
}

func (n names) topicName(t models.Topic) string { return t.In(n.locale) }

func (n names) topic(id int64) string { return n.topicName(n.topics.ByID(id)) }

const (
	nearMost = 4
	nearLike = 0.5 // of the words must stand in the name
	nearBest = 0.75
)

// near returns the topics that the words name, in either language, the best first; those far behind the best are left out.
func (n names) near(words string) []models.Topic {
	var found []models.Topic
	score := map[int64]float64{}
	for _, g := range n.topics.Active() {
		for _, t := range append([]models.Topic{g.Topic}, g.Leaves...) {
			if score[t.ID] = textindex.Share(words, t.Name+"\n"+t.NameEn); score[t.ID] >= nearLike {
				found = append(found, t)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b models.Topic) int { return cmp.Compare(score[b.ID], score[a.ID]) })
	for i, t := range found {
		if i == nearMost || score[t.ID] < nearBest*score[found[0].ID] {
			return found[:i]
		}
	}
	return found
}

func (n names) department(id int64) string {
	d, _ := n.departments.Get(id)
	return d.In(n.locale)
}

func (n names) short(id int64) string {
	d, _ := n.departments.Get(id)
	if n.locale == i18n.English || d.Short == "" {
		return n.department(id)
	}
	return d.Short
}

// answer is one published answer in a list.
type answer struct {
	library.Entry
	TitleParts, Text  []textindex.Segment
	Topic, Department string
	Found             bool // the text is what a search found, from the question or the answer
}

// excerpt is how much of an answer a list shows, in characters; the sheet cuts it to two lines.
const excerpt = 110

func (n names) answer(e library.Entry) answer {
	return answer{
		Entry: e, Topic: n.topic(e.TopicID), Department: n.short(e.DepartmentID),
		TitleParts: []textindex.Segment{{Text: e.Title}}, Text: []textindex.Segment{{Text: cut(e.Answer, excerpt)}},
	}
}

func (n names) answers(es []library.Entry) []answer {
	list := make([]answer, len(es))
	for i, e := range es {
		list[i] = n.answer(e)
	}
	return list
}

// cut puts a text on one line of at most so many characters.
func cut(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

func number(id int64) string { return strconv.FormatInt(id, 10) }

func entryPath(id int64) string { return "/library/" + number(id) }
