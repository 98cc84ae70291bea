package portal_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"huiyin/api/kit"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// looking is a real browser at the portal.
type looking struct {
	t   *testing.T
	ctx context.Context
	url string
}

// look starts the portal and a browser at it. Cookies are handed out at an address of the test's own, for scripts cannot set them.
func look(t *testing.T) (*fixture.City, *looking) {
	t.Helper()
	city := fixture.New(t, testenv.SQLite(t))
	handler := city.Web().Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/cookies-for-the-test" {
			handler.ServeHTTP(w, r)
			return
		}
		for name, values := range r.URL.Query() {
			http.SetCookie(w, &http.Cookie{Name: name, Value: values[0], Path: "/", HttpOnly: true})
		}
	}))
	t.Cleanup(server.Close)
	return city, &looking{t: t, ctx: testenv.Browser(t), url: server.URL}
}

func (l *looking) run(actions ...chromedp.Action[chromedp.Void]) {
	l.t.Helper()
	for _, a := range actions {
		if err := chromedp.Do(l.ctx, a); err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l *looking) open(path string) {
	l.t.Helper()
	l.run(chromedp.Navigate(l.url + path))
}

func (l *looking) cookie(name, value string) { l.open("/cookies-for-the-test?" + name + "=" + value) }

// js evaluates an expression that yields true, again and again until it does.
func (l *looking) until(expression string) {
	l.t.Helper()
	for range 300 {
		done, err := chromedp.Run(l.ctx, chromedp.Evaluate[bool](expression))
		if err == nil && done {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	body, _ := chromedp.Run(l.ctx, chromedp.Evaluate[string]("document.body.innerText"))
	l.t.Fatalf("never true: %s\n%s", expression, body)
}

// check looks for what hinders people with disabilities; test/story looks at every page at every width.
func (l *looking) check(name string) { l.t.Helper(); testenv.Axe(l.t, l.ctx, name) }

const fill = `((f, v) => { for (const k in v) { const e = f.elements[k]; e.value = v[k]; e.dispatchEvent(new Event("input", {bubbles: true})); } return true; })`

// TestInABrowser asks a question as a person with scripts does, and looks at every page of the story.
func TestInABrowser(t *testing.T) {
	city, l := look(t)
	number := city.Submit(fixture.Phone2).Case.Number
	city.Answer(number)
	city.Publish(number)

	l.open("/consult")
	l.until(`document.querySelector("details").open = true`)
	l.check("consult")
	l.until(`document.querySelector("[name=topic_id][value='` + id(city.Topics[fixture.Rent].ID) + `']").click(), document.querySelector("#agree").click(), document.querySelector(".submit .btn").click(), true`)
	l.until(`location.pathname === "/consult/new" && document.readyState === "complete" && !!window.htmx`)
	l.until(fill + `(document.querySelector("form.ask"), {title: "公租房申请要准备什么材料", text: "请问需要准备哪些材料，到哪里办理？", display_name: "王女士", phone: "` + fixture.Phone + `"})`)
	l.until(`!!document.querySelector(".similar a")`)
	l.open("/track")       // before the autosave, which waits a second
	l.open("/consult/new") // no question whether to leave: it was saved
	l.until(`document.querySelector("#title").value === "公租房申请要准备什么材料" && document.querySelector("#phone").value !== ""`)
	l.check("ask")
	l.until(fill + `(document.querySelector("form.ask"), {place: "中山路 12 号"}) && (window.left = true, location.reload(), true)`)
	l.until(`!window.left && document.readyState === "complete" && document.querySelector("#place").value === "中山路 12 号"`)
	choose := func(names string) {
		l.until(`((input) => { const t = new DataTransfer(); ` + names + `.forEach((n) => t.items.add(new File([n], n))); input.files = t.files; input.dispatchEvent(new Event("change", {bubbles: true})); return true; })(document.querySelector("#attachments"))`)
	}
	choose(`["现场.jpg"]`)
	choose(`["图片.png"]`)
	l.until(`document.querySelector("#attachments").files.length === 2 && document.querySelector("#attachments-list").innerText.includes("现场.jpg")`)
	choose(`["1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"]`)
	l.until(`document.querySelector("#attachments").files.length === 6 && document.querySelector("#toast").innerText.includes("最多 6 个文件")`)
	for range 6 {
		l.until(`document.querySelector("#attachments-list li button").click(), true`)
	}
	l.until(`document.querySelector("#attachments").files.length === 0`)
	l.until(`document.querySelector("[value=code]").click(), true`)
	l.until(`location.search.includes("sent=")`)
	code := city.SentCode(fixture.Phone)
	l.until(fill + `(document.querySelector("form.ask"), {code: "000000", title: "短"})`)
	l.until(`document.querySelector("[value=submit]").click(), true`)
	l.until(`!!document.querySelector(".errors")`)
	l.check("ask-errors")
	l.until(fill + `(document.querySelector("form.ask"), {code: "` + code + `", title: "公租房申请要准备什么材料"})`)
	l.until(`document.querySelector("[value=submit]").click(), true`)
	l.until(`location.pathname === "/consult/receipt"`)
	l.check("receipt")

	l.until(`document.querySelector("main .btn[href^='/track/']").click(), true`)
	l.until(`location.pathname.startsWith("/track/")`)
	l.check("thread-open")
	path, err := chromedp.Run(l.ctx, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		t.Fatal(err)
	}
	number = strings.TrimPrefix(path, "/track/")
	l.until(`document.querySelector("details:has(#supplement)").open = true`)
	city.Accept(number, fixture.Handler)
	l.until(`document.querySelector("#matter").innerText.includes("已受理")`) // the page hears of it by itself
	l.until(`document.querySelector("details:has(#supplement)").open`)
	l.open("/track/" + number + "/withdraw")
	l.check("withdraw")

	city.SubmitReview(number, fixture.Handler)
	city.Approve(number, fixture.Reviewer)
	city.Send(number, fixture.Handler)
	l.open("/track/" + number)
	l.check("thread-answered")
	l.until(`document.querySelector("[name=rating][value='2']").click(), document.querySelector("#rate .btn").click(), true`)
	l.until(`!!document.querySelector("#reopen")`)
	l.check("thread-unsatisfied")

	for path, name := range map[string]string{"/me": "me", "/me/profile": "profile", "/me/account": "account", "/me/delete": "delete", "/track": "track", "/nowhere": "error"} {
		l.open(path)
		l.check(name)
	}
	l.cookie(kit.LocaleCookie, "en")
	for path, name := range map[string]string{"/me": "me-en", "/consult": "consult-en", "/track/" + number: "thread-en", "/me/account": "account-en", "/consult/new": "ask-en"} {
		if name == "ask-en" {
			d, err := city.Cases.StartDraft(t.Context(), city.Topics[fixture.Rent].ID, 1)
			if err == nil {
				d.Input.Title = "Rent"
				err = city.Cases.SaveDraft(t.Context(), &d)
			}
			if err != nil {
				t.Fatal(err)
			}
			l.cookie(kit.DraftCookie, d.Token)
		}
		l.open(path)
		l.check(name)
	}
	l.cookie(kit.PortalCookie, "none")
	l.open("/me/sign-in")
	l.check("sign-in-en")
}

// supplementing is a resident who looks at a matter and has begun to write a supplement.
func supplementing(t *testing.T, words string) (*fixture.City, *looking, string) {
	t.Helper()
	city, l := look(t)
	number := city.Submit(fixture.Phone).Case.Number
	ck := city.Cookie(fixture.Phone)
	l.cookie(ck.Name, ck.Value)
	l.open("/track/" + number)
	l.until(`!!window.htmx && document.readyState === "complete"`)
	l.until(`document.querySelector("details.sheet").open = true`)
	l.until(fill + `(document.querySelector("#supplement"), {text: "` + words + `"})`)
	return city, l, number
}

// TestWritingWhileTheMatterMoves: the answer comes while a supplement is being written, and pages are loaded again.
func TestWritingWhileTheMatterMoves(t *testing.T) {
	city, l, number := supplementing(t, "上个月的收据也找到了")
	city.Answer(number)
	l.until(`document.querySelector("#matter .tag").innerText.includes("已答复")`) // what is new comes, what is typed stays
	const news = `document.querySelector("#supplement [role=status]").innerText`
	l.until(news + `.includes("已答复") && !` + news + `.includes("附件") && !` + news + `.includes("复制") && document.querySelector("#supplement-text").value !== ""`)
	l.until(`((input) => { const t = new DataTransfer(); t.items.add(new File(["x"], "收据.jpg")); input.files = t.files; input.dispatchEvent(new Event("change", {bubbles: true})); return true; })(document.querySelector("#supplement-attachments"))`)
	l.until(news + `.includes("附件不会留着")`)
	l.check("thread-waiting")
	l.until(`document.querySelector("#supplement-attachments-list li button").click(), !` + news + `.includes("附件")`)
	l.until(`document.querySelector("#supplement .acts:not([data-when]) .btn").click(), true`)
	l.until(`document.querySelector("#follow-up-text")?.value === "上个月的收据也找到了" && document.activeElement.id === "follow-up-text"`)
	l.check("thread-moved")
	l.until(`document.querySelector("#follow-up").dispatchEvent(new Event("input", {bubbles: true})), Object.keys(sessionStorage).some((k) => k.endsWith(" more"))`)
	l.run(chromedp.EmulateViewport(360, 800))
	l.cookie(kit.LocaleCookie, "en")
	l.open("/track/" + number)
	l.until(`document.querySelector("#follow-up-text").value === "上个月的收据也找到了"`)
	l.until(`document.querySelector("#follow-up .acts .btn").click(), true`)
	l.until(`!!document.querySelector(".flash.ok") && !Object.keys(sessionStorage).some((k) => k.endsWith(" more"))`)

	for _, path := range []string{"/me", "/me/favourites"} {
		l.open(path)
		l.until(`(() => { const t = [...document.querySelectorAll(".tabs a")]; return t.length > 2 && t.every((a) => a.scrollWidth <= a.clientWidth + 1) && document.documentElement.scrollWidth <= 360; })()`)
	}
}

// TestTheMatterIsSeenWhileWordsWait: the answer and its forms come in place of a supplement that is being written, and its words with them.
func TestTheMatterIsSeenWhileWordsWait(t *testing.T) {
	city, l, number := supplementing(t, "这一句补充已经发出去了")
	l.until(`document.querySelector("#supplement .acts .btn").click(), true`)
	l.until(`!!document.querySelector("main > .flash.ok") && !!window.htmx && document.readyState === "complete"`)
	l.until(`document.querySelector("details.sheet").open = true`)
	l.until(fill + `(document.querySelector("#supplement"), {text: "上个月的收据也找到了"}), document.querySelector("#supplement-text").focus(), true`)
	city.Answer(number)
	l.until(`document.querySelector("#matter .tag").innerText.includes("已答复") && !document.querySelector("main > .flash")`) // old news goes
	l.until(`document.querySelector("#supplement [data-renew]").click(), true`)
	l.until(`document.querySelector("#follow-up-text")?.value === "上个月的收据也找到了" && !!document.querySelector("#rate") && !document.querySelector("#supplement")`)
	l.until(`document.activeElement.closest("#doing") !== null`)
}
