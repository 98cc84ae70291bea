-- +goose Up
CREATE TABLE publications (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  case_id BIGINT NOT NULL,
  status VARCHAR(16) NOT NULL,
  topic_id BIGINT NOT NULL,
  department_id BIGINT NOT NULL,
  title VARCHAR(240) NOT NULL,
  question TEXT NOT NULL,
  answer MEDIUMTEXT NOT NULL,
  decisions MEDIUMTEXT NOT NULL,
  comment VARCHAR(1000) NOT NULL,
  prepared_by BIGINT NOT NULL,
  authors VARCHAR(400) NOT NULL,
  published_by BIGINT NOT NULL,
  asked_at DATETIME(3) NOT NULL,
  answered_at DATETIME(3) NOT NULL,
  working_days BIGINT NOT NULL,
  published_at DATETIME(3) NULL,
  unpublished_at DATETIME(3) NULL,
  reads_count BIGINT NOT NULL,
  helpful BIGINT NOT NULL,
  unhelpful BIGINT NOT NULL,
  version BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_publications_case ON publications (case_id);
CREATE INDEX ix_publications_status ON publications (status, published_at, id);
CREATE INDEX ix_publications_topic ON publications (topic_id, status, published_at, id);
CREATE INDEX ix_publications_department ON publications (department_id, status, published_at, id);
CREATE INDEX ix_publications_updated ON publications (status, updated_at, id);
CREATE TABLE library_changes (
  seq BIGINT NOT NULL PRIMARY KEY,
  publication_id BIGINT NOT NULL,
  at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE library_votes (
  publication_id BIGINT NOT NULL,
  voter VARCHAR(64) NOT NULL,
  helpful TINYINT(1) NOT NULL,
  at DATETIME(3) NOT NULL,
  PRIMARY KEY (publication_id, voter)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE favourites (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  resident_id BIGINT NOT NULL,
  publication_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX ux_favourites ON favourites (resident_id, publication_id);
