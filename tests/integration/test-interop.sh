#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# Stock restic and strongroomctl on the same vaults, in both directions: every kind of file, several
# passwords, after forget and prune by either, after backups that were killed, and vaults of version
# 1. What stock restic itself cannot restore lies in a folder of its own and is checked with our
# restore alone.
. "$(dirname "$0")/lib.sh" "$@"
need restic /usr/bin/python3

tree=$scratch/tree
left_out=$("$here/make-odd-tree.py" "$tree")
[ -n "$left_out" ] && note "cannot be made here: $left_out"
big=$scratch/big
/usr/bin/python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(7).randbytes(48000000))' >"$big"

# --- helpers ---------------------------------------------------------------------------------------

data_blobs() {
  stock list blobs | grep -c '^data'
}

# Brings the newest snapshot back below $scratch/NAME.
# shellcheck disable=SC2317 # called by passes
stock_restore() {
  rm -rf "${scratch:?}/$1"
  stock restore latest --target "$scratch/$1"
}

# shellcheck disable=SC2317 # called by passes
our_restore() {
  rm -rf "${scratch:?}/$1"
  ctl restore latest --target "$scratch/$1"
}

# both_restore WHAT: the newest snapshot, of $tree, comes back the same by both.
both_restore() {
  passes "$1: stock restores it" stock_restore by-stock
  same_trees "$tree/all" "$scratch/by-stock$tree/all" "$1: what stock restored is the same"
  passes "$1: we restore it" our_restore by-us
  same_trees "$tree" "$scratch/by-us$tree" "$1: what we restored is the same"
}

both_check() {
  passes "$1: stock finds no fault" stock check --read-data
  unlike "$output" '^(error|warning|Fatal)|mixed|duplicate|additional' "$1: and nothing to remark"
  passes "$1: we find no fault" ctl check --read-data
}

# The id of the newest snapshot.
newest() {
  stock snapshots --json | json 'sorted(d, key=lambda s: s["time"])[-1]["id"]'
}

# --- our vault, stock restic -----------------------------------------------------------------------

new_vault ours
passes "our backup of every kind of file" ctl backup "$tree"
both_check "our vault"
both_restore "our backup"
is "$(stock snapshots --json | json 'd[0]["paths"]')" "['$tree']" "stock lists our snapshot"
is "$(stock dump "$(newest)" "$tree/all/contents/records.json" | sha256sum)" \
  "$(sha256sum <"$tree/all/contents/records.json")" "stock dumps a file of it"

before=$(data_blobs)
passes "stock backs the same up, reading all" stock backup --force "$tree"
is "$(data_blobs)" "$before" "and adds no data: it cuts and names chunks as we do"
passes "stock backs it up with our snapshot as parent" \
  stock backup --json --parent "$(ctl snapshots --json | json 'd[0]["id"]')" "$tree"
like "$output" '"files_new":0,"files_changed":0' "and finds every file unchanged"
passes "we back the same up after stock" ctl backup --force "$tree"
is "$(data_blobs)" "$before" "and add no data"
both_check "our vault with snapshots of both"

# --- stock's vault, our programs -------------------------------------------------------------------

use_vault stocks "another password"
passes "stock makes a vault" stock init
passes "stock's backup of every kind of file" stock backup "$tree/all"
passes "we check it" ctl check --read-data
passes "we restore it" our_restore by-us
same_trees "$tree/all" "$scratch/by-us$tree/all" "what we restored is the same"
like "$(ctl ls --recursive latest)" '/contents/nine megabytes' "we list it"
is "$(ctl dump latest "$tree/all/contents/nine megabytes" | sha256sum)" \
  "$(sha256sum <"$tree/all/contents/nine megabytes")" "we dump a file of it"
before=$(data_blobs)
passes "we back the same up, reading all" ctl backup --force "$tree/all"
is "$(data_blobs)" "$before" "and add no data"
passes "we back it up with stock's snapshot as parent" \
  ctl backup --parent "$(stock snapshots --json | json 'min(d, key=lambda s: s["time"])["id"]')" \
  "$tree/all"
