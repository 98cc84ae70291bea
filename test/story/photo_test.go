package story_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// photo writes a small picture as a phone takes it, with EXIF that tells a camera and a place, and returns its path.
func photo(t *testing.T, name string) string {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 160, 120))
	for x := range 160 {
		for y := range 120 {
			picture.Set(x, y, color.RGBA{R: uint8(x), G: uint8(2 * y), B: 140, A: 255})
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, picture, nil); err != nil {
		t.Fatal(err)
	}
	// A TIFF header, one directory with Make = "Phone", and a pointer to a GPS directory with a latitude reference.
	var exif bytes.Buffer
	exif.WriteString("Exif\x00\x00MM\x00*")
	for _, v := range []any{
		uint32(8), uint16(2), uint16(0x010f), uint16(2), uint32(6), uint32(38), uint16(0x8825), uint16(4), uint32(1), uint32(44), uint32(0),
		[]byte("Phone\x00"), uint16(1), uint16(1), uint16(2), uint32(2), []byte("N\x00\x00\x00"), uint32(0),
	} {
		if err := binary.Write(&exif, binary.BigEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	var whole bytes.Buffer
	whole.Write(plain.Bytes()[:2]) // SOI
	whole.Write([]byte{0xff, 0xe1})
	_ = binary.Write(&whole, binary.BigEndian, uint16(exif.Len()+2))
	whole.Write(exif.Bytes())
	whole.Write(plain.Bytes()[2:])
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, whole.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
