package cases

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/order"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// TopicTree is every topic, ready to be shown as a tree of two levels and looked up.
type TopicTree struct {
	// Version is equal for equal trees: a key for what is made from one.
	Version string
	Groups  []TopicGroup
	byID    map[int64]models.Topic
}

// TopicGroup is one topic of the upper level with those below it.
type TopicGroup struct {
	Topic  models.Topic
	Leaves []models.Topic
}

// ByID returns a topic, the zero topic when there is none.
func (t *TopicTree) ByID(id int64) models.Topic { return t.byID[id] }

// Under returns the ids of a topic and those below it.
func (t *TopicTree) Under(id int64) []int64 {
	ids := []int64{id}
	for _, g := range t.Groups {
		if g.Topic.ID == id {
			for _, l := range g.Leaves {
				ids = append(ids, l.ID)
			}
		}
	}
	return ids
}

// Askable returns a topic if it can be asked about now: a leaf that leads to a department, while neither it nor its group is switched off.
func (t *TopicTree) Askable(id int64) (models.Topic, bool) {
	leaf := t.byID[id]
	group, ok := t.byID[leaf.ParentID]
	return leaf, ok && group.ParentID == 0 && group.Active && leaf.Active && leaf.DepartmentID != 0
}

// Active returns the tree of what can be asked about.
func (t *TopicTree) Active() []TopicGroup {
	var groups []TopicGroup
	for _, g := range t.Groups {
		leaves := slices.DeleteFunc(slices.Clone(g.Leaves), func(l models.Topic) bool { _, ok := t.Askable(l.ID); return !ok })
		if len(leaves) > 0 {
			groups = append(groups, TopicGroup{Topic: g.Topic, Leaves: leaves})
		}
	}
	return groups
}

// Topics returns the tree; a change made by another replica shows within two seconds.
func (s *Service) Topics(ctx context.Context) (*TopicTree, error) { return s.topics.Get(ctx) }

func (s *Service) loadTopics(ctx context.Context) (*TopicTree, error) {
	list, err := s.allTopics(ctx)
	if err != nil {
		return nil, err
	}
	tree := &TopicTree{byID: map[int64]models.Topic{}}
	sum := fnv.New64a()
	for _, t := range list {
		_, _ = fmt.Fprintf(sum, "%d:%d:%d;", t.ID, t.Version, t.Sort)
		tree.byID[t.ID] = t
		if t.ParentID == 0 {
			tree.Groups = append(tree.Groups, TopicGroup{Topic: t})
		}
	}
	for i := range tree.Groups {
		for _, t := range list {
			if t.ParentID == tree.Groups[i].Topic.ID {
				tree.Groups[i].Leaves = append(tree.Groups[i].Leaves, t)
			}
		}
	}
	tree.Version = strconv.FormatUint(sum.Sum64(), 36)
	return tree, nil
}

// topicByID returns a topic, the zero topic when there is none.
func (s *Service) topicByID(ctx context.Context, id int64) (models.Topic, error) {
	tree, err := s.Topics(ctx)
	if err != nil {
		return models.Topic{}, err
	}
	return tree.ByID(id), nil
}

// Routing is what a resident is told before asking: who answers, and by when.
type Routing struct {
	Topic       models.Topic
	Department  models.Department
	Days        int
	Unit        string
	Due         time.Time
	Provisional bool
}

// Route says who would answer a question on the topic asked now, and by what date.
func (s *Service) Route(ctx context.Context, topicID int64) (Routing, error) {
	tree, err := s.Topics(ctx)
	if err != nil {
		return Routing{}, err
	}
	t, ok := tree.Askable(topicID)
	if !ok {
		return Routing{}, fault.New(fault.NotFound, i18n.N("这个分类不能提问了，请重新选择。"))
	}
	desk, err := s.deskOf(ctx, t.DepartmentID)
	if err != nil {
		return Routing{}, err
	}
	r := Routing{Topic: t, Days: replyDays(desk, t), Unit: desk.Unit}
	if r.Department, err = s.Accounts.Department(ctx, t.DepartmentID); err != nil {
		return Routing{}, err
	}
	r.Due, _, r.Provisional, err = s.Deadlines.Deadline(ctx, s.Clock.Now(), r.Days, desk.Unit)
	return r, err
}

// TopicInput is a topic as settings edit it.
type TopicInput struct {
	ParentID     int64            `form:"parent_id" json:"parent_id"`
	Name         string           `form:"name" json:"name"`
	NameEn       string           `form:"name_en" json:"name_en"`
	Hint         string           `form:"hint" json:"hint"`
	HintEn       string           `form:"hint_en" json:"hint_en"`
	DepartmentID int64            `form:"department_id" json:"department_id"`
	Kind         models.TopicKind `form:"kind" json:"kind"`
	Active       bool             `form:"active" json:"active"`
	Version      int64            `form:"version" json:"version"`
}

