-- +goose Up
-- A form sent twice leaves one message: the key is of the form and its words; NULL where nothing was sent by a form.
ALTER TABLE case_messages ADD COLUMN sent_key VARCHAR(64) NULL;
CREATE UNIQUE INDEX ux_case_messages_sent ON case_messages (case_id, sent_key);
-- A department's cases by the beginning of their number, without reading those of others.
CREATE INDEX ix_cases_department_number ON cases (department_id, number);

-- +goose Down
DROP INDEX ix_cases_department_number;
DROP INDEX ux_case_messages_sent;
ALTER TABLE case_messages DROP COLUMN sent_key;
