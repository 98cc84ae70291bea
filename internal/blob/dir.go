package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Dir is a Store in a folder.
type Dir struct{ root string }

// staleAfter is how old a half-written file must be before it is taken for what a crash left behind.
const staleAfter = 24 * time.Hour

// NewDir returns a store in root, which it creates (mode 0700), and clears away what an earlier crash left half-written.
func NewDir(root string) (*Dir, error) {
	d := &Dir{root: root}
	if err := os.MkdirAll(d.tmp(), 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	entries, err := os.ReadDir(d.tmp())
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.Remove(filepath.Join(d.tmp(), e.Name()))
		}
	}
	return d, nil
}

func (d *Dir) tmp() string { return filepath.Join(d.root, "tmp") }

// path shards by a hash, not by the key's first letters: time-ordered ids begin alike.
func (d *Dir) path(key string) (string, error) {
	if !validKey(key) {
		return "", fmt.Errorf("%w: %.80q", ErrKey, key)
	}
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(d.root, hex.EncodeToString(sum[:1]), hex.EncodeToString(sum[1:2]), key), nil
}

// Put implements Store: a temporary file, synced, then renamed into place.
func (d *Dir) Put(ctx context.Context, key string, r io.Reader) (size int64, sum string, err error) {
	path, err := d.path(key)
	if err != nil {
		return 0, "", err
	}
	tmp, err := os.CreateTemp(d.tmp(), "put-*")
	if err != nil {
		return 0, "", fmt.Errorf("blob: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(tmp, hash), &contextReader{ctx, r})
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return 0, "", fmt.Errorf("blob: %w", err)
	}
	if err = os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, "", fmt.Errorf("blob: %w", err)
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return 0, "", fmt.Errorf("blob: %w", err)
	}
	if err = d.syncUp(filepath.Dir(path)); err != nil {
		return 0, "", err
	}
	return size, hex.EncodeToString(hash.Sum(nil)), nil
}

// syncUp makes the new names durable, from the file's folder up to the root: any of them may just have been created.
func (d *Dir) syncUp(dir string) error {
	for range 3 {
		f, err := os.Open(dir)
		if err != nil {
			return fmt.Errorf("blob: %w", err)
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("blob: %w", err)
		}
		dir = filepath.Dir(dir)
	}
	return nil
}

// Open implements Store.
func (d *Dir) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	path, err := d.path(key)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, key)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return f, nil
}

// Delete implements Store.
func (d *Dir) Delete(ctx context.Context, key string) error {
	path, err := d.path(key)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
