package i18n

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const zhHead = "msgid \"\"\nmsgstr \"\"\n\"Language: zh-CN\\n\"\n\"Plural-Forms: nplurals=1; plural=0;\\n\"\n\n"
const enHead = "msgid \"\"\nmsgstr \"\"\n\"Language: en\\n\"\n\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n\n"

const enBody = `
msgid "您好，%[1]s"
msgstr "Hello, %[1]s"

msgid "编号 %[1]s，%[2]d 件"
msgid_plural "编号 %[1]s，%[2]d 件"
msgstr[0] "%[2]d matter under %[1]s"
msgstr[1] "%[2]d matters under %[1]s"

msgid "还有 %[1]d 个工作日"
msgid_plural "还有 %[1]d 个工作日"
msgstr[0] "one working day left"
msgstr[1] "%[1]d working days left"

msgid "已超期 %[1]d 天"
msgid_plural "已超期 %[1]d 天"
msgstr[0] "%[1]d day overdue"
msgstr[1] "%[1]d days overdue"

msgid "今天到期"
msgstr "due today"

msgid "暂无数据"
msgstr "no data yet"

msgid "已完成 100%"
msgstr "100% done"

msgid "分两行"
"写的"
msgstr "written "
"on two lines"

msgid "居民"
msgstr "resident"
`

