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
	"slices"
	"strconv"
	"strings"
)

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
		f, err := parser.ParseFile(set, filepath.Join(path, e.Name()), nil, parser.SkipObjectResolution|parser.ParseComments)
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
			if d, ok := n.(*ast.GenDecl); ok && marked(d.Doc) {
				args = literals(d)
			}
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
		if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "N" || f.Name == "M") && len(n.Args) > 0 { // package i18n itself
			return n.Args[:1]
		}
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

// directive above a declaration makes every Chinese literal in it a message: for tables, and constants that are used elsewhere.
const directive = "//i18n:keys"

func marked(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return c.Text == directive })
}

// literals returns the Chinese literals of a declaration.
func literals(d *ast.GenDecl) (out []ast.Expr) {
	ast.Inspect(d, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok {
			if s, ok := text(l, nil); ok && Han(WithoutNames(s)) {
				out = append(out, l)
			}
		}
		return true
	})
	return out
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

// constants returns the strings that have a name in a package, or in one of its functions.
func constants(files []*ast.File) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range v.Names {
				if i < len(v.Values) {
					if s, ok := text(v.Values[i], nil); ok {
						out[name.Name] = s
					}
				}
			}
			return true
		})
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
