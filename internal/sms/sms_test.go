package sms

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var (
	secret  = []byte("a secret of the test")
	message = Message{To: "13800005678", Text: "您的诉求已受理", ID: "d-17"}
)

func gateway(t *testing.T, h http.HandlerFunc) *Gateway {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	g, err := NewGateway(s.URL, "k1", secret, 150*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGatewaySigns(t *testing.T) {
	g := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-Huiyin-Signature") != Sign(secret, r.Header.Get("X-Huiyin-Timestamp"), body) ||
			r.Header.Get("X-Huiyin-Key") != "k1" || r.Header.Get("Idempotency-Key") != "d-17" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var m map[string]string
		if json.Unmarshal(body, &m) != nil || m["to"] != message.To || m["text"] != message.Text {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = w.Write([]byte(`{"id":"g-1"}`))
	})
	got, err := g.Send(t.Context(), message)
	if err != nil || got.ProviderID != "g-1" {
		t.Fatalf("%+v %v", got, err)
	}
}

func TestGatewayFailures(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	cases := map[string]struct {
		answer            http.HandlerFunc
		rejected, unknown bool
	}{
		"400": {answer: status(400), rejected: true},
		"422": {answer: status(422), rejected: true},
		"429": {answer: status(429)},
		"302": {answer: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }},
		"500": {answer: status(500)},
		"503": {answer: status(503)},
		"504": {answer: status(504), unknown: true},
		"silent": {unknown: true, answer: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}},
		"cut off": {unknown: true, answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := gateway(t, c.answer).Send(t.Context(), message)
			if err == nil || errors.Is(err, ErrRejected) != c.rejected || errors.Is(err, ErrUnknown) != c.unknown {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), message.To) || strings.Contains(err.Error(), message.Text) {
				t.Fatalf("the error tells too much: %v", err)
			}
		})
	}
	g, err := NewGateway("http://127.0.0.1:1", "k", secret, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Send(t.Context(), message); err == nil || errors.Is(err, ErrUnknown) || errors.Is(err, ErrRejected) {
		t.Fatalf("nobody listening: %v", err)
	}
}

func TestAHugeAnswerIsNotRead(t *testing.T) {
	g := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		chunk := bytes.Repeat([]byte("x"), 1<<16)
		for range 1 << 14 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	if _, err := g.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
}

func TestWrongWiring(t *testing.T) {
	for _, a := range []string{"", "ftp://x", "gateway.example"} {
		if _, err := NewGateway(a, "k", secret, 0); err == nil {
			t.Errorf("%q was taken", a)
		}
	}
	if _, err := NewGateway("https://gateway.example", "k", nil, 0); err == nil {
		t.Error("no secret was taken")
	}
}

func TestConsoleKeepsSecrets(t *testing.T) {
	var log bytes.Buffer
	c := Console{Log: slog.New(slog.NewTextHandler(&log, nil))}
	if _, err := c.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	if s := log.String(); !strings.Contains(s, message.ID) || strings.Contains(s, "138") || strings.Contains(s, "5678") || strings.Contains(s, message.Text) {
		t.Fatal(s)
	}
}

func TestMask(t *testing.T) {
	for number, want := range map[string]string{"12345": "*****", "13812345678": "138****5678"} {
		if got := Mask(number); got != want {
			t.Errorf("%s: %s", number, got)
		}
	}
}
