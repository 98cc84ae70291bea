package portal_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/database"
	"huiyin/internal/limit"
	"huiyin/services/cases"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// reader is a browser on the city's pages.
type reader struct {
	t      *testing.T
	city   *fixture.City
	web    *fixture.Web
	cookie map[string]string
}

func newReader(t *testing.T, db *database.DB, change ...func(map[string]limit.Limit)) *reader {
	c := fixture.New(t, db)
	return &reader{t: t, city: c, web: c.Web(change...), cookie: map[string]string{}}
}

func (r *reader) do(method, path, form string, header ...string) *httptest.ResponseRecorder {
	r.t.Helper()
	req := httptest.NewRequest(method, "http://huiyin.example.cn"+path, strings.NewReader(form))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	for name, value := range r.cookie {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	r.web.Handler.ServeHTTP(w, req)
	for _, ck := range w.Result().Cookies() {
		if ck.MaxAge < 0 {
			delete(r.cookie, ck.Name)
		} else {
			r.cookie[ck.Name] = ck.Value
		}
	}
	return w
}

// get wants the status and returns the body.
func (r *reader) get(path string, status int) string {
	r.t.Helper()
	w := r.do(http.MethodGet, path, "")
	if w.Code != status {
		r.t.Fatalf("GET %s: %d, want %d\n%s\n%s", path, w.Code, status, w.Body, r.web.Log)
	}
	return w.Body.String()
}

func (r *reader) has(page string, wants ...string) {
	r.t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			r.t.Errorf("the page lacks %q\n%s", want, page)
		}
	}
}

func (r *reader) hasNot(page string, bad ...string) {
	r.t.Helper()
	for _, s := range bad {
		if strings.Contains(page, s) {
			r.t.Errorf("the page holds %q\n%s", s, page)
		}
	}
}

// published brings a question into the library and returns its number and the entry's address.
func (r *reader) published(edit ...func(*cases.SubmitInput)) (number, path string) {
	r.t.Helper()
	number = r.city.Submit(fixture.Phone, edit...).Case.Number
	r.city.Answer(number)
	return number, "/library/" + strconv.FormatInt(r.city.Publish(number).ID, 10)
}

func titled(title string) func(*cases.SubmitInput) {
	return func(in *cases.SubmitInput) { in.Title = title }
}

func TestReadingFromHomeToEntry(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		r := newReader(t, db)
		empty := r.get("/", 200)
		r.has(empty, "还没有公开的答复", `href="/consult"`, "5 个工作日内答复", `action="/library"`)
		r.hasNot(empty, "信箱", "听证会")
		waiting := r.city.Submit(fixture.Phone2, titled("还没有答复的问题"))
		r.city.Accept(waiting.Case.Number, fixture.Handler)
		_, path := r.published()
		for _, page := range []string{r.get("/", 200), r.get("/library", 200), r.get("/library?q="+url.QueryEscape("公租房 材料"), 200), r.get(path, 200),
			r.get("/library/feed.atom", 200), r.get("/library/feed.json", 200), r.get("/sitemap.xml", 200)} {
			r.has(page, path)
			r.hasNot(page, "还没有答复的问题", "王女士", fixture.Phone, waiting.Case.Number)
		}
		r.has(r.get("/", 200), "用时不到 1 个工作日", "已公开 1 件答复", "公租房申请需要哪些材料", "住房和城乡建设局")
		r.has(r.get("/library?q="+url.QueryEscape("公租房"), 200), "<mark>公租房</mark>", "找到 1 件", `name="robots" content="noindex"`)
		r.has(r.get("/library?q="+url.QueryEscape("游泳馆年卡"), 200), "没有找到“游泳馆年卡”", `href="/consult"`, "没有找到？直接问")
	})
}

