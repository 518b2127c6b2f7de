#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# Two programs on one vault, ours and stock restic: locks are respected both ways, and whatever
# reported success is whole in the end.
. "$(dirname "$0")/lib.sh" "$@"

need restic

# --- helpers ---------------------------------------------------------------------------------------

# A lock counts from the moment it has its name.
locks() {
  find "$STRONGROOM_VAULT/locks" -type f -printf '%f\n' | grep -xE '[0-9a-f]{64}'
}

# wait_for_lock: until somebody holds one, or PID is gone.
wait_for_lock() {
  until [ -n "$(locks)" ] || ! kill -0 "$1" 2>/dev/null; do sleep 0.01; done
}

# restic in the place of this (sub)shell, so that its process id is the one we know.
exec_stock() {
  export RESTIC_REPOSITORY=$STRONGROOM_VAULT RESTIC_PASSWORD_FILE=$password_file
  exec restic --no-cache "$@"
}

# begin_backup ours|stock: one that reads a pipe, and holds its lock until end_backup.
begin_backup() {
  rm -f "$scratch/pipe" "$scratch/holder.log"
  mkfifo "$scratch/pipe"
  if [ "$1" = ours ]; then
    "$CTL" backup --password-file "$password_file" --stdin-from-command \
      --tag "held-$1" -- cat "$scratch/pipe" >"$scratch/holder.log" 2>&1 &
  else
    (exec_stock backup --tag "held-$1" --stdin <"$scratch/pipe" >"$scratch/holder.log" 2>&1) &
  fi
  holder=$!
  later "$holder"
  exec 9<>"$scratch/pipe" # never waits for a reader
  wait_for_lock "$holder"
  printf 'held by %s\n' "$1" >&9
}

end_backup() {
  local status=0
  exec 9>&-
  wait "$holder" || status=$?
  [ "$status" -eq 0 ]
  ok $? "$1" || note "$(cat "$scratch/holder.log")"
}

# freeze NAME COMMAND…: stops the command as soon as it has a lock.
freeze() {
  local name=$1
  shift
  ("$@" >"$scratch/holder.log" 2>&1) &
  holder=$!
  later "$holder"
  wait_for_lock "$holder"
  kill -STOP "$holder"
  [ -n "$(locks)" ]
  ok $? "$name holds a lock"
}

thaw() {
  local status=0
  kill -CONT "$holder"
  wait "$holder" || status=$?
  [ "$status" -eq 0 ]
  ok $? "$1" || note "$(cat "$scratch/holder.log")"
}

exec_ctl() {
  local verb=$1
  shift
  exec "$CTL" "$verb" --password-file "$password_file" "$@"
}

# --- a vault ---------------------------------------------------------------------------------------

data=$scratch/data
mkdir -p "$data/folder"
for i in 1 2 3 4; do
  head -c 700000 /dev/urandom >"$data/folder/random$i"
done
seq 1 100000 >"$data/numbers"
new_vault vault
passes "first backup" ctl backup "$data"
passes "and another of stock restic" stock backup --quiet --no-cache "$data"

# --- a backup runs ---------------------------------------------------------------------------------

for who in ours stock; do
  begin_backup "$who"
  passes "$who backs up: a second backup of ours" ctl backup --tag beside "$data"
  passes "$who backs up: a second backup of stock restic" stock backup --no-cache --quiet "$data"
  passes "$who backs up: restore" ctl restore latest --target "$scratch/out-$who"
  passes "$who backs up: stock restore" stock restore --no-cache latest --target "$scratch/out2-$who"
  exits 6 "$who backs up: our prune waits outside" ctl prune
  like "$output" "$(hostname)" "$who backs up: and tells who holds the lock"
  exits 6 "$who backs up: so does our check" ctl check
  fails "$who backs up: so does stock restic's prune" stock prune --no-cache
  like "$output" 'lock' "$who backs up: because of the lock"
  passes "$who backs up: check without a lock" ctl check --no-lock
  # restic asks the owners of locks by a signal whether they live.
  passes "$who backs up: stock restic's unlock" stock unlock --no-cache
  kill -0 "$holder"
  ok $? "$who backs up: it still runs"
  [ -n "$(locks)" ]
  ok $? "$who backs up: and still holds its lock"
  passes "$who backs up: our unlock removes no living lock" ctl unlock
  [ -n "$(locks)" ]
  ok $? "$who backs up: it is still there"
  end_backup "$who: the backup ends well"
  is "$(locks)" "" "$who: no lock is left"
