package cases

import (
	"context"
	"strings"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// View is one of the inbox's standing lists.
type View string

// The views, in the order of the side navigation.
const (
	ViewMine       View = "mine"
	ViewReview     View = "review"
	ViewUnassigned View = "unassigned"
	ViewDueSoon    View = "due_soon"
	ViewOverdue    View = "overdue"
	ViewAll        View = "all"
	ViewPublish    View = "publish" // answered with consent: to prepare, or waiting for a second person
)

// Views lists them.
var Views = []View{ViewMine, ViewReview, ViewUnassigned, ViewDueSoon, ViewOverdue, ViewAll, ViewPublish}

// InboxQuery asks for one page of a view.
type InboxQuery struct {
	View View `form:"view" json:"view"`
	// DepartmentID narrows the list to one of the departments the actor sees and those below it.
	DepartmentID int64 `form:"department" json:"department_id,omitempty"`
	// TopicID is a topic, or a group of topics: all below it.
	TopicID int64             `form:"topic" json:"topic,omitempty"`
	Status  models.CaseStatus `form:"status" json:"status,omitempty"`
	Channel string            `form:"channel" json:"channel,omitempty"`
	Search  string            `form:"q" json:"q,omitempty"`
	// Same is the number of a case: those of the same resident, as far as the actor sees them and they were not asked without a name.
	Same  string `form:"same" json:"-"`
	After string `form:"after" json:"after,omitempty"`
	Limit int    `form:"limit" json:"limit,omitempty"`
}

// InboxRow is one case in a list; the name is masked for whom knowsName does not name.
type InboxRow struct {
	Case       models.Case
	Topic      models.Topic
	Department models.Department
	Handler    string
	Name       string    // "" when anonymous
	Left       i18n.Left // of its deadline, while an answer is owed
	DueSoon    bool      // as the view of that name
	Assignable bool      // by the actor, now
}

// InboxPage is one page of a list; Next is the cursor of the following one, "" at the end.
type InboxPage struct {
	Rows []InboxRow
	Next string
	// Departments are those the actor sees, in the order of the tree; none for whom sees no more than their own.
	Departments []models.Department
	// SearchedBack is how many of the newest cases a search in words looked through; 0 when it looked at all.
	SearchedBack int
	// InText is set when what was searched for looks like a number, begins none, and so was searched for in the texts.
	InText bool
}

// A search in words reads the texts of the newest cases: so many of those of one department, for whom sees no more, or of all.
const (
	searchBackOne = 5000
	searchBackAll = 20000
)

// numbersBack bounds a search by the beginning of a number: the newest of those that match.
const numbersBack = 2000

// Inbox returns one page of a view over the cases the actor may see.
func (s *Service) Inbox(ctx context.Context, actor models.Actor, q InboxQuery) (InboxPage, error) {
	scope, err := s.scopeOf(ctx, actor)
	if err != nil {
		return InboxPage{}, err
	}
	q.Limit = bound(q.Limit)
	f, err := s.filterReady(ctx, actor, scope, q)
	if err != nil {
		return InboxPage{}, err
	}
	page := InboxPage{}
	list, err := s.found(ctx, &f, q.Limit+1, &page)
	if err == nil && len(list) == 0 && f.numberLike != "" { // digits that begin no number may stand in a text: a telephone, a house
		f.numberLike, f.words, page.InText = "", f.numberLike, true
		list, err = s.found(ctx, &f, q.Limit+1, &page)
	}
	if err != nil {
		return InboxPage{}, err
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = cursorOf(f, list[len(list)-1])
	}
	if page.Rows, err = s.rows(ctx, actor, list); err != nil {
		return page, err
	}
	if actor.HasAny(models.Overseer, models.Leader) {
		page.Departments, err = s.departmentsIn(ctx, scope)
	}
	return page, err
}

// found reads one page; a search in words has its floor first.
func (s *Service) found(ctx context.Context, f *filter, limit int, page *InboxPage) (list []models.Case, err error) {
	if f.words == "" {
		return s.listCases(ctx, *f, limit)
	}
	if f.above, page.SearchedBack, err = s.searchFloor(ctx, f.scope); err != nil {
		return nil, err
	}
	return s.saidOpenly(ctx, *f, limit)
}

// saidOpenly reads on until the page is full of cases that say the words where nothing covers them: what is covered must not be found
// out by searching for it, digit by digit. It gives up after some 2,000 that say them under the cover only.
func (s *Service) saidOpenly(ctx context.Context, f filter, limit int) (kept []models.Case, err error) {
	batch := limit
	for range 10 {
		list, err := s.listCases(ctx, f, batch)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if s.saysOpenly(&c, f.words) {
				kept = append(kept, c)
			}
		}
		if len(kept) >= limit || len(list) < batch {
			break
		}
		last := list[len(list)-1]
		f.afterDue, f.afterID, batch = last.DueAt, last.ID, 200
	}
	return kept[:min(len(kept), limit)], nil
}