func TestFiltersAndPages(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	for i := range 23 {
		r.city.Clock.Advance(time.Minute)
		r.published(titled("第" + strconv.Itoa(i) + "个公租房的问题"))
	}
	rent := r.city.Topics[fixture.Rent]
	group := strconv.FormatInt(rent.ParentID, 10)
	count := func(page string) int { return strings.Count(page, `<article class="qa">`) }
	first := r.get("/library", 200)
	if n := count(first); n != 20 {
		t.Fatalf("%d on the first page", n)
	}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	for _, start := range []string{"/library", "/library?q=" + url.QueryEscape("公租房"), "/library?topic=" + group + "&dept=" + strconv.FormatInt(r.city.Housing.ID, 10)} {
		page := r.get(start, 200)
		more := next.FindStringSubmatch(page)
		if more == nil {
			t.Fatalf("%s: no next page", start)
		}
		second := r.get(html.UnescapeString(more[1]), 200)
		if count(page)+count(second) != 23 || next.MatchString(second) {
			t.Errorf("%s: %d and %d answers", start, count(page), count(second))
		}
		r.has(second, "回到第一页")
	}
	for path, want := range map[string]int{
		"/library?topic=" + group:                                20,
		"/library?topic=" + strconv.FormatInt(rent.ID, 10):       20,
		"/library?topic=999999":                                  20,
		"/library?topic=abc&dept=-1&from=yesterday&to=2026":      20,
		"/library?dept=" + strconv.FormatInt(r.city.Town.ID, 10): 0,
		"/library?dept=" + strconv.FormatInt(r.city.Root.ID, 10): 20,
		"/library?from=2026-11-16&to=2026-11-16":                 20,
		"/library?from=2026-11-17":                               0,
		"/library?to=2026-11-15":                                 0,
		"/library?after=%00zz":                                   20,
		"/library?q=" + url.QueryEscape("公租房") + "&after=!!!":    20,
	} {
		status := 200
		if strings.Contains(path, "=999999") || strings.Contains(path, "=abc") { // no such topic: said, with the whole list
			status = 404
		}
		if n := count(r.get(path, status)); n != want {
			t.Errorf("%s: %d answers, want %d", path, n, want)
		}
	}
	r.has(r.get("/library?topic="+group, 200), `href="/library/feed.atom?topic=`+group, "公租房申请")
}

func TestOddSearches(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	r.published()
	for _, q := range []string{
		`"`, `' OR 1=1 --`, `title:x*`, `NEAR(a b)`, `AND OR NOT`, `<script>alert(1)</script>`, `"><img src=x>`, "\x00\x01", "\xff\xfe", "👩‍👩‍👧𠮷",
		strings.Repeat("长", 5000), `%`, `_`, `*`, `公租房"`, `{{.}}`, "a\r\nSet-Cookie: x=y", "   ",
	} {
		w := r.do(http.MethodGet, "/library?q="+url.QueryEscape(q), "")
		if w.Code != 200 {
			t.Errorf("%q: %d", q, w.Code)
		}
		r.hasNot(w.Body.String(), "<script>alert", "<img src=x", "\x00")
	}
}

func TestSearchesAreLimitedPagesFromMemoryAreNot(t *testing.T) {
	r := newReader(t, testenv.SQLite(t), func(c map[string]limit.Limit) { c["search"] = limit.Limit{Rate: 3, Period: time.Hour} })
	for range 10 {
		r.get("/library?q=a", 200)
		r.get("/library", 200)
	}
	r.get("/library?q=b", 200)
	r.get("/library?q=c", 200)
	w := r.do(http.MethodGet, "/library?q=d", "")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestEntry(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		r := newReader(t, db)
		_, other := r.published(titled("公租房申请要等多久"))
		number, path := r.published()
		page := r.get(path, 200)
		r.has(page, `<link rel="canonical" href="`+fixture.Origin+path+`">`, `<meta name="description" content="您好，请带身份证`, "住房和城乡建设局 答",
			`<a href="`+other+`">公租房申请要等多久</a>`, `href="/library/feed.atom?topic=`)
		var qa struct {
			Type   string `json:"@type"`
			Entity struct {
				Name   string
				Answer struct{ Text, URL string } `json:"acceptedAnswer"`
			} `json:"mainEntity"`
		}
		m := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(page)
		if m == nil || json.Unmarshal([]byte(m[1]), &qa) != nil || qa.Type != "QAPage" || qa.Entity.Name != fixture.Question.Title ||
			qa.Entity.Answer.Text != fixture.Answer || qa.Entity.Answer.URL != fixture.Origin+path {
			t.Errorf("JSON-LD: %v %+v", m, qa)
		}
		r.get("/library/999999", 404)
		r.get("/library/x", 404)
		_, err := r.city.Cases.Unpublish(t.Context(), r.city.Actor(fixture.Reviewer), number, "政策已经调整")
		if err != nil {
			t.Fatal(err)
		}
		if err := r.city.Library.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		gone := r.get(path, http.StatusGone)
		r.has(gone, "这条答复已经不再公开", `href="/library"`)
		r.hasNot(gone, fixture.Answer, "政策已经调整")
		for _, p := range []string{"/", "/library", other, "/library/feed.atom", "/library/feed.json", "/sitemap.xml"} {
			r.hasNot(r.get(p, 200), `library/`+strings.TrimPrefix(path, "/library/")+`"`, `library/`+strings.TrimPrefix(path, "/library/")+`<`)
		}
	})
}

