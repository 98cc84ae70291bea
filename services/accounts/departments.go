package accounts

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

const (
	treeTTL  = 2 * time.Second // how long another replica may show the tree as it was
	maxDepth = 3
)

// Departments returns the tree, a moment old at most where another replica has changed it.
func (s *Service) Departments(ctx context.Context) (*Tree, error) { return s.tree.Get(ctx) }

func (s *Service) loadTree(ctx context.Context) (*Tree, error) {
	rows, err := s.departments(ctx, false)
	if err != nil {
		return nil, err
	}
	return newTree(rows), nil
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
	if in.Phone != "" && !officePhone.MatchString(in.Phone) {
		wrong.Add("phone", i18n.N("请填写电话号码，例如 0571-12345678；有分机写“转 8012”。"))
	}
	return wrong.Err()
}

// officePhone is a telephone as people write it, with an extension or a second one.
var officePhone = regexp.MustCompile(`^[0-9+(（][0-9()（）+ \-]{2,}[0-9](?:[ ,，、/转]+[0-9][0-9 \-]*[0-9])*$`)

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

func fieldFault(field, msg string, args ...any) error {
	var wrong fault.Fields
	wrong.Add(field, msg, args...)
	return wrong.Err()
}
