// Package onetime issues six-digit codes that prove that somebody holds a phone or a mailbox, and checks them.
//
// Only an HMAC of a code is kept, in Redis, for five minutes. Without Redis nothing is issued and nothing is accepted.
// The package knows nothing of messages or people: the caller sends the code, and limits how often an address may try.
package onetime

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"time"

	"github.com/redis/go-redis/v9"

	"huiyin/internal/fault"
)

// What a person reads. What is wrong with a code says nothing of when one was sent: the page of whoever asked for it knows.
//
//i18n:keys
const (
	UnavailableMsg = "验证服务暂时不可用，请几分钟后再试。"
	WrongMsg       = "验证码不对或已过期，还可以试 %[1]d 次；没收到或已过期，请重新获取。"
	SpentMsg       = "验证码试错次数太多，请重新获取。"
	WaitMsg        = "刚刚发过验证码，请 %[1]d 秒后再获取。"
	DailyMsg       = "今天获取验证码的次数已用完，请 %[1]d 小时后再试。"
)

// Life is how long a code may be used; Resend how long one waits for the next.
const (
	Life   = 5 * time.Minute
	Resend = time.Minute
)

// Field is the name of the input that Check finds wrong.
const Field = "code"

// Codes issues and checks. It is safe for concurrent use, by many processes on one Redis.
type Codes struct {
	client   redis.UniversalClient
	secret   []byte
	perDay   int
	life     time.Duration
	resend   time.Duration
	day      time.Duration
	attempts int
}

// New returns codes that live 5 minutes, are issued at most once in 60 seconds and perDay times (10 when not positive)
// in 24 hours for one key, and can be guessed 5 times. The secret, 32 bytes or more, must be the same in all processes.
func New(client redis.UniversalClient, secret []byte, perDay int) *Codes {
	if perDay <= 0 {
		perDay = 10
	}
	return &Codes{
		client: client, secret: secret, perDay: perDay,
		life: Life, resend: Resend, day: 24 * time.Hour, attempts: 5,
	}
}

// Issue makes a new code for the key and forgets the one before. It fails with fault.TooMany (Detail: how long to wait,
// a time.Duration) when the last one is too recent or the day's are used up, and with fault.Unavailable without Redis.
func (c *Codes) Issue(ctx context.Context, purpose, key string) (string, error) {
	code, err := random()
	if err != nil {
		return "", err
	}
	res, err := issue.Run(ctx, c.client, c.keys(purpose, key),
		c.mac("code", purpose, key, code), c.life.Milliseconds(), c.resend.Milliseconds(), c.day.Milliseconds(), c.perDay).Int64Slice()
	if err != nil {
		return "", unavailable(ctx, err)
	}
	if len(res) != 2 {
		return "", fmt.Errorf("onetime: the issue script answered %v", res)
	}
	wait := time.Duration(res[1]) * time.Millisecond
	switch res[0] {
	case tooSoon:
		return "", fault.New(fault.TooMany, WaitMsg, seconds(wait)).WithReason("code_wait").WithDetail(wait)
	case tooManyToday:
		return "", fault.New(fault.TooMany, DailyMsg, int((wait+time.Hour-1)/time.Hour)).WithReason("code_daily").WithDetail(wait)
	}
	return code, nil
}

// Check accepts the code once. A code that is wrong, expired, used up or was never issued fails alike, with
// fault.Invalid on Field and the attempts left (reason "code_wrong", then "code_spent"); without Redis it fails with
// fault.Unavailable. Only the first of many concurrent right guesses is accepted.
func (c *Codes) Check(ctx context.Context, purpose, key, code string) error {
	age, err := rand.Int(rand.Reader, big.NewInt(c.life.Milliseconds()))
	if err != nil {
		return err
	}
	res, err := check.Run(ctx, c.client, c.keys(purpose, key),
		c.mac("code", purpose, key, fold(code)), c.attempts, c.life.Milliseconds(), age.Int64()).Int64Slice()
	if err != nil {
		return unavailable(ctx, err)
	}
	if len(res) != 2 {
		return fmt.Errorf("onetime: the check script answered %v", res)
	}
	if res[0] == accepted {
		return nil
	}
	return wrong(int(res[1]))
}

func wrong(left int) error {
	msg, args, reason := WrongMsg, []any{left}, "code_wrong"
	if left == 0 {
		msg, args, reason = SpentMsg, nil, "code_spent"
	}
	return &fault.Error{
		Kind: fault.Invalid, Msg: msg, Args: args, Reason: reason,
		Fields: []fault.Field{{Name: Field, Msg: msg, Args: args}},
	}
}

func unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.Wrap(err, fault.Unavailable, UnavailableMsg)
}

// keys share one hash tag, so that a cluster keeps them together, and tell nobody whose they are.
func (c *Codes) keys(purpose, key string) []string {
	tag := "huiyin:code:{" + c.mac("key", purpose, key) + "}:"
	return []string{tag + "mac", tag + "tries", tag + "wait", tag + "day"}
}

func (c *Codes) mac(parts ...string) string {
	h := hmac.New(sha256.New, c.secret)
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// fold reads a code as people type it: with spaces, or in full-width digits.
func fold(code string) string {
	out := make([]rune, 0, 6)
	for _, r := range code {
		switch {
		case r >= '０' && r <= '９':
			out = append(out, r-'０'+'0')
		case r == ' ' || r == '\u3000' || r == '-':
		default:
			out = append(out, r)
		}
		if len(out) > 16 {
			break
		}
	}
	return string(out)
}

func random() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("onetime: %w", err)
	}
	return fmt.Sprintf("%06d", n.Int64()), nil
}

func seconds(d time.Duration) int { return int((max(d, 0) + time.Second - 1) / time.Second) }
