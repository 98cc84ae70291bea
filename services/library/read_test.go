package library_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/textindex"
	"huiyin/models"
	"huiyin/services/library"
	"huiyin/test/testenv"
)

func ids(es []library.Entry) (out []int64) {
	for _, e := range es {
		out = append(out, e.ID)
	}
	return out
}

func (e *env) search(t *testing.T, text string) library.Results {
	t.Helper()
	res, err := e.Search(t.Context(), library.Query{Text: text})
	must(t, err)
	return res
}

func found(r library.Results) (out []int64) {
	for _, h := range r.Hits {
		out = append(out, h.ID)
	}
	return out
}

func TestListGoesThroughEverythingOnce(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		e := newEnv(t, db)
		topics := map[int64][]int64{}
		var all []int64
		for c := range int64(11) {
			p := e.publish(t, c, fmt.Sprintf("第%d件事怎么办", c))
			topics[p.TopicID] = append(topics[p.TopicID], p.ID)
			all = append(all, p.ID)
		}
		e.ready(t, 99, "这一条还没有发布")
		slices.Reverse(all)
		two := slices.Concat(topics[1], topics[3])
		slices.SortFunc(two, func(a, b int64) int { return int(b - a) })
		for _, c := range []struct {
			name   string
			filter library.Filter
			want   []int64
		}{
			{"everything", library.Filter{}, all},
			{"two topics, one twice", library.Filter{TopicIDs: []int64{3, 1, 3}}, two},
			{"departments", library.Filter{DepartmentIDs: []int64{10, 11}}, all},
			{"topic in a department", library.Filter{TopicIDs: []int64{1, 2, 3}, DepartmentIDs: []int64{10, 11}}, all},
			{"no such department", library.Filter{DepartmentIDs: []int64{12}}, nil},
			{"before", library.Filter{To: start}, nil},
			{"from the sixth second", library.Filter{From: start.Add(6 * time.Second), To: start.Add(time.Hour)}, all[:6]},
		} {
			var got []int64
			c.filter.Limit = 3
			for range 10 {
				page, err := e.List(t.Context(), c.filter)
				must(t, err)
				got = append(got, ids(page.Entries)...)
				if c.filter.After = page.Next; page.Next == "" {
					break
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		}
		for _, bad := range []string{"x", "1.", ".1", "1.-1", "zzzzzzzzzzzzzzz.1", "\x00"} {
			if _, err := e.List(t.Context(), library.Filter{After: bad}); !fault.Is(err, fault.Invalid) {
				t.Errorf("cursor %q: %v", bad, err)
			}
		}
	})
}

func TestSearchFollowsWhatIsPublished(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		e := newEnv(t, db)
		card := e.publish(t, 1, "社保卡补办<b>指南</b>")
		e.publish(t, 2, "公租房怎么申请")
		if got := found(e.search(t, "社保卡")); got != nil {
			t.Errorf("found %v before the index has followed", got)
		}
		must(t, e.CatchUp(ctx))
		if e.Revision() != 2 {
			t.Errorf("revision %d", e.Revision())
		}
		res := e.search(t, "补办")
		if !slices.Equal(found(res), []int64{card.ID}) || res.Total != 1 {
			t.Fatalf("found %+v", res)
		}
		title := ""
		for _, s := range res.Hits[0].TitleParts {
			if s.Hit != (s.Text == "补办") {
				t.Errorf("part %+v", s)
			}
			title += s.Text
		}
		if title != card.Title || !strings.Contains(title, "<b>") {
			t.Errorf("the parts make %q", title)
		}
		if n, err := e.Count(ctx); err != nil || n != 2 {
			t.Errorf("count %d, %v", n, err)
		}
		similar, err := e.Similar(ctx, "社保卡丢了怎么补办", 5)
		if err != nil || !slices.Equal(ids(similar), []int64{card.ID}) {
			t.Errorf("similar: %v, %v", ids(similar), err)
		}

		_, err = e.TakeOut(ctx, colleague, 1, "有错误")
		must(t, err)
		if got := e.search(t, "补办"); len(got.Hits) != 0 || got.Total != 0 {
			t.Errorf("taken out but found before the index has followed: %+v", got)
		}
		must(t, e.CatchUp(ctx))
		if hits, err := e.deps.Index.Search(ctx, textindex.Query{Text: "补办"}); err != nil || len(hits.Hits) != 0 {
			t.Errorf("taken out but in the index: %+v, %v", hits, err)
		}
		if n, err := e.Count(ctx); err != nil || n != 1 {
			t.Errorf("count %d, %v", n, err)
		}
		if lag, err := e.Lag(ctx); err != nil || lag != 0 {
			t.Errorf("lag %d, %v", lag, err)
		}
	})
}

