package city_test

import (
	"os"
	"strings"
	"testing"

	"huiyin/services/city"
)

func TestTheSealRedIsTheStylesheets(t *testing.T) {
	css, err := os.ReadFile("../../web/static/css/base.css")
	if err != nil || !strings.Contains(string(css), "--hy-seal: "+city.SealRed+";") {
		t.Fatal("another seal red", err)
	}
}

func TestColoursOfACity(t *testing.T) {
	for color, want := range map[string]struct{ enough, red bool }{
		city.SealRed: {true, true}, "#97281d": {true, true}, "#c8102e": {true, true}, "#a4262c": {true, true}, "#800000": {true, true}, "#ff0000": {false, true},
		"#1f5f99": {true, false}, "#7b2d8e": {true, false}, "#9d1b4c": {true, false}, "#8b4513": {true, false}, "#333333": {true, false}, "#4caf50": {false, false}, "#ffffff": {false, false},
	} {
		c, ok := city.LookAt(color)
		if !ok || c.Enough() != want.enough || c.Red != want.red {
			t.Errorf("%s: %+v", color, c)
		}
		near, ok := city.Nearest(color)
		if n, known := city.LookAt(near); !ok || !known || !n.Allowed() {
			t.Errorf("%s: nearest %s %+v", color, near, n)
		}
		if c.Allowed() && near != color {
			t.Errorf("%s is allowed, and yet %s is nearer", color, near)
		}
	}
	for _, color := range []string{"", "red", "#12345", "#+12345", "#gggggg"} {
		if _, ok := city.LookAt(color); ok {
			t.Errorf("%q is a colour", color)
		}
		if _, ok := city.Nearest(color); ok {
			t.Errorf("%q has a nearest", color)
		}
	}
}
