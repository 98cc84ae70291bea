package textindex

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// vocabulary makes texts like those of a city: a few words in most documents, many words in few, 300 characters each.
type vocabulary struct {
	rand  *rand.Rand
	words []string
	zipf  *rand.Zipf
}

var usual = []string{"您好", "小区", "办理", "请问", "咨询", "部门", "问题", "工作", "居民", "社区", "停水", "公积金", "道路", "材料", "身份证", "学校", "医保", "噪音", "垃圾", "物业"}

func newVocabulary() *vocabulary {
	r := rand.New(rand.NewPCG(1, 2))
	v := &vocabulary{rand: r, words: slices.Clone(usual)}
	for len(v.words) < 30_000 {
		w := make([]rune, 2+r.IntN(3))
		for i := range w {
			w[i] = rune(0x4E00 + r.IntN(3500))
		}
		v.words = append(v.words, string(w))
	}
	v.zipf = rand.NewZipf(r, 1.1, 5, uint64(len(v.words)-1))
	return v
}

func (v *vocabulary) text(runes int) string {
	var b []byte
	for n := 0; n < runes; {
		w := v.words[v.zipf.Uint64()]
		b = append(b, w...)
		n += len(w) / 3
		if v.rand.IntN(6) == 0 {
			b = append(b, "，"...)
		}
	}
	return string(b)
}

func (v *vocabulary) doc(id int64) Doc {
	return Doc{
		ID: id, Title: v.text(15), Body: v.text(120), Answer: v.text(165),
		TopicID: id % 30, DepartmentID: id % 12, At: start.Add(time.Duration(id) * time.Minute),
	}
}

// filled builds the index of the benchmarks once: HUIYIN_BENCH_DOCS documents, 100,000 by default.
func filled(b *testing.B) *Index {
	b.Helper()
	total := 100_000
	if n, err := strconv.Atoi(os.Getenv("HUIYIN_BENCH_DOCS")); err == nil {
		total = n
	}
	path := filepath.Join(b.TempDir(), "index")
	x, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = x.Close() })
	v, from := newVocabulary(), time.Now()
	for done := 0; done < total; {
		var docs []Doc
		for range min(1000, total-done) {
			done++
			docs = append(docs, v.doc(int64(done)))
		}
		if err := x.Apply(b.Context(), docs, nil, int64(done)); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d documents in %v, %d MB", total, time.Since(from).Round(time.Millisecond), info.Size()>>20)
	for _, w := range []string{"您好", "停水", "公积金"} {
		var n int
		if err := x.read.QueryRowContext(b.Context(), "SELECT count(*) FROM texts WHERE texts MATCH ?", terms(w)[0].match()).Scan(&n); err != nil {
			b.Fatal(err)
		}
		b.Logf("%s is in %d of them", w, n)
	}
	return x
}

func BenchmarkSearch(b *testing.B) {
	x := filled(b)
	measure := func(name string, do func() (int, error)) {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			n := 0
			for b.Loop() {
				from := time.Now()
				var err error
				if n, err = do(); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(from))
				x.seen.forget() // as right after a change
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(n), "hits")
		})
	}
	rare := newVocabulary().words[20_000]
	for name, q := range map[string]Query{
		"a common word":             {Text: "您好"},
		"another":                   {Text: "停水"},
		"three characters":          {Text: "公积金"},
		"three common words":        {Text: "小区 停水 物业"},
		"a rare word":               {Text: rare},
		"one character":             {Text: "水"},
		"a common word in a topic":  {Text: "您好", TopicIDs: []int64{3, 4}},
		"a common word in a month":  {Text: "您好", From: start, To: start.AddDate(0, 1, 0)},
		"a question, not word-wise": {Text: "小区停水怎么办理公积金材料"},
	} {
		measure(name, func() (int, error) {
			r, err := x.Search(b.Context(), q)
			return r.Total, err
		})
	}
	measure("similar", func() (int, error) {
		h, _, err := x.Similar(b.Context(), "小区停水噪音垃圾问题请问物业部门怎么办理道路"+rare, 5)
		return len(h), err
	})
}
