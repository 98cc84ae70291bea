package textindex

import (
	"strings"
	"testing"
)

func drawn(segments []Segment) string {
	var b strings.Builder
	for _, s := range segments {
		if s.Hit {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestHighlight(t *testing.T) {
	for _, c := range []struct{ text, query, want string }{
		{"住房公积金提取，公积金贷款", "公积金", "住房[公积金]提取，[公积金]贷款"},
		{"住房公积金提取", "公积金怎么提取", "住房[公积金][提取]"},
		{"ＡＢＣ and abcd", "abc", "[ＡＢＣ] and abcd"},
		{"公园", "公", "[公]园"},
		{"停水停水", "停水 水停", "[停水停水]"},
		{"𰻝𰻝面", "𰻝面", "𰻝[𰻝面]"},
		{"<b>停水</b>", "停水", "<b>[停水]</b>"},
		{"无", "停水", "无"},
		{"", "停水", ""},
	} {
		want := strings.ReplaceAll(c.want, "][", "")
		if got := drawn(Highlight(c.text, c.query)); got != want {
			t.Errorf("%q in %q: %q, want %q", c.query, c.text, got, want)
		}
	}
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("前", 100) + "\n停水通知停水" + strings.Repeat("后", 100)
	for _, c := range []struct {
		text, query string
		size        int
		want        string
	}{
		{long, "停水", 10, "…前 [停水]通知[停水]后后…"},
		{long, "没有", 5, "前前前前前…"},
		{"短文停水", "停水", 50, "短文[停水]"},
		{"在最后停水", "停水", 3, "…后[停水]"},
		{"", "停水", 5, ""},
		{"停水", "停水", 0, ""},
	} {
		if got := drawn(Snippet(c.text, c.query, c.size)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.query, got, c.want)
		}
	}
}
