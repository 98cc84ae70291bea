package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiyin/test/fixture"
)

// inEnglish has the browser ask for English pages.
func (v *visit) inEnglish() *visit {
	v.t.Helper()
	site, err := url.Parse(v.server.URL)
	if err != nil {
		v.t.Fatal(err)
	}
	v.client.Jar.SetCookies(site, []*http.Cookie{{Name: "hy_lang", Value: "en"}})
	return v
}

var (
	chineseParts = regexp.MustCompile(`(?s)<([a-z0-9]+)[^>]* lang="zh-CN"[^>]*>.*?</[a-z0-9]+>`)
	hanText      = regexp.MustCompile(`\p{Han}+`)
)

// allEnglish finds Chinese that a page in English does not mark as such.
func (v *visit) allEnglish() *visit {
	v.t.Helper()
	if han := hanText.FindAllString(text(chineseParts.ReplaceAllString(v.Body, " ")), -1); han != nil {
		v.t.Errorf("an English page says %q:\n%s", han, text(v.Body))
	}
	return v
}

func TestAWrongCodeInEnglish(t *testing.T) {
	_, v := open(t)
	v.inEnglish().post("/me/sign-in", "do", "code", "phone", fixture.Phone2, "privacy_version", "1").want(200).allEnglish()
	for range 7 {
		v.post("/me/sign-in", "do", "submit", "phone", fixture.Phone2, "code", "1", "privacy_version", "1").want(422).allEnglish()
	}
}

// What was being written survives the step that took its form away.
func TestWordsOutliveTheirForm(t *testing.T) {
	city, v := open(t)
	v.as(fixture.Phone)
	words := "我还想补充一点：上个月的收据也找到了"
	pdf := []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")

	answered := city.Submit(fixture.Phone).Case.Number
	city.Answer(answered)
	v.send("/track/"+answered+"/supplement", []upload{{"收据.pdf", pdf}}, "text", words)
	v.want(409, "不能再做这一步", words+"</textarea>", "收据.pdf", "请点“发送追问”")
	form := v.find(`(?s)<form[^>]*id="follow-up".*?name="draft" value="([^"]{20,})"`)
	v.post("/track/"+answered+"/follow-up", "text", words, "draft", form).follow().want(200, "追问已发出", words, "收据.pdf")
	v.post("/track/"+answered+"/follow-up", "text", words).want(409, words+"</textarea>", "请点“发送补充”")

	withdrawn := city.Submit(fixture.Phone).Case.Number
	v.post("/track/"+withdrawn+"/withdraw", "reason", "").follow()
	v.send("/track/"+withdrawn+"/supplement", []upload{{"收据.pdf", pdf}}, "text", words)
	v.want(409, "没有发出的内容", words+"</textarea>", "附件也没有发出：收据.pdf").lacks("公开这次问答")
	v.post("/track/"+withdrawn+"/supplement", "text", "短").want(409, "您写的内容没有发出", "短</textarea>")
}

func TestASupplementOfFilesAlone(t *testing.T) {
	city, v := open(t)
	page := "/track/" + city.Submit(fixture.Phone).Case.Number
	v.as(fixture.Phone).post(page+"/supplement", "text", " ").want(422, "请写几句话，或者选一个附件")
	pdf := []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
	v.send(page+"/supplement", []upload{{"收据.pdf", pdf}}, "text", "").follow().want(200, "补充的内容已交给答复部门", "收据.pdf")
}

func TestAReasonToReopenIsCalledSo(t *testing.T) {
	city, v := open(t)
	number := city.Submit(fixture.Phone).Case.Number
	city.Answer(number)
	v.as(fixture.Phone).post("/track/"+number+"/rate", "rating", "1").follow()
	v.post("/track/"+number+"/reopen", "text", "答复里说的材料我都交过了").follow().want(200, "您要求重新办理的原因").lacks("您的追问")
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	city, v := open(t)
	v.begin(fixture.Rent)
	v.post("/consult/new", v.asked("do", "code")...).follow()
	code := city.SentCode(fixture.Phone)
	v.send("/consult/new", []upload{{"程序.exe", []byte("MZ")}}, v.asked("title", "短", "display_name", "", "code", code)...)
	v.want(422, "不是可以上传的文件", "现在是 1 个字", "请写下怎么称呼您", `value="`+code+`"`)
	v.post("/consult/new", v.asked("phone", "123", "code", "")...).want(422, "请填写 11 位手机号码", "再把短信里的 6 位数字填在这里")
	number := city.Submit(fixture.Phone2).Case.Number
	v.as(fixture.Phone2).send("/track/"+number+"/supplement", []upload{{"程序.exe", []byte("MZ")}}, "text", "短")
	v.want(422, "不是可以上传的文件", "现在是 1 个字")
}

func TestLongWordsAreCountedWhole(t *testing.T) {
	_, v := open(t)
	v.begin(fixture.Rent)
	title, place, text := strings.Repeat("长", 300), strings.Repeat("远", 500), strings.Repeat("多", 5000)
	v.post("/consult/new", v.asked("title", title, "place", place, "text", text, "display_name", strings.Repeat("名", 200))...)
	v.want(422, "现在是 300 个字", "现在是 500 个字", "现在是 5000 个字", "现在是 200 个字", title, place, text)
	v.get("/consult/new").want(200, title, place, text)
}

