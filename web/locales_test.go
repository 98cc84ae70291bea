package web_test

import (
	"os"
	"testing"

	"huiyin/internal/i18n"
	"huiyin/internal/i18n/keys"
	"huiyin/web"
)

// The arguments of a translation are those of its msgid; nothing is empty, fuzzy or there twice.
func TestCatalogsAreSound(t *testing.T) {
	c, err := i18n.Load(web.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Problems() {
		t.Error(p)
	}
}

// Whatever the product says to people can be said in every language it speaks.
func TestNothingIsUntranslated(t *testing.T) {
	c, err := i18n.Load(web.FS)
	if err != nil {
		t.Fatal(err)
	}
	code, err := keys.In(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	pages, bare, err := keys.InTemplates(web.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range append(code, pages...) {
		if !c.Has(i18n.English, k.ID) {
			t.Errorf("%s: no English for %q", k.Where, k.ID)
		}
	}
	for _, k := range bare {
		t.Errorf("%s: Chinese outside {{t}}: %s", k.Where, k.ID)
	}
	if len(code) == 0 {
		t.Error("found no message in the code")
	}
}
