package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/services/library"
	"huiyin/services/notices"
	"huiyin/web"
)

// written is what the services' source says to the audit log: the actions, the kinds of object, and the keys of details.
type written struct{ actions, objects, keys map[string]bool }

var actionLike = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)

func readWritten(t *testing.T) written {
	t.Helper()
	w := written{map[string]bool{}, map[string]bool{}, map[string]bool{audit.Person: true}}
	root := filepath.Join("..", "..", "services")
	if err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err == nil {
			ast.Inspect(file, w.look)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

// look takes what is said to Record and to what hands on to it (the detail is the sixth argument everywhere), and what becomes a detail
// before that.
func (w written) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.VAR || n.Tok == token.TYPE // the names of tasks and of sealed values are no actions
	case *ast.BasicLit:
		if s, ok := text(n); ok && actionLike.MatchString(s) && !strings.HasSuffix(s, ".en") && slices.ContainsFunc(slices.Collect(maps.Keys(auditAreas)), func(area string) bool { return strings.HasPrefix(s, area) }) {
			w.actions[s] = true
		}
	case *ast.CallExpr:
		if len(n.Args) < 6 {
			return true
		}
		switch called(n.Fun) {
		case "Record", "Note":
			if kind, ok := text(n.Args[3]); ok {
				w.objects[kind] = true
			}
			w.detail(n.Args[5])
		case "edit", "store", "write":
			w.detail(n.Args[5])
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if at, ok := left.(*ast.IndexExpr); ok && isDetail(at.X) {
				if key, ok := text(at.Index); ok {
					w.keys[key] = true
				}
			}
			if isDetail(left) && i < len(n.Rhs) {
				w.detail(n.Rhs[i])
			}
		}
	case *ast.KeyValueExpr:
		if isDetail(n.Key) {
			w.detail(n.Value)
		}
	case *ast.FuncDecl:
		if n.Name.Name == "detail" {
			ast.Inspect(n.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					w.detail(n)
				case *ast.IndexExpr:
					if key, ok := text(n.Index); ok {
						w.keys[key] = true
					}
				}
				return true
			})
		}
	}
	return true
}

func (w written) detail(e ast.Expr) {
	literal, ok := e.(*ast.CompositeLit)
	if !ok {
		return
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := text(pair.Key); ok {
				w.keys[key] = true
			}
		}
	}
}

func isDetail(e ast.Expr) bool { return strings.EqualFold(called(e), "detail") }

func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func text(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(literal.Value)
	return s, err == nil
}

// Whatever a service writes into the audit log has words there: a new action, object or key of a detail needs its own.
func TestWhatIsAuditedHasWords(t *testing.T) {
	w := readWritten(t)
	for _, a := range cases.Actions() {
		w.actions["case."+string(a)] = true
	}
	for _, a := range library.Actions {
		w.actions["publication."+string(a)] = true
	}
	for _, group := range []string{"profile", "security", "handling", "retention", "emblem"} {
		w.actions["settings."+group] = true
	}
	if len(w.actions) < 80 || len(w.objects) < 12 || len(w.keys) < 35 {
		t.Fatalf("the source says less than it did: %d actions, %d objects, %d keys", len(w.actions), len(w.objects), len(w.keys))
	}
	for action := range w.actions {
		name, isCase := strings.CutPrefix(action, "case.")
		if auditActions[action] == "" && (!isCase || cases.ActionName(name).ID == "") {
			t.Errorf("the action %q has no words in auditActions", action)
		}
	}
	for kind := range w.objects {
		if kind != "" && auditObjects[kind] == "" {
			t.Errorf("the object %q has no words in auditObjects", kind)
		}
	}
	for key := range w.keys {
		if detailNames[key] == "" {
			t.Errorf("the detail's key %q has no words in detailNames", key)
		}
	}
}

// Every code that may stand in a detail has words, too.
func TestTheCodesOfDetailsHaveWords(t *testing.T) {
	kinds := []string{calendar.Working, calendar.Off, calendar.Default}
	for _, spec := range notices.Specs() {
		kinds = append(kinds, string(spec.Kind))
	}
	for key, values := range map[string][]string{
		"from": texts(models.CaseStatuses), "to": texts(models.CaseStatuses), "roles": texts(models.Roles), "second_factor_roles": texts(models.Roles), "slug": city.PageSlugs, "page": {accounts.PrivacySlug},
		"locale": i18n.Locales(), "kind": kinds, "channel": append(texts([]models.Channel{models.SMS, models.Email, models.Bell}), channels...),
		"review": texts([]models.ReviewMode{models.ReviewByDepartment, models.ReviewByOverseer, models.ReviewNone}), "unit": {"working", "natural"},
		"pending": texts([]accounts.Pending{accounts.PendingSecondFactor, accounts.PendingPassword, accounts.PendingEnrol}), "how": {"totp", "recovery"},
	} {
		for _, v := range values {
			if detailValues[key][v] == "" {
				t.Errorf("%q of %q has no words in detailValues", v, key)
			}
		}
	}
	catalogs, err := i18n.Load(web.FS)
	if err != nil {
		t.Fatal(err)
	}
	c := &kit.Ctx{L: catalogs.For(i18n.Source)}
	for _, group := range []any{city.Profile{}, city.Security{}, city.Handling{}, city.Retention{}} {
		for f := range reflect.TypeOf(group).Fields() {
			if name := f.Tag.Get("json"); name != "-" && settingInWords(c, name) == name {
				t.Errorf("the setting %q has no words", name)
			}
		}
	}
}

func texts[T ~string](list []T) []string {
	var all []string
	for _, v := range list {
		all = append(all, string(v))
	}
	return all
}
