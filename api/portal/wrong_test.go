package portal_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/internal/limit"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// as signs the browser in with the cookie of a resident.
func (v *visit) as(phone string) *visit {
	v.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		v.t.Fatal(err)
	}
	site, err := url.Parse(v.server.URL)
	if err != nil {
		v.t.Fatal(err)
	}
	jar.SetCookies(site, []*http.Cookie{v.city.Cookie(phone)})
	v.client.Jar = jar
	return v
}

func TestWrongInputKeepsWhatWasTyped(t *testing.T) {
	_, v := open(t)
	v.begin(fixture.Rent)
	for name, c := range map[string]struct {
		change []string
		says   string
	}{
		"title":   {[]string{"title", "短"}, "至少写 5 个字，现在是 1 个字"},
		"text":    {[]string{"text", "太短"}, "至少写 10 个字，现在是 2 个字"},
		"long":    {[]string{"title", strings.Repeat("长", 61)}, "最多 60 个字，现在是 61 个字"},
		"topic":   {[]string{"topic_id", "99999"}, ""},
		"nobody":  {[]string{"display_name", ""}, "请写下怎么称呼您"},
		"phone":   {[]string{"phone", "12345"}, "请填写 11 位手机号码"},
		"no code": {[]string{"code", ""}, "再把短信里的 6 位数字填在这里"},
		"code":    {[]string{"code", "000000"}, "验证码"},
		"privacy": {[]string{"privacy_version", "99"}, "隐私说明有了新版本"},
	} {
		t.Run(name, func(t *testing.T) {
			w := *v
			w.t = t
			pairs := append([]string{"code", "123456"}, c.change...)
			w.post("/consult/new", w.asked(pairs...)...).want(422, c.says, "青溪县东门社区")
		})
	}
	v.post("/consult/start", "topic_id", id(v.city.Topics[fixture.Rent].ID)).want(422, "请阅读并同意现行的隐私说明")
	v.post("/consult/start", "agree", "1", "privacy_version", "1").want(422, "请选择这个问题属于哪一类")
	v.another().post("/consult/new", "title", "没有同意过隐私说明").leads("/consult")
	v.another().get("/consult/new").leads("/consult")
}

func TestAForgottenDraftBeginsAnewWithWhatWasTyped(t *testing.T) {
	_, v := open(t)
	v.post("/consult/new", v.asked("do", "save")...).leads("/consult/new")
	v.follow().want(200, fixture.Question.Title, fixture.Question.Text)
}

// A form without a draft may begin one, but not without bound, nor under a notice that is not in force.
func TestWhoHasNoDraftDoesNotFillTheTable(t *testing.T) {
	city, v := open(t, func(classes map[string]limit.Limit) { classes["write"] = limit.Limit{Rate: 2, Period: time.Hour} })
	drafts := func(want int64) {
		t.Helper()
		var n int64
		if err := city.DB.Conn(t.Context()).Model(&models.CaseDraft{}).Count(&n).Error; err != nil || n != want {
			t.Errorf("%d drafts, want %d: %v", n, want, err)
		}
	}
	old := v.asked("do", "save", "privacy_version", "99")
	v.another().post("/consult/new", old...).want(422, "隐私说明有了新版本", fixture.Question.Text, `id="privacy_version" name="privacy_version" value="1"`)
	drafts(0)
	v.another().post("/consult/new", v.asked("do", "save")...).leads("/consult/new")
	v.another().post("/consult/new", v.asked("do", "save")...).want(429, "秒后再试", fixture.Question.Text)
	drafts(1)
}

// The first page promises what the desk for all departments promises now.
func TestHomeFollowsTheCommonDesk(t *testing.T) {
	city, v := open(t)
	v.get("/").want(200, "5 个工作日")
	desk, open, err := city.Cases.CommonDesk(t.Context())
	if err != nil || !open {
		t.Fatal(err, open)
	}
	if _, err := city.Cases.SaveDesk(t.Context(), city.Actor(fixture.SystemAdmin), desk.ID, cases.DeskInput{
		Name: desk.Name, SimpleDays: 2, OrdinaryDays: 7, Unit: "working", Review: desk.Review, Active: true, Version: desk.Version,
	}); err != nil {
		t.Fatal(err)
	}
	v.get("/").want(200, "7 个工作日")
}

