package testenv_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/redis/go-redis/v9"

	"huiyin/internal/database"
	"huiyin/models/migrations"
	"huiyin/test/testenv"
)

func TestDatabasesAreMigratedAndApart(t *testing.T) {
	ctx := context.Background()
	for _, one := range testenv.Databases(t) {
		t.Run(one.Name, func(t *testing.T) {
			db := testenv.Open(t, one.DSN)
			if n, err := db.Migrate(ctx, migrations.FS); err != nil || n != 0 {
				t.Fatalf("%d migrations left, %v", n, err)
			}
			insert := "INSERT INTO counters (name, value) VALUES ('a', 1)"
			if err := db.Conn(ctx).Exec(insert).Error; err != nil {
				t.Fatal(err)
			}
			if err := db.Conn(ctx).Exec(insert).Error; !database.IsDuplicate(err) {
				t.Fatalf("keys were not copied: %v", err)
			}
			other := testenv.OpenKind(t, one.Name)
			if err := other.Conn(ctx).Exec(insert).Error; err != nil {
				t.Fatalf("the second database is not a fresh one: %v", err)
			}
		})
	}
}

func TestRedisIsEmptyAndOwn(t *testing.T) {
	ctx := context.Background()
	client := func(url string) *redis.Client {
		o, err := redis.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		c := redis.NewClient(o)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	a, b := client(testenv.Redis(t)), client(testenv.Redis(t))
	if err := a.Set(ctx, "k", "v", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if n := b.Exists(ctx, "k").Val(); n != 0 {
		t.Fatal("two tests share a Redis database")
	}
}

func TestRedisServerStopsAndStarts(t *testing.T) {
	s := testenv.StartRedis(t)
	ctx := context.Background()
	c := redis.NewClient(&redis.Options{Addr: s.Addr, MaxRetries: -1})
	defer c.Close()
	if err := c.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	s.Empty()
	if n := c.Exists(ctx, "k").Val(); n != 0 {
		t.Fatal("not emptied")
	}
	s.Stop()
	if err := c.Ping(ctx).Err(); err == nil {
		t.Fatal("still there")
	}
	s.Start()
	if err := c.Ping(ctx).Err(); err != nil {
		t.Fatal(err)
	}
}

const strict = "default-src 'none'; style-src 'self'"

func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", strict)
	body := `<main><h1>回音</h1></main>`
	if r.URL.Path == "/bad" {
		body = `<main><h1>回音</h1><form><input name="a"></form></main>`
	}
	_, _ = w.Write([]byte(`<!doctype html><html lang="zh-CN"><meta name="viewport" content="width=device-width"><title>回音</title>` + body + `</html>`))
}

func TestBrowserTakesPicturesUnderAStrictPolicy(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(page))
	defer server.Close()
	ctx := testenv.Browser(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	testenv.Axe(t, ctx, "good page")
	t.Setenv("HUIYIN_SHOTS", t.TempDir())
	for name, kind := range map[string]string{"self": "image/jpeg", "self.png": "image/png"} {
		picture, err := os.ReadFile(testenv.Picture(t, ctx, name, true))
		if err != nil || http.DetectContentType(picture) != kind {
			t.Fatalf("picture %s is %s, %v", name, http.DetectContentType(picture), err)
		}
	}
}

// TestAxeSeesAFault proves that a page with a fault does fail: the fault is looked at in a test process of its own.
func TestAxeSeesAFault(t *testing.T) {
	if os.Getenv("HUIYIN_TEST_FAULTY_PAGE") != "" {
		server := httptest.NewServer(http.HandlerFunc(page))
		defer server.Close()
		ctx := testenv.Browser(t)
		if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/bad")); err != nil {
			t.Fatal(err)
		}
		testenv.Axe(t, ctx, "bad page")
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestAxeSeesAFault$")
	cmd.Env = append(os.Environ(), "HUIYIN_TEST_FAULTY_PAGE=yes")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "axe label (critical)") {
		t.Fatalf("the missing label was not found: %v\n%s", err, out)
	}
}
