package files_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"strings"
	"testing"
	"time"

	"huiyin/internal/blob"
	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/filecheck"
	"huiyin/models"
	"huiyin/services/files"
	"huiyin/test/testenv"
)

var start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// counted is a blob store that says what it holds, and can fail.
type counted struct {
	blob.Store
	keys map[string]bool
	fail error
}

func (c *counted) Put(ctx context.Context, key string, r io.Reader) (int64, string, error) {
	if c.fail != nil {
		return 0, "", c.fail
	}
	c.keys[key] = true
	return c.Store.Put(ctx, key, r)
}

func (c *counted) Delete(ctx context.Context, key string) error {
	if c.fail != nil {
		return c.fail
	}
	delete(c.keys, key)
	return c.Store.Delete(ctx, key)
}

type env struct {
	*files.Files
	db    *database.DB
	clock *clock.Fake
	blobs *counted
}

func newEnv(t *testing.T, db *database.DB) *env {
	t.Helper()
	dir, err := blob.NewDir(t.TempDir())
	must(t, err)
	blobs, clk := &counted{Store: dir, keys: map[string]bool{}}, clock.NewFake(start)
	return &env{files.New(db, blobs, clk, func(context.Context) int { return 2 }), db, clk, blobs}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const pdf = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

func (e *env) stage(t *testing.T, owner int64, name string) models.Attachment {
	t.Helper()
	a, err := e.Stage(t.Context(), models.OwnerDraft, owner, name, strings.NewReader(pdf))
	must(t, err)
	return a
}

func (e *env) rows(t *testing.T) int64 {
	t.Helper()
	var n int64
	must(t, e.db.Conn(t.Context()).Model(&models.Attachment{}).Count(&n).Error)
	return n
}

func TestFromDraftToMessage(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		e := newEnv(t, db)
		a := e.stage(t, 4, "../../补办 申请.pdf")
		if a.Name != "补办 申请.pdf" || a.MIME != "application/pdf" || a.Size != int64(len(pdf)) || len(a.SHA256) != 64 {
			t.Errorf("staged: %+v", a)
		}
		e.stage(t, 4, "b.pdf")
		_, err := e.Stage(ctx, models.OwnerDraft, 4, "c.pdf", strings.NewReader(pdf))
		refusedField(t, err)
		must(t, e.RemoveStaged(ctx, models.OwnerDraft, 4, a.ID))
		if err := e.RemoveStaged(ctx, models.OwnerDraft, 4, a.ID); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		c := e.stage(t, 4, "c.pdf")
		if err := e.RemoveStaged(ctx, models.OwnerDraft, 5, c.ID); !fault.Is(err, fault.NotFound) {
			t.Error("somebody else's file:", err)
		}
		other := e.stage(t, 5, "other.pdf")
		if err := e.Attach(ctx, models.OwnerDraft, 4, 70, 700); !errors.Is(err, database.ErrNoTx) {
			t.Error(err)
		}
		must(t, db.Tx(ctx, func(ctx context.Context) error { return e.Attach(ctx, models.OwnerDraft, 4, 70, 700) }))
		staged, err := e.Staged(ctx, models.OwnerDraft, 4)
		if err != nil || len(staged) != 0 {
			t.Error(staged, err)
		}
		of, err := e.OfCase(ctx, 70)
		if err != nil || len(of) != 2 || of[1].ID != c.ID || of[1].OwnerKind != models.OwnerMessage || of[1].OwnerID != 700 {
			t.Error(of, err)
		}
		got, r, err := e.Open(ctx, c.ID)
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, errors.Join(err, r.Close()))
		if string(content) != pdf || got.Name != "c.pdf" {
			t.Errorf("%+v: %q", got, content)
		}

		// A transaction that fails keeps the bytes.
		lost := errors.New("lost")
		err = db.Tx(ctx, func(ctx context.Context) error {
			must(t, e.DropStaged(ctx, models.OwnerDraft, 5))
			return lost
		})
		if _, err2 := e.Get(ctx, other.ID); !errors.Is(err, lost) || err2 != nil || !e.blobs.keys[other.BlobKey] {
			t.Error(err, err2)
		}
		must(t, e.DropStaged(ctx, models.OwnerDraft, 5))
		if _, err := e.Get(ctx, other.ID); !fault.Is(err, fault.NotFound) || e.blobs.keys[other.BlobKey] {
			t.Error("dropped and still there:", err)
		}
		if n := e.rows(t); n != 2 || len(e.blobs.keys) != 2 {
			t.Errorf("%d rows, %d blobs", n, len(e.blobs.keys))
		}
	})
}

