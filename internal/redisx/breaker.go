package redisx

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrDown is what commands return at once, without trying, for a second after Redis did not answer.
var ErrDown = errors.New("redis is down")

const rest = time.Second

// breaker keeps a page with several Redis commands from waiting for each of them in turn.
type breaker struct{ until atomic.Int64 } // Unix nanoseconds; 0 is closed

func (b *breaker) open() bool { return time.Now().UnixNano() < b.until.Load() }

func (b *breaker) note(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil { // a caller who gave up says nothing about Redis
		return
	}
	_, network := errors.AsType[net.Error](err)
	if network || errors.Is(err, io.EOF) || errors.Is(err, redis.ErrPoolTimeout) {
		b.until.Store(time.Now().Add(rest).UnixNano())
	}
}

func (b *breaker) DialHook(next redis.DialHook) redis.DialHook { return next }

func (b *breaker) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if b.open() {
			cmd.SetErr(ErrDown)
			return ErrDown
		}
		err := next(ctx, cmd)
		b.note(ctx, err)
		return err
	}
}

func (b *breaker) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if b.open() {
			for _, c := range cmds {
				c.SetErr(ErrDown)
			}
			return ErrDown
		}
		err := next(ctx, cmds)
		b.note(ctx, err)
		return err
	}
}
