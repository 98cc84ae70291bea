package house

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"huiyin/test/messages"
	"huiyin/test/testenv"
)

func catalogs(t *testing.T) (zh, en []messages.Entry) {
	t.Helper()
	read := func(name string) []messages.Entry {
		entries, err := messages.ReadPO(filepath.Join(testenv.Root(t), "web", "locales", name))
		if err != nil {
			t.Fatal(err)
		}
		return entries
	}
	return read("zh-CN.po"), read("en.po")
}

func TestEveryMessageIsTranslated(t *testing.T) {
	found, err := messages.Find(testenv.Root(t))
	if err != nil {
		t.Fatal(err)
	}
	_, en := catalogs(t)
	said := map[string]bool{}
	for _, e := range en {
		said[e.ID] = !slices.Contains(e.Forms, "") && len(e.Forms) > 0
	}
	for _, m := range found.Messages {
		if !said[m.ID] {
			t.Errorf("%s: no English for %q (make catalog adds it, empty, to en.po)", m.Where, m.ID)
		}
	}
	for _, b := range found.Bare {
		t.Errorf("Chinese outside of {{t}}: %s", b)
	}
	if len(found.Messages) < 20 {
		t.Errorf("only %d messages found: the search itself is broken", len(found.Messages))
	}
}

func TestEnglishHasNoChinese(t *testing.T) {
	_, en := catalogs(t)
	for _, e := range en {
		for _, f := range e.Forms {
			if messages.Han(messages.WithoutNames(f)) {
				t.Errorf("en.po:%d: %q", e.Line, f)
			}
		}
	}
}

// latin words that are said so in Chinese too: formats, protocols, names.
var latin = strings.Fields(`huiyin json api apis csv url http https openapi atom rss totp wcag redis mysql mariadb sqlite icp html sms
	email pdf jpg jpeg png webp docx xlsx gps exif ics xml ical utf webhook webhooks smtp token bearer key id ids qr svg sha hash wechat app
	schema markdown cookie cookies javascript ctrl enter esc tab po zip http hmac english idempotency mb kb gb excel word ip ua sm sse ai`)

var (
	word = regexp.MustCompile(`[A-Za-z]{3,}`)
	code = regexp.MustCompile(`%\[\d+\][-+# 0]*[\d.]*[a-zA-Z]|\{[^{}]*\}|<[^<>]*>|https?://\S+|[/#][a-z0-9_/.-]+|[\w.+-]+@[\w.-]+|[a-z]+_[a-z_]+|[a-z]+(?:、[a-z]+)+`) // the last: names of fields
)

func TestChineseHasNoStrayEnglish(t *testing.T) {
	found, err := messages.Find(testenv.Root(t))
	if err != nil {
		t.Fatal(err)
	}
	zh, _ := catalogs(t)
	for _, e := range zh {
		for _, f := range e.Forms {
			found.Messages = append(found.Messages, messages.Message{ID: f, Where: "zh-CN.po"})
		}
	}
	for _, m := range found.Messages {
		for _, w := range word.FindAllString(code.ReplaceAllString(m.ID, ""), -1) {
			if !slices.Contains(latin, strings.ToLower(w)) {
				t.Errorf("%s: %q in %q", m.Where, w, m.ID)
			}
		}
	}
}
