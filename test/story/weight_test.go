package story_test

import (
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"huiyin/test/testenv"
)

// heaviest is what a first visit may transfer, in bytes as they travel.
const heaviest = 80_000

// TestFirstVisitIsLight adds up what the network carries until home stands, with nothing in the browser's cache.
func TestFirstVisitIsLight(t *testing.T) {
	t.Parallel()
	s, browser := city(t), testenv.Browser(t)
	p := arrive(t, browser, s, 390)
	var mu sync.Mutex
	urls, sizes := map[network.RequestID]string{}, map[string]int{}
	if err := chromedp.Listen(p.ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			urls[e.RequestID] = e.Request.URL
		case *network.EventLoadingFinished:
			sizes[urls[e.RequestID]] = int(e.EncodedDataLength)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(p.ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	p.open("/")
	time.Sleep(500 * time.Millisecond) // what scripts still fetch
	mu.Lock()
	defer mu.Unlock()
	total := 0
	for _, n := range sizes {
		total += n
	}
	if len(sizes) < 5 || total == 0 || total > heaviest {
		t.Errorf("a first visit carries %d bytes in %d answers, at most %d: %v", total, len(sizes), heaviest, sizes)
	}
	t.Logf("a first visit: %d bytes in %d answers: %v", total, len(sizes), sizes)
}
