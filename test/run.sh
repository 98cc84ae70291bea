#!/usr/bin/env bash
# Every test, on every database, with the set-up it needs: installs what is missing on Debian, starts a private MariaDB and a
# private Redis on free loopback ports in a temporary folder, runs test/report, and stops by id what it started.
set -u
cd "$(dirname "$0")/.." || exit 1
export CGO_ENABLED=0

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
first() { local c; for c in "$@"; do command -v "$c" 2>/dev/null && return 0; done; return 1; }

PATH="$PATH:/usr/sbin:/usr/local/sbin"
database_server() { first mariadbd mysqld; }
browser() { [ -n "${HUIYIN_TEST_CHROMIUM:-}" ] && say "$HUIYIN_TEST_CHROMIUM" || first chromium chromium-browser google-chrome google-chrome-stable; }
cjk_font() { have fc-list && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]; }

missing() {
  { have mariadb-install-db && database_server >/dev/null; } || say mariadb-server
  have redis-server || say redis-server
  browser >/dev/null || say chromium
  cjk_font || say fonts-noto-cjk fontconfig
}

install() { # the packages' own services must neither start nor stay
  local policy=/usr/sbin/policy-rc.d made=
  say "installing: $*"
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=yes; }
  DEBIAN_FRONTEND=noninteractive apt-get update -q >"$tmp/apt.log" 2>&1 &&
    DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "$@" >>"$tmp/apt.log" 2>&1
  local rc=$?
  [ -z "$made" ] || rm -f "$policy"
  [ $rc -eq 0 ] || { tail -n 20 "$tmp/apt.log" >&2; fail "could not install $*"; }
  hash -r
}

tmp=$(mktemp -d "${TMPDIR:-/tmp}/huiyin-test.XXXXXX") || exit 1
chmod 711 "$tmp"
started=()
stop() {
  local pid
  trap - EXIT INT TERM HUP
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null; done
  rm -rf "$tmp"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

have go || fail "Go 1.26 or newer is needed: https://go.dev/dl/"
needed=$(missing | tr '\n' ' ')
if [ -n "$needed" ]; then
  if [ -e /etc/debian_version ] && [ "$(id -u)" = 0 ]; then
    # shellcheck disable=SC2086 # a list of words
    install $needed
    [ -z "$(missing)" ] || fail "still missing after installing: $(missing | tr '\n' ' ')"
  else
    fail "The tests need MariaDB 10.11 or newer (mariadbd, mariadb-install-db), Redis 7 or newer (redis-server), Chromium and a CJK font.
Missing here, by their Debian names: $needed
Debian, Ubuntu: sudo apt-get install $needed
Fedora:         sudo dnf install mariadb-server redis chromium google-noto-sans-cjk-fonts
macOS:          brew install mariadb redis && brew install --cask chromium"
  fi
fi

free_port() {
  local p
  while :; do
    p=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { say "$p"; return; }
  done
}
secret() { od -An -N12 -tx1 /dev/urandom | tr -d ' \n'; }
wait_for() { # PID LOG PORT WHAT
  local i
  for i in $(seq 300); do
    kill -0 "$1" 2>/dev/null || { tail -n 30 "$2" >&2; fail "$4 ended while starting"; }
    (exec 3<>"/dev/tcp/127.0.0.1/$3") 2>/dev/null && return
    sleep 0.1
  done
  tail -n 30 "$2" >&2
  fail "$4 does not answer"
}

start_mariadb() {
  local user server port password=$1
  user=$(id -un)
  server=$(database_server)
  if [ "$(id -u)" = 0 ]; then user=mysql; fi
  mkdir "$tmp/mariadb" && { [ "$(id -u)" != 0 ] || chown mysql "$tmp/mariadb"; } || fail "no folder for MariaDB"
  mariadb-install-db --no-defaults --user="$user" --datadir="$tmp/mariadb/data" --auth-root-authentication-method=normal --skip-test-db \
    >"$tmp/mariadb-install.log" 2>&1 || { tail -n 30 "$tmp/mariadb-install.log" >&2; fail "mariadb-install-db failed"; }
  printf '%s\n' "CREATE USER 'huiyin'@'127.0.0.1' IDENTIFIED BY '$password';" "GRANT ALL ON *.* TO 'huiyin'@'127.0.0.1' WITH GRANT OPTION;" \
    >"$tmp/mariadb/init.sql" # one statement a line
  chmod 644 "$tmp/mariadb/init.sql"
  port=$(free_port)
  "$server" --no-defaults --user="$user" --datadir="$tmp/mariadb/data" --socket="$tmp/mariadb/socket" --pid-file="$tmp/mariadb/pid" \
    --bind-address=127.0.0.1 --port="$port" --init-file="$tmp/mariadb/init.sql" --skip-name-resolve --skip-log-bin --sync-binlog=0 \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=128M --innodb-log-file-size=32M \
    --innodb-fast-shutdown=2 --innodb-lock-wait-timeout=10 --performance-schema=OFF --max-connections=500 --table-open-cache=4000 \
    --transaction-isolation=READ-COMMITTED --character-set-server=utf8mb4 --collation-server=utf8mb4_bin >"$tmp/mariadb.log" 2>&1 &
  started+=($!)
  wait_for $! "$tmp/mariadb.log" "$port" MariaDB
  export HUIYIN_TEST_MYSQL="huiyin:$password@tcp(127.0.0.1:$port)/"
}

start_redis() {
  local port
  port=$(free_port)
  redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --databases 4096 --dir "$tmp" >"$tmp/redis.log" 2>&1 &
  started+=($!)
  wait_for $! "$tmp/redis.log" "$port" Redis
  export HUIYIN_TEST_REDIS="127.0.0.1:$port"
}

start_mariadb "$(secret)"
start_redis
HUIYIN_TEST_CHROMIUM=$(browser)
export HUIYIN_TEST_CHROMIUM
say "MariaDB, Redis and Chromium are ready."

if [ "${1:-}" = --servers-only ]; then # another program wants the same surroundings
  shift
  "$@" &
else
  go build -o "$tmp/report" ./test/report || exit 1
  "$tmp/report" "$@" &
fi
work=$!
started+=("$work")
wait "$work"
exit $?
