package presence_test

import (
	"testing"

	"huiyin/internal/presence"
	"huiyin/internal/redisx"
)

func TestOthersAreSeenUntilTheyLeave(t *testing.T) {
	r, err := redisx.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	b := presence.New(r.Client)
	if got := b.Others(t.Context(), "case:1", 7); len(got) != 0 {
		t.Fatalf("looking is not working, saw %v", got)
	}
	b.Touch(t.Context(), "case:1", 7)
	if got := b.Others(t.Context(), "case:1", 7); len(got) != 0 {
		t.Fatalf("alone, saw %v", got)
	}
	if got := b.Others(t.Context(), "case:1", 8); len(got) != 1 || got[0] != 7 {
		t.Fatalf("want 7, saw %v", got)
	}
	if got := b.Others(t.Context(), "case:2", 8); len(got) != 0 {
		t.Fatalf("another case, saw %v", got)
	}
	b.Leave(t.Context(), "case:1", 7)
	if got := b.Others(t.Context(), "case:1", 8); len(got) != 0 {
		t.Fatalf("after leaving, saw %v", got)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if got := b.Others(t.Context(), "case:1", 8); got != nil {
		t.Fatalf("without Redis, saw %v", got)
	}
}
