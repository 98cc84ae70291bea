// Package story_test follows people through the real program in a real browser: the whole story of a matter, every page at every
// width and in both sizes of type, the keyboard, the weight of a first visit, a crash. It builds the binary, fills a folder with the
// demo city once and starts servers on copies of it; it knows pages by what they say and their addresses, and nothing below them.
package story_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/test/testenv"
)

var (
	program string // what make run builds
	seeded  string // a data folder with the demo city that no server works on
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "huiyin-story")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program, seeded = filepath.Join(dir, "huiyin"), filepath.Join(dir, "seeded")
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if shared != nil {
			shared.kill()
		}
	}()
	return m.Run()
}

func prepare() error {
	root, err := testenv.FindRoot()
	if err != nil {
		return err
	}
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	fill := exec.Command(program, "demo")
	fill.Env = environment(seeded, "")
	if out, err := fill.CombinedOutput(); err != nil {
		return fmt.Errorf("the demo city: %w\n%s", err, out)
	}
	return nil
}

// environment is what a server is told, and nothing of what this test was told.
func environment(data, addr string) []string {
	env := []string{"HUIYIN_DATA=" + data, "HUIYIN_DEMO=true"}
	if addr != "" {
		env = append(env, "HUIYIN_ADDR="+addr)
	}
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		env = append(env, name+"="+os.Getenv(name))
	}
	return env
}

// server is one running program.
type server struct {
	url   string
	data  string
	ready time.Duration // from the start of the process to the first good answer of /readyz
	cmd   *exec.Cmd
	ended chan struct{} // closed when the process has ended
	log   *os.File
}

var (
	shared     *server
	sharedOnce sync.Once
)

// city returns the server that tests share; each brings people and matters of its own.
func city(t *testing.T) *server {
	t.Helper()
	sharedOnce.Do(func() {
		dir, err := os.MkdirTemp(filepath.Dir(seeded), "shared")
		if err != nil {
			t.Fatal(err)
		}
		shared = startOn(t, filepath.Join(dir, "data"))
	})
	if shared == nil {
		t.Fatal("the server did not start, see the first test")
	}
	return shared
}

// startOn copies the demo city to data and starts a server on it.
func startOn(t *testing.T, data string) *server {
	t.Helper()
	if out, err := exec.Command("cp", "-Rp", seeded, data).CombinedOutput(); err != nil { // with its modes: the keys are nobody else's
		t.Fatalf("copy the demo city: %v\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	_ = listener.Close()
	s := &server{url: "http://" + addr, data: data}
	s.start(t)
	return s
}

// start runs the program on the folder it has and waits until it is ready.
func (s *server) start(t *testing.T) {
	t.Helper()
	var err error
	if s.log, err = os.OpenFile(filepath.Join(filepath.Dir(s.data), "server.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command(program, "serve")
	s.cmd.Env = environment(s.data, strings.TrimPrefix(s.url, "http://"))
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func() { _ = s.cmd.Wait(); close(s.ended) }()
	for s.runs() && time.Since(began) < 30*time.Second {
		if answer, err := http.Get(s.url + "/readyz"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				s.ready = time.Since(began)
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.kill()
	t.Fatalf("not ready after %s:\n%s", time.Since(began), s.written())
}

func (s *server) runs() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// kill ends the process as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
	_ = s.log.Close()
}

// written returns the end of what the program logged.
func (s *server) written() string {
	raw, _ := os.ReadFile(s.log.Name())
	return string(raw[max(0, len(raw)-4000):])
}

// get fetches a page as the holder of the cookie, without a browser.
func (s *server) get(t *testing.T, path string, cookies ...*http.Cookie) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cookies {
		request.AddCookie(c)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v", path, answer.Status, err)
	}
	return string(body)
}