func TestRebuiltIndexEqualsTheFollowedOne(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		e := newEnv(t, db)
		for c := range int64(9) {
			e.publish(t, c, fmt.Sprintf("第%d号窗口办什么", c))
			if c%2 == 0 {
				must(t, e.CatchUp(ctx))
			}
			if c%3 == 0 {
				_, err := e.TakeOut(ctx, colleague, c, "换个说法")
				must(t, err)
			}
		}
		e.publish(t, 3, "第三号窗口又开了")
		must(t, e.CatchUp(ctx))
		fresh := e.deps
		fresh.Index = newIndex(t)
		// An index that is further than the feed, with an entry that has been taken out since, is built anew.
		var out models.Publication
		must(t, db.Conn(ctx).Where("status = ?", models.Unpublished).Take(&out).Error)
		must(t, fresh.Index.Apply(ctx, []textindex.Doc{{ID: out.ID, Title: out.Title, At: start}}, nil, 1<<40))
		rebuilt := library.New(fresh)
		must(t, rebuilt.CatchUp(ctx))
		for _, text := range []string{"窗口", "第三号", "身份证", "又开", "办什么"} {
			a, err1 := e.deps.Index.Search(ctx, textindex.Query{Text: text})
			b, err2 := fresh.Index.Search(ctx, textindex.Query{Text: text})
			must(t, errors.Join(err1, err2))
			var one, two []int64
			for i := range a.Hits {
				one = append(one, a.Hits[i].ID)
			}
			for i := range b.Hits {
				two = append(two, b.Hits[i].ID)
			}
			if !slices.Equal(one, two) || len(one) == 0 {
				t.Errorf("%s: followed %v, rebuilt %v", text, one, two)
			}
		}
		if e.Revision() != rebuilt.Revision() {
			t.Errorf("revisions %d and %d", e.Revision(), rebuilt.Revision())
		}
		// An index that is further than the feed belongs to another database.
		must(t, fresh.Index.Apply(ctx, nil, nil, 1<<40))
		must(t, rebuilt.CatchUp(ctx))
		if cursor, err := fresh.Index.Cursor(ctx); err != nil || cursor != e.Revision() {
			t.Errorf("cursor %d, %v", cursor, err)
		}
	})
}

