package accounts

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/order"
	"huiyin/models"
)

const (
	treeTTL  = 2 * time.Second // how long another replica may show the tree as it was
	maxDepth = 3

	namedTopics = 5 // how many of the topics that keep a department in use are named
)

type cachedTree struct {
	tree *Tree
	at   time.Time
}

// Departments returns the tree, at most two seconds old on other replicas and always fresh where it was changed.
func (s *Service) Departments(ctx context.Context) (*Tree, error) {
	now := s.Clock.Now()
	held := s.tree.Load()
	if held != nil && now.Sub(held.at) < treeTTL && !now.Before(held.at) {
		return held.tree, nil
	}
	gen := s.treeGen.Load()
	// No lock while reading: a caller inside a transaction holds a connection, and the reader might be waiting for one.
	rows, err := s.departments(ctx, false)
	if err != nil {
		return nil, err
	}
	tree := newTree(rows)
	if held != nil && held.tree.Version == tree.Version {
		tree = held.tree
	}
	s.treeMu.Lock()
	defer s.treeMu.Unlock()
	if s.treeGen.Load() == gen { // else a change was committed after we read
		s.tree.Store(&cachedTree{tree: tree, at: now})
	}
	return tree, nil
}

func (s *Service) forgetTree() {
	s.treeMu.Lock()
	defer s.treeMu.Unlock()
	s.treeGen.Add(1)
	s.tree.Store(nil)
}

// Department returns one department, active or not.
func (s *Service) Department(ctx context.Context, id int64) (models.Department, error) {
	tree, err := s.Departments(ctx)
	if err != nil {
		return models.Department{}, err
	}
	if d, ok := tree.Get(id); ok {
		return d, nil
	}
	return s.department(ctx, id) // one that another replica has just made
}

// DepartmentInput is a department as a form sends it. Version is the version the form was made from; 0 when creating.
// Level counts only when creating.
type DepartmentInput struct {
	Version  int64        `form:"version" json:"version"`
	ParentID int64        `form:"parent_id" json:"parent_id"`
	Level    models.Level `form:"level" json:"level"`
	Name     string       `form:"name" json:"name"`
	Short    string       `form:"short" json:"short"`
	NameEn   string       `form:"name_en" json:"name_en"`
	Phone    string       `form:"phone" json:"phone"`
	Active   bool         `form:"active" json:"active"`
}

func (in *DepartmentInput) check() error {
	for _, p := range []*string{&in.Name, &in.Short, &in.NameEn, &in.Phone} {
		*p = strings.TrimSpace(*p)
	}
	if in.Short == "" {
		in.Short = clip(in.Name, 40)
	}
	var wrong fault.Fields
	for _, f := range []struct {
		name, value string
		low, high   int
	}{{"name", in.Name, 2, 80}, {"short", in.Short, 1, 40}, {"name_en", in.NameEn, 0, 120}, {"phone", in.Phone, 0, 40}} {
		if !plainText(f.value, f.low, f.high) {
			wrong.Add(f.name, i18n.N("请填写 %[1]d 到 %[2]d 个字。"), f.low, f.high)
		}
	}
	return wrong.Err()
}

// CreateDepartment adds an active department under a parent (0 for a root), the last there.
func (s *Service) CreateDepartment(ctx context.Context, actor models.Actor, in DepartmentInput) (models.Department, error) {
	if reason := MayManageDepartments(actor); reason != nil {
		return models.Department{}, reason
	}
	if err := in.check(); err != nil {
		return models.Department{}, err
	}
	var row models.Department
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		rows, err := s.departments(ctx, true)
		if err != nil {
			return err
		}
		parent, path, err := s.standUnder(newTree(rows), in.ParentID, in.Level, 1)
		if err != nil {
			return err
		}
		if err := nameIsFree(rows, 0, parent, in.Name); err != nil {
			return err
		}
		now := s.Clock.Now()
		row = models.Department{
			ParentID: parent, Level: in.Level, Name: in.Name, Short: in.Short, NameEn: in.NameEn, Phone: in.Phone, Sort: nextSort(rows, parent),
			Active: true, Version: 1, CreatedAt: now, UpdatedAt: now,
		}
		if err := s.createDepartment(ctx, &row); err != nil {
			return err
		}
		row.Path = path + strconv.FormatInt(row.ID, 10) + "/"
		if err := s.writePath(ctx, row.ID, row.Path); err != nil {
			return err
		}
		database.AfterCommit(ctx, s.forgetTree)
		return s.Audit.Record(ctx, actor, "department.create", "department", row.ID, map[string]any{"name": row.Name, "parent": row.ParentID})
	})
	return row, err
}

