-- +goose Up
-- What became of each attempt at a message, and who had it sent again.
CREATE TABLE delivery_events (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  delivery_id BIGINT NOT NULL,
  at DATETIME(3) NOT NULL,
  what VARCHAR(12) NOT NULL,
  attempt BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  other_id BIGINT NOT NULL,
  note VARCHAR(300) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX ix_delivery_events ON delivery_events (delivery_id, id);

-- +goose Down
DROP TABLE delivery_events;
