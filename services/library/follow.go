package library

import "sync/atomic"

// follower is what this process knows of its index.
type follower struct {
	wake     chan struct{}
	revision atomic.Int64
}

func newFollower() *follower { return &follower{wake: make(chan struct{}, 1)} }

// poke says that the change feed has grown.
func (f *follower) poke() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}
