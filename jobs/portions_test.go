package jobs_test

import (
	"context"
	"errors"
	"testing"

	"huiyin/jobs"
)

func TestPortions(t *testing.T) {
	failed := errors.New("no database")
	for name, c := range map[string]struct {
		finds      []int
		err        error
		all, parts int // how often the step is called
	}{
		"nothing":           {finds: []int{0}, all: 1, parts: 1},
		"a full portion":    {finds: []int{3, 0}, all: 2, parts: 2},
		"less than that":    {finds: []int{3, 1, 0}, all: 3, parts: 2},
		"a step that fails": {finds: []int{3, 3}, err: failed, all: 2, parts: 2},
	} {
		called := 0
		step := func(context.Context) (int, error) {
			called++
			if called == len(c.finds) {
				return c.finds[called-1], c.err
			}
			return c.finds[called-1], nil
		}
		if err := jobs.All(step)(t.Context()); !errors.Is(err, c.err) || called != c.all {
			t.Errorf("all, %s: called %d times, %v", name, called, err)
		}
		called = 0
		if err := jobs.Portions(func(ctx context.Context, _ int) (int, error) { return step(ctx) }, 3)(t.Context()); !errors.Is(err, c.err) || called != c.parts {
			t.Errorf("portions, %s: called %d times, %v", name, called, err)
		}
	}
}
