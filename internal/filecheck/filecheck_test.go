package filecheck

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"huiyin/internal/fault"
)

type file struct{ name, text string }

func pack(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err == nil {
			_, err = io.WriteString(w, f.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	docxTypes = file{contentTypes, `<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`}
	xlsxTypes = file{contentTypes, `<Types><Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`}
	document  = file{"word/document.xml", "<w:document/>"}
	workbook  = file{"xl/workbook.xml", "<workbook/>"}
)

// picture has a red left half and a blue right half.
func picture(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 255, A: 255}
			if x >= w/2 {
				c = color.RGBA{B: 255, A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// jpegOf carries an EXIF block with an orientation and the word GPS-SECRET.
func jpegOf(t testing.TB, img image.Image, orientation int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	app1 := append(append([]byte("Exif\x00\x00"), exifOf(orientation)...), "GPS-SECRET"...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(app1)+2))...)
	return append(append(out, app1...), b.Bytes()[2:]...)
}

// pngHeader is a png that says it is w by h and holds no pixels.
func pngHeader(w, h uint32) []byte {
	ihdr := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h), 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(ihdr))
}

// webpLossless is a 1×1 lossless image.
const webpLossless = "\x2f\x00\x00\x00\x00\x07\x10\x11\x11\x88\x88\xfe\x07\x00"

func webpOf(chunks ...file) []byte {
	var b bytes.Buffer
	b.WriteString("WEBP")
	for _, c := range chunks {
		appendChunk(&b, c.name, []byte(c.text))
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(b.Len())), b.Bytes()...)
}

