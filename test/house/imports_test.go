// Package house checks the rules of the house: who may import whom, what every room must have, that nothing is left undone, and
// that every message is translated. A rule that changes is changed here and in docs/architecture.md together.
package house

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"huiyin/test/testenv"
)

const module = "huiyin"

// mayImport says for each room which rooms of ours it may use, besides itself where it has several packages.
var mayImport = map[string][]string{
	"main":     {"config", "web", "api", "jobs", "demo", "services", "models", "internal"},
	"demo":     {"services", "models", "internal"}, // the demo city, made by the use cases themselves
	"api":      {"config", "web", "api", "services", "models", "internal"},
	"jobs":     {"config", "web", "jobs", "services", "models", "internal"},
	"services": {"services", "models", "internal"},
	"models":   {"models", "internal"},
	"internal": {"internal"},
	"config":   {},
	"web":      {},
	"bench":    {"main", "config", "web", "api", "jobs", "demo", "services", "models", "internal", "bench", "test"},
	"test":     {"config", "web", "api", "jobs", "demo", "services", "models", "internal", "test"},
}

// serviceOrder lists the services from the lowest up; those on one line do not know each other. A service uses only lines below its own.
var serviceOrder = [][]string{
	{"audit", "idempotency"},
	{"city"},
	{"calendar"},
	{"accounts"},
	{"files"},
	{"notices"},
	{"library"},
	{"cases", "activities", "opinions"},
	{"supervisors"},
	{"insights"},
}

// strangers are libraries that a room must not know.
var strangers = map[string][]string{
	"services": {"github.com/gin-gonic/gin", "github.com/danielgtaylor/huma", "github.com/hibiken/asynq", "net/http"},
	"models":   {"github.com/gin-gonic/gin", "github.com/danielgtaylor/huma", "github.com/hibiken/asynq", "net/http"},
	"api":      {"github.com/hibiken/asynq"},
	"jobs":     {"github.com/gin-gonic/gin", "github.com/danielgtaylor/huma"},
}

// source is one Go file that is not a test.
type source struct {
	path    string // from the root, with slashes
	room    string // first folder, "main" for the root
	imports []string
}

func sources(t *testing.T) []source {
	t.Helper()
	root := testenv.Root(t)
	var all []source
	walk(t, root, func(rel string) {
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, rel), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		s := source{path: rel, room: "main"}
		if room, _, inside := strings.Cut(rel, "/"); inside {
			s.room = room
		}
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			s.imports = append(s.imports, path)
		}
		all = append(all, s)
	})
	return all
}

// walk visits every file of ours with its path from the root.
func walk(t *testing.T, root string, visit func(rel string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			hidden := strings.HasPrefix(d.Name(), ".") && rel != "." && rel != ".ci"
			if hidden || d.Name() == "node_modules" || d.Name() == "vendor" || slices.Contains([]string{"data", "bin", "tmp", "test/shots"}, rel) {
				return filepath.SkipDir
			}
			return nil
		}
		visit(rel)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ours(path string) (rel string, ok bool) {
	if path == module {
		return "main", true
	}
	return strings.CutPrefix(path, module+"/")
}

func TestImportsFollowTheRooms(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := mayImport[s.room]
		if !known {
			t.Errorf("%s: no room is called %q: tell mayImport and docs/architecture.md what it may know", s.path, s.room)
			continue
		}
		for _, path := range s.imports {
			rel, our := ours(path)
			if room, _, _ := strings.Cut(rel, "/"); our && !slices.Contains(allowed, room) {
				t.Errorf("%s: %s must not import %s", s.path, s.room, path)
			}
			for _, stranger := range strangers[s.room] {
				if path == stranger || strings.HasPrefix(path, stranger+"/") {
					t.Errorf("%s: %s must not know %s", s.path, s.room, stranger)
				}
			}
		}
	}
}

func level(service string) int {
	return slices.IndexFunc(serviceOrder, func(line []string) bool { return slices.Contains(line, service) })
}

func TestImportsBetweenServicesGoDown(t *testing.T) {
	for _, s := range sources(t) {
		if s.room != "services" {
			continue
		}
		from := strings.Split(s.path, "/")[1]
		if level(from) < 0 {
			t.Errorf("%s: give the service %q its place in serviceOrder and docs/architecture.md", s.path, from)
			continue
		}
		for _, path := range s.imports {
			rel, _ := ours(path)
			rest, isService := strings.CutPrefix(rel, "services/")
			to, _, _ := strings.Cut(rest, "/")
			if isService && to != from && level(to) >= level(from) {
				t.Errorf("%s: %s must not import %s, which is not below it", s.path, from, to)
			}
		}
	}
}

func TestImportOfGORMOnlyInStores(t *testing.T) {
	for _, s := range sources(t) {
		dir, file := filepath.Split(s.path)
		store := s.room == "services" && strings.HasPrefix(file, "store")
		if store || s.room == "models" || dir == "internal/database/" || dir == "internal/deps/" {
			continue
		}
		for _, path := range s.imports {
			if path == "gorm.io/gorm" || strings.HasPrefix(path, "gorm.io/") {
				t.Errorf("%s: gorm belongs in internal/database, models and the store*.go of a service", s.path)
			}
		}
	}
}
