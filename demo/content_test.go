package demo

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func load(t *testing.T) *Content {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func runes(t *testing.T, what, s string, low, high int) {
	t.Helper()
	if n := utf8.RuneCountInString(s); n < low || n > high {
		t.Errorf("%s has %d characters, want %d–%d", what, n, low, high)
	}
}

func TestDepartments(t *testing.T) {
	parents := map[string]string{"county": "", "town": "county", "village": "town"}
	level, count := map[string]string{}, map[string]int{}
	for _, d := range load(t).Departments {
		if d.Name == "" || d.Short == "" || d.En == "" || !strings.HasPrefix(d.Phone, "0000-62") {
			t.Errorf("%s: something is missing", d.Key)
		}
		up, ok := level[d.Parent]
		if d.Parent != "" && (!ok || (up != parents[d.Level] && up != d.Level)) {
			t.Errorf("%s: parent %q must stand before it, one level up", d.Key, d.Parent)
		}
		if level[d.Key] != "" {
			t.Errorf("%s stands twice", d.Key)
		}
		level[d.Key] = d.Level
		count[d.Level]++
	}
	if count["county"] < 14 || count["town"] < 5 || count["village"] < 6 {
		t.Errorf("too few departments: %v", count)
	}
}

func TestTopicsHaveTwoLevelsAndTwoPeople(t *testing.T) {
	c := load(t)
	groups, leaves := map[string]bool{}, 0
	for _, topic := range c.Topics {
		if topic.Name == "" || topic.En == "" {
			t.Errorf("%s: no name", topic.Key)
		}
		if !topic.Leaf() {
			groups[topic.Key] = true
			continue
		}
		leaves++
		if !groups[topic.Parent] || topic.Hint == "" || topic.HintEn == "" || (topic.Kind != "simple" && topic.Kind != "ordinary") {
			t.Errorf("%s: incomplete", topic.Key)
		}
		handlers, reviewers := who(c, topic.Department, "handler"), who(c, topic.Department, "reviewer")
		if len(handlers) == 0 || len(reviewers) == 0 {
			t.Errorf("%s: %s has handlers %v, reviewers %v", topic.Key, topic.Department, handlers, reviewers)
		}
		for _, h := range handlers {
			if slices.Contains(reviewers, h) {
				t.Errorf("%s both writes and reviews in %s", h, topic.Department)
			}
		}
	}
	if leaves < 34 {
		t.Errorf("%d leaf topics, want at least 34", leaves)
	}
}

func who(c *Content, department, role string) []string {
	var out []string
	for _, p := range c.Staff {
		if p.Department == department && slices.Contains(p.Roles, role) {
			out = append(out, p.Account)
		}
	}
	return out
}

func TestStaff(t *testing.T) {
	c := load(t)
	department, seen, count := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, d := range c.Departments {
		department[d.Key] = true
	}
	for _, p := range c.Staff {
		if seen[p.Account] || !department[p.Department] || p.Name == "" || p.Office == "" || len(p.Roles) == 0 {
			t.Errorf("%s: twice or incomplete", p.Account)
		}
		seen[p.Account] = true
		for _, r := range p.Roles {
			count[r]++
			if (r == "system_admin" || r == "security_admin" || r == "auditor") && len(p.Roles) != 1 {
				t.Errorf("%s: an administrator holds no other role", p.Account)
			}
		}
	}
	for _, r := range []string{"leader", "organizer", "system_admin", "security_admin", "auditor"} {
		if count[r] < 1 {
			t.Errorf("nobody is %s", r)
		}
	}
	if len(c.Staff) < 26 || len(who(c, "zwgk", "overseer")) < 2 {
		t.Errorf("%d people, overseers %v", len(c.Staff), who(c, "zwgk", "overseer"))
	}
}

func TestTemplatesUseKnownPlaceholders(t *testing.T) {
	c := load(t)
	if len(c.Templates) < 8 {
		t.Errorf("%d templates, want at least 8", len(c.Templates))
	}
	holder := regexp.MustCompile(`\{\{(.*?)\}\}`)
	for _, tpl := range c.Templates {
		for _, m := range holder.FindAllStringSubmatch(tpl.Body, -1) {
			if !slices.Contains(Placeholders, m[1]) {
				t.Errorf("%s: unknown placeholder %s", tpl.Title, m[0])
			}
		}
	}
}
