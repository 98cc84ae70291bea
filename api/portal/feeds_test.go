package portal_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"huiyin/services/cases"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

func TestFeeds(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	var atom struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated time.Time
		Link    []struct {
			Href string `xml:"href,attr"`
			Rel  string `xml:"rel,attr"`
		} `xml:"link"`
		Entry []struct {
			ID        string    `xml:"id"`
			Title     string    `xml:"title"`
			Updated   time.Time `xml:"updated"`
			Published time.Time `xml:"published"`
			Content   string    `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(r.get("/library/feed.atom", 200)), &atom); err != nil {
		t.Fatalf("an empty feed: %v", err)
	}
	_, path := r.published(titled("低保 & “公租房” <能否> 同时申请"))
	topic := strconv.FormatInt(r.city.Topics[fixture.Rent].ID, 10)
	w := r.do(http.MethodGet, "/library/feed.atom?topic="+topic, "")
	if err := xml.Unmarshal(w.Body.Bytes(), &atom); err != nil || len(atom.Entry) != 1 {
		t.Fatalf("%v\n%s", err, w.Body)
	}
	e := atom.Entry[0]
	if e.ID != fixture.Origin+path || e.Title != "低保 & “公租房” <能否> 同时申请" || e.Published.IsZero() || e.Updated.IsZero() || !strings.Contains(e.Content, fixture.Answer) {
		t.Errorf("%+v", e)
	}
	r.has(w.Body.String(), `rel="self"`, fixture.Origin+"/library/feed.atom?topic="+topic, `xml:lang="zh-CN"`)
	etag := w.Header().Get("ETag")
	if etag == "" || w.Header().Get("Last-Modified") == "" || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/atom+xml") {
		t.Errorf("headers: %v", w.Header())
	}
	if w := r.do(http.MethodGet, "/library/feed.atom?topic="+topic, "", "If-None-Match", etag); w.Code != http.StatusNotModified {
		t.Errorf("again: %d", w.Code)
	}
	w = r.do(http.MethodGet, "/library/feed.json?dept="+strconv.FormatInt(r.city.Housing.ID, 10), "")
	var feed struct {
		Version, Title, Language string
		FeedURL                  string `json:"feed_url"`
		Items                    []struct {
			ID, URL, Title string
			HTML           string    `json:"content_html"`
			Published      time.Time `json:"date_published"`
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &feed); err != nil || feed.Version != "https://jsonfeed.org/version/1.1" || len(feed.Items) != 1 ||
		feed.Items[0].URL != fixture.Origin+path || !strings.HasPrefix(feed.FeedURL, fixture.Origin+"/library/feed.json?dept=") {
		t.Errorf("%v %+v\n%s", err, feed, w.Body)
	}
	if page := r.get("/library/feed.json?topic="+strconv.FormatInt(r.city.Topics[fixture.Bus].ID, 10), 200); strings.Contains(page, path) {
		t.Error("a feed of another topic holds the entry")
	}
}

func TestSitemapAndRobots(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	_, path := r.published()
	var site struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URL     []struct {
			Loc     string `xml:"loc"`
			LastMod string `xml:"lastmod"`
		} `xml:"url"`
	}
	for _, p := range []string{"/sitemap.xml", "/sitemaps/0.xml"} {
		site.URL = nil
		if err := xml.Unmarshal([]byte(r.get(p, 200)), &site); err != nil {
			t.Fatal(err)
		}
		last := site.URL[len(site.URL)-1]
		if last.Loc != fixture.Origin+path || last.LastMod == "" {
			t.Errorf("%s: %+v", p, last)
		}
	}
	r.get("/sitemaps/pages.xml", 200)
	for _, p := range []string{"/sitemaps/1.xml", "/sitemaps/-1.xml", "/sitemaps/x.xml", "/sitemaps/0"} {
		r.get(p, 404)
	}
	r.web.Kit.Demo = false
	r.city.Clock.Advance(2 * time.Minute)
	robots := r.get("/robots.txt", 200)
	r.has(robots, "Disallow: /console\n", "Disallow: /track\n", "Disallow: /me\n", "Disallow: /api\n", "Sitemap: "+fixture.Origin+"/sitemap.xml")
}

func TestJSONLDCannotBeLeft(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	_, path := r.published(func(in *cases.SubmitInput) {
		in.Title, in.Text = `</script><b>x`, `这里有 </script><script>alert(1)</script> 和 <!-- 注释 -->，请问怎么办？`
	})
	page := r.get(path, 200)
	r.hasNot(page, "<script>alert", "<b>x")
	feed := r.get("/library/feed.atom", 200)
	r.hasNot(feed, "<script>", "<b>x")
}

func TestReadsAreCountedAlsoFromMemory(t *testing.T) {
	r := newReader(t, testenv.SQLite(t))
	_, path := r.published()
	for range 5 {
		r.get(path, 200)
	}
	r.do(http.MethodGet, path, "", "Sec-Purpose", "prefetch")
	if err := r.city.Library.FlushReads(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.city.Clock.Advance(2 * time.Minute)
	r.has(r.get(path, 200), "阅读 5")
}
