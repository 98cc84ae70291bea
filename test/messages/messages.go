// Package messages finds every message id that the product can show: in templates and in Go. The house rules check that each has
// its translation, and test/catalog writes the ones that are missing. It reads the source, it runs nothing of it.
package messages

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
)

// Message is one msgid and where it was first met.
type Message struct {
	ID    string
	Where string // "api/portal/ask.go:31", from the root
}

// Found is what Find finds.
type Found struct {
	Messages []Message       // each once, templates first
	Bare     []string        // places in templates where Chinese stands outside of {{t "…"}} and so is never translated
	Literals map[string]bool // every string literal of the Go source: an entry of a catalog that is not even here is unused
}

// Find reads everything under root. In Go a message is what fault, i18n and a Localizer are given; in api every Chinese literal is one, and so is the doc of a field.
func Find(root string) (Found, error) {
	all := Found{Literals: map[string]bool{}}
	err := all.templates(root)
	if err == nil {
		err = all.packages(root)
	}
	seen := map[string]bool{}
	all.Messages = slices.DeleteFunc(all.Messages, func(m Message) bool {
		again := seen[m.ID]
		seen[m.ID] = true
		return again
	})
	return all, err
}

func (all *Found) templates(root string) error {
	return filepath.WalkDir(filepath.Join(root, "web", "templates"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		ms, bs, err := template(path, rel)
		all.Messages, all.Bare = append(all.Messages, ms...), append(all.Bare, bs...)
		return err
	})
}

func (all *Found) packages(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if skipped(rel, d.Name()) {
			return filepath.SkipDir
		}
		return all.folder(path, rel)
	})
}

func skipped(rel, name string) bool {
	return rel != "." && strings.HasPrefix(name, ".") || name == "node_modules" ||
		slices.Contains([]string{"data", "bin", "tmp", "miniprogram", "test", "bench"}, rel)
}

// Han reports whether s has a Chinese character.
func Han(s string) bool { return han.MatchString(s) }

var (
	han     = regexp.MustCompile(`\p{Han}`)
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// Names stand in any language as they are: the product's own, and the languages in their own words.
var Names = []string{"回音", "简体中文", "中文"}

// WithoutNames removes the names from s.
func WithoutNames(s string) string {
	for _, n := range Names {
		s = strings.ReplaceAll(s, n, "")
	}
	return s
}

// template takes every string with Chinese inside of {{ }} for a message (parts translate their labels themselves), and the first
// argument of t whatever it says.
func template(path, rel string) (found []Message, bare []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	tree := parse.New(rel)
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(string(text), "", "", set); err != nil {
		return nil, nil, err
	}
	set[rel] = tree
	where := func(t *parse.Tree, n parse.Node) string {
		at, _ := t.ErrorContext(n)
		name, line, _ := strings.Cut(at, ":")
		line, _, _ = strings.Cut(line, ":")
		return filepath.ToSlash(name) + ":" + line
	}
	for _, t := range set {
		if t.Root == nil {
			continue
		}
		walk(t.Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.TextNode:
				if s := WithoutNames(comment.ReplaceAllString(string(n.Text), "")); Han(s) {
					bare = append(bare, fmt.Sprintf("%s: %s", where(t, n), strings.Join(strings.Fields(s), " ")))
				}
			case *parse.StringNode:
				if Han(WithoutNames(n.Text)) {
					found = append(found, Message{n.Text, where(t, n)})
				}
			case *parse.CommandNode:
				if id, ok := translated(n); ok && !Han(id) {
					found = append(found, Message{id, where(t, n)})
				}
			}
		})
	}
	slices.SortFunc(found, func(a, b Message) int { return strings.Compare(a.Where+a.ID, b.Where+b.ID) })
	slices.Sort(bare)
	return found, bare, nil
}

func translated(n *parse.CommandNode) (string, bool) {
	if len(n.Args) < 2 {
		return "", false
	}
	f, ok := n.Args[0].(*parse.IdentifierNode)
	if !ok || f.Ident != "t" && f.Ident != "tn" {
		return "", false
	}
	s, ok := n.Args[1].(*parse.StringNode)
	if !ok {
		return "", false
	}
	return s.Text, true
}