// saysOpenly tells of a case whose title or text holds the words whether they stand there uncovered.
func (s *Service) saysOpenly(c *models.Case, words string) bool {
	titleParts, title := s.covered(c.Title)
	bodyParts, body := s.covered(c.Body)
	return titleParts == nil && bodyParts == nil || strings.Contains(strings.ToLower(title+"\n"+body), strings.ToLower(words))
}

// filterReady is the whole condition of a list.
func (s *Service) filterReady(ctx context.Context, actor models.Actor, scope scope, q InboxQuery) (filter, error) {
	q.Search = textrule.Line(q.Search)
	if len([]rune(q.Search)) > 60 {
		return filter{}, fault.New(fault.Invalid, i18n.N("搜索的文字太长，请缩短到 60 个字以内。"))
	}
	f, err := s.filterOf(ctx, actor, scope, q)
	if err == nil && q.Same != "" {
		err = s.alike(ctx, actor, &f, q.Same)
	}
	return f, err
}

// Counts says how many cases each view holds for the actor, counted up to limit+1 so that the cost is bounded.
func (s *Service) Counts(ctx context.Context, actor models.Actor, limit int) (map[View]int, error) {
	scope, err := s.scopeOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	filters := make([]filter, 0, len(Views))
	for _, v := range countedViews {
		f, err := s.filterOf(ctx, actor, scope, InboxQuery{View: v})
		if err != nil {
			return nil, err
		}
		if v == ViewPublish {
			f.publication = actStates(actor)
		}
		filters = append(filters, f)
	}
	numbers, err := s.countEach(ctx, filters, limit+1)
	if err != nil {
		return nil, err
	}
	counts := map[View]int{}
	for i, v := range countedViews {
		counts[v] = numbers[i]
	}
	return counts, nil
}

// countedViews are those whose length says something: all there is to see does not.
var countedViews = []View{ViewMine, ViewReview, ViewUnassigned, ViewDueSoon, ViewOverdue, ViewPublish}

func (s *Service) rows(ctx context.Context, actor models.Actor, list []models.Case) ([]InboxRow, error) {
	topics, err := s.Topics(ctx)
	if err != nil {
		return nil, err
	}
	var handlers []int64
	for _, c := range list {
		handlers = append(handlers, c.HandlerID)
	}
	people, err := s.Accounts.StaffNames(ctx, handlers)
	if err != nil {
		return nil, err
	}
	soon, err := s.soon(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]InboxRow, 0, len(list))
	for _, c := range list {
		row := InboxRow{Case: c, Topic: topics.ByID(c.TopicID), Handler: people[c.HandlerID].Name, DueSoon: soon(&c)}
		if row.Department, err = s.Accounts.Department(ctx, c.DepartmentID); err != nil {
			return nil, err
		}
		if c.Status.Open() {
			if row.Left, err = s.Deadlines.Left(ctx, c.DueAt, c.DueBasis); err != nil {
				return nil, err
			}
		}
		desk, err := s.deskByID(ctx, c.DeskID)
		if err != nil {
			return nil, err
		}
		name, err := s.opened(c.DisplayNameSealed)
		if err != nil {
			return nil, err
		}
		who := StandingOf(actor, &c, row.Department.Path)
		row.Name = shownName(name, knowsName(actor, who, &c, desk))
		row.Assignable = permitted(ActAssign, c.Status, who) == nil
		rows = append(rows, row)
	}
	return rows, nil
}
