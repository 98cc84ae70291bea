package cases

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// scope is the set of departments whose cases somebody may see; all of them when every is set.
type scope struct {
	every       bool
	departments []int64
}

func (s *Service) scopeOf(ctx context.Context, actor models.Actor) (scope, error) {
	switch {
	case actor.Has(models.Overseer):
		return scope{every: true}, nil
	case actor.Has(models.Leader):
		tree, err := s.Accounts.Departments(ctx)
		if err != nil {
			return scope{}, err
		}
		below := tree.Subtree(actor.DepartmentID)
		sc := scope{every: len(below) == len(tree.All())}
		for _, d := range below {
			sc.departments = append(sc.departments, d.ID)
		}
		return sc, nil
	case actor.HasAny(models.Handler, models.Reviewer):
		return scope{departments: []int64{actor.DepartmentID}}, nil
	}
	return scope{}, fault.New(fault.Forbidden, i18n.N("您的岗位不办理诉求，看不到诉求列表。"))
}

// departmentsIn are the departments of a scope, in the order of the tree.
func (s *Service) departmentsIn(ctx context.Context, sc scope) ([]models.Department, error) {
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(tree.All()), func(d models.Department) bool { return !sc.every && !slices.Contains(sc.departments, d.ID) }), nil
}

// LiveTopics are what tells the actor that a list has changed: the departments they see, none for whom no cases are.
func (s *Service) LiveTopics(ctx context.Context, actor models.Actor) ([]string, error) {
	sc, err := s.scopeOf(ctx, actor)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	seen, err := s.departmentsIn(ctx, sc)
	topics := make([]string, 0, len(seen))
	for _, d := range seen {
		topics = append(topics, DepartmentTopic(d.ID))
	}
	return topics, err
}

// filter is a list's condition and order, ready for the store.
type filter struct {
	scope       scope
	handlerID   int64
	unassigned  bool
	open        bool
	status      models.CaseStatus
	judge       int64 // not the cases whose present reply this person may not judge, see mayJudge
	overseers   bool  // besides those desks, what is the overseer's because nobody of the department may judge it
	nothing     bool
	publication []models.PublicationStatus
	dueFrom     time.Time
	dueBefore   time.Time
	topics      []int64 // none: any
	desks       []int64 // none: any
	channel     string
	numberLike  string
	words       string
	above       int64 // only ids greater than this: where a search in words ends
	resident    int64
	newest      bool // order by id, newest first; otherwise by deadline
	afterDue    time.Time
	afterID     int64
}

func (s *Service) filterOf(ctx context.Context, actor models.Actor, sc scope, q InboxQuery) (filter, error) {
	f := filter{scope: sc, channel: q.Channel}
	if err := s.narrow(ctx, &f, q); err != nil {
		return f, err
	}
	now := s.Clock.Now()
	switch q.View {
	case ViewMine, "":
		f.handlerID, f.open = actor.ID, true
	case ViewUnassigned:
		f.unassigned, f.open = true, true
	case ViewDueSoon:
		until, err := s.soonUntil(ctx, now)
		if err != nil {
			return f, err
		}
		f.open, f.dueFrom, f.dueBefore = true, now, until.Add(time.Millisecond)
	case ViewOverdue:
		f.open, f.dueBefore = true, now
	case ViewReview:
		f.status, f.judge = models.Reviewing, actor.ID
		if err := s.desksToReview(ctx, actor, &f); err != nil {
			return f, err
		}
	case ViewPublish:
		f.publication, f.newest = publishStates(actor), true
	case ViewAll:
		f.newest = true
	default:
		return f, fault.New(fault.NotFound, i18n.N("没有这个列表。"))
	}
	if q.Status != "" && q.View != ViewReview {
		f.status = q.Status
	}
	if isNumber(q.Search) {
		f.numberLike = q.Search
	} else {
		f.words = q.Search
	}
	return f, f.readCursor(q.After)
}

