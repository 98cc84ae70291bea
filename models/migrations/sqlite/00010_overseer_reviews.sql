-- +goose Up
-- A reply that nobody of the department may judge is the overseer's to review, whatever the desk says.
ALTER TABLE cases ADD COLUMN overseer_reviews BOOLEAN NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE cases DROP COLUMN overseer_reviews;
