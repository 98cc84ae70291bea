// Package files keeps what people attach to questions and replies: it looks into a file before taking it, stages it under a draft
// and hands it over to the message when that is sent. It must not know who may see a file: the owner of the message says that.
package files

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"huiyin/internal/blob"
	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/filecheck"
	"huiyin/models"
)

// DefaultLimit is how many files an owner may have staged.
const DefaultLimit = 6

// Field is the name of the input that carries files, in forms and in JSON.
const Field = "attachments"

//i18n:keys
const (
	msgTooMany = "最多可以添加 %[1]d 个附件。请先去掉一个。"
	msgGone    = "这个附件已经不在了。"
	msgNoRoom  = "附件现在存不了，已填写的内容还在。请稍后再试，或者先不带附件提交，以后再补充。"
)

// Files keeps attachments: rows in the database, bytes in a blob store.
type Files struct {
	db    *database.DB
	store blob.Store
	clock clock.Clock
	limit func(context.Context) int
}

// New returns the room. limit says how many files one owner may have staged; nil means DefaultLimit.
func New(db *database.DB, store blob.Store, c clock.Clock, limit func(context.Context) int) *Files {
	if limit == nil {
		limit = func(context.Context) int { return DefaultLimit }
	}
	return &Files{db: db, store: store, clock: c, limit: limit}
}

// Stage takes a file for a draft (models.OwnerDraft): at most 10 MB, of a kind that filecheck knows, without what should not leave the
// sender's device. What is wrong with it is a fault.Invalid on the field "attachments"; fault.Unavailable when the store or the disk
// does not take it.
// It reads r to the end and must run outside of a transaction.
func (f *Files) Stage(ctx context.Context, ownerKind string, ownerID int64, name string, r io.Reader) (models.Attachment, error) {
	a, err := f.StageIf(ctx, ownerKind, ownerID, name, r, func(context.Context, models.Attachment) error { return nil })
	if err != nil {
		return a, err
	}
	// Counted after the commit: of several uploads at once the last sees all of them.
	if err := f.room(ctx, ownerKind, ownerID, 0); err != nil {
		f.undo(context.WithoutCancel(ctx), a)
		return models.Attachment{}, err
	}
	return a, nil
}

// StageIf is Stage for an owner that may have moved on while the file was read (models.OwnerReply): may is asked in the transaction that
// gives it the file, holds the owner as it is until that ends, and what it writes is kept or undone with it.
func (f *Files) StageIf(ctx context.Context, ownerKind string, ownerID int64, name string, r io.Reader, may func(context.Context, models.Attachment) error) (models.Attachment, error) {
	if err := f.room(ctx, ownerKind, ownerID, 1); err != nil {
		return models.Attachment{}, err
	}
	clean, info, err := f.inspect(ctx, name, r)
	if err != nil {
		return models.Attachment{}, err
	}
	defer discard(clean)
	// The row comes first and is nobody's until the bytes are there, so that a crash leaves nothing that Sweep does not find.
	a := models.Attachment{
		OwnerKind: nobody, BlobKey: newKey(), Name: info.SafeName, MIME: info.MIME,
		Width: int64(info.Width), Height: int64(info.Height), CreatedAt: f.clock.Now(),
	}
	if err := f.insert(ctx, &a); err != nil {
		return models.Attachment{}, err
	}
	a.Size, a.SHA256, err = f.store.Put(ctx, a.BlobKey, clean)
	if err != nil {
		err = unkept(err)
	}
	if err == nil {
		a.OwnerKind, a.OwnerID = ownerKind, ownerID
		err = f.db.Tx(ctx, func(ctx context.Context) error {
			if err := may(ctx, a); err != nil {
				return err
			}
			if err := f.give(ctx, a); err != nil {
				return err
			}
			return f.room(ctx, ownerKind, ownerID, 0)
		})
	}
	if err != nil {
		f.undo(context.WithoutCancel(ctx), a)
		return models.Attachment{}, err
	}
	return a, nil
}

// room refuses when the owner has no place for so many more.
func (f *Files) room(ctx context.Context, ownerKind string, ownerID int64, more int) error {
	limit := f.limit(ctx)
	n, err := f.count(ctx, ownerKind, ownerID, limit+1)
	if err != nil {
		return err
	}
	if n+more > limit {
		return invalid(msgTooMany, limit)
	}
	return nil
}

// inspect returns a temporary file with what may be kept, at its start.
func (f *Files) inspect(ctx context.Context, name string, r io.Reader) (*os.File, filecheck.Info, error) {
	raw, err := os.CreateTemp("", "huiyin-upload-*")
	if err != nil {
		return nil, filecheck.Info{}, unkept(err)
	}
	defer discard(raw)
	size, err := io.Copy(raw, io.LimitReader(&untilDone{ctx, r}, filecheck.MaxSize+1))
	if err != nil {
		return nil, filecheck.Info{}, unkept(err)
	}
	info, err := filecheck.Inspect(raw, size, name)
	if err != nil {
		return nil, info, onField(err)
	}
	clean, err := os.CreateTemp("", "huiyin-upload-*")
	if err != nil {
		return nil, info, unkept(err)
	}
	err = filecheck.Clean(clean, raw, info.Kind)
	if err == nil {
		_, err = clean.Seek(0, io.SeekStart)
	}
	if err == nil && info.Width > 0 {
		// Cleaning may have turned or scaled the picture.
		if after, err := filecheck.Inspect(clean, sizeOf(clean), name); err == nil {
			info.Width, info.Height = after.Width, after.Height
		}
	}
	if err != nil {
		discard(clean)
		return nil, info, onField(err)
	}
	return clean, info, nil
}