// A wrong guess leaves no session behind.
func TestAWrongReceiptBeginsNoSession(t *testing.T) {
	city, v := open(t)
	r := city.Submit(fixture.Phone)
	sessions := func() (n int64) {
		t.Helper()
		if err := city.DB.Conn(t.Context()).Model(&models.Session{}).Count(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := sessions()
	v.post("/track", "number", r.Case.Number, "code", "2222-2222-2222-2222").want(422)
	if n := sessions(); n != before {
		t.Errorf("%d sessions more", n-before)
	}
	v.post("/track", "number", r.Case.Number, "code", r.Code).follow().want(200, fixture.Question.Title)
	v.post("/track", "number", r.Case.Number, "code", r.Code).follow().want(200)
	if n := sessions(); n != before+1 {
		t.Errorf("%d sessions more, want one", n-before)
	}
}

func TestADoubleClickMakesOneCase(t *testing.T) {
	city, v := open(t)
	v.begin(fixture.Rent)
	v.post("/consult/new", v.asked("do", "code")...)
	form := v.asked("code", city.SentCode(fixture.Phone))
	var wg sync.WaitGroup
	clicks := make([]visit, 4)
	for i := range clicks {
		clicks[i] = *v
		wg.Go(func() { clicks[i].post("/consult/new", form...) })
	}
	wg.Wait()
	for i := range clicks {
		clicks[i].leads("/consult/receipt")
	}
	late := v.another()
	late.client.Jar = v.client.Jar
	late.post("/consult/new", form...).leads("/consult/receipt")
	if list, err := city.Cases.Mine(t.Context(), mine(t, city, v), 0, 10); err != nil || len(list.Cases) != 1 {
		t.Fatalf("%d cases, %v", len(list.Cases), err)
	}
	late.follow().want(200, "没有重复提交，这是它的回执")
	// Who goes back and writes another question over the one that was sent asks it too, after a word about it.
	other := v.asked("title", "公租房可以申请几次", "text", "请问第一次没有申请上，明年还可以再申请吗？")
	late.post("/consult/new", other...)
	late.follow().want(200, "您刚才已经提交过一个问题", fixture.Question.Title, "公租房可以申请几次")
	late.post("/consult/new", other...).leads("/consult/receipt")
	if list, err := city.Cases.Mine(t.Context(), mine(t, city, v), 0, 10); err != nil || len(list.Cases) != 2 || list.Cases[0].Title != "公租房可以申请几次" {
		t.Fatalf("the second question: %d cases, %v", len(list.Cases), err)
	}
}

// A draft makes one case, however many tabs show it and whenever they send it.
func TestADraftInTwoTabs(t *testing.T) {
	city, v := open(t)
	v.as(fixture.Phone).begin(fixture.Rent)
	token := v.get("/consult/new").find(`name="draft" value="([^"]{20,})"`)
	form := v.asked("draft", token)
	v.post("/consult/new", form...).leads("/consult/receipt")
	number := v.follow().find(`(\d{8}-\d{4,})`)
	cases := func(want int) {
		t.Helper()
		if list, err := city.Cases.Mine(t.Context(), mine(t, city, v), 0, 10); err != nil || len(list.Cases) != want {
			t.Fatalf("%d cases, want %d: %v", len(list.Cases), want, err)
		}
	}
	v.begin(fixture.Rent) // another question is begun meanwhile
	v.post("/consult/new", form...).leads("/consult/receipt")
	v.follow().want(200, number, "没有重复提交")
	city.Clock.Advance(2 * time.Hour)
	v.as(fixture.Phone).post("/consult/new", form...).leads("/track/" + number)
	cases(1)
	changed := v.asked("draft", token, "text", "我想问的是另外一件事：廉租房的租金怎么算？")
	v.post("/consult/new", changed...).leads("/consult/new?after=" + number)
	v.follow().want(200, "您刚才已经提交过一个问题", "廉租房的租金怎么算", "/track/"+number)
	cases(1)
	v.post("/consult/new", v.asked("draft", v.find(`name="draft" value="([^"]{20,})"`), "text", "我想问的是另外一件事：廉租房的租金怎么算？")...).leads("/consult/receipt")
	cases(2)
}

// Whoever asked at somebody else's device leaves nothing there: no session, no receipt.
func TestLeavingTheReceipt(t *testing.T) {
	_, v := open(t)
	v.as(fixture.Phone).begin(fixture.Rent)
	form := v.asked("draft", v.get("/consult/new").find(`name="draft" value="([^"]{20,})"`))
	v.post("/consult/new", form...)
	number := v.follow().want(200, "您已用 138****8001 登录", "在这台设备上还能再打开这一页", "这不是我的手机：退出").find(`(\d{8}-\d{4,})`)
	v.post("/me/sign-out").leads("/")
	v.get("/consult/receipt").leads("/track")
	v.get("/me").leads("/me/sign-in?back=%2Fme")
	v.post("/consult/new", form...).leads("/track/" + number) // from another tab that still stands open
	v.follow().want(404).lacks(fixture.Question.Title, "138****8001")
}

// A receipt's number is read as people write it, and a wrong try keeps what was typed.
func TestTheNumberAsPeopleWriteIt(t *testing.T) {
	city, v := open(t)
	r := city.Submit(fixture.Phone)
	day, count, _ := strings.Cut(r.Case.Number, "-")
	wide := strings.Map(func(d rune) rune { return d - '0' + '０' }, day) + "－" + count
	for _, number := range []string{day + count, day + " " + count, " " + day[:4] + " " + day[4:] + " - " + count, wide} {
		v.another().post("/track", "number", number, "code", r.Code).leads("/track/" + r.Case.Number)
	}
	v.post("/track").want(422, "请填写编号。", "请填写查询码。")
	v.post("/track", "number", day+count).want(422, "请填写查询码。").lacks("请填写编号。")
	v.post("/track", "number", day+count, "code", "abcd efgh").want(422, "编号或查询码不对", `value="`+day+count+`"`, `value="abcd efgh"`)
}

// mine is the actor of the browser's session.
func mine(t *testing.T, city *fixture.City, v *visit) models.Actor {
	t.Helper()
	site, err := url.Parse(v.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(site) {
		if c.Name == "hy_session" {
			_, actor, err := city.Accounts.Resolve(t.Context(), c.Value)
			if err != nil {
				t.Fatal(err)
			}
			return actor
		}
	}
	t.Fatal("no session")
	return models.Actor{}
}

func TestAReceiptIsShownForHalfAnHour(t *testing.T) {
	city, v := open(t)
	v.as(fixture.Phone).begin(fixture.Rent)
	v.get("/consult/new").want(200, "已登录：138****8001").lacks("获取验证码")
	v.post("/consult/new", v.asked()...).leads("/consult/receipt")
	v.follow().want(200, "诉求回执")
	city.Clock.Advance(31 * time.Minute)
	v.get("/consult/receipt").leads("/track")
}

func TestSomebodyElsesCase(t *testing.T) {
	city, v := open(t)
	r := city.Submit(fixture.Phone)
	v.as(fixture.Phone2)
	page := "/track/" + r.Case.Number
	v.get(page).want(404).lacks(fixture.Question.Title)
	v.get("/track/20261116-9999").want(404)
	v.get(page + "/live").want(404)
	for _, act := range []string{"/rate", "/withdraw", "/consent", "/consent/withdraw"} {
		v.post(page+act, "rating", "5").want(404)
	}
	v.post(page+"/supplement", "text", "我写了很久的一段话").want(404, "我写了很久的一段话") // and may go on after showing the receipt
	v.post("/track", "number", r.Case.Number, "code", r.Code, "kind", "supplement", "text", "我写了很久的一段话").want(200, fixture.Question.Title, "我写了很久的一段话</textarea>")
}

func TestUploads(t *testing.T) {
	city, v := open(t)
	v.begin(fixture.Rent)
	pdf := []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
	v.send("/consult/new", []upload{{"缴费凭证.pdf", pdf}, {"程序.exe", []byte("MZ")}}, v.asked("do", "upload")...)
	v.want(422, "“程序.exe”不是可以上传的文件", "缴费凭证.pdf", fixture.Question.Text)
	staged := v.find(`value="remove-(\d+)"`)
	v.get("/files/" + staged).want(404) // nobody's yet
	v.post("/consult/new", v.asked("do", "remove-"+staged)...).follow().want(200).lacks("缴费凭证.pdf")
	v.send("/consult/new", []upload{{"缴费凭证.pdf", pdf}}, v.asked("do", "code")...).follow().want(200, "缴费凭证.pdf")
	v.post("/consult/new", v.asked("code", city.SentCode(fixture.Phone))...).follow()
	number := v.find(`(\d{8}-\d{4,})`)
	file := v.get("/track/"+number).want(200, "缴费凭证.pdf").find(`href="(/files/\d+)"`)
	v.get(file).want(200)
	if !bytes.HasPrefix([]byte(v.Body), []byte("%PDF")) || !strings.HasPrefix(v.Header.Get("Content-Disposition"), "attachment;") || v.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%v", v.Header)
	}
	v.send("/track/"+number+"/supplement", []upload{{"坏.exe", []byte("MZ")}, {"补充.pdf", pdf}}, "text", "补充一份").want(422, "不是可以上传的文件", "补充.pdf", "补充一份</textarea>")
	v.post("/track/"+number+"/supplement", "text", "补充一份", "draft", v.find(`name="draft" value="([^"]{20,})"`)).follow().want(200, "您补充的材料", "补充.pdf")
	v.another().get(file).want(404)
}

func TestWithdrawAndConsent(t *testing.T) {
	city, v := open(t)
	r := city.Submit(fixture.Phone)
	page := "/track/" + r.Case.Number
	v.as(fixture.Phone).get(page+"/consent/withdraw").want(200, "撤回公开同意？")
	v.post(page+"/consent/withdraw").follow().want(200, "已撤回公开同意", "同意公开")
	v.post(page+"/consent").follow().want(200, "您已同意公开")
	v.get(page+"/withdraw").want(200, "不能恢复")
	v.post(page+"/withdraw", "reason", "已经解决").follow().want(200, "诉求已撤回", "原因：已经解决")
	v.post(page + "/withdraw").want(409)
}

func TestAccount(t *testing.T) {
	city, v := open(t)
	r := city.Submit(fixture.Phone)
	v.get("/me?after=3").leads("/me/sign-in?back=%2Fme%3Fafter%3D3")
	v.post("/me/sign-in", "do", "code", "phone", fixture.Phone2).want(422, "请阅读并同意现行的隐私说明")
	city.Clock.Advance(2 * time.Minute)
	v.post("/me/sign-in", "do", "code", "phone", fixture.Phone2, "privacy_version", "1", "back", "//evil.example.com").want(200, "138****8002", `value="/me"`)
	v.post("/me/sign-in", "do", "submit", "phone", fixture.Phone2, "code", "000000", "privacy_version", "1").want(422, "验证码不对")
	v.post("/me/sign-in", "do", "submit", "phone", fixture.Phone2, "code", city.SentCode(fixture.Phone2), "privacy_version", "1").leads("/me")
	v.follow().want(200, "还没有诉求")

	v.as(fixture.Phone).get("/me").want(200, r.Case.Number)
	v.post("/me/profile", "display_name", strings.Repeat("长", 40), "locale", "zh-CN").want(422, "称呼最多 30 个字")
	v.post("/me/profile", "display_name", "王女士", "locale", "zh-CN").follow().want(200, "已保存", "王女士")
	v.get("/me/export").want(200)
	var out struct {
		Account struct{ Phone string }
		Cases   []struct{ Number string }
	}
	if err := json.Unmarshal([]byte(v.Body), &out); err != nil || out.Account.Phone != fixture.Phone || len(out.Cases) != 1 || out.Cases[0].Number != r.Case.Number {
		t.Errorf("%v %+v", err, out)
	}
	v.post("/me/delete").want(422, "请先勾选")
	v.post("/me/delete", "sure", "1").leads("/")
	v.get("/me").leads("/me/sign-in?back=%2Fme")
}

func TestLimits(t *testing.T) {
	_, v := open(t, func(classes map[string]limit.Limit) {
		classes["track"] = limit.Limit{Rate: 3, Period: time.Hour}
		classes["code"] = limit.Limit{Rate: 1, Period: time.Hour}
	})
	for range 3 {
		v.post("/track", "number", "20261116-0001", "code", "x").want(422)
	}
	v.post("/track", "number", "20261116-0001", "code", "x").want(429, "秒后再试")
	v.begin(fixture.Rent)
	v.post("/consult/new", v.asked("do", "code")...).follow()
	v.post("/consult/new", v.asked("do", "code")...).want(429, "秒后再试", fixture.Question.Text)
}

// What a program may do so often, a browser may do so often.
func TestWritesAreLimited(t *testing.T) {
	city, v := open(t, func(classes map[string]limit.Limit) { classes["write"] = limit.Limit{Rate: 1, Period: time.Hour} })
	page := "/track/" + city.Submit(fixture.Phone).Case.Number
	v.as(fixture.Phone).post(page + "/consent/withdraw").leads(page)
	v.post(page+"/consent").want(429, "秒后再试")
	v.post(page+"/consent/withdraw").want(429, "秒后再试")
	v.post(page+"/withdraw", "reason", "已经解决").want(429, "秒后再试", "已经解决")
	v.post("/me/profile", "display_name", "王女士", "locale", "zh-CN").want(429, "秒后再试", "王女士")
	v.post("/me/delete", "sure", "1").want(429, "秒后再试")
	v.post("/me/sessions/1/revoke").want(429, "秒后再试")
}

func TestAFormFromElsewhereIsRefused(t *testing.T) {
	_, v := open(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.server.URL+"/track", strings.NewReader("number=1&code=2"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := v.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Fatal(res.StatusCode)
	}
}
