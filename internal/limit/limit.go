// Package limit says whether somebody may do something yet again: so many times in a period, counted in Redis for all
// processes together, by class of route.
//
// It knows nothing of routes or people: the caller names the class and whom to count (one person or thing, or a network address).
package limit

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/netip"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"

	"huiyin/internal/fault"
)

// UnavailableMsg is what a person reads when a class that fails closed cannot be counted.
const UnavailableMsg = "验证服务暂时不可用，请几分钟后再试。"

// WhenDown is what a class does while Redis does not answer.
type WhenDown int

const (
	// Open goes on, counted by this process alone: reads must not stop with Redis.
	Open WhenDown = iota
	// Closed refuses: a class that guards sign-in codes is worth nothing uncounted.
	Closed
)

// Limit allows Rate in each Period, evenly, and Burst at once. A zero Burst is the Rate.
type Limit struct {
	Rate     int
	Burst    int
	Period   time.Duration
	WhenDown WhenDown
	// Shared is how many times as much a network address gets: a carrier, or the gateway of an office, puts many people behind one. 0 is once.
	Shared int
}

func (l Limit) times(n int) Limit {
	l.Rate, l.Burst = l.Rate*n, l.Burst*n
	return l
}

// Key is who or what is counted.
type Key struct {
	text   string
	shared bool
}

// One is a single person or thing: an account, a phone, a number.
func One(text string) Key { return Key{text: text} }

// Address is whoever comes from a network address. Of IPv6 the first 64 bits count, for one customer has them all.
func Address(ip string) Key {
	if a, err := netip.ParseAddr(ip); err == nil && a.Unmap().Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			ip = p.String()
		}
	}
	return Key{text: "ip:" + ip, shared: true}
}

// Decision is the answer; RetryAfter is set when it is no.
type Decision struct {
	OK         bool
	RetryAfter time.Duration
}

// Limiter counts. It is safe for concurrent use.
type Limiter struct {
	redis   *redis_rate.Limiter
	classes map[string]Limit
	local   *local
}

// New returns a limiter for those classes. It panics when a class allows nothing: that is a mistake in the wiring.
func New(client redis.UniversalClient, classes map[string]Limit) *Limiter {
	own := make(map[string]Limit, len(classes))
	for name, l := range classes {
		if l.Rate <= 0 || l.Period <= 0 || l.Burst < 0 || l.Shared < 0 {
			panic("limit: class " + name + " allows nothing")
		}
		if l.Burst == 0 {
			l.Burst = l.Rate
		}
		l.Shared = max(l.Shared, 1)
		own[name] = l
	}
	return &Limiter{redis: redis_rate.NewLimiter(client), classes: own, local: newLocal(maxLocal)}
}

// Allow counts one more of that class for the key. It fails with fault.Unavailable when Redis is down and the class is
// Closed, and with a plain error for a class nobody defined.
func (l *Limiter) Allow(ctx context.Context, class string, key Key) (Decision, error) {
	c, ok := l.classes[class]
	if !ok {
		return Decision{}, fmt.Errorf("limit: no class %q", class)
	}
	if key.shared {
		c = c.times(c.Shared)
	}
	id := class + ":" + digest(key.text)
	res, err := l.redis.Allow(ctx, id, redis_rate.Limit{Rate: c.Rate, Burst: c.Burst, Period: c.Period})
	switch {
	case err == nil:
		return Decision{OK: res.Allowed > 0, RetryAfter: max(res.RetryAfter, 0)}, nil
	case ctx.Err() != nil:
		return Decision{}, ctx.Err()
	case c.WhenDown == Closed:
		return Decision{}, fault.Wrap(err, fault.Unavailable, UnavailableMsg)
	}
	return l.local.allow(id, c, time.Now()), nil
}

// digest keeps keys short and what they were made of out of Redis.
func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
