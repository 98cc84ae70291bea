package story_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"huiyin/demo"
	"huiyin/test/testenv"
)

// The smallest size of what is pressed and of the text, in CSS pixels: 适老化通用设计规范, and ours outside of the large-type mode.
const (
	target, largeTarget = 44, 60
	body, largeBody     = 16, 21
)

// notTargets are controls that may be smaller, each for a reason that WCAG 2.5.8 knows:
// the skip link is of full size once it has the focus and is not on the screen before; links within a sentence (exception "inline")
// are left out in undersized itself. A month has seven columns, of which a screen of 360 px shows 45 px each at the most: in large type
// its days stay at that ("essential"), and the same days can be set by pasting the year.
const (
	notTargets      = ".skip"
	notLargeTargets = ".skip, .month a"
)

// undersized lists what can be pressed and is smaller than a finger, told by where a press lands and not by what is painted. A box or
// a dot counts with its label, for the label is pressed.
const undersized = `((least, exempt) => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[aria-hidden=true]") && !e.matches(exempt);
  const inSentence = (a) => getComputedStyle(a).display === "inline" && [...a.parentElement.childNodes].some((n) => n !== a && n.nodeType === 3 && n.textContent.trim().length > 1);
  const list = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(seen).map((e) => {
    if (e.matches("a") && inSentence(e)) return "";
    const whole = e.matches("[type=checkbox], [type=radio]") ? e.closest("label") || e : e, painted = whole.getBoundingClientRect();
    if (painted.height >= least - 1 && painted.width >= least - 1) return "";
    whole.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const box = [...whole.getClientRects()].sort((a, b) => b.width - a.width)[0];
    if (!box || box.width < 2) return "";
    const hits = (x, y) => { const t = document.elementFromPoint(x, y); return t && (whole.contains(t) || (t.closest("label") && t.closest("label").control === e)); };
    const reach = (dx, dy) => { let n = 0; const x = box.x + Math.min(box.width / 2, least), y = box.y + box.height / 2; while (n < least && hits(x + dx * n, y + dy * n)) n++; return n; };
    const high = Math.max(whole.getBoundingClientRect().height, reach(0, 1) + reach(0, -1)), wide = Math.max(box.width, reach(1, 0) + reach(-1, 0));
    if (high >= least - 1 && wide >= least - 1) return "";
    return e.tagName.toLowerCase() + (e.className ? "." + String(e.className).replace(/ /g, ".") : "") + " “" + (e.innerText || e.getAttribute("aria-label") || e.name || "").trim().replace(/\s+/g, " ").slice(0, 20) + "” " + Math.round(wide) + "×" + Math.round(high) + " in " + e.parentElement.tagName.toLowerCase() + "." + e.parentElement.className;
  }).filter(Boolean);
  scrollTo(0, 0);
  return list;
})`

// foreign lists words of the interface in another script than the page's language. What people wrote, names of people and offices, and
// what stands under a lang attribute of its own is content.
const foreign = `((pattern, content, within, names) => {
  const own = document.documentElement.lang, found = new Set();
  const ours = (e) => { const l = e.closest("[lang]"); return l && l.lang === own && !e.closest(content); };
  const strange = (words, where) => { const m = words && names.reduce((w, name) => w.replaceAll(name, ""), words).replace(/\{.*?\}+|“.*?”/g, "").match(pattern); if (m) found.add(where + ": " + words.trim().replace(/\s+/g, " ").slice(0, 60)); };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) {
    const e = n.parentElement;
    if (e.matches("script, style, template") || !e.closest(within) || !ours(e) || !e.checkVisibility()) continue;
    strange(n.textContent, e.tagName.toLowerCase() + (e.className && "." + e.className) + " in " + (e.parentElement.id || e.parentElement.className || e.parentElement.tagName));
  }
  document.querySelectorAll("[aria-label], [placeholder], [title], [alt]").forEach((e) => {
    if (ours(e) && e.closest(within)) ["aria-label", "placeholder", "title", "alt"].forEach((a) => strange(e.getAttribute(a), a));
  });
  return [...found];
})`

