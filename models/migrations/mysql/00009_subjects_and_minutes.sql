-- +goose Up
-- A code that goes no further leaves neither itself nor the number it went to.
UPDATE deliveries SET address_sealed = '', address_masked = '', body_sealed = '' WHERE kind = 'code' AND state IN ('sent', 'failed', 'unknown');
-- What was sent about a case is seen by the department that has it now.
UPDATE deliveries SET department_id = (SELECT department_id FROM cases WHERE cases.id = deliveries.case_id)
  WHERE case_id <> 0 AND EXISTS (SELECT 1 FROM cases WHERE cases.id = deliveries.case_id AND cases.department_id <> deliveries.department_id);
