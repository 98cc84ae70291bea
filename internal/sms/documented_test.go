package sms

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// docs/operations.md shows a signed request, for those who write the other side: this program sends the very same.
func TestTheDocumentedRequest(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	find := func(pattern string) string {
		t.Helper()
		m := regexp.MustCompile(pattern).FindSubmatch(page)
		if m == nil {
			t.Fatalf("the page has no %s", pattern)
		}
		return string(m[1])
	}
	head, body, _ := strings.Cut(find("(?s)```http\n(.*?)\n```"), "\n\n")
	stamp, err := strconv.ParseInt(find("X-Huiyin-Timestamp: ([0-9]+)"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	secret := find("secret\n`([^`]+)`")
	var got string
	g := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		got = string(sent)
		for _, line := range strings.Split(head, "\n")[2:] {
			if name, value, _ := strings.Cut(line, ": "); r.Header.Get(name) != value {
				t.Errorf("%s: %q, the page says %q", name, r.Header.Get(name), value)
			}
		}
		if Sign([]byte(secret), strconv.FormatInt(stamp, 10), sent) != r.Header.Get("X-Huiyin-Signature") {
			t.Error("the signature is another")
		}
	})
	g.key, g.secret, g.now = find("X-Huiyin-Key: (.*)"), []byte(secret), func() time.Time { return time.Unix(stamp, 0) }
	text, to := regexp.MustCompile(`"text":"([^"]*)"`).FindStringSubmatch(body), regexp.MustCompile(`"to":"([^"]*)"`).FindStringSubmatch(body)
	if _, err := g.Send(t.Context(), Message{ID: find("Idempotency-Key: (.*)"), Text: text[1], To: to[1]}); err != nil {
		t.Fatal(err)
	}
	if got != body || !strings.HasPrefix(head, "POST ") {
		t.Errorf("sent %s\nthe page says %s", got, body)
	}
}
