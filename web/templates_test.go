package web_test

import (
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"huiyin/internal/i18n"
	"huiyin/web"
)

// A stand-in for the functions that the renderer gives to templates.
func funcs(l *i18n.Localizer) template.FuncMap {
	return template.FuncMap{
		"t": l.T, "asset": func(name string) string { return "/assets/" + name },
		"tn": l.N, "date": l.Date, "datetime": l.DateTime, "day": l.Day,
		"iso":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"size": func(n int64) string { return fmt.Sprint(n) }, "number": func(n any) string { return fmt.Sprint(n) },
		"has": func(any, string) bool { return false }, "unbroken": func(s string) string { return s }, "linked": func(s string) string { return s }, "han": func(string) template.HTMLAttr { return "" },
		"name": func(any) string { return "" },
		"dict": func(kv ...any) (map[string]any, error) {
			m := map[string]any{}
			for i := 0; i+1 < len(kv); i += 2 {
				m[kv[i].(string)] = kv[i+1]
			}
			return m, nil
		},
	}
}

type (
	item  struct{ Key, Href, Label, Count, CountKey any }
	group struct {
		Label string
		Items []item
	}
	flash struct{ Kind, Text string }
	staff struct{ Name, Department string }
	fail  struct{ Name, Text, Label string }
	entry struct {
		At              time.Time
		Text, Who, Kind string
	}
)

func page(large bool, who *staff) map[string]any {
	return map[string]any{
		"Locale": "zh-CN", "Large": large, "Path": "/consult?a=1&b=2", "Section": "consult", "Demo": true, "Unread": 3,
		"City":      map[string]any{"Name": "临江县", "SiteName": "临江县政民互动", "EmblemURL": "", "ColorCSSHash": "abc", "Footer": "主办", "Phone": "12345", "ICP": ""},
		"Entrances": []item{{Key: "consult", Href: "/consult", Label: "我要咨询"}},
		"Nav":       []group{{"办理", []item{{Key: "overdue", Href: "/console/cases?view=overdue", Label: "已超期", Count: 2}}}},
		"Flash":     &flash{"ok", "已提交"}, "Staff": who,
	}
}

const body = `{{define "main"}}{{$e := .Data.Errors}}{{template "errors" $e}}
{{template "field" dict "Name" "title" "Label" "标题" "Value" .Data.Title "Errors" $e "Max" 60 "Required" true "Hint" "一句话说明"}}
{{template "field" dict "Name" "text" "Label" "内容" "Value" "<b>" "Errors" $e "Rows" 8}}
{{template "field" dict "Name" "desk" "Label" "窗口" "Value" 2 "Options" .Data.Options}}
{{template "checkbox" dict "Name" "consent" "Label" "同意公开" "Hint" "可以随时撤回"}}
{{template "confirm" dict "ID" "withdraw" "Title" "撤回这件诉求？" "Action" "/track/withdraw" "Button" "撤回" "Grave" true "Reason" "原因"}}
{{template "empty" dict "Title" "还没有诉求" "Href" "/consult" "Button" "我要咨询"}}
{{template "pager" dict "Newer" "/a" "Older" "/b"}}{{template "tag" dict "Kind" "ok" "Text" "已答复"}}
{{template "deadline" dict "Kind" "late" "Text" "已超期 1 天" "On" "11 月 20 日" "Provisional" true}}
{{template "timeline" .Data.Steps}}
{{template "message" dict "Kind" "reply" "From" "县人社局" "At" .Data.At "Text" "您好" "Stamp" "已审核" "Files" .Data.Files}}{{end}}`

func render(t *testing.T, l *i18n.Localizer, layout string, p map[string]any) string {
	t.Helper()
	set, err := web.ParseTemplates(withPage(t, layout+"/any.html", body), funcs(l))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 18, 7, 40, 0, 0, time.UTC)
	data := map[string]any{
		"Title": `"><script>`, "Errors": []fail{{"title", "标题至少 5 个字", ""}}, "At": at,
		"Options": []map[string]any{{"Value": 1, "Label": "一"}, {"Value": 2, "Label": "二"}},
		"Steps":   []entry{{at, "已受理", "县人社局", "seal"}},
		"Files":   []map[string]any{{"Name": "a.pdf", "Href": "/f/1", "Size": "2 KB", "Image": false}},
	}
	out, err := set.Page(layout, "any", p, data)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// withPage is the layouts and parts with one page.
