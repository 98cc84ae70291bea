-- +goose Up
CREATE TABLE settings (
  name VARCHAR(64) NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_at DATETIME NOT NULL,
  updated_by INTEGER NOT NULL
);
CREATE TABLE pages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  slug VARCHAR(40) NOT NULL,
  locale VARCHAR(10) NOT NULL,
  version INTEGER NOT NULL,
  title VARCHAR(120) NOT NULL,
  body TEXT NOT NULL,
  published_at DATETIME NOT NULL,
  published_by INTEGER NOT NULL
);
CREATE UNIQUE INDEX ux_pages ON pages (slug, locale, version);
CREATE TABLE counters (
  name VARCHAR(64) NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
);
CREATE TABLE calendar_years (
  year INTEGER NOT NULL PRIMARY KEY,
  data TEXT NOT NULL,
  source VARCHAR(300) NOT NULL,
  imported_at DATETIME NOT NULL,
  imported_by INTEGER NOT NULL
);
CREATE TABLE departments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  parent_id INTEGER NOT NULL,
  path VARCHAR(190) NOT NULL,
  level VARCHAR(16) NOT NULL,
  name VARCHAR(80) NOT NULL,
  short VARCHAR(40) NOT NULL,
  name_en VARCHAR(120) NOT NULL,
  phone VARCHAR(40) NOT NULL,
  sort INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  version INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE INDEX ix_departments_path ON departments (path);
CREATE TABLE residents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  phone_sealed VARCHAR(200) NOT NULL,
  phone_index VARCHAR(64) NOT NULL,
  display_name_sealed VARCHAR(400) NOT NULL,
  locale VARCHAR(10) NOT NULL,
  notify_sms BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX ux_residents_phone ON residents (phone_index);
CREATE TABLE agreements (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  resident_id INTEGER NOT NULL,
  slug VARCHAR(40) NOT NULL,
  version INTEGER NOT NULL,
  agreed_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX ux_agreements ON agreements (resident_id, slug, version);
CREATE TABLE staff (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account VARCHAR(40) NOT NULL,
  name VARCHAR(40) NOT NULL,
  department_id INTEGER NOT NULL,
  office VARCHAR(60) NOT NULL,
  email VARCHAR(120) NOT NULL,
  password_hash VARCHAR(200) NOT NULL,
  must_change BOOLEAN NOT NULL,
  totp_sealed VARCHAR(300) NOT NULL,
  totp_enabled_at DATETIME NULL,
  totp_last_step INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  failed_count INTEGER NOT NULL,
  locked_until DATETIME NULL,
  locale VARCHAR(10) NOT NULL,
  last_login_at DATETIME NULL,
  version INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX ux_staff_account ON staff (account);
CREATE INDEX ix_staff_department ON staff (department_id, id);
CREATE TABLE staff_roles (
  staff_id INTEGER NOT NULL,
  role VARCHAR(20) NOT NULL,
  PRIMARY KEY (staff_id, role)
);
CREATE TABLE recovery_codes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  staff_id INTEGER NOT NULL,
  hash VARCHAR(64) NOT NULL,
  used_at DATETIME NULL
);
CREATE UNIQUE INDEX ux_recovery_codes ON recovery_codes (staff_id, hash);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash VARCHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  resident_id INTEGER NOT NULL,
  staff_id INTEGER NOT NULL,
  label VARCHAR(60) NOT NULL,
  second_factor_at DATETIME NULL,
  created_at DATETIME NOT NULL,
  seen_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  revoked_at DATETIME NULL
);
CREATE UNIQUE INDEX ux_sessions_token ON sessions (token_hash);
CREATE INDEX ix_sessions_staff ON sessions (staff_id, id);
CREATE INDEX ix_sessions_resident ON sessions (resident_id, id);
CREATE INDEX ix_sessions_expires ON sessions (expires_at);
CREATE TABLE session_grants (
  session_id INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  granted_at DATETIME NOT NULL,
  PRIMARY KEY (session_id, case_id)
);
CREATE TABLE audit_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at DATETIME NOT NULL,
  actor_kind VARCHAR(16) NOT NULL,
  actor_id INTEGER NOT NULL,
  department_id INTEGER NOT NULL,
  action VARCHAR(48) NOT NULL,
  object_kind VARCHAR(32) NOT NULL,
  object_id INTEGER NOT NULL,
  request_id VARCHAR(64) NOT NULL,
  address VARCHAR(64) NOT NULL,
  detail TEXT NOT NULL,
  seq INTEGER NULL,
  prev_hash VARCHAR(64) NOT NULL,
  hash VARCHAR(64) NOT NULL
);
CREATE UNIQUE INDEX ux_audit_seq ON audit_entries (seq);
CREATE INDEX ix_audit_object ON audit_entries (object_kind, object_id, id);
CREATE INDEX ix_audit_actor ON audit_entries (actor_kind, actor_id, id);
CREATE INDEX ix_audit_action ON audit_entries (action, id);
CREATE TABLE audit_heads (
  name VARCHAR(16) NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash VARCHAR(64) NOT NULL,
  sealed_at DATETIME NOT NULL
);
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind VARCHAR(48) NOT NULL,
  ref INTEGER NOT NULL,
  due_at DATETIME NOT NULL,
  created_at DATETIME NOT NULL,
  queued_at DATETIME NULL,
  done_at DATETIME NULL,
  attempts INTEGER NOT NULL,
  last_error VARCHAR(300) NOT NULL,
  open_key INTEGER NULL
);
CREATE INDEX ix_outbox_due ON outbox (open_key, due_at, id);
CREATE INDEX ix_outbox_done ON outbox (done_at);
CREATE TABLE idempotency_keys (
  scope VARCHAR(80) NOT NULL,
  key_hash VARCHAR(64) NOT NULL,
  request_hash VARCHAR(64) NOT NULL,
  status INTEGER NOT NULL,
  body_sealed TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  PRIMARY KEY (scope, key_hash)
);
CREATE INDEX ix_idempotency_created ON idempotency_keys (created_at);
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner_kind VARCHAR(16) NOT NULL,
  owner_id INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  blob_key VARCHAR(64) NOT NULL,
  name VARCHAR(200) NOT NULL,
  mime VARCHAR(100) NOT NULL,
  size INTEGER NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE INDEX ix_attachments_owner ON attachments (owner_kind, owner_id, id);
CREATE INDEX ix_attachments_case ON attachments (case_id, id);
CREATE INDEX ix_attachments_staged ON attachments (owner_kind, created_at);
