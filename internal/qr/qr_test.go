package qr

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"
)

func TestSVG(t *testing.T) {
	const text = "https://huiyin.example/track?no=HY20261123000001"
	svg, err := SVG(text, `回执“HY”的<二维码>"`)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
		t.Errorf("not well formed: %v", err)
	}
	for _, bad := range []string{"style", "<script", "<二维码>"} {
		if strings.Contains(string(svg), bad) {
			t.Errorf("contains %q", bad)
		}
	}
	if !strings.Contains(string(svg), `role="img" aria-label="回执“HY”的&lt;二维码&gt;&#34;"`) {
		t.Errorf("label: %.200s", svg)
	}
}

// The drawing holds exactly the dark modules of the code, inside the quiet zone.
func TestDrawsEveryModule(t *testing.T) {
	svg, err := SVG("HY-2026", "x")
	if err != nil {
		t.Fatal(err)
	}
	code, _ := qr.Encode("HY-2026", qr.M)
	dark := map[string]bool{}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1`).FindAllStringSubmatch(string(svg), -1) {
		x, _ := strconv.Atoi(m[1])
		n, _ := strconv.Atoi(m[3])
		for i := range n {
			dark[fmt.Sprintf("%d,%s", x+i-quiet, m[2])] = true
		}
	}
	for y := -quiet; y < code.Size+quiet; y++ {
		for x := -quiet; x < code.Size+quiet; x++ {
			inside := x >= 0 && y >= 0 && x < code.Size && y < code.Size
			if want := inside && code.Black(x, y); dark[fmt.Sprintf("%d,%d", x, y+quiet)] != want {
				t.Fatalf("module %d,%d: dark %v", x, y, !want)
			}
		}
	}
}

func TestTooLong(t *testing.T) {
	if _, err := SVG(strings.Repeat("长", 2000), "x"); err == nil {
		t.Error("no error")
	}
}