func load(t testing.TB, zh, en string) *Catalogs {
	t.Helper()
	c, err := Load(fstest.MapFS{"locales/zh-CN.po": {Data: []byte(zhHead + zh)}, "locales/en.po": {Data: []byte(enHead + en)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestT(t *testing.T) {
	c := load(t, "msgid \"居民\"\nmsgstr \"市民\"\n", enBody)
	at := time.Date(2026, 11, 16, 1, 12, 0, 0, time.UTC)
	zh, en := c.For("zh-CN").At(at, china), c.For("en").At(at, china)
	for _, tc := range []struct{ got, want string }{
		{zh.T("没有条目的句子"), "没有条目的句子"},
		{zh.T("居民"), "市民"},
		{en.T("居民"), "resident"},
		{en.T("分两行写的"), "written on two lines"},
		{en.T("已完成 100%"), "100% done"},
		{en.T("您好，%[1]s", "Li"), "Hello, Li"},
		{en.T("您好，%[1]s", M("居民")), "Hello, resident"},
		{zh.T("您好，%[1]s", M("居民")), "您好，市民"},
		{en.T("您好，%[1]s", M("您好，%[1]s", M("居民"))), "Hello, Hello, resident"},
		{en.T("您好，%[1]s", at), "Hello, 16 Nov 09:12"},
		{zh.T("您好，%[1]s", OnDay(at)), "您好，11 月 16 日（周一）"},
		{zh.T("您好，%[1]s", civilDay{2025, 11, 23}), "您好，2025 年 11 月 23 日（周日）"},
		{en.T("编号 %[1]s，%[2]d 件", "A1", 1), "1 matter under A1"},
		{en.T("编号 %[1]s，%[2]d 件", "A1", 0), "0 matters under A1"},
		{en.T("编号 %[1]s，%[2]d 件", "A1", int64(2)), "2 matters under A1"},
		{zh.T("编号 %[1]s，%[2]d 件", "A1", 2), "编号 A1，2 件"},
		{en.N("还有 %[1]d 个工作日", 1), "one working day left"},
		{en.N("还有 %[1]d 个工作日", 5), "5 working days left"},
		{zh.N("还有 %[1]d 个工作日", 1), "还有 1 个工作日"},
		{en.T("没有译文 %[1]d", 3), "没有译文 3"},
		{c.For("fr").Locale(), "zh-CN"},
		{N("标记"), "标记"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

type civilDay struct {
	y int
	m time.Month
	d int
}

func (c civilDay) Civil() (int, time.Month, int) { return c.y, c.m, c.d }

func TestArgsAreNotChanged(t *testing.T) {
	args := []any{M("居民")}
	load(t, "", enBody).For("en").T("您好，%[1]s", args...)
	if _, ok := args[0].(Msg); !ok {
		t.Fatal("T wrote into its caller's arguments")
	}
}

func TestMatch(t *testing.T) {
	for _, tc := range []struct {
		choices []string
		want    string
	}{
		{nil, "zh-CN"}, {[]string{"", ""}, "zh-CN"}, {[]string{"en"}, "en"}, {[]string{"en-US"}, "en"}, {[]string{"EN_gb"}, "en"},
		{[]string{"", "en"}, "en"}, {[]string{"zh-CN", "en"}, "zh-CN"}, {[]string{"fr", "en"}, "en"}, {[]string{"english"}, "zh-CN"},
	} {
		if got := Match(tc.choices...); got != tc.want {
			t.Errorf("Match(%q) = %q, want %q", tc.choices, got, tc.want)
		}
	}
}

func TestFormats(t *testing.T) {
	c := load(t, "", enBody)
	now := time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC) // already 2026 in China
	zh, en := c.For("zh-CN").At(now, china), c.For("en").At(now, china)
	this := time.Date(2026, 11, 23, 15, 59, 59, 999e6, time.UTC)
	last := time.Date(2025, 11, 23, 1, 5, 0, 0, time.UTC)
	for _, tc := range []struct{ got, want string }{
		{zh.Date(this), "11 月 23 日（周一）"}, {en.Date(this), "Mon 23 Nov"},
		{zh.Date(last), "2025 年 11 月 23 日（周日）"}, {en.Date(last), "Sun 23 Nov 2025"},
		{zh.Date(now), "1 月 1 日（周四）"},
		{zh.Day(this), "11 月 23 日"}, {en.Day(last), "23 Nov 2025"},
		{zh.DateTime(this), "11 月 23 日 23:59"}, {en.DateTime(this), "23 Nov 23:59"},
		{zh.DateTime(last), "2025 年 11 月 23 日 09:05"}, {en.DateTime(last), "23 Nov 2025 09:05"},
		{zh.Weekday(this), "周一"}, {en.Weekday(this), "Mon"},
		{zh.Date(time.Time{}), ""}, {zh.DateTime(time.Time{}), ""}, {zh.Day(time.Time{}), ""},
		{c.For("zh-CN").Date(this), "2026 年 11 月 23 日（周一）"},
		{zh.Number(0), "0"}, {zh.Number(999), "999"}, {zh.Number(1284), "1,284"}, {en.Number(-1234567), "-1,234,567"},
		{zh.Rate(304, 312), "97.4%（304/312）"}, {en.Rate(304, 312), "97.4% (304/312)"},
		{zh.Rate(0, 0), "暂无数据"}, {en.Rate(0, 0), "no data yet"}, {zh.Rate(0, 5), "0.0%（0/5）"},
		{zh.Rate(9999, 10000), "99.9%（9,999/10,000）"}, {zh.Rate(1, 10000), "0.1%（1/10,000）"}, {zh.Rate(3, 3), "100.0%（3/3）"},
		{Left{2, true, false, false}.Localize(zh), "还有 2 个工作日"}, {Left{0, true, false, false}.Localize(zh), "今天到期"}, {Left{3, true, true, false}.Localize(zh), "已超期 3 个工作日"},
		{Left{1, true, false, false}.Localize(en), "one working day left"}, {Left{3, false, true, false}.Localize(en), "3 days overdue"}, {Left{21, false, false, false}.Localize(zh), "还有 21 天"},
		{Left{0, true, true, false}.Localize(zh), "已超期，不到 1 个工作日"}, {Left{1, false, true, false}.Localize(zh), "已超期 1 天"}, {Left{N: 39, Working: true, Moving: true}.Localize(zh), "正在按新日历重新计算"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestProblems(t *testing.T) {
	if p := load(t, "", enBody).Problems(); len(p) != 0 {
		t.Errorf("a sound catalog has problems: %q", p)
	}
	c := load(t, "", `
msgid "空"
msgstr ""

msgid "第 %[1]d 个"
msgstr "number %[1]s"

msgid "两次"
msgstr "twice"

#, fuzzy
msgid "两次"
msgstr "two times"
`)
	got := strings.Join(c.Problems(), "\n")
	for _, want := range []string{`"空" has no translation`, `"number %[1]s" takes other arguments`, `"两次" is already translated`, "fuzzy"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	good := fstest.MapFS{"locales/zh-CN.po": {Data: []byte(zhHead)}, "locales/en.po": {Data: []byte(enHead)}}
	for name, en := range map[string]string{
		"other language": zhHead,
		"no plural rule": "msgid \"\"\nmsgstr \"\"\n\"Language: en\\n\"\n",
		"open quote":     enHead + "msgid \"开\nmsgstr \"open\"\n",
		"no quote":       enHead + "msgid 开\n",
		"context":        enHead + "msgctxt \"x\"\nmsgid \"开\"\nmsgstr \"open\"\n",
	} {
		files := maps.Clone(good)
		files["locales/en.po"] = &fstest.MapFile{Data: []byte(en)}
		if _, err := Load(files); !errors.Is(err, ErrCatalog) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Load(fstest.MapFS{}); !errors.Is(err, ErrCatalog) {
		t.Errorf("no files: %v", err)
	}
	if !slices.Equal(Locales(), []string{"zh-CN", "en"}) {
		t.Error("Locales is wrong")
	}
}

func BenchmarkT(b *testing.B) {
	en := load(b, "", enBody).For("en")
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				en.T("居民")
			}
		})
	})
	b.Run("args", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				en.T("编号 %[1]s，%[2]d 件", "A1", 2)
			}
		})
	})
}
