// Package blob keeps the bytes of files under opaque keys. It must not know what the files are, whose they are, nor what
// they are called: names come from people, keys from us.
package blob

import (
	"context"
	"errors"
	"io"
)

var (
	// ErrKey means that a key is not [a-z0-9-]{8,64}.
	ErrKey = errors.New("blob: bad key")
	// ErrNotFound means that nothing is stored under the key.
	ErrNotFound = errors.New("blob: not found")
)

// Store keeps blobs. Keys match [a-z0-9-]{8,64}; anything else is ErrKey.
type Store interface {
	// Put stores what r gives, whole or not at all, and returns its size in bytes and its SHA-256 in lower-case hex. When it
	// returns without an error the bytes survive a crash. A blob that was there under the key is replaced.
	Put(ctx context.Context, key string, r io.Reader) (size int64, sha256 string, err error)
	// Open returns the blob for reading; the caller closes it. ErrNotFound when there is none.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	// Delete removes the blob; it is no error when there is none, so that it can be repeated.
	Delete(ctx context.Context, key string) error
}

func validKey(key string) bool {
	if len(key) < 8 || len(key) > 64 {
		return false
	}
	for _, c := range []byte(key) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
