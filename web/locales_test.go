package web_test

import (
	"testing"

	"huiyin/internal/i18n"
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
