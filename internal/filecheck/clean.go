package filecheck

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"huiyin/internal/fault"
)

// MaxStored is the longest side in pixels of a jpg or png as it is kept; larger ones are scaled down.
const MaxStored = 4096

const jpegQuality = 88

// decoding bounds how many images are held in memory at once, some 200 MB each at the worst.
var decoding = make(chan struct{}, 2)

// Clean writes to dst what may be kept of src, a file that Inspect found to be of that kind. Images lose everything but
// their pixels: jpg and png are encoded again, turned as their EXIF says; of webp, for which Go has no encoder, the
// metadata is cut out and only the turn is kept, and it keeps its size. Other kinds are copied. A file that cannot be
// decoded is a *fault.Error of kind Invalid.
func Clean(dst io.Writer, src io.ReadSeeker, kind Kind) error {
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("filecheck: %w", err)
	}
	var err error
	switch kind {
	case JPEG, PNG, WebP:
		err = cleanImage(dst, src, kind)
	case PDF, DOCX, XLSX:
		_, err = io.Copy(dst, src)
	default:
		return fmt.Errorf("filecheck: unknown kind %q", kind)
	}
	if reason, ok := errors.AsType[refusal](err); ok {
		return fault.Wrap(reason.cause, fault.Invalid, reason.msg)
	}
	if err != nil {
		return fmt.Errorf("filecheck: clean %s: %w", kind, err)
	}
	return nil
}

func cleanImage(dst io.Writer, src io.Reader, kind Kind) error {
	data, err := io.ReadAll(io.LimitReader(src, MaxSize+1))
	if err != nil {
		return err
	}
	if c, err := config(kind, bytes.NewReader(data)); err != nil || len(data) > MaxSize {
		if c.Width > 0 && c.Height > 0 {
			return refusal{msgBigImage, err}
		}
		return refusal{msgBadImage, err}
	}
	decoding <- struct{}{}
	defer func() { <-decoding }()
	switch kind {
	case WebP:
		if _, err := webp.Decode(bytes.NewReader(data)); err != nil {
			return refusal{msgBadImage, err}
		}
		return stripWebP(dst, data)
	case PNG:
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			return refusal{msgBadImage, err}
		}
		return png.Encode(dst, shrink(img))
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return refusal{msgBadImage, err}
	}
	return jpeg.Encode(dst, turn(shrink(img), jpegOrientation(data)), &jpeg.Options{Quality: jpegQuality})
}

// shrink averages the source pixels under each kept pixel, a band of rows at a time: a general scaler's intermediate image
// of 50 megapixels would take most of a gigabyte.
func shrink(img image.Image) image.Image {
	b := img.Bounds()
	sw, sh := b.Dx(), b.Dy()
	longest := max(sw, sh)
	if longest <= MaxStored {
		return img
	}
	w, h := max(sw*MaxStored/longest, 1), max(sh*MaxStored/longest, 1)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	band := image.NewRGBA(image.Rect(0, 0, sw, sh/h+2))
	for y := range h {
		top, bottom := y*sh/h, (y+1)*sh/h
		rows := image.Rect(0, 0, sw, bottom-top)
		draw.Draw(band, rows, img, image.Pt(b.Min.X, b.Min.Y+top), draw.Src)
		for x := range w {
			left, right := x*sw/w, (x+1)*sw/w
			copy(out.Pix[out.PixOffset(x, y):][:4], average(band, image.Rect(left, 0, right, bottom-top)))
		}
	}
	return out
}

func average(img *image.RGBA, r image.Rectangle) []byte {
	var sum [4]uint32
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[img.PixOffset(r.Min.X, y):img.PixOffset(r.Max.X, y)]
		for i := 0; i+3 < len(row); i += 4 {
			sum[0] += uint32(row[i])
			sum[1] += uint32(row[i+1])
			sum[2] += uint32(row[i+2])
			sum[3] += uint32(row[i+3])
		}
	}
	n := uint32(r.Dx() * r.Dy())
	return []byte{byte((sum[0] + n/2) / n), byte((sum[1] + n/2) / n), byte((sum[2] + n/2) / n), byte((sum[3] + n/2) / n)}
}

// turn applies an EXIF orientation, 1 to 8.
func turn(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	src := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(src, src.Bounds(), img, b.Min, draw.Src)
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(out.Pix[out.PixOffset(tx, ty):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return out
}
