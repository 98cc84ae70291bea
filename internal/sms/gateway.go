package sms

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Gateway carries messages through any HTTP gateway that takes a signed JSON POST:
//
//	POST <url>
//	Content-Type: application/json
//	X-Huiyin-Key: <key id>
//	X-Huiyin-Timestamp: <Unix seconds>
//	X-Huiyin-Signature: <lower-case hex of HMAC-SHA256(secret, timestamp + "." + body)>
//	Idempotency-Key: <id>
//
//	{"id": "…", "to": "…", "text": "…"}
//
// docs/operations.md shows it in full, with an example. A gateway should refuse a timestamp more than five minutes off. It answers 2xx, with {"id": "<its own id>"} if it
// likes, for a message that it took; 4xx for one that it will never take (but 408, 425 and 429: not now); 5xx when it
// did not take the message and the same may be tried later.
type Gateway struct {
	url    string
	key    string
	secret []byte
	client *http.Client
	now    func() time.Time
}

const maxAnswer = 64 << 10

// NewGateway returns a gateway at an http or https address. A timeout that is not positive is ten seconds.
func NewGateway(address, key string, secret []byte, timeout time.Duration) (*Gateway, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("sms gateway: want an http or https address")
	}
	if len(secret) == 0 {
		return nil, errors.New("sms gateway: no secret")
	}
	if timeout <= 0 {
		timeout = 10 * time.Second
	}
	return &Gateway{
		url: address, key: key, secret: secret, now: time.Now,
		client: &http.Client{
			Timeout: timeout,
			// A redirect would turn the signed POST into something else, somewhere else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Send posts the message; for its errors see Provider. They never hold the number or the text.
func (g *Gateway) Send(ctx context.Context, m Message) (Receipt, error) {
	body, err := json.Marshal(map[string]string{"id": m.ID, "to": m.To, "text": m.Text})
	if err != nil {
		return Receipt{}, fmt.Errorf("sms gateway: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return Receipt{}, fmt.Errorf("sms gateway: %w", err)
	}
	stamp := strconv.FormatInt(g.now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Huiyin-Key", g.key)
	req.Header.Set("X-Huiyin-Timestamp", stamp)
	req.Header.Set("X-Huiyin-Signature", Sign(g.secret, stamp, body))
	req.Header.Set("Idempotency-Key", m.ID)
	res, err := g.client.Do(req)
	if err != nil {
		return Receipt{}, failed(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, readErr := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return verdict(res.StatusCode, answer, readErr)
}

// Sign returns the signature of a body posted at a timestamp, for those who write the other side.
func Sign(secret []byte, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(timestamp))
	h.Write([]byte{'.'})
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// failed judges a request without an answer: when the connection was never made, nothing was sent; else nobody knows.
// Its address stays out: a query of it may be a key.
func failed(err error) error {
	if sent, ok := errors.AsType[*url.Error](err); ok {
		err = sent.Err
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return fmt.Errorf("sms gateway: not reached: %w", err)
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Errorf("sms gateway: not reached: %w", err)
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

func verdict(status int, answer []byte, readErr error) (Receipt, error) {
	switch {
	case status >= 200 && status < 300:
		if readErr != nil {
			return Receipt{}, nil // taken, though its id was cut off
		}
		var ok struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(answer, &ok) != nil {
			return Receipt{}, nil
		}
		return Receipt{ProviderID: ok.ID}, nil
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return Receipt{}, fmt.Errorf("sms gateway: not now: status %d", status)
	case status >= 400 && status < 500:
		return Receipt{}, fmt.Errorf("%w: status %d", ErrRejected, status)
	case status == http.StatusGatewayTimeout:
		return Receipt{}, fmt.Errorf("%w: status %d", ErrUnknown, status)
	}
	return Receipt{}, fmt.Errorf("sms gateway: status %d", status)
}