// inEnglish and inChinese are the arguments of foreign: what must not be there, and where content stands.
const (
	han   = `/\p{Script=Han}/u`
	latin = `/(?<![A-Za-z0-9:\/.@_-])(?!(?:PDF|Word|Excel|JSON|CSV|English|MB|KB|GB|API|OpenAPI|Atom|HTTP|HTTPS|URL|SMTP|ICP|QR|TOTP|MySQL|Redis|UTC|POST|GET|PUT|PATCH|DELETE|Authorization|Bearer|Idempotency|Key|RFC|jpg|jpeg|png|webp|pdf|docx|xlsx|svg|webhook|huiyin)(?![A-Za-z]))[A-Za-z]{3,}/`

	controls = "h1, h2, h3, h4, button, label, legend, summary, th, a, nav" // in Chinese, running text may name a header or a file type

	portalContent  = "code, pre, .num, .foot p, .brand, .handset, .letter, textarea, option, .msg .text, #matter h1, #matter .meta, .matters a, .similar a, .receipt dd, .source"
	consoleContent = portalContent + ", .who, .log b, h1 small, #case-title h1, .msg header h2, .what, .sub, td, dd, .node, .crumbs, .demo-accounts, .reuse, .sent, .timeline, .keep-lines, .findings legend, mark, .why, pre"
)

// staffNames are the names of the demo's staff as a list of JavaScript: they stand within sentences.
var staffNames = sync.OnceValue(func() string {
	content, err := demo.Load()
	if err != nil {
		panic(err)
	}
	names := []string{}
	for _, p := range content.Staff {
		names = append(names, p.Name)
	}
	list, err := json.Marshal(names)
	if err != nil {
		panic(err)
	}
	return string(list)
})

func (p *person) problems() []string {
	return append(p.complaints(), look[[]string](p, "document.documentElement.scrollWidth > innerWidth ? ['scrolls sideways: ' + document.documentElement.scrollWidth + ' px'] : []")...)
}

// inspect looks at the page in the tab as people with different needs do, and keeps pictures of it.
func (p *person) inspect(t *testing.T, route, name string, english bool) {
	t.Helper()
	report := func(mode string, list []string) {
		t.Helper()
		for _, line := range list {
			t.Errorf("%s, %s: %s", name, mode, line)
		}
	}
	large := func(on bool) {
		p.until(fmt.Sprintf(`document.documentElement.classList.toggle("large", %t) === %t`, on, on))
	}
	p.do(chromedp.EmulateViewport(360, 800))
	pattern, content, within := latin, portalContent, controls
	if english {
		pattern, within = han, "body"
	} else if route == "/docs" {
		within = "header, footer" // its headings are names of operations and shapes
	}
	if strings.HasPrefix(route, "/console") {
		content = consoleContent
		if strings.Contains(route, "/:") {
			content += ", h1" // the name of the thing that is edited
		}
	}
	report("words of another language", look[[]string](p, fmt.Sprintf("%s(%s, %q, %q, %s)", foreign, pattern, content, within, staffNames())))
	report("360 px", p.problems())
	report(fmt.Sprintf("smaller than %d px", target), look[[]string](p, fmt.Sprintf("%s(%d, %q)", undersized, target, notTargets)))
	p.reads(t, name, body)
	if english { // the same page in other words: what they could break is seen on the narrowest screen
		if !strings.HasPrefix(route, "/console") {
			testenv.Axe(t, p.ctx, name)
		}
		p.picture(t, name, 360)
		return
	}
	testenv.Axe(t, p.ctx, name+" at 360 px")
	p.picture(t, name, 360)
	large(true)
	report("360 px, large type", p.problems())
	report(fmt.Sprintf("large type, smaller than %d px", largeTarget), look[[]string](p, fmt.Sprintf("%s(%d, %q)", undersized, largeTarget, notLargeTargets)))
	p.reads(t, name+", large type", largeBody)
	testenv.Axe(t, p.ctx, name+" in large type")
	p.picture(t, name+"-large", 360)
	large(false)
	for _, width := range []int64{768, 1440} {
		p.do(chromedp.EmulateViewport(width, 900))
		report(fmt.Sprintf("%d px", width), p.problems())
		p.picture(t, name, width)
	}
	testenv.Axe(t, p.ctx, name+" at 1440 px") // the console has another layout there
}

// reads fails the test when the running text is smaller than least.
func (p *person) reads(t *testing.T, name string, least int) {
	t.Helper()
	if size := look[float64](p, "parseFloat(getComputedStyle(document.body).fontSize)"); size < float64(least) {
		t.Errorf("%s: text of %v px, at least %d", name, size, least)
	}
}

// picture keeps the whole page as it stands.
func (p *person) picture(t *testing.T, name string, width int64) {
	t.Helper()
	testenv.Picture(t, p.ctx, fmt.Sprintf("%s-%d", strings.ReplaceAll(name, "/", "-"), width), true)
}
