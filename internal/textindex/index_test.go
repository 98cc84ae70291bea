package textindex

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func empty(t testing.TB) *Index {
	t.Helper()
	x, err := Open(filepath.Join(t.TempDir(), "a b#?", "library.index"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func day(n int) time.Time { return start.AddDate(0, 0, n) }

// library is a small index that most tests search.
func library(t testing.TB) *Index {
	t.Helper()
	x := empty(t)
	docs := []Doc{
		{ID: 1, Title: "住房公积金提取需要哪些材料", Body: "我想提取公积金付房租。", Answer: "请带身份证和租房合同到窗口办理。", TopicID: 10, DepartmentID: 1, At: day(1)},
		{ID: 2, Title: "小区停水何时恢复", Body: "从昨天开始停水，顺便问公积金能否交水费。", Answer: "管网抢修，今晚恢复供水。", TopicID: 20, DepartmentID: 2, At: day(2)},
		{ID: 3, Title: "ＡＢＣ社区的Wi-Fi在哪里登记", Body: "5G基站辐射大吗？", Answer: "符合国家标准 GB8702。", TopicID: 20, DepartmentID: 3, At: day(3)},
		{ID: 4, Title: "農村危房改造補貼", Body: "繁體字來信。", Answer: "已收到。", TopicID: 30, DepartmentID: 3, At: day(4)},
		{ID: 5, Title: "𰻝𰻝面馆油烟扰民", Body: "油烟很大。", Answer: "已责令整改。", TopicID: 30, DepartmentID: 4, At: day(5)},
		{ID: 6, Title: "公园里的健身器材坏了", Body: "积水很深，金属生锈。", Answer: "已更换。", TopicID: 30, DepartmentID: 4, At: day(6)},
	}
	if err := x.Apply(t.Context(), docs, nil, 6); err != nil {
		t.Fatal(err)
	}
	return x
}

func find(t testing.TB, x *Index, q Query) Result {
	t.Helper()
	r, err := x.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("%q: %v", q.Text, err)
	}
	return r
}

func ids(hits []Hit) []int64 {
	var out []int64
	for _, h := range hits {
		out = append(out, h.ID)
	}
	return out
}

func TestSearch(t *testing.T) {
	x := library(t)
	cases := []struct {
		q    Query
		want []int64
	}{
		{Query{Text: "公积金"}, []int64{1, 2}}, // the title before the text, the older before the newer
		{Query{Text: "停水"}, []int64{2}},
		{Query{Text: "公积金 停水"}, []int64{2}},
		{Query{Text: "房"}, []int64{4, 1}},
		{Query{Text: "𰻝"}, []int64{5}},
		{Query{Text: "𰻝面"}, []int64{5}},
		{Query{Text: "abc"}, []int64{3}},
		{Query{Text: "ＷＩ－ＦＩ"}, []int64{3}},
		{Query{Text: "gb8702"}, []int64{3}},
		{Query{Text: "5g基站"}, []int64{3}},
		{Query{Text: "补贴"}, nil},
		{Query{Text: "補貼"}, []int64{4}},
		{Query{Text: "没有这回事"}, nil},
		{Query{Text: "  ？！\x00 "}, nil},
		{Query{Text: ""}, nil},
		{Query{Text: "公积金", TopicIDs: []int64{20, 30}}, []int64{2}},
		{Query{Text: "公积金", DepartmentIDs: []int64{1}}, []int64{1}},
		{Query{Text: "公积金", TopicIDs: []int64{10}, DepartmentIDs: []int64{2}}, nil},
		{Query{Text: "公积金", TopicIDs: []int64{-1}}, nil},
		{Query{Text: "公积金", From: day(2)}, []int64{2}},
		{Query{Text: "公积金", To: day(2)}, []int64{1}},
		{Query{Text: "t10"}, nil}, // what the filters are made of cannot be searched for
	}
	for _, c := range cases {
		if got := find(t, x, c.q); !slices.Equal(ids(got.Hits), c.want) || got.Relaxed {
			t.Errorf("%+v: got %v (relaxed %v), want %v", c.q, ids(got.Hits), got.Relaxed, c.want)
		}
	}
	r := find(t, x, Query{Text: "公积金怎么提取"})
	if !r.Relaxed || len(r.Hits) == 0 || r.Hits[0].ID != 1 {
		t.Errorf("a whole question: %+v", r)
	}
	if h := find(t, x, Query{Text: "停水"}).Hits[0]; !h.At.Equal(day(2)) || h.Score <= 0 {
		t.Errorf("%+v", h)
	}
}

func TestSimilar(t *testing.T) {
	x := library(t)
	for text, want := range map[string][]int64{
		"公积金提取要什么": {1}, "小区又停水了": {2}, "今天天气很好": nil, "": nil, "\"*^": nil,
	} {
		got, _, err := x.Similar(t.Context(), text, 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 && len(got) > 0 || len(want) > 0 && (len(got) == 0 || got[0].ID != want[0]) {
			t.Errorf("%q: got %v, want %v first", text, ids(got), want)
		}
	}
}

func TestChangesAndTheCursor(t *testing.T) {
	x := library(t)
	if n, err := x.Cursor(t.Context()); err != nil || n != 6 {
		t.Fatal(n, err)
	}
	changed := Doc{ID: 2, Title: "小区停电", At: day(9)}
	if err := x.Apply(t.Context(), []Doc{changed, changed}, []int64{1, 99}, 8); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]int64{"公积金": nil, "停水": nil, "停电": {2}} {
		if got := ids(find(t, x, Query{Text: text}).Hits); !slices.Equal(got, want) {
			t.Errorf("%s: %v", text, got)
		}
	}
	if n, _ := x.Count(t.Context()); n != 5 {
		t.Errorf("%d documents", n)
	}
	// All in the same millisecond, and ids that would take the same place.
	same := []Doc{{ID: 100, Title: "同时", At: start}, {ID: 100 + slots, Title: "同时", At: start}, {ID: 101, Title: "同时", At: start}, {ID: -1, Title: "同时"}}
	if err := x.Apply(t.Context(), same, nil, 9); err != nil {
		t.Fatal(err)
	}
	if got := find(t, x, Query{Text: "同时"}); got.Total != 4 {
		t.Errorf("%+v", got)
	}
	var crowd []Doc
	for i := range int64(1000) {
		crowd = append(crowd, Doc{ID: 1000 + i, Title: "导入", At: day(20)})
	}
	if err := x.Apply(t.Context(), crowd, nil, 10); err != nil {
		t.Fatal(err)
	}
	if got := find(t, x, Query{Text: "导入", From: day(20), To: day(21)}); got.Total != 1000 || !got.Hits[0].At.Equal(day(20)) {
		t.Errorf("%+v", got)
	}
}

func TestPages(t *testing.T) {
	x := empty(t)
	var docs []Doc
	for i := range int64(95) {
		docs = append(docs, Doc{ID: i + 1, Title: "道路维修" + strings.Repeat("情况", int(i%7)), Body: fmt.Sprint("第", i, "段"), At: start.Add(time.Duration(i/3) * time.Hour)})
	}
	if err := x.Apply(t.Context(), docs, nil, 1); err != nil {
		t.Fatal(err)
	}
	seen := make(map[int64]bool)
	q := Query{Text: "道路", Limit: 10}
	last := Hit{Score: 1e9}
	for range 10 {
		r := find(t, x, q)
		if r.Total != 95 || r.TotalCapped {
			t.Fatalf("%+v", r)
		}
		for _, h := range r.Hits {
			if seen[h.ID] || h.Score > last.Score {
				t.Fatalf("out of order: %+v after %+v", h, last)
			}
			seen[h.ID], last = true, h
		}
		again, err := ParseCursor(r.Next.String())
		if err != nil || again != r.Next {
			t.Fatalf("%v %v", again, err)
		}
		q.After = again
	}
	if len(seen) != 95 || !q.After.IsZero() {
		t.Fatalf("%d seen, next %v", len(seen), q.After)
	}
	for _, bad := range []string{"x", "1.", ".", "zzzzzzzzzzzzzzzzz.1", "1.1.1"} {
		if _, err := ParseCursor(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	for name, content := range map[string][]byte{"nonsense": []byte("no database at all, no database at all"), "empty": nil} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		x, err := Open(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n, err := x.Cursor(t.Context()); err != nil || n != 0 {
			t.Fatal(n, err)
		}
		if err := x.Apply(t.Context(), []Doc{{ID: 1, Title: "停水", At: start}}, nil, 7); err != nil {
			t.Fatal(err)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	x, err := Open(path) // sound this time
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := x.Cursor(t.Context()); n != 7 {
		t.Fatal("what was sound was thrown away")
	}
	_ = x.Close()
}

func TestOtherDatabasesAreLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "main.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE cases (id INTEGER); PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	if _, err := Open(path); err == nil {
		t.Fatal("opened")
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Fatal("the other database is gone")
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Fatal("a folder was opened")
	}
}

func TestDamageMetLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	x, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var docs []Doc
	for i := range int64(500) {
		docs = append(docs, Doc{ID: i + 1, Title: fmt.Sprint("停水", i), At: start})
	}
	if err := x.Apply(t.Context(), docs, nil, 7); err != nil {
		t.Fatal(err)
	}
	_ = x.Close()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 2 * 4096; i < len(content); i++ {
		content[i] = 0xA5
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if x, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = x.Close() }()
	if err := x.Apply(t.Context(), docs, nil, 9); err != nil && !errors.Is(err, ErrReset) {
		t.Fatal(err)
	}
	if _, err := x.Search(t.Context(), Query{Text: "停水"}); err != nil && !errors.Is(err, ErrReset) {
		t.Fatal(err)
	}
	if n, err := x.Cursor(t.Context()); err != nil || n != 0 && n != 9 {
		t.Fatal(n, err)
	}
	if err := x.Apply(t.Context(), docs, nil, 9); err != nil {
		t.Fatal(err)
	}
	if r := find(t, x, Query{Text: "停水"}); r.Total != 500 {
		t.Fatalf("%+v", r)
	}
}

func TestReadersDoNotWait(t *testing.T) {
	x := library(t)
	tx, err := x.write.BeginTx(t.Context(), nil) // a writer that takes its time
	if err != nil {
		t.Fatal(err)
	}
	if err := (writer{tx: tx}).put(t.Context(), Doc{ID: 50, Title: "停水", At: start}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			from := time.Now()
			if r, err := x.Search(t.Context(), Query{Text: "停水"}); err != nil || r.Total != 1 || time.Since(from) > time.Second {
				t.Errorf("%v %+v after %v", err, r, time.Since(from))
			}
		})
	}
	wg.Wait()
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
}

func FuzzSearch(f *testing.F) {
	x := library(f)
	for _, s := range []string{
		`"`, `""`, `*`, `公*`, `公积金"`, `NEAR(公 积, 2)`, `title:公积金`, `{title}:x`, `a AND`, `OR`, `NOT 公积`, `(`, `)`, `^公`, `-公积`, `+`, `a" OR "b`, "\x00", "\xff\xfe",
		"公\x00积", `'; DROP TABLE docs; --`, "\u200d", "é́", "ས་ཡི", "😀公积金😀", strings.Repeat("公积金 ", 50), "texts", "rank", "İ", "ǅ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := x.Search(t.Context(), Query{Text: s}); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if _, _, err := x.Similar(t.Context(), s, 3); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		var b strings.Builder
		for _, g := range Highlight(s, s) {
			b.WriteString(g.Text)
		}
		if b.String() != strings.ToValidUTF8(s, "\uFFFD") && b.String() != string([]rune(s)) {
			t.Fatalf("%q became %q", s, b.String())
		}
		Snippet(s, s, 10)
		for _, term := range terms(s) {
			if strings.ContainsAny(strings.Join(term.tokens(), ""), "\"\x00 ") {
				t.Fatalf("%q gives %q", s, term.tokens())
			}
		}
	})
}
