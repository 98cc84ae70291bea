-- +goose Up
-- The newest version of the privacy notice that a resident agreed to stands beside how to reach them: a submission asks for both at once.
ALTER TABLE residents ADD COLUMN agreed_privacy INTEGER NOT NULL DEFAULT 0;
UPDATE residents SET agreed_privacy = COALESCE((SELECT MAX(version) FROM agreements WHERE resident_id = residents.id AND slug = 'privacy'), 0);

-- +goose Down
ALTER TABLE residents DROP COLUMN agreed_privacy;
