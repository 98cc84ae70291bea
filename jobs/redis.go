package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
)

// calm makes a command that found no Redis wait a moment before it says so: the queue's workers ask again at once.
type calm struct{}

const rest = 100 * time.Millisecond

func (calm) DialHook(next redis.DialHook) redis.DialHook { return next }

func (calm) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		wait(ctx, err)
		return err
	}
}

func (calm) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		wait(ctx, err)
		return err
	}
}

func wait(ctx context.Context, err error) {
	if _, network := errors.AsType[net.Error](err); !network {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(rest):
	}
}

// logger gives the queue's own lines to slog. They name tasks by id and hold no payload; its "info" is our "debug".
type logger struct{ log *slog.Logger }

func (l logger) Debug(args ...any) { l.log.Debug("queue", "says", fmt.Sprint(args...)) }
func (l logger) Info(args ...any)  { l.log.Debug("queue", "says", fmt.Sprint(args...)) }
func (l logger) Warn(args ...any)  { l.log.Warn("queue", "says", fmt.Sprint(args...)) }
func (l logger) Error(args ...any) { l.log.Error("queue", "says", fmt.Sprint(args...)) }

// Fatal only reports: ending the process is main's business.
func (l logger) Fatal(args ...any) { l.log.Error("queue", "says", fmt.Sprint(args...)) }
