package blob

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// fake is an S3 in this process, which can be told to fail.
type fake struct {
	*httptest.Server
	failures atomic.Int32 // so many of the next requests get 503
	seen     atomic.Int32
}

func newFake(t *testing.T) *fake {
	t.Helper()
	memory := s3mem.New()
	if err := memory.CreateBucket("city"); err != nil {
		t.Fatal(err)
	}
	s3, f := gofakes3.New(memory).Server(), &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.seen.Add(1)
		if f.failures.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		s3.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func bucket(t *testing.T, f *fake) *S3 {
	t.Helper()
	s, err := NewS3("s3://key:secret@" + strings.TrimPrefix(f.URL, "http://") + "/city/files?tls=false&style=path")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestS3Addresses(t *testing.T) {
	for _, bad := range []string{"", "s3://host/bucket", "s3://key:secret@host", "s3://key:secret@/bucket", "http://key:secret@host/bucket", "s3://key:secret@host/b?style=x", "s3://key:sec%ret@host/b"} {
		if _, err := NewS3(bad); err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sec%ret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestS3Check(t *testing.T) {
	f := newFake(t)
	if err := bucket(t, f).Check(t.Context()); err != nil {
		t.Error(err)
	}
	other, err := NewS3("s3://key:secret@" + strings.TrimPrefix(f.URL, "http://") + "/nothing?tls=false&style=path")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("a bucket that is not there: %v", err)
	}
}

// A request that S3 refuses for the moment is sent again with the same bytes; what it refuses for good leaves neither object nor file.
func TestS3TriesAgain(t *testing.T) {
	spools := t.TempDir()
	t.Setenv("TMPDIR", spools)
	f := newFake(t)
	s := bucket(t, f)
	content := bytes.Repeat([]byte("回音"), 1<<20)
	f.failures.Store(1)
	if size, _, err := s.Put(t.Context(), "abcdefgh", bytes.NewReader(content)); err != nil || size != int64(len(content)) {
		t.Fatal(size, err)
	}
	if f.seen.Load() != 2 {
		t.Errorf("%d requests", f.seen.Load())
	}
	f.failures.Store(100)
	if _, _, err := s.Put(t.Context(), "ijklmnop", bytes.NewReader(content)); err == nil {
		t.Error("nothing failed")
	}
	if _, err := s.Open(t.Context(), "abcdefgh"); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("a failure is no absence: %v", err)
	}
	f.failures.Store(0)
	if _, err := s.Open(t.Context(), "ijklmnop"); !errors.Is(err, ErrNotFound) {
		t.Errorf("half an object: %v", err)
	}
	if left, _ := os.ReadDir(spools); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
