-- +goose Up
CREATE TABLE publications (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL,
  status VARCHAR(16) NOT NULL,
  topic_id INTEGER NOT NULL,
  department_id INTEGER NOT NULL,
  title VARCHAR(240) NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  decisions TEXT NOT NULL,
  comment VARCHAR(1000) NOT NULL,
  prepared_by INTEGER NOT NULL,
  authors VARCHAR(400) NOT NULL,
  published_by INTEGER NOT NULL,
  asked_at DATETIME NOT NULL,
  answered_at DATETIME NOT NULL,
  working_days INTEGER NOT NULL,
  published_at DATETIME NULL,
  unpublished_at DATETIME NULL,
  reads_count INTEGER NOT NULL,
  helpful INTEGER NOT NULL,
  unhelpful INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX ux_publications_case ON publications (case_id);
CREATE INDEX ix_publications_status ON publications (status, published_at, id);
CREATE INDEX ix_publications_topic ON publications (topic_id, status, published_at, id);
CREATE INDEX ix_publications_department ON publications (department_id, status, published_at, id);
CREATE INDEX ix_publications_updated ON publications (status, updated_at, id);
CREATE TABLE library_changes (
  seq INTEGER NOT NULL PRIMARY KEY,
  publication_id INTEGER NOT NULL,
  at DATETIME NOT NULL
);
CREATE TABLE library_votes (
  publication_id INTEGER NOT NULL,
  voter VARCHAR(64) NOT NULL,
  helpful BOOLEAN NOT NULL,
  at DATETIME NOT NULL,
  PRIMARY KEY (publication_id, voter)
);
CREATE TABLE favourites (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  resident_id INTEGER NOT NULL,
  publication_id INTEGER NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX ux_favourites ON favourites (resident_id, publication_id);
