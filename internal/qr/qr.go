// Package qr draws QR codes as inline SVG. It must not know what the code says: whoever calls decides what may be printed.
package qr

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// quiet is the light margin that a scanner needs, in modules (ISO/IEC 18004: four).
const quiet = 4

// SVG returns a QR code of text (medium error correction, at most 2331 bytes) as an svg element without style or script,
// so that a strict content security policy lets it through; the size comes from the caller's stylesheet through the
// class "qr". The label is what a screen reader says.
func SVG(text, label string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("qr: %w", err)
	}
	side := code.Size + 2*quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="qr" role="img" aria-label="%s" viewBox="0 0 %d %d" width="%d" height="%d" shape-rendering="crispEdges">`,
		template.HTMLEscapeString(label), side, side, side*4, side*4)
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`, side, side)
	for y := range code.Size {
		for x := 0; x < code.Size; {
			if !code.Black(x, y) {
				x++
				continue
			}
			start := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", start+quiet, y+quiet, x-start, x-start)
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil //nolint:gosec // only numbers and an escaped label are in it
}
