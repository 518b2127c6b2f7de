#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# SQLite databases of all kinds, named with --sqlite and met on the way: while a program writes to
# them, after a crash, locked, encrypted. What comes back is sound, and the originals are as before.

. "$(dirname "$0")/lib.sh" "$@"
new_vault vault
data=$scratch/data
mkdir -p "$data/sub"

db() {
  /usr/bin/python3 -B "$here/database.py" "$@"
}

# start_db NAME COMMAND FILE: a program that goes on; waits until it is ready. Sets $started.
start_db() {
  local line
  mkfifo "$scratch/$1.ready"
  /usr/bin/python3 -B "$here/database.py" "$2" "$3" >"$scratch/$1.ready" 2>/dev/null &
  started=$!
  later "$started"
  read -r line <"$scratch/$1.ready"
  [ "$line" = ready ] || note "$2 did not begin"
}

stop_db() {
  kill -KILL "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

digests() {
  (cd "$data" && find . -type f -exec sha256sum {} + | sort -k 2)
}

restored() {
  rm -rf "$scratch/out"
  ctl restore --target "$scratch/out" latest >/dev/null 2>&1
  db check "$scratch/out$1" 2>&1
}

# --- at rest ---------------------------------------------------------------------------------------

db make "$data/rollback.db" delete 5000
db make "$data/wal.db" wal 5000
db make "$data/sub/no suffix \"at all\"" wal 100
touch -d '2001-01-01 12:00' "$data"/*.db "$data"/sub/*
before=$(digests)
passes "databases in folders are stored" ctl backup --json "$data"
is "$(digests)" "$before" "not a byte beside or in them has changed"
is "$(restored "$data/rollback.db")" "ok 5000" "one with a rollback journal comes back"
is "$(restored "$data/wal.db")" "ok 5000" "one in WAL mode comes back"
is "$(restored "$data/sub/no suffix \"at all\"")" "ok 100" "its name does not matter"
passes "databases are stored by their names" ctl backup --sqlite "$data/rollback.db" \
  --sqlite "$data/wal.db"
is "$(restored /database/rollback.db)" "ok 5000" "the first comes back"
is "$(restored /database/wal.db)" "ok 5000" "the second comes back"
if command -v restic >/dev/null; then
  passes "stock restic finds no fault" stock check --read-data
fi

# --- in use ----------------------------------------------------------------------------------------

for mode in wal delete; do
  rm -rf "$data"
  mkdir -p "$data"
  db make "$data/busy.db" "$mode" 2000
  start_db "busy-$mode" write "$data/busy.db"
  for run in 1 2; do
    exits 0 "$mode: stored while it is written to ($run)" ctl backup "$data" --sqlite "$data/busy.db"
    like "$(restored "$data/busy.db")" '^ok [0-9]+$' "$mode: sound, and the sums agree ($run)"
    like "$(restored /database/busy.db)" '^ok [0-9]+$' "$mode: likewise by its name ($run)"
  done
  output=$(ctl ls --recursive latest)
  like "$output" 'busy\.db' "$mode: it is listed"
  unlike "$output" 'busy\.db-(wal|shm|journal)' "$mode: the files beside it are left out"
  stop_db "$started"
  rm "$scratch/busy-$mode.ready"
  like "$(db check "$data/busy.db")" '^ok [0-9]+$' "$mode: the program's own file is sound as well"
done

# a database as it lies on the disk, for who wants that
passes "files as they are, if asked for" ctl backup --databases-as-files "$data"

# --- after a crash -----------------------------------------------------------------------------------

rm -rf "$data"
mkdir -p "$data"
db make "$data/crashed.db" delete 3000
db crash "$data/crashed.db"
if [ -s "$data/crashed.db-journal" ]; then
  before=$(digests)
  passes "a database with the journal of a crash is stored" ctl backup "$data"
  is "$(restored "$data/crashed.db")" "ok 3000" "what was not committed is not in it"
  is "$(digests)" "$before" "the source still has its journal, and is as before"
  [ "$(find "$data" | wc -l)" -eq 3 ]
  ok $? "nothing is left behind"
else
  skip "a database with the journal of a crash" "no journal was left"
fi

# --- on a medium that cannot be written to ---------------------------------------------------------------

rm -rf "$data"
mkdir -p "$data"
db make "$data/at-rest.db" wal 100
db make "$data/killed.db" wal 100
start_db killed write "$data/killed.db"
stop_db "$started"
mkdir -p "$scratch/medium"
if unshare -m true 2>/dev/null && [ -s "$data/killed.db-wal" ]; then
  # shellcheck disable=SC2016 # expanded by the inner shell
  passes "databases on a read-only file system are stored" unshare -m sh -c \
    'mount -t tmpfs tmpfs "$1" && cp "$2"/* "$1" && rm -f "$1"/*-shm &&
     mount -o remount,ro "$1" && shift 2 && exec "$@"' sh "$scratch/medium" "$data" \
    "$CTL" backup --password-file "$password_file" "$scratch/medium"
  is "$(restored "$scratch/medium/at-rest.db")" "ok 100" "one at rest comes back"
  wanted=$(db check "$data/killed.db")
  is "$(restored "$scratch/medium/killed.db")" "$wanted" "and one with a WAL, with what is in it"
else
  skip "databases on a read-only file system" "no mount namespaces here"
fi

# --- refused -----------------------------------------------------------------------------------------

rm -rf "$data"
mkdir -p "$data"
head -c 100000 /dev/urandom >"$data/encrypted.db"
fails "an encrypted one is refused" ctl backup --sqlite "$data/encrypted.db"
like "$output" 'encrypted\.db' "the message names it"
like "$output" 'encrypted' "and says what may be the matter"
count=$(ctl snapshots --json | json 'len(d)')
{
  printf 'SQLite format 3\0\020\0\001\001\0\100\040\040'
  head -c 100000 /dev/urandom
} >"$data/broken.db"
fails "a broken one is refused" ctl backup --sqlite "$data/broken.db"
is "$(ctl snapshots --json | json 'len(d)')" "$count" "neither makes a snapshot"
rm "$data/encrypted.db"
echo text >"$data/readme"
fails "a broken one on the way is told" ctl backup "$data"
like "$output" 'broken\.db' "by its name"
is "$(ctl snapshots --json | json 'len(d)')" "$((count + 1))" "the rest is stored"
like "$(ctl ls --recursive latest)" 'readme' "with its files"

rm -rf "$data"
mkdir -p "$data"
db make "$data/locked.db" delete 100
start_db locked hold "$data/locked.db"
# half a minute passes
fails "one that stays locked is refused" ctl backup --sqlite "$data/locked.db"
like "$output" 'locked' "and the message says why"
stop_db "$started"
passes "and stored when it is free again" ctl backup --sqlite "$data/locked.db"
is "$(restored /database/locked.db)" "ok 100" "as it was before the transaction"

# --- damaged -------------------------------------------------------------------------------------------

rm -rf "$data"
mkdir -p "$data"
db make "$data/damaged.db" delete 5000
printf '\377\377\377\377\377\377\377\377' | dd of="$data/damaged.db" bs=1 seek=8192 conv=notrunc 2>/dev/null
for run in first second; do
  exits 3 "a damaged one is told in the $run backup" ctl backup "$data"
  like "$output" 'damaged.db: Stored byte for byte' "with what became of it"
done
rm -rf "$scratch/out"
passes "it is restored" ctl restore --target "$scratch/out" latest
passes "byte for byte" cmp "$data/damaged.db" "$scratch/out$data/damaged.db"

# --- small changes -----------------------------------------------------------------------------------

db make "$data/large.db" delete 100000
size=$(stat -c %s "$data/large.db")
passes "a larger one is stored" ctl backup --json --sqlite "$data/large.db"
stored_before=$(du -sb "$STRONGROOM_VAULT/data" | cut -f 1)
db change "$data/large.db" 1
passes "and again with one row of a hundred changed" ctl backup --json --sqlite "$data/large.db"
added=$(($(du -sb "$STRONGROOM_VAULT/data" | cut -f 1) - stored_before))
note "$added bytes added for a database of $size"
[ $((added * 10)) -lt $((size * 4)) ]
ok $? "that adds less than two fifths of its size"
is "$(restored /database/large.db)" "ok 100000" "it comes back"

# --- where copies are made -----------------------------------------------------------------------------

fails "a folder for copies that is not there" ctl backup --temp-dir "$scratch/nowhere" \
  --sqlite "$data/large.db"
like "$output" 'nowhere' "is named"
if unshare -m true 2>/dev/null; then
  mkdir -p "$scratch/small"
  # shellcheck disable=SC2016 # expanded by the inner shell
  fails "a folder for copies that is too small" unshare -m sh -c \
    'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" backup --password-file "$3" --temp-dir "$1" \
     --sqlite "$4"' sh "$scratch/small" "$CTL" "$password_file" "$data/large.db"
  like "$output" 'small' "is named as well"
else
  skip "a folder for copies that is too small" "no mount namespaces here"
fi
done_testing
