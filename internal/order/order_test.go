package order

import (
	"slices"
	"testing"
)

func TestMoved(t *testing.T) {
	ids := []int64{7, 3, 9}
	for _, x := range []struct {
		id    int64
		up    bool
		want  []int64
		moves bool
	}{
		{3, true, []int64{3, 7, 9}, true}, {3, false, []int64{7, 9, 3}, true}, {7, true, ids, false}, {9, false, ids, false}, {5, true, ids, false}, {7, false, []int64{3, 7, 9}, true},
	} {
		if got, ok := Moved(ids, x.id, x.up); ok != x.moves || !slices.Equal(got, x.want) {
			t.Errorf("%d up %v: %v %v", x.id, x.up, got, ok)
		}
	}
	if got, ok := Moved(nil, 1, true); ok || len(got) != 0 {
		t.Error(got, ok)
	}
}
