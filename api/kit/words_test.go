package kit

import "testing"

func TestUnbroken(t *testing.T) {
	for text, want := range map[string]string{
		"请拨 0570-1234567。":     `请拨 <span class="nowrap">0570-1234567</span>。`,
		"<b>12345</b> 1-2-3 -": `&lt;b&gt;12345&lt;/b&gt; <span class="nowrap">1-2-3</span> -`,
		"":                     "",
	} {
		if got := string(unbroken(text)); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestLinked(t *testing.T) {
	const origin = "https://hy.example.cn"
	for text, want := range map[string]string{
		"查询：https://hy.example.cn/track/20261116-0001": `查询：<a href="/track/20261116-0001">https://hy.example.cn/track/20261116-0001</a>`,
		"见 https://hy.example.cn/a?b=1&c=2。":           `见 <a href="/a?b=1&amp;c=2">https://hy.example.cn/a?b=1&amp;c=2</a>。`,
		"https://evil.example.cn/x <b>":                "https://evil.example.cn/x &lt;b&gt;",
		"https://hy.example.cn.evil.cn/x":              "https://hy.example.cn.evil.cn/x",
		`https://hy.example.cn/"onclick="x`:            `<a href="/&#34;onclick=&#34;x">https://hy.example.cn/&#34;onclick=&#34;x</a>`,
	} {
		if got := string(linked(origin, text)); got != want {
			t.Errorf("%s:\n%s, want\n%s", text, got, want)
		}
	}
}

func TestInHan(t *testing.T) {
	if inHan("zh-CN", "中文") != "" || inHan("en", "Words 12") != "" || inHan("en", "Words 中") != ` lang="zh-CN"` {
		t.Error(inHan("zh-CN", "中文"), inHan("en", "Words"), inHan("en", "中"))
	}
}
