#!/usr/bin/env sh
# generate.sh: writes the SQLite twin of a MySQL migration that uses only the types below. A migration that needs more is written by hand in both folders.
set -eu
cd "$(dirname "$0")"
for f in mysql/*.sql; do
  t="sqlite/$(basename "$f")"
  [ "${1:-}" = "-f" ] || [ ! -f "$t" ] || continue
  sed -e 's/BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY/INTEGER PRIMARY KEY AUTOINCREMENT/' -e 's/TINYINT(1)/BOOLEAN/' -e 's/BIGINT/INTEGER/' \
    -e 's/DATETIME(3)/DATETIME/' -e 's/MEDIUMTEXT/TEXT/' -e 's| ENGINE=InnoDB.*;|;|' "$f" >"$t"
done