func TestFollowIsWokenByAPublication(t *testing.T) {
	e := newEnv(t, testenv.SQLite(t))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { e.Follow(ctx); close(ended) }()
	e.publish(t, 1, "医保怎么报销")
	for range 500 {
		if e.Revision() == 1 {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	if got := found(e.search(t, "报销")); len(got) != 1 {
		t.Errorf("found %v", got)
	}
	stop()
	<-ended
}

func TestVotesCountOnceAReader(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		e := newEnv(t, db)
		p := e.publish(t, 1, "医保怎么报销")
		for i, c := range []struct {
			voter   string
			helpful bool
			want    library.Votes
		}{
			{"resident:1", true, library.Votes{Helpful: 1}},
			{"resident:1", true, library.Votes{Helpful: 1}},
			{"visitor:x", false, library.Votes{Helpful: 1, Unhelpful: 1}},
			{"resident:1", false, library.Votes{Unhelpful: 2}},
			{"visitor:x", true, library.Votes{Helpful: 1, Unhelpful: 1}},
		} {
			got, err := e.Vote(ctx, c.voter, p.ID, c.helpful)
			if err != nil || got != c.want {
				t.Errorf("%d: %+v, %v; want %+v", i, got, err, c.want)
			}
		}
		helpful, voted, err := e.VoteOf(ctx, "visitor:x", p.ID)
		if !helpful || !voted || err != nil {
			t.Error(helpful, voted, err)
		}
		done := make(chan error, 8)
		for range 8 { // one impatient finger
			go func() {
				_, err := e.Vote(context.WithoutCancel(ctx), "resident:9", p.ID, true)
				done <- err
			}()
		}
		for range 8 {
			must(t, <-done)
		}
		if got, _ := e.Entry(ctx, p.ID); got.Helpful != 2 || got.Unhelpful != 1 {
			t.Errorf("after eight clicks: %+v", got)
		}
		if _, err := e.Vote(ctx, "resident:1", p.ID+1, true); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestFavourites(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		e := newEnv(t, db)
		var all []int64
		for c := range int64(3) {
			p := e.publish(t, c, fmt.Sprintf("第%d件事怎么办", c))
			all = append(all, p.ID)
			must(t, e.Favourite(ctx, 5, p.ID))
			must(t, e.Favourite(ctx, 5, p.ID))
		}
		_, err := e.TakeOut(ctx, colleague, 1, "有错误")
		must(t, err)
		refused(t, e.Favourite(ctx, 6, all[1]), fault.Gone, "unpublished")
		first, next, err := e.Favourites(ctx, 5, "", 2)
		must(t, err)
		second, end, err := e.Favourites(ctx, 5, next, 2)
		must(t, err)
		if len(first) != 2 || len(second) != 1 || end != "" || first[0].ID != all[2] || first[0].Gone || !first[1].Gone || first[1].Title != "" || second[0].ID != all[0] {
			t.Errorf("pages %+v and %+v", first, second)
		}
		must(t, e.Unfavourite(ctx, 5, all[0]))
		must(t, e.Unfavourite(ctx, 5, all[0]))
		if kept, err := e.IsFavourite(ctx, 5, all[0]); kept || err != nil {
			t.Error(kept, err)
		}
		must(t, e.ForgetResident(ctx, 5))
		if left, _, err := e.Favourites(ctx, 5, "", 0); len(left) != 0 || err != nil {
			t.Error(left, err)
		}
	})
}

// unsteady is a counter that can be down.
type unsteady struct {
	counts map[int64]int64
	down   bool
}

var errDown = errors.New("down")

func (u *unsteady) Add(_ context.Context, counts map[int64]int64) error {
	if u.down {
		return errDown
	}
	for id, n := range counts {
		u.counts[id] += n
	}
	return nil
}

func (u *unsteady) Drain(context.Context) (map[int64]int64, error) {
	if u.down {
		return nil, errDown
	}
	all := u.counts
	u.counts = map[int64]int64{}
	return all, nil
}

func TestReadsReachTheRows(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		e := newEnv(t, db)
		a, b := e.publish(t, 1, "医保怎么报销"), e.publish(t, 2, "公租房怎么申请")
		shared := &unsteady{counts: map[int64]int64{b.ID: 5}}
		e.deps.Reads = shared
		lib := library.New(e.deps)
		lib.CountRead(ctx, a.ID)
		shared.down = true
		must(t, lib.FlushReads(ctx)) // what is in memory is written all the same
		shared.down = false
		lib.CountRead(ctx, a.ID)
		lib.CountRead(ctx, 12345) // nobody knows it
		must(t, lib.FlushReads(ctx))
		must(t, lib.FlushReads(ctx))
		popular, err := lib.Popular(ctx, 1)
		if err != nil || len(popular) != 1 || popular[0].ID != b.ID || popular[0].Reads != 5 {
			t.Errorf("popular: %+v, %v", popular, err)
		}
		if got, _ := lib.Entry(ctx, a.ID); got.Reads != 2 || !got.UpdatedAt.Equal(a.UpdatedAt) {
			t.Errorf("read: %+v", got)
		}
	})
}

func TestFeedAndSitemap(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		e := newEnv(t, db)
		if n, err := e.SiteFiles(ctx); n != 0 || err != nil {
			t.Error(n, err)
		}
		a, b := e.publish(t, 1, "医保怎么报销"), e.publish(t, 2, "公租房怎么申请")
		e.ready(t, 3, "这一条还没有发布")
		feed, err := e.Feed(ctx, library.Filter{}, 10)
		if err != nil || !slices.Equal(ids(feed.Entries), []int64{b.ID, a.ID}) || !feed.Updated.Equal(b.UpdatedAt) {
			t.Errorf("feed: %+v, %v", feed, err)
		}
		links, err := e.Sitemap(ctx, 0)
		if err != nil || len(links) != 2 || links[0].ID != a.ID || !links[0].UpdatedAt.Equal(a.UpdatedAt) {
			t.Errorf("sitemap: %+v, %v", links, err)
		}
		if _, err := e.Sitemap(ctx, 1); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if newest, err := e.Newest(ctx, 1); err != nil || !slices.Equal(ids(newest), []int64{b.ID}) {
			t.Error(newest, err)
		}
	})
}