// standUnder checks that a subtree of some height, whose top has that level, may stand under the parent, and returns the
// parent's path ("/" for a root).
func (s *Service) standUnder(tree *Tree, parentID int64, level models.Level, height int) (int64, string, error) {
	var parent *models.Department
	path := "/"
	if parentID != 0 {
		d, ok := tree.Get(parentID)
		if !ok || !d.Active {
			return 0, "", fieldFault("parent_id", i18n.N("请选择在用的上级部门。"))
		}
		parent, path = &d, d.Path
	}
	if reason := levelUnder(level, parent); reason != nil {
		return 0, "", reason
	}
	if depth := strings.Count(path, "/") - 1; depth+height > maxDepth {
		return 0, "", fieldFault("parent_id", i18n.N("部门最多 %[1]d 级。"), maxDepth)
	}
	return parentID, path, nil
}

// nameIsFree refuses a name that another department under the same parent has, in use or not: records could not tell them apart.
func nameIsFree(rows []models.Department, id, parentID int64, name string) error {
	for _, d := range rows {
		if d.ID != id && d.ParentID == parentID && d.Name == name {
			return fieldFault("name", i18n.N("这一级已经有一个叫“%[1]s”的部门。"), name)
		}
	}
	return nil
}

// nextSort is the place behind everything that stands under a parent.
func nextSort(rows []models.Department, parentID int64) int64 {
	var last int64
	for _, d := range rows {
		if d.ParentID == parentID {
			last = max(last, d.Sort)
		}
	}
	return last + 1
}

// MoveDepartment moves a department one place up or down among those under the same parent; at the end it does nothing. Where a thing
// stands is not part of its version: a form that is open elsewhere stays good.
func (s *Service) MoveDepartment(ctx context.Context, actor models.Actor, id int64, up bool) (models.Department, error) {
	if reason := MayManageDepartments(actor); reason != nil {
		return models.Department{}, reason
	}
	var row models.Department
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		tree, old, err := s.treeToChange(ctx, id)
		if err != nil {
			return err
		}
		row = old
		var ids []int64
		for _, d := range tree.order {
			if d.ParentID == row.ParentID {
				ids = append(ids, d.ID)
			}
		}
		ids, ok := order.Moved(ids, id, up)
		if !ok {
			return nil
		}
		for i, d := range ids {
			if err := s.writeSort(ctx, d, int64(i+1)); err != nil {
				return err
			}
		}
		database.AfterCommit(ctx, s.forgetTree)
		return s.Audit.Record(ctx, actor, "department.move", "department", id, map[string]any{"up": up})
	})
	return row, err
}

// treeToChange reads all departments and locks them until the transaction ends, and returns the one that is to change.
func (s *Service) treeToChange(ctx context.Context, id int64) (*Tree, models.Department, error) {
	rows, err := s.departments(ctx, true)
	if err != nil {
		return nil, models.Department{}, err
	}
	tree := newTree(rows)
	row, ok := tree.Get(id)
	if !ok {
		return nil, row, notFound()
	}
	return tree, row, nil
}

func fieldFault(field, msg string, args ...any) error {
	var wrong fault.Fields
	wrong.Add(field, msg, args...)
	return wrong.Err()
}