func walk(n parse.Node, visit func(parse.Node)) {
	visit(n)
	branch := func(b *parse.BranchNode) {
		walk(b.Pipe, visit)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			walk(c, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			walk(a, visit)
		}
	case *parse.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	case *parse.ChainNode:
		walk(n.Node, visit)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	}
}

// folder reads the Go files of one package, tests left out.
func (all *Found) folder(path, rel string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	set, files := token.NewFileSet(), []*ast.File(nil)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, filepath.Join(path, e.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	texts := constants(files)
	everything := rel == "api" || strings.HasPrefix(rel, "api"+string(filepath.Separator))
	place := func(n ast.Node) string {
		at := set.Position(n.Pos())
		return fmt.Sprintf("%s:%d", filepath.ToSlash(filepath.Join(rel, filepath.Base(at.Filename))), at.Line)
	}
	tags := map[*ast.BasicLit]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			args := shown(n)
			if field, ok := n.(*ast.Field); ok && field.Tag != nil {
				all.documented(field.Tag, place(field.Tag))
				tags[field.Tag] = true // as a whole it is no message
			}
			if l, ok := n.(*ast.BasicLit); ok && !tags[l] {
				s, isText := text(l, nil)
				all.Literals[s] = all.Literals[s] || isText
				if everything && Han(WithoutNames(s)) {
					args = []ast.Expr{l}
				}
			}
			for _, arg := range args {
				if id, ok := text(arg, texts); ok && id != "" {
					all.Messages = append(all.Messages, Message{id, place(arg)})
				}
			}
			return true
		})
	}
	return nil
}

// documented takes the doc of a field's tag: what the documentation of the JSON API says of it.
func (all *Found) documented(tag *ast.BasicLit, where string) {
	s, _ := text(tag, nil)
	if doc := reflect.StructTag(s).Get("doc"); doc != "" {
		all.Messages = append(all.Messages, Message{doc, where})
		all.Literals[doc] = true
	}
}

// shown returns the expressions of n that are message ids: what fault, i18n and a Localizer are given.
func shown(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		room, _ := f.X.(*ast.Ident)
		at := -1
		switch {
		case room != nil && room.Name == "fault" && f.Sel.Name == "New":
			at = 1
		case room != nil && room.Name == "fault" && f.Sel.Name == "Wrap":
			at = 2
		case room != nil && room.Name == "i18n" && (f.Sel.Name == "N" || f.Sel.Name == "M"):
			at = 0
		case f.Sel.Name == "Add" && len(n.Args) >= 2 && !isContext(n.Args[0]): // fault.Fields; outbox.Box has an Add too
			at = 1
		case (f.Sel.Name == "T" || f.Sel.Name == "N") && len(n.Args) >= 1: // *i18n.Localizer
			at = 0
		}
		if at >= 0 && at < len(n.Args) {
			return n.Args[at : at+1]
		}
	case *ast.CompositeLit:
		t, ok := n.Type.(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		room, _ := t.X.(*ast.Ident)
		key := map[string]string{"fault.Field": "Msg", "fault.Error": "Msg", "i18n.Msg": "ID"}[nameOf(room)+"."+t.Sel.Name]
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && key != "" {
				if k, ok := kv.Key.(*ast.Ident); ok && k.Name == key {
					return []ast.Expr{kv.Value}
				}
			}
		}
	}
	return nil
}

func isContext(e ast.Expr) bool {
	i, ok := e.(*ast.Ident)
	return ok && i.Name == "ctx"
}

func nameOf(i *ast.Ident) string {
	if i == nil {
		return ""
	}
	return i.Name
}

// constants returns the string constants of a package by name.
func constants(files []*ast.File) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST && g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				for i, name := range v.Names {
					if i < len(v.Values) {
						if s, ok := text(v.Values[i], nil); ok {
							out[name.Name] = s
						}
					}
				}
			}
		}
	}
	return out
}

// text evaluates a string literal, a sum of them, or a named constant of the package.
func text(e ast.Expr, constants map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.Ident:
		s, ok := constants[e.Name]
		return s, ok
	case *ast.ParenExpr:
		return text(e.X, constants)
	case *ast.BinaryExpr:
		a, ok := text(e.X, constants)
		b, also := text(e.Y, constants)
		return a + b, ok && also && e.Op == token.ADD
	}
	return "", false
}
