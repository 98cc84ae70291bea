package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template/parse"
)

// slots are the places of a layout that a page fills: a page's file defines templates of these names, "main" at least. What else it
// defines is a part like any other, and its name is its own among all the files.
var slots = []string{"title", "head", "crumbs", "main"}

// Templates are the parsed screens of one language. All pages stand in one set and share its layouts and parts: a set for each page,
// as html/template suggests, costs a copy of every part for every page, some 30 MB.
type Templates struct {
	set   *template.Template
	pages map[string]bool
}

// ParseTemplates reads templates/layouts, templates/parts and all other files below templates, which are pages and are called by their
// path without ".html" ("portal/home").
func ParseTemplates(fsys fs.FS, funcs template.FuncMap) (*Templates, error) {
	set, err := template.New("").Funcs(funcs).ParseFS(fsys, "templates/layouts/*.html", "templates/parts/*.html")
	if err != nil {
		return nil, err
	}
	t := &Templates{set: set, pages: map[string]bool{}}
	err = fs.WalkDir(fsys, "templates", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".html") {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		if dir := path.Dir(name); dir == "layouts" || dir == "parts" {
			return nil
		}
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return err
		}
		return t.add(name, file, string(text))
	})
	return t, err
}

func (t *Templates) add(page, file, text string) error {
	defined := map[string]*parse.Tree{}
	tree := parse.New(file)
	tree.Mode = parse.SkipFuncCheck // the set knows the functions and refuses others when it is executed
	if _, err := tree.Parse(text, "", "", defined); err != nil {
		return err
	}
	for name, tree := range defined {
		if name == file {
			continue // what stands between the definitions: comments
		}
		if slices.Contains(slots, name) {
			name = slotOf(page, name)
		} else if t.set.Lookup(name) != nil {
			return fmt.Errorf("%s: the part %q is defined elsewhere too", file, name)
		}
		if _, err := t.set.AddParseTree(name, tree); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if t.set.Lookup(slotOf(page, "main")) == nil {
		return fmt.Errorf("%s: no main", file)
	}
	t.pages[page] = true
	return nil
}

func slotOf(page, slot string) string { return page + "#" + slot }

// Page renders a page inside its area's layout, which finds {Page, Data} and, under "Slots", what the page says in each of its slots.
func (t *Templates) Page(area, name string, page, data any) ([]byte, error) {
	name = area + "/" + name
	if !t.pages[name] {
		return nil, fmt.Errorf("no page %s", name)
	}
	filled := map[string]template.HTML{}
	values := map[string]any{"Page": page, "Data": data, "Slots": filled}
	var out bytes.Buffer
	for _, slot := range slots {
		if t.set.Lookup(slotOf(name, slot)) == nil {
			continue
		}
		out.Reset()
		if err := t.set.ExecuteTemplate(&out, slotOf(name, slot), values); err != nil {
			return nil, err
		}
		filled[slot] = template.HTML(out.String()) //nolint:gosec // a template has made it, and escaped what it was given
	}
	out.Reset()
	err := t.set.ExecuteTemplate(&out, area, values)
	return out.Bytes(), err
}

// Part renders one part without a layout.
func (t *Templates) Part(name string, page, data any) ([]byte, error) {
	var out bytes.Buffer
	err := t.set.ExecuteTemplate(&out, name, map[string]any{"Page": page, "Data": data})
	return out.Bytes(), err
}
