package story_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"huiyin/test/testenv"
)

// TestReadme takes the pictures of the README, in a window of 1280 × 900; "make pictures" puts them where the README shows them.
func TestReadme(t *testing.T) {
	t.Parallel()
	s := startOn(t, t.TempDir()+"/data")
	t.Cleanup(s.kill)
	browser := testenv.Browser(t)
	resident, official := arrive(t, browser, s, 1280), arrive(t, browser, s, 1280)
	shoot := func(p *person, name string) {
		p.do(chromedp.EmulateViewport(1280, 900))
		testenv.Picture(t, p.ctx, name+".png", false)
	}
	resident.open("/")
	shoot(resident, "home")
	resident.open("/library")
	first := look[string](resident, `document.querySelector("main .qa h3 a").getAttribute("href")`)
	resident.open(first)
	shoot(resident, "answer")
	official.signIn(handler)
	official.press("我的待办")
	shoot(official, "inbox")
	one := look[string](official, `document.querySelector("main a[href^='/console/cases/']").getAttribute("href")`)
	official.open(one)
	shoot(official, "case")
}