// The page that asks for a code knows after a reload that it was sent, and says beside the phone when another may be.
func TestTheCodeThatWasSent(t *testing.T) {
	city, v := open(t)
	v.post("/me/sign-in", "do", "code", "phone", fixture.Phone2, "privacy_version", "1").want(200, "138****8002")
	v.get("/me/sign-in").want(200, "验证码已发到 138****8002", `value="`+fixture.Phone2+`"`)
	v.post("/me/sign-in", "do", "code", "phone", fixture.Phone2, "privacy_version", "1", "code", "1234").want(429, `id="phone-error"`, `value="1234"`)
	for range 5 {
		v.post("/me/sign-in", "phone", fixture.Phone2, "code", "1", "sent", id(city.Clock.Now().Unix())).want(422)
	}
	v.want(422, "试错次数太多").lacks("验证码已发到")
	city.Clock.Advance(6 * time.Minute)
	v.get("/me/sign-in").want(200).lacks("验证码已发到", fixture.Phone2)
}

// An answer says until when one can ask on; who has switched messages off is not promised any.
func TestWhatComesNextAndByWhen(t *testing.T) {
	city, v := open(t)
	number := city.Submit(fixture.Phone).Case.Number
	city.Answer(number)
	v.as(fixture.Phone).get("/track/"+number).want(200, "前可以追问；到那天没有追问，这件诉求自动办结，不能再追问。")
	v.post("/track/"+number+"/rate", "rating", "1").follow().want(200, "也没有要求重新办理，这件诉求自动办结")
	v.post("/me/profile", "display_name", "王女士", "locale", "zh-CN").follow()
	v.begin(fixture.Rent)
	v.get("/consult/new").want(200, "您关闭了短信提醒", `href="/me/profile"`).lacks("进度会发短信到这个号码")
}

// Whoever did not ask for a code learns nothing of whether one was sent to that number.
func TestAWrongCodeTellsNothing(t *testing.T) {
	city, v := open(t)
	v.post("/me/sign-in", "do", "code", "phone", fixture.Phone2, "privacy_version", "1").want(200)
	city.Clock.Advance(time.Second)
	guesser := browser(t, city, v.server)
	said := func(phone string) string {
		return guesser.post("/me/sign-in", "phone", phone, "code", "000000", "privacy_version", "1").want(422, "验证码不对或已过期，还可以试 4 次").find(`id="code-error"[^>]*>([^<]*)`)
	}
	if a, b := said(fixture.Phone2), said("13800138009"); a != b {
		t.Errorf("%q for a number that asked, %q for one that did not", a, b)
	}
	browser(t, city, v.server).post("/me/sign-in", "do", "submit").want(422, "请填写 11 位手机号码。", "请点“获取验证码”", "请阅读并同意现行的隐私说明。")
}

func TestTheFinderKeepsItsWords(t *testing.T) {
	_, v := open(t)
	v.post("/consult/start", "words", "公租房", "agree", "1").want(422, "请选择这个问题属于哪一类", `value="公租房"`, `class="group bad"`)
	topic := id(v.city.Topics[fixture.Rent].ID)
	v.get("/consult?words=公租房&topic_id="+topic+"&agree=1").want(200, `value="`+topic+`" checked`, `id="agree" name="agree" value="1" checked`)
}

func TestKeepingAnAnswerBeforeSigningIn(t *testing.T) {
	city, v := open(t)
	number := city.Submit(fixture.Phone).Case.Number
	city.Answer(number)
	entry := city.Publish(number).ID
	v.post("/library/" + id(entry) + "/favourite").leads("/me/sign-in?back=%2Flibrary%2F" + id(entry) + "&keep=" + id(entry))
	v.follow().want(200, "就收藏这条答复")
	v.post("/me/sign-in", "do", "code", "phone", fixture.Phone2, "privacy_version", "1", "keep", id(entry)).want(200, `name="keep" value="`+id(entry)+`"`)
	v.post("/me/sign-in", "phone", fixture.Phone2, "code", city.SentCode(fixture.Phone2), "keep", id(entry), "back", "/library/"+id(entry))
	v.leads("/library/"+id(entry)).follow().want(200, "已收藏，在“我的诉求”里可以找到")
	v.get("/me/favourites").want(200, fixture.Question.Title)
}

func TestFiltersThatAreNone(t *testing.T) {
	_, v := open(t)
	v.get("/library?from=yesterday").want(200, "“yesterday”不是日期", `id="from-error"`)
	v.get("/library?from=2026-11-20&to=2026-11-01").want(200, "结束的日期早于开始的日期", `id="to-error"`)
	v.get("/library?topic=999&dept=abc").want(404, "没有这个事项分类", "没有这个部门", `id="dept-error"`)
	v.get("/library/feed.atom?topic=999").want(404)
	v.get("/library/feed.json?dept=999").want(404)
}

func TestTheFootInEnglish(t *testing.T) {
	city, v := open(t)
	p, err := city.City.Profile(t.Context())
	if err == nil {
		p.Footer, p.FooterEn = "主办：青溪县人民政府", "Run by Qingxi County"
		_, err = city.City.UpdateProfile(t.Context(), city.Actor(fixture.SystemAdmin), p, p.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	v.get("/track").want(200, p.Footer)
	v.inEnglish().get("/track").want(200, p.FooterEn).allEnglish()
}
