package portal_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"huiyin/internal/limit"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// visit is a browser without scripts: it keeps cookies, follows no redirect by itself and remembers the last page.
type visit struct {
	t      testing.TB
	city   *fixture.City
	server *httptest.Server
	client *http.Client
	Status int
	Body   string
	To     string // where the answer leads
	Header http.Header
}

func open(t testing.TB, change ...func(map[string]limit.Limit)) (*fixture.City, *visit) {
	t.Helper()
	city := fixture.New(t, testenv.SQLite(t))
	server := httptest.NewServer(city.Web(change...).Handler)
	t.Cleanup(server.Close)
	return city, browser(t, city, server)
}

func browser(t testing.TB, city *fixture.City, server *httptest.Server) *visit {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visit{t: t, city: city, server: server, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// another is a second browser at the same site.
func (v *visit) another() *visit { return browser(v.t, v.city, v.server) }

func (v *visit) do(req *http.Request) *visit {
	v.t.Helper()
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.Status, v.Body, v.To, v.Header = res.StatusCode, string(body), res.Header.Get("Location"), res.Header
	for _, bad := range []string{"<no value>", "ZgotmplZ", "%!"} {
		if strings.Contains(v.Body, bad) {
			v.t.Errorf("%s %s shows %q", req.Method, req.URL.Path, bad)
		}
	}
	return v
}

func (v *visit) get(path string) *visit {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.server.URL+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(req)
}

func (v *visit) post(path string, pairs ...string) *visit {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(req)
}

type upload struct {
	name string
	data []byte
}

func (v *visit) send(path string, files []upload, pairs ...string) *visit {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			v.t.Fatal(err)
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile("attachments", f.name)
		if err == nil {
			_, err = part.Write(f.data)
		}
		if err != nil {
			v.t.Fatal(err)
		}
	}
	_ = w.Close()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.server.URL+path, &body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(req)
}

// follow goes where the answer leads.
func (v *visit) follow() *visit {
	v.t.Helper()
	if v.Status != http.StatusSeeOther {
		v.t.Fatalf("status %d, no redirect:\n%s", v.Status, text(v.Body))
	}
	to, _, _ := strings.Cut(v.To, "#")
	return v.get(to)
}

func (v *visit) want(status int, words ...string) *visit {
	v.t.Helper()
	if v.Status != status {
		v.t.Fatalf("status %d, want %d (to %q):\n%s", v.Status, status, v.To, text(v.Body))
	}
	for _, w := range words {
		if !strings.Contains(v.Body, w) {
			v.t.Errorf("the page lacks %q:\n%s", w, text(v.Body))
		}
	}
	return v
}

func (v *visit) lacks(words ...string) *visit {
	v.t.Helper()
	for _, w := range words {
		if strings.Contains(v.Body, w) {
			v.t.Errorf("the page shows %q", w)
		}
	}
	return v
}

func (v *visit) leads(to string) *visit {
	v.t.Helper()
	if v.Status != http.StatusSeeOther || v.To != to {
		v.t.Fatalf("status %d to %q, want a redirect to %q:\n%s", v.Status, v.To, to, text(v.Body))
	}
	return v
}

var markup = regexp.MustCompile(`(?s)<head>.*?</head>|<svg.*?</svg>|<[^>]*>|\n\s*`)

func text(page string) string { return markup.ReplaceAllString(page, " ") }

func (v *visit) find(pattern string) string {
	v.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(v.Body)
	if m == nil {
		v.t.Fatalf("nothing like %s on the page:\n%s", pattern, text(v.Body))
	}
	return m[len(m)-1]
}

// begin chooses a topic and agrees to the privacy notice.
func (v *visit) begin(topic string) *visit {
	v.t.Helper()
	version := v.get("/consult").want(200, topic).find(`name="privacy_version" value="(\d+)"`)
	return v.post("/consult/start", "topic_id", id(v.city.Topics[topic].ID), "agree", "1", "privacy_version", version).leads("/consult/new")
}

// asked is a form that says everything; pairs replace or add.
func (v *visit) asked(pairs ...string) []string {
	form := map[string]string{
		"topic_id": id(v.city.Topics[fixture.Rent].ID), "title": fixture.Question.Title, "text": fixture.Question.Text,
		"display_name": fixture.Question.DisplayName, "place": fixture.Question.Place, "phone": fixture.Phone, "privacy_version": "1", "do": "submit",
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form[pairs[i]] = pairs[i+1]
	}
	var list []string
	for k, val := range form {
		list = append(list, k, val)
	}
	return list
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// TestAskAndFollow is the story from the question to the rating, without a script.
func TestAskAndFollow(t *testing.T) {
	city, v := open(t)
	v.begin(fixture.Rent)
	v.get("/consult/new").want(200, "由住房和城乡建设局答复", "获取验证码")
	v.post("/consult/new", v.asked("do", "code")...)
	v.follow().want(200, "验证码已发到 138****8001", fixture.Question.Title, fixture.Question.Text)
	code := city.SentCode(fixture.Phone)
	v.post("/consult/new", v.asked("code", code)...).leads("/consult/receipt")
	v.follow().want(200, "诉求回执", "11 月 23 日（周一）")
	number, secret := v.find(`(\d{8}-\d{4,})`), v.find(`class="secret">([A-Z0-9-]{19})<`)
	if strings.Contains(v.find(`(?s)(<svg[^>]*class="qr".*?</svg>)`), secret) {
		t.Error("the picture tells the code")
	}
	v.get("/consult/receipt").want(200, secret) // a reload shows the same
	v.get("/consult/new").leads("/consult/receipt")
	v.get("/track/"+number).want(200, fixture.Question.Title, "已收到，等待受理", "补充说明或材料", "撤回诉求")

	city.Answer(number)
	v.get("/track/"+number).want(200, fixture.Answer, "已审核", "住房和城乡建设局已受理", "提交评价")
	v.post("/track/"+number+"/rate", "rating", "9", "word", "不清楚").want(422, "请选择一个满意程度", "不清楚")
	v.post("/track/"+number+"/rate", "rating", "2", "word", "不清楚").follow().want(200, "谢谢您的评价", "要求重新办理")
	v.post("/track/"+number+"/rate", "rating", "5").want(409)
	v.post("/track/"+number+"/reopen", "text", "还").want(422, "至少写 2 个字", `>
还</textarea>`)
	v.post("/track/"+number+"/reopen", "text", "材料清单还是不清楚，请列出来。").follow().want(200, "由另一位审核人负责", "材料清单还是不清楚")

	other := v.another()
	other.get("/track/"+number).want(404, "查询码").lacks(fixture.Question.Title)
	other.post("/track", "number", number, "code", "AAAA-AAAA-AAAA-AAAA").want(422, "编号或查询码不对")
	other.post("/track", "number", number, "code", strings.ToLower(secret)).leads("/track/" + number)
	other.follow().want(200, fixture.Question.Title)
}