done
passes "prune, now that nobody is there" ctl prune
passes "check" ctl check --read-data
passes "stock restic's check" stock check --no-cache --read-data

# --- somebody wants the vault for itself -----------------------------------------------------------

alone() {
  local title=$1
  shift
  freeze "$title" "$@"
  exits 6 "$title: our backup waits outside" ctl backup "$data"
  exits 6 "$title: our restore waits outside" ctl restore latest --target "$scratch/out-alone"
  exits 6 "$title: our check waits outside" ctl check
  exits 6 "$title: our prune waits outside" ctl prune
  fails "$title: stock restic's backup waits outside" stock backup --no-cache "$data"
  like "$output" 'lock' "$title: because of the lock"
  passes "$title: ours reads without a lock" ctl ls --no-lock latest
  thaw "$title: ends well"
  is "$(locks)" "" "$title: no lock is left"
}
alone "our check" exec_ctl check --read-data
alone "our prune" exec_ctl prune
alone "stock restic's check" exec_stock check
alone "stock restic's prune" exec_stock prune
passes "after all that, check" ctl check --read-data

# --- the dead --------------------------------------------------------------------------------------

for who in ours stock; do
  begin_backup "$who"
  kill -KILL "$holder"
  wait "$holder" 2>/dev/null
  exec 9>&-
  [ -n "$(locks)" ]
  ok $? "$who was killed: its lock is left"
  passes "$who was killed: prune sees that it is dead" ctl prune
  is "$(locks)" "" "$who was killed: and removed its lock"
  passes "$who was killed: nothing is broken" ctl check --read-data
done

# --- all at once -----------------------------------------------------------------------------------

# again NAME COMMAND…: five times, as fast as it goes; 6 (ours) and 1 (stock) are locks in the way.
again() {
  local name=$1 i status
  shift
  for i in 1 2 3 4 5; do
    date +%s%N >"$scratch/changing-$name/time$i"
    status=0
    "$@" >>"$scratch/$name.log" 2>&1 </dev/null || status=$?
    printf '%s\n' "$status" >>"$scratch/$name.status"
  done
}
mkdir "$scratch/changing-a" "$scratch/changing-b" "$scratch/changing-c" "$scratch/changing-d"
again a ctl backup "$scratch/changing-a" "$data" &
first=$!
again b stock backup --no-cache --quiet "$scratch/changing-b" "$data" &
second=$!
again c ctl prune --max-unused 0% &
third=$!
again d ctl forget --tag no-such-tag --keep-last 1 --prune &
fourth=$!
wait "$first" "$second" "$third" "$fourth"
unlike "$(sort -u "$scratch/a.status" | tr '\n' ' ')" '[1-57-9]' "our backups work or find a lock"
unlike "$(sort -u "$scratch/c.status" | tr '\n' ' ')" '[1-57-9]' "our prunes work or find a lock"
passes "all at once: check" ctl check --read-data
passes "all at once: stock restic's check" stock check --no-cache --read-data
is "$(locks)" "" "all at once: no lock is left"
wanted=$(cat "$scratch/a.status" "$scratch/b.status" | grep -c '^0$')
is "$(ctl snapshots --json | json 'sum("changing" in str(s["paths"]) for s in d)')" "$wanted" \
  "all at once: each backup that reported success is there"
passes "all at once: the last one restores" ctl restore latest --target "$scratch/last"
same_trees "$data" "$scratch/last$data" "all at once: and is whole"

done_testing
