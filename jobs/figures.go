package jobs

import "context"

// Queued returns how many tasks each queue holds. It fails while Redis does not answer. The lists are asked for by their names: the
// inspector would also measure the memory of each task.
func (r *Runner) Queued(ctx context.Context) (map[string]int, error) {
	sizes := map[string]int{}
	for name := range weights {
		for _, list := range []string{"pending", "active"} {
			n, err := r.redis.LLen(ctx, "asynq:{"+name+"}:"+list).Result()
			if err != nil {
				return nil, err
			}
			sizes[name] += int(n)
		}
	}
	return sizes, nil
}
