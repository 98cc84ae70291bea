package messages

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"services/x/x.go": `package x

const title = "常量"

// Doc.
//
//i18n:keys
var table = map[string]string{"a": "表里的", "b": "b"}

var plain = "不是消息"

func f() {
	const local = "函数里的常量"
	_ = i18n.N("标记的")
	_ = fault.New(fault.Conflict, "冲突", "参数不算")
	_ = fault.Wrap(err, fault.NotFound, title)
	_ = errors.New("不算")
	wrong.Add("name", local)
	box.Add(ctx, "也不算")
	_ = fault.Field{Name: "x", Msg: "错的"}
	_ = i18n.Msg{ID: "结" + "构的"}
	_ = l.T("给 T 的", "参数不算")
}
`,
		"services/x/x_test.go":           "package x\nvar _ = i18n.N(\"测试里的\")",
		"internal/i18n/x.go":             "package i18n\nvar _ = N(\"自己包里的\")",
		"api/x/x.go":                     "package x\ntype t struct { A string `json:\"a\" doc:\"字段的说明\"` }\nvar _ = []string{\"页面的\", \"ascii\", \"回音\"}",
		".cache/y.go":                    "not Go",
		"web/templates/portal/page.html": "<h1>{{t \"标题\"}}</h1>{{/* 注释 */}}<!-- 注释 -->\n{{if eq .T \"状态\"}}{{template \"x\" (t \"括号里\")}}{{end}}<p>裸文</p>\n<p>简体中文</p>",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Find(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range found.Messages {
		got = append(got, m.ID+" "+m.Where)
	}
	slices.Sort(got)
	want := []string{
		"标题 web/templates/portal/page.html:1", "状态 web/templates/portal/page.html:2", "括号里 web/templates/portal/page.html:2",
		"表里的 services/x/x.go:8", "标记的 services/x/x.go:14", "冲突 services/x/x.go:15", "常量 services/x/x.go:16", "函数里的常量 services/x/x.go:18",
		"错的 services/x/x.go:20", "结构的 services/x/x.go:21", "给 T 的 services/x/x.go:22",
		"自己包里的 internal/i18n/x.go:2", "字段的说明 api/x/x.go:2", "页面的 api/x/x.go:3",
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if want := []string{"web/templates/portal/page.html:2: <p>裸文</p> <p></p>"}; !slices.Equal(found.Bare, want) {
		t.Errorf("bare %q, want %q", found.Bare, want)
	}
}
