-- +goose Up
CREATE TABLE notice_templates (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind VARCHAR(32) NOT NULL,
  channel VARCHAR(8) NOT NULL,
  locale VARCHAR(10) NOT NULL,
  subject VARCHAR(200) NOT NULL,
  body VARCHAR(2000) NOT NULL,
  version INTEGER NOT NULL,
  updated_at DATETIME NOT NULL,
  updated_by INTEGER NOT NULL
);
CREATE UNIQUE INDEX ux_notice_templates ON notice_templates (kind, channel, locale);
CREATE TABLE notice_preferences (
  staff_id INTEGER NOT NULL,
  kind VARCHAR(32) NOT NULL,
  channel VARCHAR(8) NOT NULL,
  wanted BOOLEAN NOT NULL,
  PRIMARY KEY (staff_id, kind, channel)
);
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind VARCHAR(32) NOT NULL,
  channel VARCHAR(8) NOT NULL,
  state VARCHAR(12) NOT NULL,
  staff_id INTEGER NOT NULL,
  resident_id INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  department_id INTEGER NOT NULL,
  address_sealed VARCHAR(400) NOT NULL,
  address_masked VARCHAR(120) NOT NULL,
  subject VARCHAR(300) NOT NULL,
  body_sealed TEXT NOT NULL,
  link VARCHAR(300) NOT NULL,
  attempts INTEGER NOT NULL,
  next_at DATETIME NULL,
  provider_id VARCHAR(100) NOT NULL,
  last_error VARCHAR(300) NOT NULL,
  created_at DATETIME NOT NULL,
  sent_at DATETIME NULL,
  read_at DATETIME NULL,
  resend_of INTEGER NOT NULL,
  version INTEGER NOT NULL
);
CREATE INDEX ix_deliveries_channel ON deliveries (channel, id);
CREATE INDEX ix_deliveries_state ON deliveries (state, id);
CREATE INDEX ix_deliveries_bell ON deliveries (staff_id, channel, read_at, id);
CREATE INDEX ix_deliveries_bell_list ON deliveries (staff_id, channel, id);
CREATE INDEX ix_deliveries_case ON deliveries (case_id, id);
CREATE INDEX ix_deliveries_department ON deliveries (department_id, id);
CREATE INDEX ix_deliveries_department_state ON deliveries (department_id, state, id);
CREATE INDEX ix_deliveries_department_kind ON deliveries (department_id, kind, id);
CREATE INDEX ix_deliveries_kind ON deliveries (kind, id);
