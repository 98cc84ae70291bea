package filecheck

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

const orientationTag = 0x0112

// jpegOrientation reads the EXIF orientation of a jpg (Exif 2.3, 4.6.4), 1 when there is none.
func jpegOrientation(data []byte) int {
	for i := 2; i+4 <= len(data) && data[i] == 0xFF; {
		marker, n := data[i+1], int(binary.BigEndian.Uint16(data[i+2:]))
		if marker == 0xDA || n < 2 || i+2+n > len(data) { // the scan begins: no more headers
			return 1
		}
		if body := data[i+4 : i+2+n]; marker == 0xE1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return tiffOrientation(body[6:])
		}
		i += 2 + n
	}
	return 1
}

// tiffOrientation reads the orientation from the first directory of a TIFF header, 1 when there is none.
func tiffOrientation(t []byte) int {
	if len(t) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(t[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(t[4:]))
	if at+2 > int64(len(t)) {
		return 1
	}
	for n := int64(order.Uint16(t[at:])); n > 0; n-- {
		entry := at + 2 + (n-1)*12
		if entry+12 > int64(len(t)) || order.Uint16(t[entry:]) != orientationTag {
			continue
		}
		if v := int(order.Uint16(t[entry+8:])); v >= 1 && v <= 8 {
			return v
		}
	}
	return 1
}

// exifOf returns a TIFF block that says the orientation and nothing else.
func exifOf(orientation int) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00\x01\x00")
	le := binary.LittleEndian
	b = le.AppendUint16(b, orientationTag)
	b = le.AppendUint16(b, 3) // SHORT
	b = le.AppendUint32(b, 1)
	b = le.AppendUint32(b, uint32(orientation))
	return le.AppendUint32(b, 0) // no further directory
}

// Flags of the VP8X chunk (WebP container specification) that announce chunks which stripWebP drops.
const (
	webpXMP  = 1 << 2
	webpEXIF = 1 << 3
)

// stripWebP copies the chunks that draw the image and drops all others; an orientation other than upright stays.
func stripWebP(dst io.Writer, data []byte) error {
	var body bytes.Buffer
	body.WriteString("WEBP")
	header, orientation := -1, 1
	for i := 12; i+8 <= len(data); {
		n := int64(binary.LittleEndian.Uint32(data[i+4:]))
		if int64(i)+8+n > int64(len(data)) {
			return refusal{msgBadImage, errors.New("a chunk is cut off")}
		}
		chunk := data[i+8 : int64(i)+8+n]
		switch id := string(data[i : i+4]); id {
		case "VP8X":
			header = body.Len() + 8
			fallthrough
		case "VP8 ", "VP8L", "ALPH", "ICCP":
			appendChunk(&body, id, chunk)
		case "EXIF":
			orientation = tiffOrientation(bytes.TrimPrefix(chunk, []byte("Exif\x00\x00")))
		}
		i += 8 + int(n+n&1)
	}
	if header >= 0 && header < body.Len() {
		flags := &body.Bytes()[header]
		*flags &^= webpXMP | webpEXIF
		if orientation > 1 {
			*flags |= webpEXIF
			appendChunk(&body, "EXIF", exifOf(orientation))
		}
	}
	riff := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(body.Len()))
	_, err := dst.Write(append(riff, body.Bytes()...))
	return err
}

func appendChunk(b *bytes.Buffer, id string, data []byte) {
	b.WriteString(id)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(data))))
	b.Write(data)
	if len(data)%2 == 1 {
		b.WriteByte(0)
	}
}
