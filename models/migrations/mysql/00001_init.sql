-- +goose Up
CREATE TABLE settings (
  name VARCHAR(64) NOT NULL PRIMARY KEY,
  value MEDIUMTEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  updated_by BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE pages (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  slug VARCHAR(40) NOT NULL,
  locale VARCHAR(10) NOT NULL,
  version BIGINT NOT NULL,
  title VARCHAR(120) NOT NULL,
  body MEDIUMTEXT NOT NULL,
  published_at DATETIME(3) NOT NULL,
  published_by BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_pages ON pages (slug, locale, version);
CREATE TABLE counters (
  name VARCHAR(64) NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE calendar_years (
  year BIGINT NOT NULL PRIMARY KEY,
  data MEDIUMTEXT NOT NULL,
  source VARCHAR(300) NOT NULL,
  imported_at DATETIME(3) NOT NULL,
  imported_by BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE departments (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  parent_id BIGINT NOT NULL,
  path VARCHAR(190) NOT NULL,
  level VARCHAR(16) NOT NULL,
  name VARCHAR(80) NOT NULL,
  short VARCHAR(40) NOT NULL,
  name_en VARCHAR(120) NOT NULL,
  phone VARCHAR(40) NOT NULL,
  sort BIGINT NOT NULL,
  active TINYINT(1) NOT NULL,
  version BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX ix_departments_path ON departments (path);
CREATE TABLE residents (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  phone_sealed VARCHAR(200) NOT NULL,
  phone_index VARCHAR(64) NOT NULL,
  display_name_sealed VARCHAR(400) NOT NULL,
  locale VARCHAR(10) NOT NULL,
  notify_sms TINYINT(1) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_residents_phone ON residents (phone_index);
CREATE TABLE agreements (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  resident_id BIGINT NOT NULL,
  slug VARCHAR(40) NOT NULL,
  version BIGINT NOT NULL,
  agreed_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_agreements ON agreements (resident_id, slug, version);
CREATE TABLE staff (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  account VARCHAR(40) NOT NULL,
  name VARCHAR(40) NOT NULL,
  department_id BIGINT NOT NULL,
  office VARCHAR(60) NOT NULL,
  email VARCHAR(120) NOT NULL,
  password_hash VARCHAR(200) NOT NULL,
  must_change TINYINT(1) NOT NULL,
  totp_sealed VARCHAR(300) NOT NULL,
  totp_enabled_at DATETIME(3) NULL,
  totp_last_step BIGINT NOT NULL,
  active TINYINT(1) NOT NULL,
  failed_count BIGINT NOT NULL,
  locked_until DATETIME(3) NULL,
  locale VARCHAR(10) NOT NULL,
  last_login_at DATETIME(3) NULL,
  version BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_staff_account ON staff (account);
CREATE INDEX ix_staff_department ON staff (department_id, id);
CREATE TABLE staff_roles (
  staff_id BIGINT NOT NULL,
  role VARCHAR(20) NOT NULL,
  PRIMARY KEY (staff_id, role)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE recovery_codes (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  staff_id BIGINT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  used_at DATETIME(3) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_recovery_codes ON recovery_codes (staff_id, hash);
CREATE TABLE sessions (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  token_hash VARCHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  resident_id BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  label VARCHAR(60) NOT NULL,
  second_factor_at DATETIME(3) NULL,
  created_at DATETIME(3) NOT NULL,
  seen_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  revoked_at DATETIME(3) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_sessions_token ON sessions (token_hash);
CREATE INDEX ix_sessions_staff ON sessions (staff_id, id);
CREATE INDEX ix_sessions_resident ON sessions (resident_id, id);
CREATE INDEX ix_sessions_expires ON sessions (expires_at);
CREATE TABLE session_grants (
  session_id BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  granted_at DATETIME(3) NOT NULL,
  PRIMARY KEY (session_id, case_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE audit_entries (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at DATETIME(3) NOT NULL,
  actor_kind VARCHAR(16) NOT NULL,
  actor_id BIGINT NOT NULL,
  department_id BIGINT NOT NULL,
  action VARCHAR(48) NOT NULL,
  object_kind VARCHAR(32) NOT NULL,
  object_id BIGINT NOT NULL,
  request_id VARCHAR(64) NOT NULL,
  address VARCHAR(64) NOT NULL,
  detail TEXT NOT NULL,
  seq BIGINT NULL,
  prev_hash VARCHAR(64) NOT NULL,
  hash VARCHAR(64) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_audit_seq ON audit_entries (seq);
CREATE INDEX ix_audit_object ON audit_entries (object_kind, object_id, id);
CREATE INDEX ix_audit_actor ON audit_entries (actor_kind, actor_id, id);
CREATE INDEX ix_audit_action ON audit_entries (action, id);
CREATE TABLE audit_heads (
  name VARCHAR(16) NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  sealed_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE outbox (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind VARCHAR(48) NOT NULL,
  ref BIGINT NOT NULL,
  due_at DATETIME(3) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  queued_at DATETIME(3) NULL,
  done_at DATETIME(3) NULL,
  attempts BIGINT NOT NULL,
  last_error VARCHAR(300) NOT NULL,
  open_key BIGINT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX ix_outbox_due ON outbox (open_key, due_at, id);
CREATE INDEX ix_outbox_done ON outbox (done_at);
CREATE TABLE idempotency_keys (
  scope VARCHAR(80) NOT NULL,
  key_hash VARCHAR(64) NOT NULL,
  request_hash VARCHAR(64) NOT NULL,
  status BIGINT NOT NULL,
  body_sealed MEDIUMTEXT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (scope, key_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX ix_idempotency_created ON idempotency_keys (created_at);
CREATE TABLE attachments (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  owner_kind VARCHAR(16) NOT NULL,
  owner_id BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  blob_key VARCHAR(64) NOT NULL,
  name VARCHAR(200) NOT NULL,
  mime VARCHAR(100) NOT NULL,
  size BIGINT NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX ix_attachments_owner ON attachments (owner_kind, owner_id, id);
CREATE INDEX ix_attachments_case ON attachments (case_id, id);
CREATE INDEX ix_attachments_staged ON attachments (owner_kind, created_at);
