package jobs

import "context"

// All makes a schedule of a step that works in small portions and says how much it did: it is repeated until nothing is left.
func All(step func(ctx context.Context) (int, error)) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		for {
			if n, err := step(ctx); err != nil || n == 0 {
				return err
			}
		}
	}
}

// Portions makes a schedule of a step that takes at most limit: it is repeated until it finds fewer.
func Portions(step func(ctx context.Context, limit int) (int, error), limit int) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		for {
			if n, err := step(ctx, limit); err != nil || n < limit {
				return err
			}
		}
	}
}
