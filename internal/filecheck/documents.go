package filecheck

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// checkPDF wants the end mark near the end and no JavaScript or Launch action in the clear (those packed in object
// streams are not looked for: downloads are attachments, never shown by us).
func checkPDF(r *io.SectionReader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("filecheck: read pdf: %w", err)
	}
	if !bytes.Contains(text[max(len(text)-2048, 0):], []byte("%%EOF")) {
		return refusal{msgBroken, errors.New("no end of file mark")}
	}
	for _, name := range []string{"/JavaScript", "/Launch"} {
		for at := 0; ; {
			i := bytes.Index(text[at:], []byte(name))
			if i < 0 {
				break
			}
			at += i + len(name)
			if at == len(text) || bytes.IndexByte([]byte("\x00\t\n\f\r ()<>[]{}/%"), text[at]) >= 0 {
				return refusal{msgActive, fmt.Errorf("has %s", name)}
			}
		}
	}
	return nil
}

var mainParts = map[Kind]struct{ part, contentType string }{
	DOCX: {"word/document.xml", "wordprocessingml.document.main+xml"},
	XLSX: {"xl/workbook.xml", "spreadsheetml.sheet.main+xml"},
}

const contentTypes = "[Content_Types].xml"

// checkOffice walks an Office Open XML package: its parts, their names, and, by really unpacking it, its size.
func checkOffice(r io.ReaderAt, size int64, kind Kind) error {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return refusal{msgBroken, err}
	}
	if len(z.File) > MaxEntries {
		return refusal{msgBomb, fmt.Errorf("%d entries", len(z.File))}
	}
	parts := make(map[string]bool, len(z.File))
	var declared uint64
	for _, f := range z.File {
		if err := checkEntry(f, parts); err != nil {
			return err
		}
		if f.UncompressedSize64 > MaxUnpack {
			return refusal{msgBomb, fmt.Errorf("declares %d bytes", f.UncompressedSize64)}
		}
		declared += f.UncompressedSize64 // cannot overflow: at most MaxEntries times MaxUnpack
	}
	allowed := min(int64(MaxUnpack), max(size*MaxRatio, 8<<20))
	if declared > uint64(allowed) {
		return refusal{msgBomb, fmt.Errorf("declares %d bytes", declared)}
	}
	if !parts[strings.ToLower(contentTypes)] || !parts[mainParts[kind].part] {
		return refusal{msgMismatch, errors.New("main part is missing")}
	}
	for _, f := range z.File {
		n, err := unpack(f, kind, allowed)
		if err != nil {
			return err
		}
		allowed -= n
	}
	return nil
}

func checkEntry(f *zip.File, parts map[string]bool) error {
	name := strings.ToLower(f.Name)
	switch {
	case strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\\\x00:") || strings.Contains("/"+name+"/", "/../"):
		return refusal{msgMismatch, fmt.Errorf("entry %.80q leaves the package", f.Name)}
	case parts[name]:
		return refusal{msgMismatch, fmt.Errorf("entry %.80q is there twice", f.Name)}
	case f.Flags&1 != 0 || !f.Mode().IsRegular() && !f.Mode().IsDir():
		return refusal{msgMismatch, fmt.Errorf("entry %.80q is encrypted or a link", f.Name)}
	case strings.Contains(name, "vbaproject") || strings.Contains(name, "/macrosheets/"):
		return refusal{msgMacro, fmt.Errorf("entry %.80q", f.Name)}
	}
	parts[name] = true
	return nil
}

// unpack reads an entry to its end, or to one byte more than allowed, whatever size it declares.
func unpack(f *zip.File, kind Kind, allowed int64) (int64, error) {
	rc, err := f.Open()
	if err != nil {
		return 0, refusal{msgBroken, err}
	}
	defer func() { _ = rc.Close() }()
	var dst io.Writer = io.Discard
	var types bytes.Buffer
	if strings.EqualFold(f.Name, contentTypes) {
		allowed = min(allowed, 4<<20)
		dst = &types
	}
	n, err := io.Copy(dst, io.LimitReader(rc, allowed+1))
	switch {
	case n > allowed:
		return n, refusal{msgBomb, fmt.Errorf("entry %.80q unpacks to more than it may", f.Name)}
	case err != nil:
		return n, refusal{msgBroken, err}
	case dst == io.Discard:
		return n, nil
	case bytes.Contains(types.Bytes(), []byte("macroEnabled")):
		return n, refusal{msgMacro, errors.New("macro-enabled content type")}
	case !bytes.Contains(types.Bytes(), []byte(mainParts[kind].contentType)):
		return n, refusal{msgMismatch, errors.New("another content type")}
	}
	return n, nil
}
