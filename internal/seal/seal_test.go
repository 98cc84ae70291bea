package seal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, KeySize) }

func box(t *testing.T, keys map[string][]byte, current string) *Box {
	t.Helper()
	b, err := New(keys, current, key(9))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealOpen(t *testing.T) {
	b := box(t, map[string][]byte{"k1": key(1)}, "k1")
	for _, plain := range []string{"", "13800138000", "王建国𠮷", strings.Repeat("长", 5000), "\x00\xff"} {
		sealed, err := b.Seal(plain, "accounts.phone")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(sealed, "k1:") || (plain != "" && strings.Contains(sealed, plain)) {
			t.Errorf("sealed %q", sealed)
		}
		if got, err := b.Open(sealed, "accounts.phone"); err != nil || got != plain {
			t.Errorf("got %q, %v", got, err)
		}
		if _, err := b.Open(sealed, "accounts.name"); !errors.Is(err, ErrForged) {
			t.Errorf("another context: %v", err)
		}
	}
	one, _ := b.Seal("x", "c")
	two, _ := b.Seal("x", "c")
	if one == two {
		t.Error("equal values seal equally")
	}
}

func TestRotation(t *testing.T) {
	old := box(t, map[string][]byte{"k1": key(1)}, "k1")
	sealed, _ := old.Seal("v", "c")
	now := box(t, map[string][]byte{"k1": key(1), "k2": key(2)}, "k2")
	if got, err := now.Open(sealed, "c"); err != nil || got != "v" {
		t.Fatalf("got %q, %v", got, err)
	}
	again, _ := now.Seal("v", "c")
	if _, err := old.Open(again, "c"); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("unknown key: %v", err)
	}
	if now.BlindIndex("phone", "1") != old.BlindIndex("phone", "1") {
		t.Error("rotation must not move the index")
	}
}

func TestOpenRefuses(t *testing.T) {
	b := box(t, map[string][]byte{"k1": key(1)}, "k1")
	sealed, _ := b.Seal("value", "c")
	flipped := []byte(sealed)
	if at := len(flipped) - 5; flipped[at] == 'A' { // another letter of the alphabet, so that only the authentication can object
		flipped[at] = 'B'
	} else {
		flipped[at] = 'A'
	}
	for in, want := range map[string]error{
		"": ErrMalformed, "value": ErrMalformed, "k1:": ErrMalformed, "k1:!!": ErrMalformed, "k1:AAAA": ErrMalformed,
		"k7:" + sealed[3:]: ErrUnknownKey, string(flipped): ErrForged,
	} {
		if _, err := b.Open(in, "c"); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestHashesAreSeparate(t *testing.T) {
	b := box(t, map[string][]byte{"k1": key(1)}, "k1")
	seen := map[string]string{}
	for _, p := range [][2]string{{"phone", "1"}, {"phon", "e1"}, {"name", "1"}, {"phone", "2"}} {
		for use, h := range map[string]string{"index": b.BlindIndex(p[0], p[1]), "derive": encoding.EncodeToString(b.Derive(p[0], p[1]))} {
			if len(h) > 44 {
				t.Errorf("%d characters", len(h))
			}
			if other, dup := seen[h]; dup {
				t.Errorf("%s %v equals %s", use, p, other)
			}
			seen[h] = use + p[0]
		}
	}
	if b.BlindIndex("phone", "1") != b.BlindIndex("phone", "1") {
		t.Error("not stable")
	}
}

func TestNewRefuses(t *testing.T) {
	for name, f := range map[string]func() (*Box, error){
		"short key":   func() (*Box, error) { return New(map[string][]byte{"k1": key(1)[:16]}, "k1", key(9)) },
		"no current":  func() (*Box, error) { return New(map[string][]byte{"k1": key(1)}, "k2", key(9)) },
		"bad id":      func() (*Box, error) { return New(map[string][]byte{"k:1": key(1)}, "k:1", key(9)) },
		"short index": func() (*Box, error) { return New(map[string][]byte{"k1": key(1)}, "k1", nil) },
		"config":      func() (*Box, error) { return FromConfig("k1", "k1", "") },
		"twice":       func() (*Box, error) { return FromConfig("k1=AAAA,k1=AAAA", "k1", "AAAA") },
		"not base64":  func() (*Box, error) { return FromConfig("k1=中", "k1", "AAAA") },
	} {
		if _, err := f(); !errors.Is(err, ErrKeys) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFromConfig(t *testing.T) {
	one := base64.StdEncoding.EncodeToString(key(0xfb))
	two := base64.RawURLEncoding.EncodeToString(key(0xfb))
	a, err := FromConfig("k1="+one, "k1", one)
	if err != nil {
		t.Fatal(err)
	}
	b, err := FromConfig(" k0="+one+", k1="+two+" ,", "k1", two)
	if err != nil {
		t.Fatal(err)
	}
	sealed, _ := a.Seal("v", "c")
	if got, err := b.Open(sealed, "c"); err != nil || got != "v" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestLoadOrCreate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	boxes := make([]*Box, 8)
	var wg sync.WaitGroup
	for i := range boxes {
		wg.Go(func() {
			b, err := LoadOrCreate(dir)
			if err != nil {
				t.Error(err)
			}
			boxes[i] = b
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	sealed, _ := boxes[0].Seal("v", "c")
	for _, b := range boxes {
		if got, err := b.Open(sealed, "c"); err != nil || got != "v" {
			t.Fatalf("processes that start together must share keys: %q, %v", got, err)
		}
	}
	path := filepath.Join(dir, SecretsFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode: %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".secrets-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreate(dir); !errors.Is(err, ErrKeys) {
		t.Errorf("readable by others: %v", err)
	}
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte("{"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreate(dir); !errors.Is(err, ErrKeys) {
		t.Errorf("broken file: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "{" {
		t.Error("a broken key file was replaced")
	}
}

func FuzzOpen(f *testing.F) {
	b, err := New(map[string][]byte{"k1": key(1)}, "k1", key(9))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("k1:AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := b.Open(s, "c"); err == nil {
			t.Errorf("%q opened as %q", s, got)
		}
	})
}
