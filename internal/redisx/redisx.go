// Package redisx opens the one Redis a process uses: a real one by its address, or, when there is none, one that lives
// inside the process. Everything in it may be lost at any moment with no harm but slowness.
//
// It knows nothing of what is kept there: rate limits, the queue, codes and hints have rooms of their own.
package redisx

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// A dead Redis costs a page at most one of these, then the breaker answers for it.
const (
	dialTimeout  = 500 * time.Millisecond
	readTimeout  = time.Second
	upTimeout    = time.Second
	queueTimeout = 3 * time.Second // the queue's scripts may wait behind each other; nobody looks at a screen meanwhile
	tick         = 200 * time.Millisecond
)

// Redis is an open Redis. Close it when the process ends.
type Redis struct {
	// Client is shared by the whole process. Its commands fail within about a second when Redis does not answer.
	Client redis.UniversalClient

	opt      redis.UniversalOptions
	embedded *miniredis.Miniredis
	stop     chan struct{}
	ticking  sync.WaitGroup
}

// Open returns the Redis at addr, which need not answer yet: a product that starts before its Redis works all the same.
// An error means that addr cannot be understood, or that the embedded Redis could not listen on loopback.
//
//	""                                                  a Redis inside this process
//	redis://[user:password@]host:port[/db]              one server (rediss:// for TLS)
//	redis://host:port?master_name=m&addr=host2:port2    Sentinels (sentinel_username, sentinel_password)
//	redis://host:port?cluster=true&addr=host2:port2     a cluster, by some of its nodes
func Open(ctx context.Context, addr string) (*Redis, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &Redis{stop: make(chan struct{})}
	if strings.TrimSpace(addr) == "" {
		if err := r.embed(); err != nil {
			return nil, err
		}
		addr = "redis://" + r.embedded.Addr()
	}
	opt, err := options(addr)
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	r.opt = opt
	r.Client = redis.NewUniversalClient(&opt)
	// One node of a cluster that is down must not shut off the others, so a cluster has no breaker.
	if _, cluster := r.Client.(*redis.ClusterClient); !cluster {
		r.Client.AddHook(&breaker{})
	}
	return r, nil
}

// embed starts the Redis inside this process. Its TTLs only run down when somebody says how much time has passed, so a
// ticker does, from the monotonic clock; TIME and EXPIREAT already follow the machine's clock. (The library can also
// run TTLs down by itself, but then walks over every key at every command.)
func (r *Redis) embed() error {
	m := miniredis.NewMiniRedis()
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return fmt.Errorf("start the embedded redis: %w", err)
	}
	r.embedded = m
	r.ticking.Go(func() {
		t := time.NewTicker(tick)
		defer t.Stop()
		last := time.Now()
		for {
			select {
			case <-r.stop:
				return
			case now := <-t.C:
				m.FastForward(now.Sub(last))
				last = now
			}
		}
	})
	return nil
}

// Up reports whether Redis answers within a second.
func (r *Redis) Up(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, upTimeout)
	defer cancel()
	return r.Client.Ping(ctx).Err() == nil
}

// AsynqOpt is how the queue reaches the same Redis: with connections of its own, because it closes them.
func (r *Redis) AsynqOpt() asynq.RedisConnOpt { return queueConn{r.opt} }

type queueConn struct{ opt redis.UniversalOptions }

func (q queueConn) MakeRedisClient() any {
	opt := q.opt
	opt.ReadTimeout, opt.WriteTimeout = queueTimeout, queueTimeout
	return redis.NewUniversalClient(&opt)
}

// Close ends the connections and stops the embedded Redis. It may be called twice.
func (r *Redis) Close() error {
	var err error
	if r.Client != nil {
		if err = r.Client.Close(); errors.Is(err, redis.ErrClosed) {
			err = nil
		}
	}
	select {
	case <-r.stop:
		return err
	default:
		close(r.stop)
	}
	r.ticking.Wait()
	if r.embedded != nil {
		r.embedded.Close()
	}
	return err
}

// options reads an address. Errors never repeat it: it may hold a password.
func options(addr string) (redis.UniversalOptions, error) {
	u, err := url.Parse(addr)
	if err != nil {
		return redis.UniversalOptions{}, errors.New("redis address: not a URL")
	}
	if u.Host == "" {
		return redis.UniversalOptions{}, errors.New("redis address: no host")
	}
	q := u.Query()
	more, master, cluster := q["addr"], q.Get("master_name"), q.Get("cluster")
	sentinelUser, sentinelPassword := q.Get("sentinel_username"), q.Get("sentinel_password")
	for _, ours := range []string{"addr", "master_name", "cluster", "sentinel_username", "sentinel_password"} {
		q.Del(ours)
	}
	u.RawQuery = q.Encode()
	one, err := redis.ParseURL(u.String())
	if err != nil {
		return redis.UniversalOptions{}, errors.New("redis address: want redis://[user:password@]host:port[/db]")
	}
	if len(more) > 0 && master == "" && cluster == "" {
		return redis.UniversalOptions{}, errors.New("redis address: several hosts need master_name=… or cluster=true")
	}
	return redis.UniversalOptions{
		Addrs:            append([]string{one.Addr}, more...),
		MasterName:       master,
		IsClusterMode:    cluster == "true" || cluster == "1",
		DB:               one.DB,
		Username:         one.Username,
		Password:         one.Password,
		SentinelUsername: sentinelUser,
		SentinelPassword: sentinelPassword,
		TLSConfig:        one.TLSConfig,
		DialTimeout:      dialTimeout,
		ReadTimeout:      readTimeout,
		WriteTimeout:     readTimeout,
		PoolTimeout:      readTimeout,
		// A script that timed out may have run: running it again would count twice, so the caller decides.
		MaxRetries:            -1,
		DialerRetries:         1,
		ContextTimeoutEnabled: true,
	}, nil
}