// SaveTopic creates a topic (id 0) or changes one; a new one, and one that goes under another, stands last there. Only the system administrator may.
func (s *Service) SaveTopic(ctx context.Context, actor models.Actor, id int64, in TopicInput) (models.Topic, error) {
	if !actor.Has(models.SystemAdmin) {
		return models.Topic{}, notAdmin()
	}
	in.Name, in.NameEn, in.Hint, in.HintEn = textrule.Line(in.Name), textrule.Line(in.NameEn), textrule.Line(in.Hint), textrule.Line(in.HintEn)
	t := models.Topic{ID: id}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.checkTopic(ctx, id, in); err != nil {
			return err
		}
		sort, err := s.topicSort(ctx, id, in.ParentID)
		if err != nil {
			return err
		}
		t = models.Topic{
			ID: id, ParentID: in.ParentID, Name: in.Name, NameEn: in.NameEn, Hint: in.Hint, HintEn: in.HintEn, DepartmentID: in.DepartmentID,
			Kind: in.Kind, Sort: sort, Active: in.Active, Version: in.Version + 1, UpdatedAt: s.Clock.Now(),
		}
		if err := s.putTopic(ctx, &t, in.Version); err != nil {
			return err
		}
		s.topics.Changed(ctx)
		return s.Audit.Record(ctx, actor, "topic.save", "topic", t.ID, map[string]any{"name": t.Name, "department": t.DepartmentID, "active": t.Active})
	})
	return t, err
}

func (s *Service) checkTopic(ctx context.Context, id int64, in TopicInput) error {
	var f fault.Fields
	textrule.Length(&f, "name", in.Name, 2, 30)
	textrule.Length(&f, "name_en", in.NameEn, 0, 60)
	textrule.Length(&f, "hint", in.Hint, 0, 150)
	textrule.Length(&f, "hint_en", in.HintEn, 0, 250)
	if in.Kind != models.Simple && in.Kind != models.Ordinary {
		f.Add("kind", i18n.N("请选择一般或简易。"))
	}
	tree, err := s.Topics(ctx)
	if err != nil {
		return err
	}
	if in.ParentID != 0 {
		if p := tree.ByID(in.ParentID); p.ID == 0 || p.ParentID != 0 || p.ID == id || len(tree.Under(id)) > 1 {
			f.Add("parent_id", i18n.N("分类只有两级，请选择一个上级大类。"))
		}
		d, err := s.Accounts.Department(ctx, in.DepartmentID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if !d.Active {
			f.Add("department_id", i18n.N("请选择由哪个部门答复。"))
		}
	}
	return f.Err()
}

// topicSort is the place that a topic has, or that of the last under a parent.
func (s *Service) topicSort(ctx context.Context, id, parentID int64) (int64, error) {
	list, err := s.allTopics(ctx)
	if err != nil {
		return 0, err
	}
	var last int64
	for _, t := range list {
		switch {
		case t.ParentID != parentID:
		case t.ID == id:
			return t.Sort, nil
		default:
			last = max(last, t.Sort)
		}
	}
	return last + 1, nil
}

// MoveTopic moves a topic one place up or down among its siblings; at the end it does nothing. Only the system administrator may.
func (s *Service) MoveTopic(ctx context.Context, actor models.Actor, id int64, up bool) (models.Topic, error) {
	if !actor.Has(models.SystemAdmin) {
		return models.Topic{}, notAdmin()
	}
	var row models.Topic
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		list, err := s.lockTopics(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(t models.Topic) bool { return t.ID == id })
		if at < 0 {
			return fault.New(fault.NotFound, i18n.N("没有找到。"))
		}
		row = list[at]
		var ids []int64
		for _, t := range list {
			if t.ParentID == row.ParentID {
				ids = append(ids, t.ID)
			}
		}
		ids, ok := order.Moved(ids, id, up)
		if !ok {
			return nil
		}
		for i, t := range ids {
			if err := s.writeTopicSort(ctx, t, int64(i+1)); err != nil {
				return err
			}
		}
		s.topics.Changed(ctx)
		return s.Audit.Record(ctx, actor, "topic.move", "topic", id, map[string]any{"up": up})
	})
	return row, err
}

func notAdmin() error {
	return fault.New(fault.Forbidden, i18n.N("这一项由系统管理员设置。")).WithReason("not_permitted")
}
