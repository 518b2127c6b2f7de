#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# Backup files in other formats, and whether other programs take them: Python's zipfile, unzip, 7z,
# sqlite3, and real servers where they are installed.
. "$(dirname "$0")/lib.sh" "$@"

need python3 unzip
samples=$SR_SOURCE_ROOT/tests/data/samples
support=$SR_SOURCE_ROOT/tests/support
out=$scratch/out
mkdir "$out"

# whole FILE: other programs find nothing wrong with the ZIP
whole() {
  passes "$(basename "$1"): zipfile" python3 -c \
    'import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)' "$1"
  passes "$(basename "$1"): unzip" unzip -tq "$1"
  if command -v 7z >/dev/null; then
    passes "$(basename "$1"): 7z" 7z t "$1"
  else
    skip "$(basename "$1"): 7z" "7z is not installed"
  fi
}

# --- ZIP -------------------------------------------------------------------------------------------

passes "a RayERP backup is written anew" "$CTL" convert "$samples/rayerp-full.zip" --as rayerp \
  --output "$out/rayerp.zip"
whole "$out/rayerp.zip"
passes "the records are the same" "$CTL" compare "$samples/rayerp-full.zip" "$out/rayerp.zip"
passes "each entry is, byte for byte" python3 - "$samples/rayerp-full.zip" "$out/rayerp.zip" <<'PY'
import sys, zipfile
old, new = (zipfile.ZipFile(name) for name in sys.argv[1:])
names = [i.filename for i in old.infolist()]
assert [i.filename for i in new.infolist()] == names, "another order"
assert [n for n in names if old.read(n) != new.read(n)] == [], "other bytes"
PY
passes "it is judged complete" "$CTL" verify --at-least complete "$out/rayerp.zip"
passes "a POS backup is written anew" "$CTL" convert "$samples/pos-database.backup" --as pos \
  --output "$out/pos.backup"
whole "$out/pos.backup"
passes "it is judged complete" "$CTL" verify --at-least complete "$out/pos.backup"
passes "its database is the same" python3 - "$samples/pos-database.backup" "$out/pos.backup" <<'PY'
import sys, zipfile
old, new = (zipfile.ZipFile(name).read("database.db") for name in sys.argv[1:])
assert old == new
PY
passes "an archive becomes a ZIP" "$CTL" convert "$samples/webeenthere-full.tar.gz" --as zip \
  --output "$out/plain.zip"
whole "$out/plain.zip"

# --- from a vault ----------------------------------------------------------------------------------

new_vault vault
passes "a backup file is imported" ctl import "$samples/rayerp-full.zip"
passes "it is exported as it was" ctl export latest --as rayerp --output "$out/exported.zip"
passes "the records are the same" "$CTL" compare "$samples/rayerp-full.zip" "$out/exported.zip"
exits 4 "no such snapshot" ctl export 00000000 --as zip --output "$out/none.zip"

# --- options ---------------------------------------------------------------------------------------

exits 2 "no format" "$CTL" convert "$samples/rayerp-full.zip" --output "$out/x"
exits 2 "no such format" "$CTL" convert "$samples/rayerp-full.zip" --as word --output "$out/x"
exits 2 "no output" "$CTL" convert "$samples/rayerp-full.zip" --as zip
fails "an existing file stays" "$CTL" convert "$samples/rayerp-full.zip" --as zip \
  --output "$out/plain.zip"
passes "unless it may go" "$CTL" convert "$samples/rayerp-full.zip" --as zip --overwrite \
  --output "$out/plain.zip"
passes "only its owner may read it" test "$(stat -c %a "$out/plain.zip")" = 600

# --- SQL -------------------------------------------------------------------------------------------

for name in rayerp-full.zip lpgnexus-backup.json pos-database.backup webeenthere-database.sql; do
  for format in mysql postgresql sqlite-sql; do
    [ "$name $format" = "webeenthere-database.sql postgresql" ] && continue
    passes "$name as $format" "$CTL" convert "$samples/$name" --as "$format" \
      --output "$out/$name.$format"
  done
  passes "SQLite takes $name" python3 - "$out/$name.sqlite-sql" <<'PY'
import sqlite3, sys
db = sqlite3.connect(":memory:")
db.executescript(open(sys.argv[1], encoding="utf-8", newline="", errors="surrogateescape").read())
assert db.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0] > 3
PY
done
fails "PostgreSQL holds no NUL byte" "$CTL" convert "$samples/webeenthere-database.sql" \
  --as postgresql --output "$out/nul.sql"

# each into a database of its own, since they have tables of the same names
cat >"$scratch/load-mysql" <<'SH'
set -e
client() {
  mariadb --no-defaults --socket="$STRONGROOM_TEST_MARIADB_SOCKET" \
    --user="$STRONGROOM_TEST_MARIADB_USER" --password="$STRONGROOM_TEST_MARIADB_PASSWORD" "$@"
}
n=0
for file in "$@"; do
  n=$((n + 1))
  client --execute="CREATE DATABASE loaded$n"
  client "loaded$n" <"$file"
done
SH
cat >"$scratch/load-postgres" <<'SH'
set -e
n=0
for file in "$@"; do
  n=$((n + 1))
  createdb "loaded$n"
  psql -qX -v ON_ERROR_STOP=1 -d "loaded$n" -f "$file"
done
SH
chmod -R a+rX "$scratch/out"
chmod a+r "$scratch"/load-* "$out"/*.mysql "$out"/*.postgresql
if ! command -v psql >/dev/null; then
  PATH=$PATH:$(dirname "$(ls /usr/lib/postgresql/*/bin/psql 2>/dev/null | tail -n 1)")
fi
for server in mysql:with-mariadb postgres:with-postgres; do
  files=("$out"/*."${server%%:*}"*)
  output=$("$support/${server#*:}" bash "$scratch/load-${server%%:*}" "${files[@]}" 2>&1)
  case $? in
    0) ok 0 "a real server takes what is written for ${server%%:*}" ;;
    77) skip "a real server for ${server%%:*}" "none is installed" ;;
    *)
      ok 1 "a real server takes what is written for ${server%%:*}"
      note "$output"
      ;;
  esac
done

done_testing
