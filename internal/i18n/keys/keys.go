// Package keys finds the message ids in Go sources and templates, so that a test can ask for their translations.
// It reads text only; it knows neither catalogs nor what a page looks like.
package keys

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Key is a message id and where it stands, "services/cases/submit.go:42".
type Key struct {
	ID    string
	Where string
}

// Directive above a declaration makes every Chinese literal in it a message id, for tables and constants.
const Directive = "//i18n:keys"

// In returns the message ids of all Go files but tests. They are the Chinese literals (or constants of the same file)
// given to i18n.N, i18n.M, fault.New, fault.Wrap, T, N and fault.Fields.Add, or set as Msg of a fault.Field or ID of an
// i18n.Msg, and those below a Directive.
func In(tree fs.FS) ([]Key, error) {
	var out []Key
	err := files(tree, ".go", func(name, text string) error {
		if strings.HasSuffix(name, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		s := &scan{set: set, consts: consts(file), lenient: strings.HasPrefix(name, "internal/i18n/")}
		ast.Inspect(file, s.visit)
		out = append(out, s.found...)
		return nil
	})
	return out, err
}

type scan struct {
	set     *token.FileSet
	consts  map[string]string
	lenient bool // inside package i18n itself its functions carry no package name
	found   []Key
}

func (s *scan) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		if marked(n.Doc) {
			ast.Inspect(n, func(n ast.Node) bool {
				if e, ok := n.(*ast.BasicLit); ok {
					s.add(e)
				}
				return true
			})
			return false
		}
	case *ast.CallExpr:
		if i := s.position(n.Fun); i >= 0 && i < len(n.Args) {
			s.add(n.Args[i])
		}
	case *ast.KeyValueExpr:
		if k, ok := n.Key.(*ast.Ident); ok && (k.Name == "Msg" || k.Name == "ID") {
			s.add(n.Value)
		}
	}
	return true
}

// position says which argument of the function is a message id, -1 for none.
func (s *scan) position(fun ast.Expr) int {
	if id, ok := fun.(*ast.Ident); ok && s.lenient && id.Name == "N" {
		return 0
	}
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return -1
	}
	pkg, _ := sel.X.(*ast.Ident)
	switch sel.Sel.Name {
	case "T", "N", "M":
		return 0
	case "Add":
		return 1
	case "New":
		if pkg != nil && pkg.Name == "fault" {
			return 1
		}
	case "Wrap":
		if pkg != nil && pkg.Name == "fault" {
			return 2
		}
	}
	return -1
}

func (s *scan) add(e ast.Expr) {
	text := ""
	switch e := e.(type) {
	case *ast.BasicLit:
		text = literal(e)
	case *ast.Ident:
		text = s.consts[e.Name]
	}
	if hasHan(text) {
		at := s.set.Position(e.Pos())
		s.found = append(s.found, Key{ID: text, Where: at.Filename + ":" + strconv.Itoa(at.Line)})
	}
}

func marked(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if c.Text == Directive {
			return true
		}
	}
	return false
}

func consts(file *ast.File) map[string]string {
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			for i, name := range v.Names {
				if i < len(v.Values) {
					if lit, ok := v.Values[i].(*ast.BasicLit); ok {
						out[name.Name] = literal(lit)
					}
				}
			}
		}
		return true
	})
	return out
}

func literal(lit *ast.BasicLit) string {
	if lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

var (
	action  = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	call    = regexp.MustCompile("(?:^|[\\s({|=])tn?\\s+(\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)")
)

// InTemplates returns the message ids that templates (*.html, *.txt, *.tmpl) give to t and tn, and apart from them the
// Chinese that stands in a template as bare text, which no catalog can reach. A line that marks its text as Chinese with
// lang="zh-CN", such as the language switch, may hold it.
func InTemplates(tree fs.FS) (found, bare []Key, err error) {
	scan := func(name, text string) error {
		where := func(at int) string { return name + ":" + strconv.Itoa(1+strings.Count(text[:at], "\n")) }
		for _, a := range action.FindAllStringIndex(text, -1) {
			for _, m := range call.FindAllStringSubmatchIndex(text[a[0]:a[1]], -1) {
				id, err := strconv.Unquote(text[a[0]+m[2] : a[0]+m[3]])
				if err == nil && hasHan(id) {
					found = append(found, Key{ID: id, Where: where(a[0])})
				}
			}
		}
		// Blank what is no text, newlines apart, so that lines keep their numbers.
		rest := blank(comment, blank(action, text))
		for i, line := range strings.Split(rest, "\n") {
			if hasHan(line) && !strings.Contains(line, ` lang="zh-CN"`) {
				bare = append(bare, Key{ID: strings.TrimSpace(line), Where: name + ":" + strconv.Itoa(i+1)})
			}
		}
		return nil
	}
	for _, ext := range []string{".html", ".txt", ".tmpl"} {
		if err := files(tree, ext, scan); err != nil {
			return nil, nil, err
		}
	}
	return found, bare, nil
}

func blank(re *regexp.Regexp, text string) string {
	return re.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) })
}

// files calls do for each file with the extension, passing over hidden folders and test data.
func files(tree fs.FS, ext string, do func(name, text string) error) error {
	return fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if d.IsDir() && name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules" || base == "vendor") {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(name) != ext {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		return do(name, string(text))
	})
}