is "$(ctl snapshots --json | json '[d[-1]["summary"][n] for n in ("files_new", "files_changed")]')" \
  "[0, 0]" "and find every file unchanged"
passes "and all of the tree" ctl backup "$tree"
both_check "stock's vault"
both_restore "our backup in stock's vault"

# --- passwords -------------------------------------------------------------------------------------

first=$password_file
second=$(set_password second 'zweites Paßwort "\ ')
third=$(set_password third "third")
passes "we add a password" ctl key add --new-password-file "$second"
password_file=$second
passes "stock opens with it" stock snapshots
passes "stock adds a password" stock key add --new-password-file "$third"
password_file=$third
passes "we open with it" ctl snapshots
is "$(ctl key list --json | json 'len(d)')" 3 "three keys"
fourth=$(set_password fourth "fourth")
passes "we change it" ctl key change --new-password-file "$fourth"
exits 5 "the old one no longer opens" ctl snapshots
password_file=$fourth
passes "stock opens with the new one" stock cat config
password_file=$first
passes "stock still opens with the first" stock cat config
fifth=$(set_password fifth "fifth")
passes "stock changes it" stock key passwd --new-password-file "$fifth"
password_file=$fifth
passes "we open with that" ctl check

# --- forget and prune ------------------------------------------------------------------------------

password_file=$second
passes "a backup that will be forgotten" ctl backup "$big"
passes "stock forgets and prunes what both wrote" \
  stock forget --group-by '' --keep-last 2 --prune --max-unused 0
passes "a backup after it" ctl backup "$tree"
both_check "after stock's prune"
both_restore "after stock's prune"

use_vault ours
passes "stock's backup that will be forgotten" stock backup "$big"
passes "and one more" stock backup "$tree/all/deep" "$big"
passes "we forget and prune what both wrote" \
  ctl forget --group-by host --keep-last 1 --keep-tag no-such --prune --max-unused 0%
is "$(stock snapshots --json | json 'len(d)')" 1 "one snapshot is left"
both_check "after our prune"
passes "stock restores what is left" stock_restore by-stock
same_trees "$tree/all/deep" "$scratch/by-stock$tree/all/deep" "it is the same"
passes "our backup into the pruned vault" ctl backup "$tree"
both_check "our vault at last"
both_restore "our vault at last"

# --- databases -------------------------------------------------------------------------------------

# Cut finer than files, which stock restic need not know.
database=$scratch/shop.sqlite
/usr/bin/python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, text TEXT)")
    db.executemany("INSERT INTO orders VALUES (?, ?)",
                   ((i, "order %d " % (i * i) * 9) for i in range(20000)))' "$database"

# sums DATABASE: something of every record.
sums() {
  /usr/bin/python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(db.execute("PRAGMA integrity_check").fetchall(),
      db.execute("SELECT count(*), sum(id), sum(length(text)), max(text) FROM orders").fetchall())' "$1"
}

passes "our backup of a database" ctl backup --sqlite "$database"
stock dump "$(newest)" /database/shop.sqlite >"$scratch/dumped.sqlite"
is "$(sums "$scratch/dumped.sqlite")" "$(sums "$database")" "stock dumps it, whole"
passes "our backup of what a command prints" ctl backup --stdin-filename orders.json \
  --stdin-from-command -- cat "$tree/all/contents/records.json"
is "$(stock dump "$(newest)" /orders.json | sha256sum)" \
  "$(sha256sum <"$tree/all/contents/records.json")" "stock dumps that"
both_check "our vault with databases"

# --- backups that were killed ----------------------------------------------------------------------

# The command of the backup tells that all its data went into the pipe, and then never ends.
new_vault killed
passes "a backup before the accident" ctl backup "$tree"
mkfifo "$scratch/reached" "$scratch/never"
"$CTL" backup --password-file "$password_file" --stdin-filename big --stdin-from-command -- \
  sh -c "cat '$big'; echo >'$scratch/reached'; exec cat '$scratch/never'" >/dev/null 2>&1 &