func TestInspect(t *testing.T) {
	zeros := strings.Repeat("\x00", MaxUnpack/2+1)
	many := []file{docxTypes, document}
	for i := range MaxEntries {
		many = append(many, file{fmt.Sprintf("word/media/%d", i), ""})
	}
	good := pngOf(t, picture(8, 4))
	pdf := []byte("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	for name, c := range map[string]struct {
		file string
		data []byte
		want string // message id, "" when it is taken
	}{
		"png":                  {"照片.PNG", good, ""},
		"jpg":                  {"a.jpeg", jpegOf(t, picture(8, 4), 1), ""},
		"webp":                 {"a.webp", webpOf(file{"VP8L", webpLossless}), ""},
		"pdf":                  {"a.pdf", pdf, ""},
		"docx":                 {"a.docx", pack(t, docxTypes, document), ""},
		"xlsx":                 {"a.xlsx", pack(t, xlsxTypes, workbook), ""},
		"no extension":         {"README", good, msgKind},
		"program":              {"a.exe", []byte("MZ"), msgKind},
		"hidden extension":     {"a.png\x00.exe", good, msgKind},
		"empty":                {"a.png", nil, msgEmpty},
		"too large":            {"a.pdf", append(bytes.Clone(pdf), make([]byte, MaxSize)...), msgSize},
		"png called jpg":       {"a.jpg", good, msgMismatch},
		"html called pdf":      {"a.pdf", []byte("<html>%PDF-"), msgMismatch},
		"truncated png":        {"a.png", good[:20], msgBroken},
		"30,000 px png":        {"a.png", pngHeader(30000, 30000), msgPixels},
		"long thin png":        {"a.png", pngHeader(12001, 1), msgPixels},
		"100 megapixels":       {"a.png", pngHeader(10000, 10000), msgPixels},
		"pdf without end":      {"a.pdf", []byte("%PDF-1.7\n"), msgBroken},
		"pdf with script":      {"a.pdf", []byte("%PDF-1.7\n<</S/JavaScript/JS(app.alert)>>\n%%EOF"), msgActive},
		"pdf that launches":    {"a.pdf", []byte("%PDF-1.7\n<</S /Launch /F(calc)>>\n%%EOF"), msgActive},
		"docx called xlsx":     {"a.xlsx", pack(t, docxTypes, document), msgMismatch},
		"any zip":              {"a.docx", pack(t, file{"a.txt", "x"}), msgMismatch},
		"types of the other":   {"a.docx", pack(t, xlsxTypes, document), msgMismatch},
		"not a zip":            {"a.docx", []byte("PK\x03\x04 and nothing"), msgBroken},
		"macro":                {"a.docx", pack(t, docxTypes, document, file{"word/vbaProject.bin", "x"}), msgMacro},
		"macro by type":        {"a.docx", pack(t, file{contentTypes, docxTypes.text + "macroEnabled"}, document), msgMacro},
		"path traversal":       {"a.docx", pack(t, docxTypes, document, file{"word/../../x", "x"}), msgMismatch},
		"absolute path":        {"a.docx", pack(t, docxTypes, document, file{"/etc/x", "x"}), msgMismatch},
		"the same twice":       {"a.docx", pack(t, docxTypes, document, file{"WORD/document.xml", "x"}), msgMismatch},
		"bomb":                 {"a.docx", pack(t, docxTypes, document, file{"word/a", zeros}, file{"word/b", zeros}), msgBomb},
		"bomb by ratio":        {"a.docx", pack(t, docxTypes, document, file{"word/a", zeros[:20<<20]}), msgBomb},
		"bomb by entries":      {"a.docx", pack(t, many...), msgBomb},
		"bomb that lies":       {"a.docx", lie(pack(t, docxTypes, document, file{"word/a", zeros}), uint32(len(zeros))), msgBroken},
		"webp that is nothing": {"a.webp", webpOf(file{"VP8L", "xx"}), msgBroken},
	} {
		info, err := Inspect(bytes.NewReader(c.data), int64(len(c.data)), c.file)
		got, _ := errors.AsType[*fault.Error](err)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want == "" && (info.MIME == "" || info.SafeName == "" || info.Ext == ""):
			t.Errorf("%s: %+v", name, info)
		case c.want != "" && (got == nil || got.Msg != c.want || got.Kind != fault.Invalid || len(got.Args) != 1):
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// lie replaces the declared unpacked size everywhere in a zip by ten bytes.
func lie(z []byte, size uint32) []byte {
	return bytes.ReplaceAll(z, binary.LittleEndian.AppendUint32(nil, size), binary.LittleEndian.AppendUint32(nil, 10))
}

func TestDimensions(t *testing.T) {
	data := pngOf(t, picture(8, 4))
	info, err := Inspect(bytes.NewReader(data), int64(len(data)), "../../a.PNG")
	if err != nil || info != (Info{PNG, "image/png", ".png", "a.png", 8, 4}) {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestHugeImageIsRefusedWithoutAllocating(t *testing.T) {
	data := pngHeader(30000, 30000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Inspect(bytes.NewReader(data), int64(len(data)), "a.png")
	cleanErr := Clean(io.Discard, bytes.NewReader(data), PNG)
	runtime.ReadMemStats(&after)
	if !fault.Is(err, fault.Invalid) || !fault.Is(cleanErr, fault.Invalid) {
		t.Errorf("%v, %v", err, cleanErr)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("%d bytes allocated", n)
	}
}

func TestSafeName(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd": "passwd", `C:\Users\我\照片 1.JPG`: "照片 1.jpg", "a\x00b\nc.pdf": "abc.pdf", "": "附件", "...": "附件", ".jpg": "附件.jpg",
		"a\u202egpj.exe": "agpj.exe", "\xff\xfe.png": "附件.png", `a<b>:"|?*.png`: "a_b______.png", "𠮷😀.docx": "𠮷😀.docx", "a.png. .": "a.png", "a/": "附件",
		strings.Repeat("长", 300) + ".DOCX": strings.Repeat("长", 95) + ".docx",
	} {
		if got := SafeName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func clean(t *testing.T, data []byte, kind Kind) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Clean(&b, bytes.NewReader(data), kind); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Where the red half ends up for every orientation, by Exif 2.3, 4.6.4: side is "left", "right", "top" or "bottom".
func TestCleanTurnsAndForgets(t *testing.T) {
	for orientation, side := range []string{1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"} {
		if orientation == 0 {
			continue
		}
		out := clean(t, jpegOf(t, picture(64, 32), orientation), JPEG)
		if bytes.Contains(out, []byte("Exif")) || bytes.Contains(out, []byte("GPS")) {
			t.Errorf("%d: metadata stays", orientation)
		}
		img, err := jpeg.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		w, h := img.Bounds().Dx(), img.Bounds().Dy()
		if turned := orientation >= 5; turned != (w == 32 && h == 64) {
			t.Errorf("%d: %d×%d", orientation, w, h)
		}
		at := map[string]image.Point{"left": {4, h / 2}, "right": {w - 5, h / 2}, "top": {w / 2, 4}, "bottom": {w / 2, h - 5}}[side]
		if r, _, b, _ := img.At(at.X, at.Y).RGBA(); r < 0xC000 || b > 0x4000 {
			t.Errorf("%d: no red on the %s", orientation, side)
		}
	}
}

func TestCleanPNG(t *testing.T) {
	out := clean(t, pngOf(t, picture(5000, 100)), PNG)
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil || img.Bounds().Dx() != MaxStored || img.Bounds().Dy() != 81 {
		t.Fatalf("%v, %v", img.Bounds(), err)
	}
	if l, r := color.RGBAModel.Convert(img.At(2, 80)), color.RGBAModel.Convert(img.At(4090, 0)); l != (color.RGBA{255, 0, 0, 255}) || r != (color.RGBA{0, 0, 255, 255}) {
		t.Errorf("colours %v %v", l, r)
	}
	if err := Clean(io.Discard, bytes.NewReader(out[:len(out)/2]), PNG); !fault.Is(err, fault.Invalid) {
		t.Errorf("half an image: %v", err)
	}
}

func TestCleanWebP(t *testing.T) {
	header := "\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00" // EXIF and XMP announced, 1×1
	in := webpOf(file{"VP8X", header}, file{"VP8L", webpLossless}, file{"EXIF", string(exifOf(6)) + "GPS-SECRET"}, file{"XMP ", "SECRET!"}, file{"junk", "SECRET"})
	out := clean(t, in, WebP)
	if bytes.Contains(out, []byte("SECRET")) {
		t.Error("metadata stays")
	}
	if want := webpOf(file{"VP8X", "\x08" + header[1:]}, file{"VP8L", webpLossless}, file{"EXIF", string(exifOf(6))}); !bytes.Equal(out, want) {
		t.Errorf("got %q\nwant %q", out, want)
	}
	if _, err := Inspect(bytes.NewReader(out), int64(len(out)), "a.webp"); err != nil {
		t.Error(err)
	}
	if err := Clean(io.Discard, bytes.NewReader(append(in, "EXIF\xff\xff\xff\x7fx"...)), WebP); err != nil && !fault.Is(err, fault.Invalid) {
		t.Errorf("a chunk that is cut off: %v", err)
	}
}

func TestCleanCopiesDocuments(t *testing.T) {
	data := pack(t, docxTypes, document)
	if out := clean(t, data, DOCX); !bytes.Equal(out, data) {
		t.Error("changed")
	}
}

func FuzzSafeName(f *testing.F) {
	f.Add("../a.PNG")
	f.Add("a\xff\u202e.jpg")
	f.Fuzz(func(t *testing.T, in string) {
		got := SafeName(in)
		if got == "" || !utf8.ValidString(got) || utf8.RuneCountInString(got) > MaxName || strings.ContainsAny(got, "/\\\x00\n") || got[0] == '.' {
			t.Errorf("%q: %q", in, got)
		}
	})
}

func FuzzInspect(f *testing.F) {
	for _, b := range [][]byte{pack(f, docxTypes, document), jpegOf(f, picture(8, 4), 6), webpOf(file{"VP8L", webpLossless}), []byte("%PDF-1.7\n%%EOF")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"a.jpg", "a.png", "a.webp", "a.pdf", "a.docx", "a.xlsx"} {
			info, err := Inspect(bytes.NewReader(data), int64(len(data)), name)
			if err == nil {
				err = Clean(io.Discard, bytes.NewReader(data), info.Kind)
			}
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
