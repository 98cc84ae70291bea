package keys

import (
	"slices"
	"testing"
	"testing/fstest"
)

const source = `package x

const title = "常量"

// Doc.
//
//i18n:keys
var table = map[string]string{"a": "表里的", "b": "b"}

var plain = "不是消息"

func f() {
	_ = i18n.N("标记的")
	_ = fault.New(fault.Conflict, "冲突", "参数不算")
	_ = fault.Wrap(err, fault.NotFound, title)
	_ = errors.New("不算")
	wrong.Add("name", "字段的")
	_ = fault.Field{Name: "x", Msg: "错的"}
	_ = i18n.Msg{ID: "结构的"}
	_ = l.T("给 T 的", "参数不算")
	_ = l.T("ascii")
}
`

func TestIn(t *testing.T) {
	found, err := In(fstest.MapFS{
		"a/x.go":          {Data: []byte(source)},
		"a/x_test.go":     {Data: []byte("package x\nvar _ = i18n.N(\"测试里的\")")},
		".cache/y.go":     {Data: []byte("not Go")},
		"a/testdata/y.go": {Data: []byte("not Go")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Key{
		{"表里的", "a/x.go:8"}, {"标记的", "a/x.go:13"}, {"冲突", "a/x.go:14"}, {"常量", "a/x.go:15"}, {"字段的", "a/x.go:17"},
		{"错的", "a/x.go:18"}, {"结构的", "a/x.go:19"}, {"给 T 的", "a/x.go:20"},
	}
	if !slices.Equal(found, want) {
		t.Errorf("got %v\nwant %v", found, want)
	}
	if _, err := In(fstest.MapFS{"x.go": {Data: []byte("not Go")}}); err == nil {
		t.Error("a file that is not Go passes")
	}
}

func TestInTemplates(t *testing.T) {
	found, bare, err := InTemplates(fstest.MapFS{"p.html": {Data: []byte(`<h1>{{t "标题"}}</h1>
{{/* 注释 */}}<!-- 注释
注释 --><p title="{{ t "说\"明\"" .X }}">{{tn "%[1]d 件" .N | upper}}{{template "x" (t "括号里")}}</p>
<p>裸文</p>{{if eq .T "状态"}}x{{end}}
<a lang="zh-CN">中文</a>`)}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []Key{{"标题", "p.html:1"}, {`说"明"`, "p.html:3"}, {"%[1]d 件", "p.html:3"}, {"括号里", "p.html:3"}}; !slices.Equal(found, want) {
		t.Errorf("got %v\nwant %v", found, want)
	}
	if want := []Key{{"<p>裸文</p>x", "p.html:4"}}; !slices.Equal(bare, want) {
		t.Errorf("got %v\nwant %v", bare, want)
	}
}
