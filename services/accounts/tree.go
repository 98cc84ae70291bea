package accounts

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"huiyin/models"
)

// Tree is all departments at one moment; it is immutable, any number may read it.
type Tree struct {
	// Version is equal for equal trees: a key for what is made from one.
	Version string
	Roots   []*Node
	nodes   map[int64]*Node
	order   []models.Department
}

// Node is a department with those below it, each level in the order screens show.
type Node struct {
	models.Department
	Children []*Node
}

func newTree(rows []models.Department) *Tree {
	t := &Tree{nodes: make(map[int64]*Node, len(rows))}
	sorted := slices.Clone(rows)
	slices.SortFunc(sorted, func(a, b models.Department) int {
		return cmp.Or(cmp.Compare(a.Sort, b.Sort), cmp.Compare(a.ID, b.ID))
	})
	sum := fnv.New64a()
	for _, d := range sorted {
		t.nodes[d.ID] = &Node{Department: d}
		_, _ = fmt.Fprintf(sum, "%d:%d:%s:%d;", d.ID, d.Version, d.Path, d.Sort)
	}
	for _, d := range sorted {
		node := t.nodes[d.ID]
		if parent, ok := t.nodes[d.ParentID]; ok {
			parent.Children = append(parent.Children, node)
		} else {
			t.Roots = append(t.Roots, node)
		}
	}
	t.Version = fmt.Sprintf("%x", sum.Sum64())
	t.walk(t.Roots)
	return t
}

func (t *Tree) walk(nodes []*Node) {
	for _, n := range nodes {
		t.order = append(t.order, n.Department)
		t.walk(n.Children)
	}
}

// All returns every department, parents before children, in the order screens show.
func (t *Tree) All() []models.Department { return slices.Clone(t.order) }

// Active returns the active departments in the same order: what a form offers.
func (t *Tree) Active() []models.Department {
	return slices.DeleteFunc(t.All(), func(d models.Department) bool { return !d.Active })
}

// Get returns one department.
func (t *Tree) Get(id int64) (models.Department, bool) {
	if n, ok := t.nodes[id]; ok {
		return n.Department, true
	}
	return models.Department{}, false
}

// Department returns one department, the zero one when there is none such.
func (t *Tree) Department(id int64) models.Department {
	d, _ := t.Get(id)
	return d
}

// Subtree returns a department and all below it.
func (t *Tree) Subtree(id int64) []models.Department {
	top, ok := t.Get(id)
	if !ok {
		return nil
	}
	var out []models.Department
	for _, d := range t.order {
		if strings.HasPrefix(d.Path, top.Path) {
			out = append(out, d)
		}
	}
	return out
}
