package portal_test

import (
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"huiyin/api/kit"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

func TestCityPages(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	admin := r.city.Actor(fixture.SystemAdmin)
	profile, err := r.city.City.Profile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.has(r.get("/", 200), profile.Slogan)
	profile.CityName, profile.Slogan, profile.PopularQuestions = "青溪县", "有问必答，件件有回音", []string{"居住证 & 续签"}
	if _, err := r.city.City.UpdateProfile(t.Context(), admin, profile, profile.Version); err != nil {
		t.Fatal(err)
	}
	r.has(r.get("/", 200), "有问必答，件件有回音", `href="/library?q=%e5%b1%85%e4%bd%8f%e8%af%81%20%26%20%e7%bb%ad%e7%ad%be"`) // from memory no longer
	for _, path := range []string{"/how", "/privacy", "/accessibility"} {
		page := r.get(path, 200)
		r.has(page, "第 1 版，2026 年 11 月 16 日发布", "<h2>")
		r.hasNot(page, "{{city}}")
	}
	r.has(r.get("/privacy", 200), "青溪县政民互动平台")
	if _, err := r.city.City.PublishPage(t.Context(), admin, "privacy", "zh-CN", "隐私说明", "<p>{{city}}的新说明</p>", 1); err != nil {
		t.Fatal(err)
	}
	r.has(r.get("/privacy", 200), "青溪县的新说明", "第 2 版", `href="/privacy/1"`)
	old := r.get("/privacy/1", 200)
	r.has(old, "这是旧的版本", "青溪县政民互动平台")
	r.get("/privacy/3", 404)
	r.get("/privacy/x", 404)
	w := r.do(http.MethodGet, "/prefs?lang=en&large=1&back=/how", "")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/how" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	r.has(r.get("/how", 200), `<html lang="en" class="large">`)
}

var (
	foreign = regexp.MustCompile(`(?s)<(\w+)[^>]* lang="zh-CN"[^>]*>.*?</\w+>|<title>.*?</title>|<script type="application/ld\+json">.*?</script>`)
	han     = regexp.MustCompile(`\p{Han}+`)
)

// Pages in English hold no Chinese but what people and the city wrote; golden files keep the Chinese ones.
func TestPagesInBothLanguages(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	_, path := r.published()
	ours := map[string]string{"/": "home", "/library": "library", "/library?q=" + url.QueryEscape("公租房材料"): "search", path: "entry", "/library?topic=999": "none"}
	for address, name := range ours {
		delete(r.cookie, kit.LocaleCookie)
		status := 200
		if name == "none" {
			status = 404
		}
		golden(t, name, r.get(address, status))
		r.cookie[kit.LocaleCookie] = "en"
		page := r.get(address, status)
		said := foreign.ReplaceAllString(strings.NewReplacer("<mark>", "", "</mark>", "").Replace(page), "")
		for _, allowed := range []string{"青溪县人民政府", fixture.Question.Title, fixture.Answer, "公租房材料", "这是演示站"} {
			said = strings.ReplaceAll(said, allowed, "")
		}
		if name == "entry" {
			said = regexp.MustCompile(`<meta name="description"[^>]*>`).ReplaceAllString(said, "")
		}
		if left := han.FindAllString(said, -1); len(left) > 0 {
			t.Errorf("%s in English says %q", name, left)
		}
	}
}

var scrub = regexp.MustCompile(`/assets/[^"]+|/library/\d+`)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares the main part of a page with testdata/name.html; -update writes it.
func golden(t *testing.T, name, page string) {
	t.Helper()
	_, main, _ := strings.Cut(page, `<main `)
	main, _, _ = strings.Cut(main, `</main>`)
	got := scrub.ReplaceAllStringFunc(main, func(s string) string {
		if strings.HasPrefix(s, "/assets/") {
			_, icon, _ := strings.Cut(s, "#")
			return "/assets/#" + icon
		}
		return "/library/ID"
	})
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed (go test -update accepts it):\n%s", file, got)
	}
}

func TestPublicHeaders(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	_, path := r.published()
	for _, p := range []string{"/", "/library", path, "/how"} {
		h := r.do(http.MethodGet, p, "").Header()
		if h.Get("ETag") == "" || h.Get("Content-Security-Policy") == "" || h.Get("Set-Cookie") != "" || !strings.Contains(h.Get("Vary"), "Cookie") {
			t.Errorf("%s: %v", p, h)
		}
	}
}