func withPage(t *testing.T, name, text string) fs.FS {
	t.Helper()
	all := fstest.MapFS{"templates/" + name: {Data: []byte(text)}}
	for _, pattern := range []string{"templates/layouts/*.html", "templates/parts/*.html"} {
		files, err := fs.Glob(web.FS, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := fs.ReadFile(web.FS, file)
			if err != nil {
				t.Fatal(err)
			}
			all[file] = &fstest.MapFile{Data: data}
		}
	}
	return all
}

// A page whose names would hide another's, or that has nothing to show, is refused when the program starts.
func TestPagesThatAreRefused(t *testing.T) {
	l := &i18n.Localizer{}
	for what, text := range map[string]string{
		"a part that exists": `{{define "main"}}{{end}}{{define "pager"}}{{end}}`,
		"no main":            `{{define "title"}}x{{end}}`,
		"a broken one":       `{{define "main"}}{{if}}{{end}}`,
	} {
		if _, err := web.ParseTemplates(withPage(t, "portal/any.html", text), funcs(l)); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
}

// A slot is escaped as what it stands in: text in the title, markup in the body.
func TestSlotsAreEscaped(t *testing.T) {
	catalogs, err := i18n.Load(web.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := web.ParseTemplates(withPage(t, "portal/any.html", `{{define "title"}}{{.Data}} · {{end}}{{define "main"}}<b>{{.Data}}</b>{{end}}`),
		funcs(catalogs.For(i18n.English)))
	if err != nil {
		t.Fatal(err)
	}
	out, err := set.Page("portal", "any", page(false, nil), `</title>&<i>`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<title>&lt;/title&gt;&amp;&lt;i&gt; · 临江县政民互动</title>`, `<b>&lt;/title&gt;&amp;&lt;i&gt;</b>`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
}

// Both layouts and every part render; what they refer to is there; nothing needs an exception in the content policy.
func TestLayoutsAndParts(t *testing.T) {
	catalogs, err := i18n.Load(web.FS)
	if err != nil {
		t.Fatal(err)
	}
	l := catalogs.For(i18n.English).At(time.Now(), time.UTC)
	pages := map[string]string{
		"portal":       render(t, l, "portal", page(false, nil)),
		"portal large": render(t, l, "portal", page(true, nil)),
		"console":      render(t, l, "console", page(false, &staff{"周敏", "县人社局"})),
		"console gate": render(t, l, "console", page(false, nil)),
	}
	for name, html := range pages {
		for _, bad := range []string{"<no value>", "ZgotmplZ", "%!", " style=", "<style", "onclick=", "<script>"} {
			if strings.Contains(html, bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
		for _, want := range []string{`value="&#34;&gt;&lt;script&gt;"`, `aria-describedby="title-hint title-error"`, `<option value="2" selected>`, `id="main"`} {
			if !strings.Contains(html, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		for _, m := range regexp.MustCompile(`"/assets/([^"#]+)(?:#([^"]+))?"`).FindAllStringSubmatch(html, -1) {
			file, err := fs.ReadFile(web.FS, "static/"+strings.Split(m[1], "?")[0])
			if err != nil && !strings.HasPrefix(m[1], "city.css") {
				t.Errorf("%s asks for %s: %v", name, m[1], err)
			}
			if m[2] != "" && !strings.Contains(string(file), fmt.Sprintf("<symbol id=%q", m[2])) {
				t.Errorf("%s asks for an icon %q that is not in the sprite", name, m[2])
			}
		}
	}
	if !strings.Contains(pages["portal large"], `class="large"`) || !strings.Contains(pages["portal"], `aria-current="page"`) {
		t.Error("large-type mode or the present section is not marked")
	}
}