func (s *Service) soonUntil(ctx context.Context, now time.Time) (time.Time, error) {
	n, err := s.Policy.CaseNumbers(ctx)
	if err != nil {
		return now, err
	}
	return s.Deadlines.SoonUntil(ctx, now, n.DueSoonDays)
}

// soon returns what tells whether an answer is due soon: the list of that name and the colour of a deadline go by the same setting.
func (s *Service) soon(ctx context.Context) (func(c *models.Case) bool, error) {
	now := s.Clock.Now()
	until, err := s.soonUntil(ctx, now)
	return func(c *models.Case) bool { return c.Status.Open() && !c.DueAt.Before(now) && !c.DueAt.After(until) }, err
}

// desksToReview keeps to the desks whose replies the actor's role reviews. Where a department's own reviewers do, an overseer may stand in
// for them, and is told when nobody else may; it is not theirs to do otherwise.
func (s *Service) desksToReview(ctx context.Context, actor models.Actor, f *filter) error {
	desks, err := s.desks.Get(ctx)
	if err != nil {
		return err
	}
	for _, d := range desks {
		if d.Review == models.ReviewByOverseer && actor.Has(models.Overseer) || d.Review == models.ReviewByDepartment && actor.Has(models.Reviewer) {
			f.desks = append(f.desks, d.ID)
		}
	}
	f.overseers = actor.Has(models.Overseer)
	f.nothing = f.nothing || len(f.desks) == 0 && !f.overseers
	return nil
}

// narrow keeps to a department and a topic, each with what is below it. What the actor does not see stays unseen.
func (s *Service) narrow(ctx context.Context, f *filter, q InboxQuery) error {
	if q.TopicID != 0 {
		tree, err := s.Topics(ctx)
		if err != nil {
			return err
		}
		if f.topics = tree.Under(q.TopicID); len(f.topics) > 1 {
			f.topics = f.topics[1:] // cases have topics of the lower level
		}
	}
	if q.DepartmentID == 0 {
		return nil
	}
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return err
	}
	below := tree.Subtree(q.DepartmentID)
	if f.scope.every && len(below) == len(tree.All()) {
		return nil
	}
	narrowed := scope{}
	for _, d := range below {
		if f.scope.every || slices.Contains(f.scope.departments, d.ID) {
			narrowed.departments = append(narrowed.departments, d.ID)
		}
	}
	f.scope, f.nothing = narrowed, len(narrowed.departments) == 0
	return nil
}

func publishStates(a models.Actor) []models.PublicationStatus {
	if a.Has(models.Handler) {
		return []models.PublicationStatus{models.PublicationWanted, models.PublicationDraft, models.PublicationReady}
	}
	return []models.PublicationStatus{models.PublicationReady}
}

// actStates are those of publishStates that wait for the actor: who prepares cannot publish.
func actStates(a models.Actor) []models.PublicationStatus {
	states := publishStates(a)
	if !a.HasAny(models.Reviewer, models.Overseer) {
		states = slices.DeleteFunc(states, func(s models.PublicationStatus) bool { return s == models.PublicationReady })
	}
	return states
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789-") == ""
}

func cursorOf(f filter, c models.Case) string {
	text := strconv.FormatInt(c.ID, 10)
	if !f.newest {
		text = fmt.Sprintf("%d.%d", c.DueAt.UnixMilli(), c.ID)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func (f *filter) readCursor(cursor string) error {
	if cursor == "" {
		return nil
	}
	bad := fault.New(fault.Invalid, i18n.N("这个翻页地址不对，请从第一页开始看。"))
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) > 60 {
		return bad
	}
	due, id, both := strings.Cut(string(raw), ".")
	if both == f.newest {
		return bad
	}
	if !both {
		due, id = "0", due
	}
	ms, err1 := strconv.ParseInt(due, 10, 64)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if err1 != nil || err2 != nil {
		return bad
	}
	f.afterDue, f.afterID = time.UnixMilli(ms).UTC(), n
	return nil
}
