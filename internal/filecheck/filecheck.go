// Package filecheck looks into files that people send: whether the content is what the name says, whether it is safe to
// open, and what must come off before anybody else sees it (EXIF, GPS). It must not know who sends them, nor keep them.
package filecheck

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"strings"

	"golang.org/x/image/webp"

	"huiyin/internal/fault"
)

// Kind is a sort of file that may be attached.
type Kind string

// The kinds.
const (
	JPEG Kind = "jpg"
	PNG  Kind = "png"
	WebP Kind = "webp"
	PDF  Kind = "pdf"
	DOCX Kind = "docx"
	XLSX Kind = "xlsx"
)

// Limits of what is taken.
const (
	MaxSize    = 10 << 20   // bytes of a file
	MaxSide    = 12_000     // pixels of an image's side
	MaxPixels  = 50_000_000 // pixels of an image
	MaxEntries = 2000       // files in a docx or xlsx
	MaxUnpack  = 100 << 20  // bytes they unpack to
	MaxRatio   = 200        // times its size that a docx or xlsx may unpack to, from 8 MB on
)

// Message ids; %[1]s is the file's name.
//
//i18n:keys
const (
	msgKind     = "“%[1]s”不是可以上传的文件。可以上传 jpg、png、webp 图片和 pdf、docx、xlsx 文件。"
	msgEmpty    = "“%[1]s”是空的，请换一个文件。"
	msgSize     = "“%[1]s”超过了 10 MB，请压缩后再上传。"
	msgMismatch = "“%[1]s”的内容和它的名字不符，请换一个文件。"
	msgBroken   = "“%[1]s”已经损坏，打不开，请换一个文件。"
	msgPixels   = "“%[1]s”的尺寸太大。每边最多 12000 像素，总共最多 5000 万像素，请缩小后再上传。"
	msgMacro    = "“%[1]s”里有宏，不能上传。请另存为不带宏的文件。"
	msgBomb     = "“%[1]s”解压后太大，不能上传。"
	msgActive   = "“%[1]s”里有会自动运行的内容，不能上传。请打印成新的 PDF 再上传。"
	msgBadImage = "这张图片已经损坏，打不开，请换一张。"
	msgBigImage = "这张图片的尺寸太大。每边最多 12000 像素，总共最多 5000 万像素，请缩小后再上传。"
)

// Info is what a file turned out to be.
type Info struct {
	Kind          Kind
	MIME          string
	Ext           string // with its dot: ".jpg"
	SafeName      string // see SafeName
	Width, Height int    // pixels, as stored (before any EXIF turn); 0 unless an image
}

type format struct {
	kind Kind
	mime string
}

var formats = map[string]format{
	".jpg": {JPEG, "image/jpeg"}, ".jpeg": {JPEG, "image/jpeg"}, ".png": {PNG, "image/png"}, ".webp": {WebP, "image/webp"}, ".pdf": {PDF, "application/pdf"},
	".docx": {DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	".xlsx": {XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
}

// Inspect says what the file is, or why it is refused: a *fault.Error of kind Invalid. It decodes no image and reads at
// most MaxUnpack bytes of what is packed in it.
func Inspect(r io.ReaderAt, size int64, name string) (Info, error) {
	safe := SafeName(name)
	refuse := func(msg string, cause error) (Info, error) {
		return Info{}, fault.Wrap(cause, fault.Invalid, msg, safe)
	}
	ext := path.Ext(safe)
	f, ok := formats[ext]
	switch {
	case !ok:
		return refuse(msgKind, nil)
	case size <= 0:
		return refuse(msgEmpty, nil)
	case size > MaxSize:
		return refuse(msgSize, nil)
	}
	info := Info{Kind: f.kind, MIME: f.mime, Ext: ext, SafeName: safe}
	head := make([]byte, min(size, 1024))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return Info{}, fmt.Errorf("filecheck: read %s: %w", f.kind, err)
	}
	if !looksLike(f.kind, head) {
		return refuse(msgMismatch, nil)
	}
	whole := io.NewSectionReader(r, 0, size)
	var err error
	switch f.kind {
	case PDF:
		err = checkPDF(whole)
	case DOCX, XLSX:
		err = checkOffice(r, size, f.kind)
	default:
		var c image.Config
		c, err = config(f.kind, whole)
		info.Width, info.Height = c.Width, c.Height
	}
	if reason, ok := errors.AsType[refusal](err); ok {
		return refuse(reason.msg, reason.cause)
	}
	return info, err
}

// refusal is why a check says no, before the file's name is put into the message.
type refusal struct {
	msg   string
	cause error
}

func (r refusal) Error() string { return r.msg }
func (r refusal) Unwrap() error { return r.cause }

func looksLike(kind Kind, head []byte) bool {
	switch kind {
	case JPEG:
		return bytes.HasPrefix(head, []byte("\xff\xd8\xff"))
	case PNG:
		return bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n"))
	case WebP:
		return len(head) >= 16 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP" && strings.HasPrefix(string(head[12:16]), "VP8")
	case PDF:
		return bytes.HasPrefix(bytes.TrimLeft(head, "\xef\xbb\xbf\r\n\t "), []byte("%PDF-"))
	case DOCX, XLSX:
		return bytes.HasPrefix(head, []byte("PK\x03\x04"))
	}
	return false
}

// config reads an image's header only; its size is judged before anything is allocated for it.
func config(kind Kind, r io.Reader) (c image.Config, err error) {
	switch kind {
	case JPEG:
		c, err = jpeg.DecodeConfig(r)
	case PNG:
		c, err = png.DecodeConfig(r)
	case WebP:
		c, err = webp.DecodeConfig(r)
	}
	switch {
	case err != nil:
		return c, refusal{msgBroken, err}
	case c.Width < 1 || c.Height < 1:
		return c, refusal{msgBroken, nil}
	case c.Width > MaxSide || c.Height > MaxSide || c.Width*c.Height > MaxPixels:
		return c, refusal{msgPixels, nil}
	}
	return c, nil
}
