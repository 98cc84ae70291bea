-- +goose Up
-- What ended long ago is found by when it was closed. A follow-up that was withdrawn had left its case without the time of its answer.
CREATE INDEX ix_cases_closed ON cases (status, closed_at);
UPDATE cases SET answered_at = (SELECT MAX(sent_at) FROM case_replies WHERE case_replies.case_id = cases.id) WHERE status = 'closed' AND answered_at IS NULL;

-- +goose Down
DROP INDEX ix_cases_closed;
