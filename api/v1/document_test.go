package v1_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"huiyin/test/testenv"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestDocument(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Tags        []string
			Security    []map[string][]string
			Responses   map[string]any
		}
	}
	raw := f.want(200, f.send("GET", "/openapi.json", "", nil)).Raw
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("openapi %q", document.OpenAPI)
	}
	var lines []string
	seen := map[string]bool{}
	for path, methods := range document.Paths {
		for method, o := range methods {
			name := strings.ToUpper(method) + " " + path
			if o.OperationID == "" || seen[o.OperationID] || o.Summary == "" || len(o.Tags) != 1 || len(o.Security) == 0 {
				t.Errorf("%s: %+v", name, o)
			}
			for _, status := range []string{"401", "422", "429", "500", "503"} {
				if o.Responses[status] == nil {
					t.Errorf("%s: %s is not documented", name, status)
				}
			}
			seen[o.OperationID] = true
			lines = append(lines, fmt.Sprintf("%-7s%-52s %s", strings.ToUpper(method), path, o.OperationID))
		}
	}
	slices.Sort(lines)
	golden(t, "operations.golden", strings.Join(lines, "\n")+"\n")
	refs(t, raw)
	if han := regexp.MustCompile(`"(?:description|summary)": ".*\p{Han}.*"`).Find(raw); han != nil {
		t.Errorf("the document speaks English: %s", han)
	}
	if y := f.want(200, f.send("GET", "/openapi.yaml", "", nil)); !strings.Contains(string(y.Raw), "openapi: 3.1") {
		t.Error("the YAML document is another")
	}
	for _, r := range f.web.Kit.Routes() {
		if strings.HasPrefix(r.Path, "/api/v1/") && r.Access == "" {
			t.Errorf("%s %s: no access", r.Method, r.Path)
		}
	}
	if n := len(f.web.Kit.Routes()); n < len(lines)+3 {
		t.Errorf("%d routes noted for %d operations", n, len(lines))
	}
}

// refs checks that every $ref of the document leads somewhere.
func refs(t *testing.T, raw []byte) {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	schemas := document["components"].(map[string]any)["schemas"].(map[string]any)
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok && schemas[strings.TrimPrefix(ref, "#/components/schemas/")] == nil {
				t.Errorf("%s leads nowhere", ref)
			}
			for _, one := range v {
				walk(one)
			}
		}
	}
	walk(document)
}

func TestDocsPage(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	for path, want := range map[string][]string{
		"/docs":         {"开放接口", "submit-case", "提交咨询", "problem-conflict", "<html lang=\"zh-CN\""},
		"/docs?lang=en": {"submit-case", "<html lang=\"en\"", "/openapi.json"},
	} {
		a := f.want(200, f.send("GET", path, "", nil))
		for _, w := range want {
			if !strings.Contains(string(a.Raw), w) {
				t.Errorf("%s lacks %q", path, w)
			}
		}
		if strings.Contains(string(a.Raw), "unpkg") || strings.Contains(string(a.Raw), "<script>") || strings.Contains(string(a.Raw), "style=") {
			t.Errorf("%s breaks the content policy", path)
		}
	}
}

// TestDocsPageSpeaksOneLanguage reads what the page says of inputs and answers, in both languages.
func TestDocsPageSpeaksOneLanguage(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	row := regexp.MustCompile(`(?s)<tr><td><code>([^<]*)</code>.*?</td><td>.*?</td><td>([^<]*)`)
	han := regexp.MustCompile(`\p{Han}`)
	for path, chinese := range map[string]bool{"/docs": true, "/docs?lang=en": false} {
		rows, said := row.FindAllStringSubmatch(string(f.want(200, f.send("GET", path, "", nil)).Raw), -1), 0
		for _, r := range rows {
			if strings.TrimSpace(r[2]) == "" {
				continue
			}
			if said++; han.MatchString(r[2]) != chinese {
				t.Errorf("%s: %s: %s", path, r[1], r[2])
			}
		}
		if said < 100 {
			t.Errorf("%s explains %d fields", path, said)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it):\n%s", path, got)
	}
}
