package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"huiyin/test/browser"
)

// Browser starts a headless Chromium with an empty profile and returns the context of its first tab (1440 × 900); it closes with the
// test. Pass the context to chromedp.Do and chromedp.Run; a person who arrives from elsewhere, with other cookies, is another Browser.
func Browser(t testing.TB) context.Context {
	t.Helper()
	path := os.Getenv("HUIYIN_TEST_CHROMIUM")
	if path == "" && testing.Short() {
		path, _ = exec.LookPath("chromium")
	}
	if path == "" {
		t.Fatal("This test needs Chromium: run `make test`, or `test/run.sh ./this/package`, which install it or say how.")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "zh-CN"), chromedp.WindowSize(1440, 900))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	ctx, stop := context.WithTimeout(ctx, 8*time.Minute) // the tests that look at every page take minutes
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900)); err != nil {
		t.Fatal("start Chromium: ", err)
	}
	return ctx
}

// Picture keeps the page as the tab shows it, the whole of it or what is in the window, and returns the path of the picture: a PNG if
// name ends so, else a quick JPEG. The folder is HUIYIN_SHOTS, by default test/shots, which is not kept.
func Picture(t testing.TB, ctx context.Context, name string, whole bool) string {
	t.Helper()
	dir := os.Getenv("HUIYIN_SHOTS")
	if dir == "" {
		dir = filepath.Join(Root(t), "test", "shots")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	how := page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &whole}
	if !strings.HasSuffix(name, ".png") {
		quality, quick := int64(70), true
		name += ".jpg"
		how.Format, how.Quality, how.OptimizeForSpeed = page.CaptureScreenshotFormatJpeg, &quality, &quick
	}
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, how)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, shot.Data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

type violation struct {
	ID, Impact, Help, HelpURL string
	Nodes                     []struct {
		Target         []any
		FailureSummary string
	}
}

// Axe checks the page in the tab against WCAG 2.2 A and AA and axe-core's best practices; every violation fails the test and is
// told with its rule, the element and what helps. name says which page it is.
func Axe(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](browser.Axe)); err != nil {
		t.Fatal(err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](
		`axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => r.violations)`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		for _, n := range v.Nodes {
			t.Errorf("%s: axe %s (%s): %s\n  %s\n  %s\n  %s", name, v.ID, v.Impact, v.Help, fmt.Sprint(n.Target...),
				strings.ReplaceAll(n.FailureSummary, "\n", "\n  "), v.HelpURL)
		}
	}
}

// Root returns the folder of go.mod.
func Root(t testing.TB) string {
	t.Helper()
	root, err := FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// FindRoot returns the folder of go.mod above the working folder.
func FindRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("no go.mod above the working folder")
		}
		dir = filepath.Dir(dir)
	}
}