func refusedField(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != files.Field {
		t.Errorf("not a refusal of the field: %v", err)
	}
}

func TestStageRefuses(t *testing.T) {
	e := newEnv(t, testenv.SQLite(t))
	for name, content := range map[string]string{
		"a.exe": pdf, "a.jpg": pdf, "empty.pdf": "", "large.pdf": pdf + strings.Repeat("x", filecheck.MaxSize),
	} {
		_, err := e.Stage(t.Context(), models.OwnerDraft, 1, name, strings.NewReader(content))
		refusedField(t, err)
	}
	if n := e.rows(t); n != 0 || len(e.blobs.keys) != 0 {
		t.Errorf("left behind: %d rows, %d blobs", n, len(e.blobs.keys))
	}
}

func TestStageKeepsThePictureOnly(t *testing.T) {
	e := newEnv(t, testenv.SQLite(t))
	var buf bytes.Buffer
	must(t, jpeg.Encode(&buf, image.NewGray(image.Rect(0, 0, 40, 30)), nil))
	plain := buf.Bytes()
	app1 := append([]byte{0xff, 0xe1, 0, 18}, "Exif\x00\x00GPS-secret"...)
	a, err := e.Stage(t.Context(), models.OwnerDraft, 1, "IMG.JPG", bytes.NewReader(append(append(plain[:2:2], app1...), plain[2:]...)))
	must(t, err)
	if a.Width != 40 || a.Height != 30 || a.MIME != "image/jpeg" {
		t.Errorf("%+v", a)
	}
	_, r, err := e.Open(t.Context(), a.ID)
	must(t, err)
	content, err := io.ReadAll(r)
	must(t, errors.Join(err, r.Close()))
	if bytes.Contains(content, []byte("GPS-secret")) || int64(len(content)) != a.Size {
		t.Errorf("%d bytes, %d said", len(content), a.Size)
	}
}

// However many arrive at once, an owner never keeps more than the limit.
func TestRaceStage(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		e := newEnv(t, db)
		dir, err := blob.NewDir(t.TempDir())
		must(t, err)
		f := files.New(db, dir, e.clock, func(context.Context) int { return 2 })
		done := make(chan error, 6)
		for range 6 {
			go func() {
				_, err := f.Stage(context.WithoutCancel(t.Context()), models.OwnerDraft, 1, "a.pdf", strings.NewReader(pdf))
				done <- err
			}()
		}
		for range 6 {
			if err := <-done; err != nil {
				refusedField(t, err)
			}
		}
		staged, err := f.Staged(t.Context(), models.OwnerDraft, 1)
		if err != nil || len(staged) > 2 {
			t.Errorf("%d staged, %v", len(staged), err)
		}
	})
}

func TestSweep(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		e := newEnv(t, db)
		stale := e.stage(t, 1, "stale.pdf")
		sent := e.stage(t, 2, "sent.pdf")
		must(t, db.Tx(ctx, func(ctx context.Context) error { return e.Attach(ctx, models.OwnerDraft, 2, 70, 700) }))
		// The store is down: the row of the upload that failed, and of the file taken away, stay until the sweep.
		e.blobs.fail = errors.New("disk full")
		if _, err := e.Stage(ctx, models.OwnerDraft, 3, "failed.pdf", strings.NewReader(pdf)); !fault.Is(err, fault.Unavailable) || !errors.Is(err, e.blobs.fail) {
			t.Fatal("a full disk:", err)
		}
		e.blobs.fail = nil
		taken := e.stage(t, 4, "taken.pdf")
		e.blobs.fail = errors.New("disk gone")
		must(t, e.RemoveStaged(ctx, models.OwnerDraft, 4, taken.ID))
		e.blobs.fail = nil
		e.clock.Advance(files.StagedFor + time.Hour)
		fresh := e.stage(t, 1, "fresh.pdf")
		if n := e.rows(t); n != 5 {
			t.Errorf("%d rows before the sweep", n)
		}
		total := 0
		for range 3 {
			n, err := e.Sweep(ctx, 2)
			must(t, err)
			total += n
		}
		if n := e.rows(t); total != 3 || n != 2 {
			t.Errorf("swept %d, %d rows left", total, n)
		}
		if e.blobs.keys[stale.BlobKey] || e.blobs.keys[taken.BlobKey] || !e.blobs.keys[sent.BlobKey] || !e.blobs.keys[fresh.BlobKey] {
			t.Errorf("blobs left: %v", e.blobs.keys)
		}
	})
}