victim=$!
later "$victim"
read -r _ <"$scratch/reached"
kill -KILL "$victim"
wait "$victim" 2>/dev/null
is "$(find "$STRONGROOM_VAULT/locks" -type f | wc -l)" 1 "our backup was killed and left its lock"
cp -r "$STRONGROOM_VAULT" "$scratch/killed-copy"
passes "we go on without being asked to unlock" ctl check --read-data
passes "we back up again" ctl backup "$tree"
is "$(ctl snapshots --json | json 'len(d)')" 2 "there is no snapshot of the killed backup"
passes "stock finds no fault after our killed backup" stock check --read-data
passes "nor do we" ctl check --read-data
both_restore "after our killed backup"

use_vault killed-copy
passes "stock unlocks what we left" stock unlock
is "$(find "$STRONGROOM_VAULT/locks" -type f | wc -l)" 0 "it knows that we are dead"
passes "stock finds no fault" stock check --read-data
passes "stock backs up" stock backup "$tree/all"
passes "stock prunes what was left" stock prune
both_check "after stock cleaned up"

use_vault killed
RESTIC_REPOSITORY=$STRONGROOM_VAULT RESTIC_PASSWORD_FILE=$password_file \
  RESTIC_CACHE_DIR=$scratch/restic-cache restic backup --stdin --stdin-filename big \
  <"$scratch/reached" >/dev/null 2>&1 &
victim=$!
later "$victim"
exec 3>"$scratch/reached"
cat "$big" >&3
kill -KILL "$victim"
wait "$victim" 2>/dev/null
exec 3>&-
is "$(find "$STRONGROOM_VAULT/locks" -type f | wc -l)" 1 "stock's backup was killed and left its lock"
passes "we go on without being asked to unlock, for its process is dead" ctl prune
is "$(find "$STRONGROOM_VAULT/locks" -type f | wc -l)" 0 "the lock is gone"
both_check "after stock's killed backup"

# --- locks of each other ---------------------------------------------------------------------------

"$CTL" backup --password-file "$password_file" --stdin-filename x --stdin-from-command -- \
  sh -c "echo >'$scratch/reached'; exec cat '$scratch/never'" >/dev/null 2>&1 &
later $!
read -r _ <"$scratch/reached"
fails "stock's prune waits for our backup" stock prune
like "$output" 'locked' "and says why"
passes "stock's backup goes on beside it" stock backup "$tree/all/links"
echo end >"$scratch/never"
wait
passes "then it prunes" stock prune

# --- version 1 -------------------------------------------------------------------------------------

use_vault version-1
passes "stock makes a vault of version 1" stock init --repository-version 1
passes "and backs up" stock backup "$tree/all"
passes "we list its snapshots" ctl snapshots
passes "we check it" ctl check --read-data
passes "we restore it" our_restore by-us
same_trees "$tree/all" "$scratch/by-us$tree/all" "what we restored is the same"
fails "we do not write into it" ctl backup "$tree/all/links"
like "$output" 'version 1' "and say why"
is "$(stock snapshots --json | json 'len(d)')" 1 "nothing was added"
for pack in "$STRONGROOM_VAULT"/data/*/*; do
  mv "$pack" "$scratch/pack-away"
  exits 0 "what a repair would do is told, with ${pack##*/} away" ctl repair snapshots --dry-run
  fails "but it is not done" ctl repair snapshots
  like "$output" 'version 1' "for what it is"
  mv "$scratch/pack-away" "$pack"
  break
done
is "$(stock snapshots --json | json 'len(d)')" 1 "nothing was changed"
is "$(find "$STRONGROOM_VAULT/locks" -type f | wc -l)" 0 "no lock is left"
passes "stock migrates it" stock migrate upgrade_repo_v2
passes "then we write into it" ctl backup "$tree"
both_check "a vault that was migrated"
both_restore "a vault that was migrated"

done_testing
