package outage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/internal/database"
	"huiyin/test/testenv"
)

var scratch string // of this run of the tests

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if scratch, err = os.MkdirTemp("", "huiyin-outage"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(scratch) }()
		return m.Run()
	}())
}

// binary builds what make run builds, once.
var binary = sync.OnceValues(func() (string, error) {
	root, err := testenv.FindRoot()
	if err != nil {
		return "", err
	}
	path := filepath.Join(scratch, "huiyin")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// command is the program told these settings, and nothing of what this test was told.
func command(t *testing.T, name string, settings ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, name)
	cmd.Env = settings
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		cmd.Env = append(cmd.Env, name+"="+os.Getenv(name))
	}
	return cmd
}

// program is the real program on the demo city, with a carrier of its own.
type program struct {
	t        *testing.T
	url      string
	data     string
	settings []string
	carrier  *carrier
	cmd      *exec.Cmd
	log      bytes.Buffer // read when it has ended
}

// newProgram starts the program on a copy of the demo city.
func newProgram(t *testing.T, settings ...string) *program {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	p := &program{t: t, url: "http://" + addr, data: filepath.Join(t.TempDir(), "data"), carrier: newCarrier(t)}
	if out, err := exec.Command("cp", "-Rp", demoCity(t), p.data).CombinedOutput(); err != nil {
		t.Fatalf("copy the demo city: %v\n%s", err, out)
	}
	p.settings = append(settings, "HUIYIN_DATA="+p.data, "HUIYIN_ADDR="+addr, "HUIYIN_PROXIES=127.0.0.1",
		"HUIYIN_SMS_URL="+p.carrier.URL, "HUIYIN_SMS_KEY=test", "HUIYIN_SMS_SECRET=made-up")
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s", p.log.Bytes()[max(0, p.log.Len()-6000):])
		}
	})
	p.start()
	return p
}

func (p *program) start() {
	p.t.Helper()
	p.cmd = command(p.t, "serve", p.settings...)
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.eventually("ready", func() bool { return p.status("/readyz") == http.StatusOK })
}

// kill ends the process as a power cut would.
func (p *program) kill() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

func (p *program) eventually(what string, yes func() bool) {
	p.t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if yes() {
			return
		}
	}
	p.t.Fatalf("never: %s", what)
}

// status is that of a page, 0 when nobody answers.
func (p *program) status(path string) int {
	answer, err := http.Get(p.url + path)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// sent counts requests, for all programs of this run.
var sent struct {
	sync.Mutex
	last int
}

// post sends JSON as the holder of the token, each time from another network: limits are not what is tested here.
func (p *program) post(path, token string, body any) (status int, header http.Header, answer map[string]any) {
	p.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		p.t.Fatal(err)
	}
	sent.Lock()
	sent.last++
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.1", sent.last/256, sent.last%256))
	r.Header.Set("Idempotency-Key", fmt.Sprint("outage-", sent.last))
	sent.Unlock()
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, nil
	}
	defer func() { _ = res.Body.Close() }()
	_ = json.NewDecoder(res.Body).Decode(&answer)
	return res.StatusCode, res.Header, answer
}

// resident signs in with a code and returns the token.
func (p *program) resident(phone string) string {
	p.t.Helper()
	if status, _, answer := p.post("/phone-codes", "", map[string]any{"phone": phone, "privacy_version": 1}); status != http.StatusNoContent {
		p.t.Fatal("no code: ", status, answer)
	}
	var code string
	p.eventually("a code arrives", func() bool { code = p.carrier.code(phone); return code != "" })
	status, _, answer := p.post("/sessions", "", map[string]any{"phone": phone, "code": code, "privacy_version": 1})
	if status != http.StatusCreated {
		p.t.Fatal("not signed in: ", status, answer)
	}
	return answer["token"].(string)
}

// ask sends a question and returns its number, "" when it was not acknowledged.
func (p *program) ask(token string) string {
	status, _, answer := p.post("/cases", token, map[string]any{
		"topic_id": 2, "title": "灵活就业补贴几月发放", "text": "请问今年第四季度大概几月发放？", "anonymous": true, "privacy_version": 1,
	})
	if status != 0 && status != http.StatusCreated {
		p.t.Errorf("a question is not taken: %d %v", status, answer)
	}
	number, _ := answer["number"].(string)
	return number
}

// db opens the database beside the program.
func (p *program) db(use func(db *database.DB) error) {
	p.t.Helper()
	if err := beside(p.t, p.data, use); err != nil {
		p.t.Fatal(err)
	}
}

func beside(t *testing.T, data string, use func(db *database.DB) error) error {
	db, err := database.Open(t.Context(), "sqlite:"+filepath.Join(data, "huiyin.db"), 0)
	if err != nil {
		return err
	}
	return errors.Join(use(db), db.Close())
}

// count counts rows of a table.
func (p *program) count(from string, args ...any) (n int) {
	p.t.Helper()
	p.db(func(db *database.DB) error {
		return db.Conn(p.t.Context()).Raw("SELECT count(*) FROM "+from, args...).Scan(&n).Error
	})
	return n
}

// tenMinutesPass for what waits: tasks that were handed over, messages that are on their way.
func (p *program) tenMinutesPass() {
	p.t.Helper()
	ago := time.Now().Add(-10 * time.Minute).UTC()
	p.db(func(db *database.DB) error {
		conn := db.Conn(p.t.Context())
		return errors.Join(
			conn.Exec("UPDATE outbox SET queued_at = ? WHERE open_key = 1 AND queued_at IS NOT NULL", ago).Error,
			conn.Exec("UPDATE deliveries SET next_at = ? WHERE state = 'sending'", ago).Error)
	})
}

// carrier is an SMS gateway that may keep those who ask waiting.
type carrier struct {
	*httptest.Server
	mu      sync.Mutex
	texts   map[string]string // phone → the newest text
	taken   map[string]int    // id → how often it was carried
	waiting int
	hold    chan struct{} // nil: it carries at once
}

func newCarrier(t *testing.T) *carrier {
	c := &carrier{texts: map[string]string{}, taken: map[string]int{}}
	c.Server = httptest.NewServer(http.HandlerFunc(c.take))
	t.Cleanup(c.Close)
	return c
}

func (c *carrier) take(_ http.ResponseWriter, r *http.Request) {
	var m struct{ ID, To, Text string }
	raw, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(raw, &m)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting++
	if hold := c.hold; hold != nil {
		c.mu.Unlock()
		select {
		case <-hold:
		case <-r.Context().Done():
		}
		c.mu.Lock()
	}
	c.waiting--
	c.texts[m.To] = m.Text
	c.taken[m.ID]++
}

// stall makes the carrier wait until go is called.
func (c *carrier) stall() (goOn func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	hold := make(chan struct{})
	c.hold = hold
	return sync.OnceFunc(func() {
		c.mu.Lock()
		c.hold = nil
		c.mu.Unlock()
		close(hold)
	})
}

func (c *carrier) held() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting
}

var digits = regexp.MustCompile(`\d{6}`)

func (c *carrier) code(phone string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return digits.FindString(c.texts[phone])
}

func (c *carrier) carried(phone, part string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Contains(c.texts[phone], part)
}

// once fails when a message was carried twice.
func (c *carrier) once(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, n := range c.taken {
		if n > 1 {
			t.Errorf("%s was carried %d times", id, n)
		}
	}
}
