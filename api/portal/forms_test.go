package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

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
	v.inEnglish().post("/me/sign-in", "do", "code", "phone", fixture.Phone2, "agree", "1").want(200).allEnglish()
	for range 7 {
		v.post("/me/sign-in", "do", "submit", "phone", fixture.Phone2, "code", "1", "agree", "1").want(422).allEnglish()
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