// onField puts a refusal beside the input that it is about.
func onField(err error) error {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.Invalid && len(e.Fields) == 0 {
		return invalid(e.Msg, e.Args...)
	}
	return err
}

// unkept is the failure of a disk or a bucket: the person goes on without the file.
func unkept(err error) error {
	return fault.Wrap(fmt.Errorf("files: %w", err), fault.Unavailable, msgNoRoom)
}

func invalid(msg string, args ...any) error {
	var fields fault.Fields
	fields.Add(Field, msg, args...)
	return fields.Err()
}

// Staged returns what is staged for the owner, the oldest first.
func (f *Files) Staged(ctx context.Context, ownerKind string, ownerID int64) ([]models.Attachment, error) {
	return f.owned(ctx, ownerKind, ownerID)
}

// RemoveStaged takes one staged file away; fault.NotFound when the owner has no such file.
func (f *Files) RemoveStaged(ctx context.Context, ownerKind string, ownerID, id int64) error {
	gone, err := f.disown(ctx, ownerKind, ownerID, id)
	switch {
	case err != nil:
		return err
	case len(gone) == 0:
		return fault.New(fault.NotFound, msgGone)
	}
	f.removeAfter(ctx, gone)
	return nil
}

// DropStaged takes all staged files of the owner away. It may be part of a transaction.
func (f *Files) DropStaged(ctx context.Context, ownerKind string, ownerID int64) error {
	gone, err := f.disown(ctx, ownerKind, ownerID, 0)
	if err == nil {
		f.removeAfter(ctx, gone)
	}
	return err
}

// DropCase removes every file of a case's messages.
func (f *Files) DropCase(ctx context.Context, caseID int64) error {
	kept, err := f.ofCase(ctx, caseID)
	if err != nil {
		return err
	}
	for _, a := range kept {
		if err := f.drop(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (f *Files) drop(ctx context.Context, a models.Attachment) error {
	gone, err := f.disown(ctx, a.OwnerKind, a.OwnerID, a.ID)
	if err == nil {
		f.removeAfter(ctx, gone)
	}
	return err
}

// Attach makes what is staged under (fromKind, fromID) the message's, in the transaction of ctx (database.ErrNoTx without).
func (f *Files) Attach(ctx context.Context, fromKind string, fromID, caseID, messageID int64) error {
	return f.handOver(ctx, fromKind, fromID, caseID, messageID)
}

// OfCase returns the attachments of all messages of the case, the oldest first; OwnerID is the message.
func (f *Files) OfCase(ctx context.Context, caseID int64) ([]models.Attachment, error) {
	return f.ofCase(ctx, caseID)
}

// Get returns the row; fault.NotFound when there is none.
func (f *Files) Get(ctx context.Context, id int64) (models.Attachment, error) {
	a, found, err := f.byID(ctx, id)
	if err == nil && !found {
		err = fault.New(fault.NotFound, msgGone)
	}
	return a, err
}

// Open returns the file for reading; the caller closes it and has asked whether the reader may see it.
func (f *Files) Open(ctx context.Context, id int64) (models.Attachment, io.ReadSeekCloser, error) {
	a, err := f.Get(ctx, id)
	if err != nil {
		return a, nil, err
	}
	r, err := f.store.Open(ctx, a.BlobKey)
	if errors.Is(err, blob.ErrNotFound) {
		return a, nil, fault.Wrap(err, fault.NotFound, msgGone)
	}
	return a, r, err
}

// StagedFor is how long a file that nothing took along stays; it outlasts the drafts.
const StagedFor = 7 * 24 * time.Hour

// undo takes back a Stage that failed; what it cannot take back now Sweep finds later.
func (f *Files) undo(ctx context.Context, a models.Attachment) {
	_, err := f.disown(ctx, a.OwnerKind, a.OwnerID, a.ID)
	if err == nil {
		err = f.remove(ctx, a)
	}
	if err != nil {
		slog.WarnContext(ctx, "attachment left for the sweep", "id", a.ID, "error", err)
	}
}

func (f *Files) removeAfter(ctx context.Context, gone []models.Attachment) {
	database.AfterCommit(ctx, func() {
		// Not the caller's context: it still carries the transaction that has ended.
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		for _, a := range gone {
			if err := f.remove(ctx, a); err != nil {
				slog.WarnContext(ctx, "attachment left for the sweep", "id", a.ID, "error", err)
			}
		}
	})
}

func newKey() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func sizeOf(file *os.File) int64 {
	info, err := file.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

func discard(file *os.File) {
	_ = file.Close()
	_ = os.Remove(file.Name())
}

type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