// UpdateDepartment renames, moves, reactivates or deactivates a department; its subtree moves along. Errors: Conflict with
// a Stale when the version has moved on; Conflict when it is to be deactivated with open cases, active departments below, topics that
// it answers or a desk of its own.
func (s *Service) UpdateDepartment(ctx context.Context, actor models.Actor, id int64, in DepartmentInput) (models.Department, error) {
	if reason := MayManageDepartments(actor); reason != nil {
		return models.Department{}, reason
	}
	if err := in.check(); err != nil {
		return models.Department{}, err
	}
	var row models.Department
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		tree, old, err := s.treeToChange(ctx, id)
		if err != nil {
			return err
		}
		if old.Version != in.Version {
			return stale(old.Version, old, in.differs(old))
		}
		if row, err = s.moved(ctx, tree, old, in); err != nil {
			return err
		}
		if row.Name != old.Name || row.ParentID != old.ParentID {
			if err := nameIsFree(tree.All(), id, row.ParentID, row.Name); err != nil {
				return err
			}
		}
		if old.Active && !in.Active {
			if err := s.mayClose(ctx, tree, old); err != nil {
				return err
			}
		}
		if ok, err := s.writeDepartment(ctx, row, in.Version); err != nil {
			return err
		} else if !ok {
			return stale(old.Version, old, nil)
		}
		row.Version++
		database.AfterCommit(ctx, s.forgetTree)
		return s.Audit.Record(ctx, actor, "department.update", "department", id, map[string]any{"changed": in.differs(old)})
	})
	return row, err
}

// moved returns old with the input's values, and rewrites the paths below it when the parent is another.
func (s *Service) moved(ctx context.Context, tree *Tree, old models.Department, in DepartmentInput) (models.Department, error) {
	row := old
	row.Name, row.Short, row.NameEn, row.Phone, row.Active = in.Name, in.Short, in.NameEn, in.Phone, in.Active
	if in.ParentID == old.ParentID {
		return row, nil
	}
	below := tree.Subtree(old.ID)
	height := 0
	for _, d := range below {
		if d.ID == in.ParentID {
			return row, fieldFault("parent_id", i18n.N("部门不能设在自己的下级之下。"))
		}
		height = max(height, strings.Count(d.Path, "/")-strings.Count(old.Path, "/")+1)
	}
	_, path, err := s.standUnder(tree, in.ParentID, old.Level, height)
	if err != nil {
		return row, err
	}
	row.Sort = nextSort(tree.order, in.ParentID)
	row.ParentID, row.Path = in.ParentID, path+strconv.FormatInt(old.ID, 10)+"/"
	for _, d := range below {
		if d.ID == old.ID {
			continue
		}
		if err := s.writePath(ctx, d.ID, row.Path+strings.TrimPrefix(d.Path, old.Path)); err != nil {
			return row, err
		}
	}
	return row, nil
}

func (s *Service) mayClose(ctx context.Context, tree *Tree, d models.Department) error {
	for _, below := range tree.Subtree(d.ID) {
		if below.ID != d.ID && below.Active {
			return fault.New(fault.Conflict, i18n.N("请先停用它的下级部门。")).WithReason("active_below")
		}
	}
	if s.inUse == nil {
		return fmt.Errorf("accounts: nobody said who knows of open cases")
	}
	topics, desk, err := s.inUse.Serves(ctx, d.ID)
	if err != nil {
		return err
	}
	if len(topics) > 0 {
		named := strings.Join(topics[:min(len(topics), namedTopics)], "、")
		return fault.New(fault.Conflict, i18n.N("还有 %[1]d 个事项分类转到这里：%[2]s。请先改到别的部门，或停用这些分类。"), len(topics), named).WithReason("topics_here")
	}
	if desk != "" {
		return fault.New(fault.Conflict, i18n.N("这个部门还有自己的受理窗口“%[1]s”，请先停用它。"), desk).WithReason("desk_here")
	}
	n, err := s.inUse.OpenCases(ctx, d.ID)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, i18n.N("还有 %[1]d 件诉求没有办结，办结或转办后才能停用。"), n).WithReason("open_cases")
	}
	return nil
}

// differs names the inputs that are not what d has.
func (in DepartmentInput) differs(d models.Department) []string {
	names := []string{}
	for name, same := range map[string]bool{
		"parent_id": in.ParentID == d.ParentID, "name": in.Name == d.Name, "short": in.Short == d.Short, "name_en": in.NameEn == d.NameEn,
		"phone": in.Phone == d.Phone, "active": in.Active == d.Active,
	} {
		if !same {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
