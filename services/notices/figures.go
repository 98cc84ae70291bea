package notices

import (
	"context"

	"huiyin/models"
)

// waiting are the states of messages that have not arrived: on their way, or never.
var waiting = []models.DeliveryState{models.DeliveryQueued, models.DeliverySending, models.DeliveryRetry, models.DeliveryUnknown, models.DeliveryFailed}

// Waiting returns how many messages there are in each state but sent, counted up to limit: figures for those who run the program.
func (s *Service) Waiting(ctx context.Context, limit int) (map[models.DeliveryState]int, error) {
	counts := map[models.DeliveryState]int{}
	for _, state := range waiting {
		n := 0
		if err := s.DB.Conn(ctx).Raw("SELECT count(*) FROM (SELECT id FROM deliveries WHERE state = ? LIMIT ?) AS few", state, limit).Scan(&n).Error; err != nil {
			return nil, err
		}
		counts[state] = n
	}
	return counts, nil
}
