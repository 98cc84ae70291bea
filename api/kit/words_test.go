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

func TestInHan(t *testing.T) {
	if inHan("zh-CN", "中文") != "" || inHan("en", "Words 12") != "" || inHan("en", "Words 中") != ` lang="zh-CN"` {
		t.Error(inHan("zh-CN", "中文"), inHan("en", "Words"), inHan("en", "中"))
	}
}
