-- +goose Up
-- What became of each attempt at a message, and who had it sent again.
CREATE TABLE delivery_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery_id INTEGER NOT NULL,
  at DATETIME NOT NULL,
  what VARCHAR(12) NOT NULL,
  attempt INTEGER NOT NULL,
  staff_id INTEGER NOT NULL,
  other_id INTEGER NOT NULL,
  note VARCHAR(300) NOT NULL
);
CREATE INDEX ix_delivery_events ON delivery_events (delivery_id, id);

-- +goose Down
DROP TABLE delivery_events;
