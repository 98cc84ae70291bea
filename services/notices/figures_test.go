package notices

import (
	"errors"
	"testing"

	"huiyin/models"
)

// What has not arrived is counted by its state, up to a bound; what was sent is not.
func TestWaiting(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		expect := func(limit int, want map[models.DeliveryState]int) {
			t.Helper()
			got, err := r.Waiting(t.Context(), limit)
			if err != nil || len(got) != len(waiting) {
				t.Fatal(got, err)
			}
			for state, n := range got {
				if n != want[state] {
					t.Errorf("%d %s, want %d", n, state, want[state])
				}
			}
		}
		r.tell(received())
		r.deliver(r.owed())
		expect(10, nil)
		r.carrier.fail(errors.New("not now"))
		r.tell(received())
		r.deliver(r.owed())
		for range 3 {
			r.tell(received())
		}
		expect(10, map[models.DeliveryState]int{models.DeliveryRetry: 1, models.DeliveryQueued: 3})
		expect(2, map[models.DeliveryState]int{models.DeliveryRetry: 1, models.DeliveryQueued: 2})
	})
}
