package story_test

import (
	"strings"
	"testing"
	"time"

	"huiyin/test/testenv"
)

// quick is how soon the program must answer on a data folder that exists; a machine that is busy with other tests gets as much again.
const quick = 3 * time.Second

// TestPowerCut submits a question and kills the program as soon as the receipt is on the screen, before the message about it can have
// gone out for certain. After a restart the question is there and the message is sent.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	s := startOn(t, t.TempDir()+"/data")
	t.Cleanup(func() { s.kill() })
	resident := arrive(t, testenv.Browser(t), s, 1440)
	resident.open("/")
	q := question{
		group: "户籍与出行", topic: "居住证", title: "居住证到期换发要多久", text: "我的居住证下个月到期，换发要多久，可以提前办吗？",
		name: "田先生", phone: "19900090006",
	}
	r := resident.ask(q)
	s.kill()

	s.start(t)
	if s.ready > 2*quick {
		t.Errorf("ready after %s", s.ready)
	}
	t.Logf("ready %s after the start", s.ready)
	later := arrive(t, testenv.Browser(t), s, 1440)
	later.open("/")
	later.track(r)
	later.sees(q.title, "待受理")
	later.eventually("the message that it was received", func() bool {
		return strings.Contains(s.sms(s.get(t, "/demo/outbox"), q.phone), r.number)
	})
	if n := strings.Count(s.sms(s.get(t, "/demo/outbox"), q.phone), "您的诉求已收到"); n != 1 {
		t.Errorf("%d messages say that it was received", n)
	}
}
