package house

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"huiyin/test/testenv"
)

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	root := testenv.Root(t)
	said := map[string]bool{}
	for _, s := range sources(t) {
		dir := filepath.Dir(s.path)
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, s.path), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		said[dir] = said[dir] || f.Doc != nil && len(strings.Fields(f.Doc.Text())) >= 5
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("%s: the package has no comment that says what it is for", dir)
		}
	}
}

// left is what must not be left behind, put together here so that this file does not say it.
var left = regexp.MustCompile(`\bTO` + `DO\b|\bFIX` + `ME\b|not ` + `implemented|\bt\.Sk` + `ip(Now|f)?\(`)

func TestNothingIsLeftUndone(t *testing.T) {
	root := testenv.Root(t)
	walk(t, root, func(rel string) {
		if !slices.Contains([]string{".go", ".html", ".js", ".css", ".sh", ".sql", ".md", ".wxml", ".yml"}, filepath.Ext(rel)) || strings.Contains(rel, ".min.") {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, rel))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if found := left.FindString(line); found != "" {
				t.Errorf("%s:%d: %s", rel, i+1, found)
			}
		}
	})
}

// TestSizes only tells: a long file is a question, not a fault.
func TestSizes(t *testing.T) {
	const long = 350
	root := testenv.Root(t)
	for _, s := range sources(t) {
		text, err := os.ReadFile(filepath.Join(root, s.path))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > long {
			t.Logf("%s has %d lines: is it still about one thing?", s.path, n)
		}
	}
}

// named finds paths of ours in prose and tables: `services/cases`, `web/locales/en.po`, `test/run.sh`.
var named = regexp.MustCompile("`\\.?/?((?:api|bench|config|demo|docs|internal|jobs|miniprogram|models|services|test|web)/[A-Za-z0-9_./{},*-]*)`")

func TestPathsNamedInDocsExist(t *testing.T) {
	root := testenv.Root(t)
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range append(docs, more...) {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			for _, path := range braces(strings.TrimSuffix(m[1], "/")) {
				if there, err := filepath.Glob(filepath.Join(root, path)); err != nil || len(there) == 0 {
					t.Errorf("%s names %s, which is not there", filepath.Base(doc), path)
				}
			}
		}
	}
}

// braces expands the first {a,b} of a path.
func braces(path string) []string {
	before, rest, ok := strings.Cut(path, "{")
	inside, after, closed := strings.Cut(rest, "}")
	if !ok || !closed {
		return []string{path}
	}
	var all []string
	for one := range strings.SplitSeq(inside, ",") {
		all = append(all, before+one+after)
	}
	return all
}
