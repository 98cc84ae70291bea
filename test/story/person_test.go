package story_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// person is somebody at a screen: a tab with cookies of its own. What a person does is named by what the screen says.
type person struct {
	t      *testing.T
	ctx    context.Context
	server *server

	mu    sync.Mutex
	heard []string // what the page complained of in the console
}

// patience is how long a person waits for what was announced; two cores may be busy with other tests.
const patience = 20 * time.Second

// arrive opens a tab in the browser with cookies of its own; width is the window's.
func arrive(t *testing.T, browser context.Context, s *server, width int64) *person {
	t.Helper()
	ctx, leave := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(leave)
	return newPerson(t, ctx, s, width)
}

func newPerson(t *testing.T, ctx context.Context, s *server, width int64) *person {
	t.Helper()
	p := &person{t: t, ctx: ctx, server: s}
	p.do(chromedp.EmulateViewport(width, 900))
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	return p
}

// listen keeps errors, warnings of the browser (a refused style or script among them) and exceptions that nobody caught.
func (p *person) listen(ev any) {
	var text string
	switch e := ev.(type) {
	case *page.EventJavascriptDialogOpening: // leaving what was typed and not sent; unanswered it would hold everything
		text = "dialog: " + e.Message + " (" + string(e.Type) + ")"
		go func() {
			_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			text = fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		text = "exception: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			text = "console." + string(e.Type)
			for _, a := range e.Args {
				text += " " + a.Description + string(a.Value)
			}
		}
	}
	if text == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = append(p.heard, text)
}

// complaints returns what the console said since the last call.
func (p *person) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	heard := p.heard
	p.heard = nil
	return heard
}

func (p *person) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// look evaluates an expression in the page.
func look[T any](p *person, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func quoted(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// until waits for an expression to be true.
func (p *person) until(expression string) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if done, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression)); err == nil && done {
			return
		}
		time.Sleep(40 * time.Millisecond)
	}
	p.t.Fatalf("never true: %s\n%s", expression, p.screen())
}

// screen is what a person reads, for failures.
func (p *person) screen() string {
	at, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.href"))
	text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.body.innerText"))
	if r := []rune(text); len(r) > 1200 {
		text = string(r[:1200]) + "…"
	}
	return fmt.Sprintf("at %s:\n%s\nconsole: %s", at, text, strings.Join(p.complaints(), "\n"))
}

// sees waits until the page says it.
func (p *person) sees(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.until("document.body.innerText.includes(" + quoted(w) + ")")
	}
}

func (p *person) doesNotSee(words string) {
	p.t.Helper()
	if look[bool](p, "document.body.innerText.includes("+quoted(words)+")") {
		p.t.Fatalf("%q is on the screen: %s", words, p.screen())
	}
}

// open types an address, as only the first step of a story does.
func (p *person) open(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.server.url + path))
	p.loaded()
}

func (p *person) loaded() {
	p.t.Helper()
	p.until(`document.readyState === "complete" && !!document.querySelector("main")`)
}

// find scrolls the control that says these words into view and returns its middle. Exact words win over a part of them, the page's
// main part over its frame, an open dialog over both.
const find = `(words, place) => {
  const norm = (s) => (s || "").replace(/\s+/g, " ").trim();
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !e.closest("[aria-hidden=true]") && !e.disabled;
  const says = (e) => norm(e.getAttribute("aria-label")) || norm(e.innerText);
  const root = document.querySelector("dialog[open]") || (place && document.querySelector(place)) || document;
  const all = [...root.querySelectorAll("a[href], button, summary, label, [role=button]")].filter(shown);
  const rank = (e) => (says(e) === words || norm(e.innerText) === words ? 0 : says(e).startsWith(words) ? 2 : 4) + (e.closest("main") ? 0 : 1);
  const found = all.filter((e) => says(e).includes(words) || norm(e.innerText).includes(words)).sort((a, b) => rank(a) - rank(b))[0];
  if (!found) return { why: "nothing to press says " + words };
  found.scrollIntoView({ block: "center", behavior: "instant" });
  const box = [...found.getClientRects()].find((r) => r.width && r.height);
  if (!box) return { why: words + " has no size" };
  const x = box.x + Math.min(box.width / 2, 40), y = box.y + box.height / 2;
  const top = document.elementFromPoint(x, y);
  if (!top || !(found.contains(top) || top.contains(found) || (top.closest("label") && top.closest("label").contains(found)))) return { why: words + " is covered by " + (top && top.outerHTML.slice(0, 120)) };
  return { x, y };
}`

type spot struct {
	X, Y float64
	Why  string
}

// click clicks what says these words, with the mouse.
func (p *person) click(words string) { p.t.Helper(); p.clickIn("", words) }

// clickIn clicks what says these words within a part of the page (a CSS selector).
func (p *person) clickIn(place, words string) {
	p.t.Helper()
	var at spot
	deadline := time.Now().Add(patience)
	for {
		at = look[spot](p, "("+find+")("+quoted(words)+", "+quoted(place)+")")
		if at.Why == "" || time.Now().After(deadline) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if at.Why != "" {
		p.t.Fatalf("%s; %s", at.Why, p.screen())
	}
	p.do(chromedp.MouseClickXY(at.X, at.Y))
}

// press clicks and waits for the page that comes. A click that a live update has taken the thing away from is made once more, as people do.
func (p *person) press(words string) { p.t.Helper(); p.pressIn("", words) }

func (p *person) pressIn(place, words string) {
	p.t.Helper()
	look[bool](p, "window.__before = true")
	p.clickIn(place, words)
	for end := time.Now().Add(patience / 4); time.Now().Before(end); time.Sleep(40 * time.Millisecond) {
		if old, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!!window.__before && document.readyState === 'complete'")); err == nil && !old {
			break
		}
	}
	at, err := chromedp.Run(p.ctx, chromedp.Evaluate[spot]("window.__before ? ("+find+")("+quoted(words)+", "+quoted(place)+`) : {Why: "it has come"}`))
	if err == nil && at.Why == "" {
		p.do(chromedp.MouseClickXY(at.X, at.Y))
	}
	p.until(`!window.__before && document.readyState === "complete" && !!document.querySelector("main")`)
}

// labelled finds the control that a label, or a label-like name, stands for.
const labelled = `(name, place) => {
  const norm = (s) => (s || "").replace(/\s+/g, " ").trim();
  const root = document.querySelector("dialog[open]") || (place && document.querySelector(place)) || document;
  const labels = [...root.querySelectorAll("label")].filter((l) => l.control && norm(l.innerText).startsWith(name));
  const control = labels.map((l) => l.control)[0] || [...root.querySelectorAll("input, textarea, select")].find((e) => norm(e.getAttribute("aria-label")).startsWith(name));
  if (!control) return false;
  control.scrollIntoView({ block: "center", behavior: "instant" });
  control.focus();
  if (control.select) control.select();
  return true;
}`

// fill types text into the field with that label, over what stands there.
func (p *person) fill(label, text string) { p.t.Helper(); p.fillIn("", label, text) }

func (p *person) fillIn(place, label, text string) {
	p.t.Helper()
	p.until("(" + labelled + ")(" + quoted(label) + ", " + quoted(place) + ")")
	if _, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		p.t.Fatal(err)
	}
}

// value returns what stands in the field with that label.
func (p *person) value(label string) string {
	p.t.Helper()
	p.until("(" + labelled + ")(" + quoted(label) + `, "")`)
	return look[string](p, "document.activeElement.value")
}

// withoutScripts turns scripts of pages off.
func (p *person) withoutScripts() {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		p.t.Fatal(err)
	}
}
