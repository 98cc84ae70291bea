package outage_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"huiyin/demo"
	"huiyin/test/testenv"
)

func (p *program) page(path string) string {
	p.t.Helper()
	answer, err := http.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		p.t.Errorf("%s: %d %v", path, answer.StatusCode, err)
	}
	return string(body)
}

var published = regexp.MustCompile(`href="(/library/\d+)"`)

// TestRedisGoesAway stops Redis under the running program and starts it again. Meanwhile people read, ask and work, and messages go
// out; only codes are refused, in words. Afterwards all is as before, by itself.
func TestRedisGoesAway(t *testing.T) {
	redis := testenv.StartRedis(t)
	p := newProgram(t, "HUIYIN_REDIS="+redis.URL(), "HUIYIN_WORKER=true")
	const phone = "19900090011"
	token := p.resident(phone)
	redis.Stop()

	list := p.page("/library")
	one := published.FindStringSubmatch(list)
	if one == nil {
		t.Fatal("nothing is published")
	}
	for _, path := range []string{"/", one[1], "/library?q=%E7%A4%BE%E4%BF%9D", "/consult", "/console/sign-in", "/healthz"} {
		p.page(path)
	}
	if got := p.status("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz without Redis: %d", got)
	}
	number := p.ask(token)
	if number == "" {
		t.Fatal("a question is not taken without Redis")
	}
	status, _, staff := p.post("/staff/sessions", "", map[string]any{"account": "zhoumin", "password": demo.Password})
	if status != http.StatusCreated {
		t.Errorf("staff cannot sign in without Redis: %d %v", status, staff)
	}
	status, header, problem := p.post("/phone-codes", "", map[string]any{"phone": "19900090012", "privacy_version": 1})
	sentence, _ := problem["detail"].(string)
	if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" || !strings.Contains(sentence, "暂时不可用") {
		t.Errorf("a code without Redis: %d %v %v", status, header, problem)
	}
	p.eventually("the message goes out without Redis", func() bool { return p.carrier.carried(phone, number) })

	redis.Start()
	p.eventually("ready", func() bool { return p.status("/readyz") == http.StatusOK })
	p.resident("19900090012")
	if number = p.ask(token); number == "" {
		t.Fatal("a question is not taken after Redis came back")
	}
	p.eventually("the message goes out", func() bool { return p.carrier.carried(phone, number) })
	p.eventually("everything is done", func() bool { return p.count("outbox WHERE open_key = 1") == 0 })
	p.carrier.once(t)
}

// TestRedisIsEmptied while its queue is full: what it held is done all the same, once.
func TestRedisIsEmptied(t *testing.T) {
	redis := testenv.StartRedis(t)
	p := newProgram(t, "HUIYIN_REDIS="+redis.URL(), "HUIYIN_WORKER=true")
	tokens := []string{p.resident("19900090013"), p.resident("19900090014"), p.resident("19900090015"), p.resident("19900090016")}
	goOn := p.carrier.stall()
	defer goOn()
	for i := range 32 { // nobody asks more than ten at once
		if p.ask(tokens[i%len(tokens)]) == "" {
			t.Fatal("a question is not taken")
		}
	}
	p.eventually("the carrier is asked", func() bool { return p.carrier.held() > 0 })
	p.eventually("all is handed over", func() bool {
		return p.count("outbox WHERE open_key = 1 AND queued_at IS NULL AND due_at <= created_at") == 0
	})
	redis.Empty()
	goOn()
	p.eventually("what was under way has ended", func() bool { return p.carrier.held() == 0 && p.count("deliveries WHERE state = 'sending'") == 0 })
	lost := p.count("outbox WHERE open_key = 1")
	if lost == 0 {
		t.Fatal("the queue held nothing when it was emptied")
	}
	t.Logf("%d tasks were lost", lost)
	p.tenMinutesPass()
	p.eventually("everything is done", func() bool { return p.count("outbox WHERE open_key = 1") == 0 })
	if n := p.count("deliveries WHERE state <> 'sent'"); n != 0 {
		t.Errorf("%d messages were not sent", n)
	}
	p.carrier.once(t)
}
