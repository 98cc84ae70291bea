-- +goose Up
-- What was done to a member of staff by somebody else is found by them.
ALTER TABLE audit_entries ADD COLUMN subject_id BIGINT NOT NULL DEFAULT 0;
UPDATE audit_entries SET subject_id = object_id WHERE object_kind = 'staff' AND NOT (actor_kind = 'staff' AND actor_id = object_id);
CREATE INDEX ix_audit_subject ON audit_entries (subject_id, id);
-- A code that goes no further leaves neither itself nor the number it went to.
UPDATE deliveries SET address_sealed = '', address_masked = '', body_sealed = '' WHERE kind = 'code' AND state IN ('sent', 'failed', 'unknown');
-- What was sent about a case is seen by the department that has it now.
UPDATE deliveries SET department_id = (SELECT department_id FROM cases WHERE cases.id = deliveries.case_id)
  WHERE case_id <> 0 AND EXISTS (SELECT 1 FROM cases WHERE cases.id = deliveries.case_id AND cases.department_id <> deliveries.department_id);
-- How long staff may do nothing before they sign in again is counted in minutes.
UPDATE settings SET value = JSON_REMOVE(JSON_SET(value, '$.session_minutes', CAST(60 * JSON_EXTRACT(value, '$.session_hours') AS SIGNED)), '$.session_hours')
  WHERE name = 'security' AND JSON_EXTRACT(value, '$.session_hours') IS NOT NULL;