func TestVotes(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		r := newReader(t, db)
		_, path := r.published()
		for range 3 {
			w := r.do(http.MethodPost, path+"/vote", "helpful=yes")
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != path {
				t.Fatalf("%d %v %s", w.Code, w.Header(), r.web.Log)
			}
		}
		r.has(r.get(path, 200), "您之前已经这样选过", "有帮助 1")
		again := r.get(path, 200)
		r.hasNot(again, "您之前已经这样选过") // the word is for one page and one reader
		r.has(again, "您选过“有帮助”", `value="yes" aria-describedby="helpful" aria-pressed="true"`, `value="no" aria-describedby="helpful" aria-pressed="false"`)
		r.do(http.MethodPost, path+"/vote", "helpful=no")
		page := r.get(path, 200)
		r.has(page, "已记下：没帮助", "没帮助 1", "您选过“没帮助”")
		mine := r.cookie
		r.cookie = map[string]string{}
		r.hasNot(r.get(path, 200), "您选过", "aria-pressed") // another reader's page, from memory
		r.cookie = mine
		r.hasNot(page, "有帮助 1")
		for _, bad := range []string{"", "helpful=maybe"} {
			if w := r.do(http.MethodPost, path+"/vote", bad); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", bad, w.Code)
			}
		}
		if w := r.do(http.MethodPost, "/library/999999/vote", "helpful=yes"); w.Code != 404 {
			t.Errorf("a vote on nothing: %d", w.Code)
		}
		if w := r.do(http.MethodPost, path+"/vote", "helpful=yes", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
			t.Errorf("a vote from elsewhere: %d", w.Code)
		}
	})
}

func TestFavourites(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	_, path := r.published()
	w := r.do(http.MethodPost, path+"/favourite", "", "Referer", "http://huiyin.example.cn"+path)
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != kit.PortalSignIn+"?back="+url.QueryEscape(path)+"&keep="+strings.TrimPrefix(path, "/library/") {
		t.Fatalf("a visitor is led to %d %q", w.Code, to)
	}
	ck := r.city.Cookie(fixture.Phone)
	r.cookie[ck.Name] = ck.Value
	resident := r.city.Resident(fixture.Phone)
	for form, want := range map[string]int{"": 1, "keep=0": 0} {
		if w := r.do(http.MethodPost, path+"/favourite", form); w.Code != http.StatusSeeOther || w.Header().Get("Location") != path {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		kept, _, err := r.city.Library.Favourites(t.Context(), resident.ID, "", 10)
		if err != nil || form == "" && len(kept) != want {
			t.Errorf("%q: %d kept, %v", form, len(kept), err)
		}
		r.get(path, 200) // the word about it
		if page := r.get(path, 200); strings.Contains(page, "已收藏，点这里取消") != (want == 1) {
			t.Errorf("%q: the entry does not show whether it is kept", form)
		}
	}
	r.do(http.MethodPost, path+"/favourite", "keep=0")
	r.has(r.get("/me/favourites", 200), "还没有收藏")
	r.do(http.MethodPost, path+"/favourite", "")
	r.has(r.get("/me/favourites?after=nonsense!", 200), `href="`+path+`"`, "不再收藏")
}

// Answers are written in Chinese; the topics' names are what an English reader finds them by.
func TestWordsThatNameATopicFindItsAnswers(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		r := newReader(t, db)
		_, path := r.published()
		found := r.get("/library?lang=en&q=public+housing", http.StatusOK)
		r.has(found, "No answer holds", "Public rental housing", `href="`+path+`"`)
		r.hasNot(r.get("/library?lang=en&q=chimney", http.StatusOK), "By topic", `href="`+path+`"`)
	})
}
