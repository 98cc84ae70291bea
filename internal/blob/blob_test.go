package blob

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// stores are all that keep the same promises.
func stores(t *testing.T) map[string]Store {
	t.Helper()
	dir, err := NewDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Store{"dir": dir, "s3": bucket(t, newFake(t))}
}

func TestStores(t *testing.T) {
	for name, store := range stores(t) {
		t.Run(name, func(t *testing.T) { keeps(t, store) })
	}
}

func keeps(t *testing.T, d Store) {
	ctx := t.Context()
	const key = "0190c1a2-file"
	size, sum, err := d.Put(ctx, key, strings.NewReader("abc"))
	if err != nil || size != 3 || sum != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Fatal(size, sum, err)
	}
	read := func() string {
		t.Helper()
		f, err := d.Open(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		if _, err := f.Seek(1, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if got := read(); got != "bc" {
		t.Errorf("read %q", got)
	}
	boom := errors.New("boom")
	if _, _, err := d.Put(ctx, key, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(boom))); !errors.Is(err, boom) {
		t.Errorf("a broken reader: %v", err)
	}
	if got := read(); got != "bc" {
		t.Errorf("a failed put left %q", got)
	}
	if dir, ok := d.(*Dir); ok {
		if left, _ := os.ReadDir(dir.tmp()); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	if _, _, err := d.Put(ctx, key, strings.NewReader("xyz")); err != nil || read() != "yz" {
		t.Errorf("replace: %v", err)
	}
	for range 2 {
		if err := d.Delete(ctx, key); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if _, err := d.Open(ctx, key); !errors.Is(err, ErrNotFound) {
		t.Errorf("open after delete: %v", err)
	}
}

func TestKeys(t *testing.T) {
	for name, d := range stores(t) {
		for _, key := range []string{"", "short", "../../etc/passwd", "UPPERCASE", "with/slash", "with.dots", "nul\x00nulnul", "中文的键名称", strings.Repeat("a", 65)} {
			_, _, err := d.Put(t.Context(), key, strings.NewReader("x"))
			_, openErr := d.Open(t.Context(), key)
			for _, err := range []error{err, openErr, d.Delete(t.Context(), key)} {
				if !errors.Is(err, ErrKey) {
					t.Errorf("%s, %q: %v", name, key, err)
				}
			}
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, d := range stores(t) {
		if _, _, err := d.Put(ctx, "abcdefgh", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: put: %v", name, err)
		}
	}
}

func TestClearsWhatACrashLeft(t *testing.T) {
	root := t.TempDir()
	if _, err := NewDir(root); err != nil {
		t.Fatal(err)
	}
	old, fresh := filepath.Join(root, "tmp", "put-old"), filepath.Join(root, "tmp", "put-fresh")
	before := time.Now().Add(-2 * staleAfter)
	if err := errors.Join(os.WriteFile(old, nil, 0o600), os.WriteFile(fresh, nil, 0o600), os.Chtimes(old, before, before)); err != nil {
		t.Fatal(err)
	}
	if _, err := NewDir(root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("old: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("fresh: %v", err)
	}
}
