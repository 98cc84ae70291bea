package mail

import (
	"bufio"
	"bytes"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a small SMTP server that answers as told.
type server struct {
	rcpt, data, end string // answers; an empty one stays silent
	mu              sync.Mutex
	mail            string
}

func (s *server) start(t *testing.T) *SMTP {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	host, p, _ := net.SplitHostPort(l.Addr().String())
	n, _ := strconv.Atoi(p)
	m, err := NewSMTP(Settings{Host: host, Port: n, Security: "none", From: "回音 <noreply@huiyin.example>", HELO: "test.example", Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (s *server) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewScanner(c)
	say := func(line string) {
		if line != "" {
			_, _ = c.Write([]byte(line + "\r\n"))
		}
	}
	say("220 test")
	for in.Scan() {
		switch verb := strings.ToUpper(in.Text()); {
		case strings.HasPrefix(verb, "RCPT"):
			say(s.rcpt)
		case verb == "DATA":
			say(s.data)
			if !strings.HasPrefix(s.data, "354") {
				continue
			}
			var b strings.Builder
			for in.Scan() && in.Text() != "." {
				b.WriteString(in.Text() + "\n")
			}
			s.mu.Lock()
			s.mail = b.String()
			s.mu.Unlock()
			say(s.end)
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

var message = Message{To: "zhang@example.cn", Subject: "待审核\r\nBcc: x@example.cn", Text: "有一件答复待您审核", HTML: "<p>有一件答复待您审核</p>", ID: "d-17"}

func TestSend(t *testing.T) {
	s := &server{rcpt: "250 ok", data: "354 go", end: "250 taken"}
	m := s.start(t)
	got, err := m.Send(t.Context(), message)
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.Contains(got.ProviderID, "d-17@huiyin.example") || !strings.Contains(s.mail, "d-17@huiyin.example") {
		t.Fatalf("%+v\n%s", got, s.mail)
	}
	if strings.Contains(s.mail, "\nBcc:") || !strings.Contains(s.mail, "text/html") || !strings.Contains(s.mail, "text/plain") {
		t.Fatal(s.mail)
	}
}

func TestFailures(t *testing.T) {
	cases := map[string]struct {
		server            *server
		rejected, unknown bool
	}{
		"no such mailbox":  {server: &server{rcpt: "550 no", data: "354 go", end: "250 ok"}, rejected: true},
		"greylisted":       {server: &server{rcpt: "451 later", data: "354 go", end: "250 ok"}},
		"content refused":  {server: &server{rcpt: "250 ok", data: "354 go", end: "554 spam"}, rejected: true},
		"content not now":  {server: &server{rcpt: "250 ok", data: "354 go", end: "452 full"}},
		"silent at RCPT":   {server: &server{data: "354 go", end: "250 ok"}},
		"silent after all": {server: &server{rcpt: "250 ok", data: "354 go"}, unknown: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := c.server.start(t).Send(t.Context(), message)
			if err == nil || errors.Is(err, ErrRejected) != c.rejected || errors.Is(err, ErrUnknown) != c.unknown {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), message.To) {
				t.Fatalf("the error names the receiver: %v", err)
			}
		})
	}
}

func TestBadAddressAndDeadServer(t *testing.T) {
	m, err := NewSMTP(Settings{Host: "127.0.0.1", Port: 1, Security: "none", From: "a@b.example"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Send(t.Context(), Message{To: "nobody", ID: "1"}); !errors.Is(err, ErrRejected) {
		t.Fatalf("got %v", err)
	}
	if _, err := m.Send(t.Context(), message); err == nil || errors.Is(err, ErrRejected) || errors.Is(err, ErrUnknown) {
		t.Fatalf("got %v", err)
	}
	for _, bad := range []Settings{{Host: "h", From: ""}, {Host: "", From: "a@b.example"}, {Host: "h", From: "a@b.example", Security: "ssl"}} {
		if _, err := NewSMTP(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

func TestConsoleKeepsSecrets(t *testing.T) {
	var log bytes.Buffer
	if _, err := (Console{Log: slog.New(slog.NewTextHandler(&log, nil))}).Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	if s := log.String(); !strings.Contains(s, message.ID) || strings.Contains(s, "@") || strings.Contains(s, message.Text) {
		t.Fatal(s)
	}
}
