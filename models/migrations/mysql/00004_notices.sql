-- +goose Up
CREATE TABLE notice_templates (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind VARCHAR(32) NOT NULL,
  channel VARCHAR(8) NOT NULL,
  locale VARCHAR(10) NOT NULL,
  subject VARCHAR(200) NOT NULL,
  body VARCHAR(2000) NOT NULL,
  version BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  updated_by BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_notice_templates ON notice_templates (kind, channel, locale);
CREATE TABLE notice_preferences (
  staff_id BIGINT NOT NULL,
  kind VARCHAR(32) NOT NULL,
  channel VARCHAR(8) NOT NULL,
  wanted TINYINT(1) NOT NULL,
  PRIMARY KEY (staff_id, kind, channel)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE deliveries (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind VARCHAR(32) NOT NULL,
  channel VARCHAR(8) NOT NULL,
  state VARCHAR(12) NOT NULL,
  staff_id BIGINT NOT NULL,
  resident_id BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  department_id BIGINT NOT NULL,
  address_sealed VARCHAR(400) NOT NULL,
  address_masked VARCHAR(120) NOT NULL,
  subject VARCHAR(300) NOT NULL,
  body_sealed TEXT NOT NULL,
  link VARCHAR(300) NOT NULL,
  attempts BIGINT NOT NULL,
  next_at DATETIME(3) NULL,
  provider_id VARCHAR(100) NOT NULL,
  last_error VARCHAR(300) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  sent_at DATETIME(3) NULL,
  read_at DATETIME(3) NULL,
  resend_of BIGINT NOT NULL,
  version BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX ix_deliveries_channel ON deliveries (channel, id);
CREATE INDEX ix_deliveries_state ON deliveries (state, id);
CREATE INDEX ix_deliveries_bell ON deliveries (staff_id, channel, read_at, id);
CREATE INDEX ix_deliveries_bell_list ON deliveries (staff_id, channel, id);
CREATE INDEX ix_deliveries_case ON deliveries (case_id, id);
CREATE INDEX ix_deliveries_department ON deliveries (department_id, id);
CREATE INDEX ix_deliveries_department_state ON deliveries (department_id, state, id);
CREATE INDEX ix_deliveries_department_kind ON deliveries (department_id, kind, id);
CREATE INDEX ix_deliveries_kind ON deliveries (kind, id);
