-- +goose Up
-- A code that goes no further leaves neither itself nor the number it went to.
UPDATE deliveries SET address_sealed = '', address_masked = '', body_sealed = '' WHERE kind = 'code' AND state IN ('sent', 'failed', 'unknown');
