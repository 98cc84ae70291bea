-- +goose Up
CREATE TABLE desks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  department_id INTEGER NOT NULL,
  kind VARCHAR(16) NOT NULL,
  name VARCHAR(80) NOT NULL,
  simple_days INTEGER NOT NULL,
  ordinary_days INTEGER NOT NULL,
  unit VARCHAR(16) NOT NULL,
  review VARCHAR(16) NOT NULL,
  send_on_approval BOOLEAN NOT NULL,
  active BOOLEAN NOT NULL,
  version INTEGER NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX ux_desks ON desks (kind, department_id);
CREATE TABLE topics (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  parent_id INTEGER NOT NULL,
  name VARCHAR(60) NOT NULL,
  name_en VARCHAR(120) NOT NULL,
  hint VARCHAR(300) NOT NULL,
  hint_en VARCHAR(500) NOT NULL,
  department_id INTEGER NOT NULL,
  kind VARCHAR(16) NOT NULL,
  sort INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  version INTEGER NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE INDEX ix_topics_parent ON topics (parent_id, sort, id);
CREATE TABLE cases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  number VARCHAR(16) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  status VARCHAR(16) NOT NULL,
  is_open BOOLEAN NOT NULL,
  desk_id INTEGER NOT NULL,
  topic_id INTEGER NOT NULL,
  department_id INTEGER NOT NULL,
  handler_id INTEGER NOT NULL,
  resident_id INTEGER NOT NULL,
  title VARCHAR(240) NOT NULL,
  body TEXT NOT NULL,
  place_sealed VARCHAR(800) NOT NULL,
  display_name_sealed VARCHAR(400) NOT NULL,
  anonymous BOOLEAN NOT NULL,
  channel VARCHAR(16) NOT NULL,
  locale VARCHAR(10) NOT NULL,
  consent_at DATETIME NULL,
  consent_withdrawn_at DATETIME NULL,
  privacy_version INTEGER NOT NULL,
  code_hash VARCHAR(64) NOT NULL,
  submission_key VARCHAR(64) NOT NULL,
  round INTEGER NOT NULL,
  asked_at DATETIME NOT NULL,
  due_at DATETIME NOT NULL,
  due_basis TEXT NOT NULL,
  due_provisional BOOLEAN NOT NULL,
  due_soon_told_at DATETIME NULL,
  overdue_told_at DATETIME NULL,
  submitted_at DATETIME NOT NULL,
  accepted_at DATETIME NULL,
  returned_at DATETIME NULL,
  answered_at DATETIME NULL,
  closed_at DATETIME NULL,
  withdrawn_at DATETIME NULL,
  reopened_at DATETIME NULL,
  published_at DATETIME NULL,
  publication VARCHAR(12) NOT NULL,
  rating INTEGER NOT NULL,
  rating_word VARCHAR(600) NOT NULL,
  rated_at DATETIME NULL,
  version INTEGER NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX ux_cases_number ON cases (number);
CREATE UNIQUE INDEX ux_cases_submission ON cases (submission_key);
CREATE INDEX ix_cases_handler ON cases (handler_id, is_open, due_at, id);
CREATE INDEX ix_cases_department ON cases (department_id, is_open, handler_id, due_at, id);
CREATE INDEX ix_cases_department_due ON cases (department_id, is_open, due_at, id);
CREATE INDEX ix_cases_department_status ON cases (department_id, status, due_at, id);
CREATE INDEX ix_cases_open ON cases (is_open, due_at, id);
CREATE INDEX ix_cases_status ON cases (status, due_at, id);
CREATE INDEX ix_cases_status_id ON cases (status, id);
CREATE INDEX ix_cases_department_status_id ON cases (department_id, status, id);
CREATE INDEX ix_cases_channel ON cases (channel, id);
CREATE INDEX ix_cases_department_channel ON cases (department_id, channel, id);
CREATE INDEX ix_cases_department_id ON cases (department_id, id);
CREATE INDEX ix_cases_department_publication ON cases (department_id, publication, id);
CREATE INDEX ix_cases_publication ON cases (publication, id);
CREATE INDEX ix_cases_topic ON cases (topic_id, id);
CREATE INDEX ix_cases_answered ON cases (status, answered_at);
CREATE INDEX ix_cases_resident ON cases (resident_id, id);
CREATE TABLE case_messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL,
  round INTEGER NOT NULL,
  kind VARCHAR(16) NOT NULL,
  staff_id INTEGER NOT NULL,
  department_id INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE INDEX ix_case_messages ON case_messages (case_id, id);
CREATE TABLE case_replies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL,
  round INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  authors VARCHAR(400) NOT NULL,
  reviewer_id INTEGER NOT NULL,
  body TEXT NOT NULL,
  comment VARCHAR(1000) NOT NULL,
  saved_at DATETIME NOT NULL,
  submitted_at DATETIME NULL,
  reviewed_at DATETIME NULL,
  sent_at DATETIME NULL,
  version INTEGER NOT NULL
);
CREATE UNIQUE INDEX ux_case_replies ON case_replies (case_id, round);
CREATE TABLE case_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL,
  round INTEGER NOT NULL,
  action VARCHAR(32) NOT NULL,
  from_status VARCHAR(16) NOT NULL,
  to_status VARCHAR(16) NOT NULL,
  actor_kind VARCHAR(16) NOT NULL,
  actor_id INTEGER NOT NULL,
  department_id INTEGER NOT NULL,
  subject_id INTEGER NOT NULL,
  note VARCHAR(2000) NOT NULL,
  case_version INTEGER NOT NULL,
  shown BOOLEAN NOT NULL,
  at DATETIME NOT NULL
);
CREATE INDEX ix_case_events ON case_events (case_id, id);
CREATE TABLE case_drafts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash VARCHAR(64) NOT NULL,
  topic_id INTEGER NOT NULL,
  privacy_version INTEGER NOT NULL,
  body_sealed TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX ux_case_drafts ON case_drafts (token_hash);
CREATE INDEX ix_case_drafts_updated ON case_drafts (updated_at);
CREATE TABLE reply_templates (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  department_id INTEGER NOT NULL,
  topic_id INTEGER NOT NULL,
  title VARCHAR(120) NOT NULL,
  body TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  version INTEGER NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE INDEX ix_reply_templates ON reply_templates (department_id, id);
