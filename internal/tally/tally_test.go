package tally_test

import (
	"maps"
	"testing"

	"huiyin/internal/redisx"
	"huiyin/internal/tally"
	"huiyin/test/testenv"
)

func TestAddAndDrain(t *testing.T) {
	ctx := t.Context()
	r, err := redisx.Open(ctx, testenv.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	one, other := tally.New(r.Client, "test:tally"), tally.New(r.Client, "test:tally")
	for _, counts := range []map[int64]int64{{1: 2, 7: 1}, {7: 3}} {
		if err := one.Add(ctx, counts); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []map[int64]int64{{1: 2, 7: 4}, {}} {
		got, err := other.Drain(ctx)
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("drained %v, %v; want %v", got, err, want)
		}
	}
}
