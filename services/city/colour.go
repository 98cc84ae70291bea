package city

import (
	"fmt"
	"math"
	"strconv"
)

// MinContrast is what WCAG 2.2 AA asks of text, here white on the city's colour.
const MinContrast = 4.5

// SealRed marks the formal reply and what is late, as in the stylesheet: nothing else may look like it.
const SealRed = "#b2382c"

// A colour looks red like the seal, light or dark, when it has that much colour at all (chroma in OKLab) and its hue is as near
// (degrees): wine red, brown and orange are told apart by then, other reds are not.
const (
	redChroma = 0.06
	redHue    = 20
)

// Colour is what there is to say of a city's colour.
type Colour struct {
	Contrast float64 // WCAG contrast ratio of white text on it
	Red      bool    // too close to the seal red
}

// Enough reports whether white text can be read on it.
func (c Colour) Enough() bool { return c.Contrast >= MinContrast }

// Allowed reports whether a city may have it.
func (c Colour) Allowed() bool { return c.Enough() && !c.Red }

// LookAt judges "#rrggbb"; false for what is no such colour.
func LookAt(color string) (Colour, bool) {
	v, ok := parse(color)
	if !ok {
		return Colour{}, false
	}
	return judge(v), true
}

func judge(v rgb) Colour {
	lin := v.linear()
	luminance := 0.2126*lin[0] + 0.7152*lin[1] + 0.0722*lin[2]
	c := Colour{Contrast: 1.05 / (luminance + 0.05)}
	c.Red = v.oklab().like(seal)
	return c
}

// Nearest returns the allowed colour that looks most like the one given; false for what is no colour.
func Nearest(color string) (string, bool) {
	v, ok := parse(color)
	if !ok {
		return "", false
	}
	if judge(v).Allowed() {
		return color, true
	}
	at := v.oklab()
	best, far := rgb{}, math.Inf(1)
	search := func(from, to rgb, step int) {
		for r := from[0]; r <= to[0]; r += step {
			for g := from[1]; g <= to[1]; g += step {
				for b := from[2]; b <= to[2]; b += step {
					c := rgb{r, g, b}
					if d := at.far(c.oklab()); d < far && judge(c).Allowed() {
						best, far = c, d
					}
				}
			}
		}
	}
	search(rgb{}, rgb{255, 255, 255}, 15)
	around := best
	search(around.add(-15), around.add(15), 3)
	around = best
	search(around.add(-2), around.add(2), 1)
	return best.String(), true
}

type rgb [3]int

func parse(color string) (rgb, bool) {
	if len(color) != 7 || color[0] != '#' {
		return rgb{}, false
	}
	v, err := strconv.ParseUint(color[1:], 16, 32)
	if err != nil {
		return rgb{}, false
	}
	return rgb{int(v >> 16), int(v >> 8 & 0xff), int(v & 0xff)}, true
}

func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// add moves every part by n, within what there is.
func (c rgb) add(n int) rgb {
	for i := range c {
		c[i] = min(max(c[i]+n, 0), 255)
	}
	return c
}

// linear undoes sRGB's gamma.
func (c rgb) linear() [3]float64 { return [3]float64{gamma[c[0]], gamma[c[1]], gamma[c[2]]} }

var gamma = func() (t [256]float64) {
	for i := range t {
		if c := float64(i) / 255; c <= 0.04045 {
			t[i] = c / 12.92
		} else {
			t[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return t
}()

// lab is a colour in OKLab, where distance is near to what people see. The numbers are those of its definition by Björn Ottosson.
type lab [3]float64

func (c rgb) oklab() lab {
	v := c.linear()
	l := math.Cbrt(0.4122214708*v[0] + 0.5363325363*v[1] + 0.0514459929*v[2])
	m := math.Cbrt(0.2119034982*v[0] + 0.6806995451*v[1] + 0.1073969566*v[2])
	s := math.Cbrt(0.0883024619*v[0] + 0.2817188376*v[1] + 0.6299787005*v[2])
	return lab{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

// far is how different two colours are; the hue weighs more than light and dark, so that a lighter green becomes a darker green.
func (a lab) far(b lab) float64 {
	return math.Hypot(math.Hypot(a[0]-b[0], 2*(a[1]-b[1])), 2*(a[2]-b[2]))
}

// like reports whether a is of the hue of b, in any shade.
func (a lab) like(b lab) bool {
	apart := math.Abs(math.Atan2(a[2], a[1])-math.Atan2(b[2], b[1])) * 180 / math.Pi
	return math.Hypot(a[1], a[2]) >= redChroma && min(apart, 360-apart) < redHue
}

var seal = func() lab {
	v, _ := parse(SealRed)
	return v.oklab()
}()
