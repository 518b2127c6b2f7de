#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# Every kind of file of a vault is flipped, cut, deleted and appended to. check names the file and
# the snapshots and paths it costs; restore gives all that is whole and lists what is not.
. "$(dirname "$0")/lib.sh" "$@"

need restic

# --- helpers ---------------------------------------------------------------------------------------

# random_file PATH BYTES
random_file() {
  mkdir -p "$(dirname "$1")"
  head -c "$2" /dev/urandom >"$1"
}

# quietly COMMAND…: without what it says on standard error, so that the output is JSON and no more.
quietly() {
  "$@" 2>/dev/null
}

# harm HOW FILE: flip (in the middle), flip-end (the last byte but 40), cut, delete or append.
harm() {
  chmod u+w "$2"
  case $1 in
  delete) rm -f "$2" ;;
  *) /usr/bin/python3 -B -c '
import sys
how, path = sys.argv[1:]
data = bytearray(open(path, "rb").read())
if how == "flip":
    data[len(data) // 2] ^= 16
elif how == "flip-end":
    data[-40] ^= 16
elif how == "cut":
    del data[len(data) // 2:]
else:
    data += b"x"
open(path, "wb").write(data)' "$1" "$2" ;;
  esac
}

# with_fresh_vault: the vault as it was before all harm.
with_fresh_vault() {
  rm -rf "${scratch:?}/vault"
  cp -a "$scratch/sound" "$scratch/vault"
}

# findings FIELD…: of the last check (in $output), one line for each finding that is damage.
findings() {
  printf '%s' "$output" | json '"\n".join(" ".join(str(f[k]) for k in "'"$*"'".split())
    for f in d["findings"] if f["damage"])'
}

# affected: all paths the last check named, sorted, without the snapshot.
affected() {
  printf '%s' "$output" | json '"\n".join(sorted({p.split(":", 1)[1] for f in d["findings"]
    for p in f["paths"]}))'
}

# snapshots_affected: short ids, sorted.
snapshots_affected() {
  printf '%s' "$output" | json '"\n".join(sorted({s[:8] for f in d["findings"] for s in f["snapshots"]}))'
}

# failed_paths: what the last restore --json could not give, sorted.
failed_paths() {
  printf '%s' "$output" | json '"\n".join(sorted(e["path"] for e in d["errors"] if e["action"] == "failed"))'
}

# is_whole SNAPSHOT FOLDER TITLE: it restores to exactly what was backed up.
is_whole() {
  rm -rf "${scratch:?}/out"
  passes "$3: restores" ctl restore "$1" --target "$scratch/out"
  same_trees "$2" "$scratch/out$2" "$3: is whole"
}

# lists_rest SNAPSHOT FOLDER TITLE: what check named is what restore lists; all else is whole.
lists_rest() {
  local lost
  rm -rf "${scratch:?}/out"
  exits 3 "$3: restores in part" quietly ctl restore "$1" --target "$scratch/out" --json
  lost=$(failed_paths)
  is "$lost" "$4" "$3: restore lists what check named" || return
  while IFS= read -r path; do
    rm -rf "${scratch:?}/out$path" "${scratch:?}/out$path.incomplete"
  done <<<"$lost"
  rm -rf "${scratch:?}/rest"
  mkdir -p "$scratch/rest$2"
  cp -a "$2/." "$scratch/rest$2"
  while IFS= read -r path; do
    rm -rf "${scratch:?}/rest$path"
  done <<<"$lost"
  is "$(cd "$scratch/out" && find . -type f -exec sha256sum {} + | sort)" \
    "$(cd "$scratch/rest" && find . -type f -exec sha256sum {} + | sort)" "$3: all else is there"
}

# --- a vault of two snapshots that share nothing ---------------------------------------------------

one=$scratch/one two=$scratch/two
for i in 1 2 3 4 5; do
  random_file "$one/folder$i/small" 3000
  random_file "$one/folder$i/large" 1800000
  random_file "$two/file$i" 20000
done
ln -s nowhere "$one/link"
new_vault sound
sound_password=$password_file
passes "backup of one" ctl backup "$one"
packs_of_one=$(cd "$STRONGROOM_VAULT/data" && ls -S ./*/* | sed 's|.*/||')
passes "backup of two" ctl backup "$two"
snapshot_one=$(ctl snapshots --json | json 'd[0]["id"]')
snapshot_two=$(ctl snapshots --json | json 'd[1]["id"]')
data_pack=$(printf '%s\n' "$packs_of_one" | head -n 1)
tree_pack=$(printf '%s\n' "$packs_of_one" | tail -n 1)
use_vault vault
password_file=$sound_password
with_fresh_vault
passes "the sound vault passes" ctl check --read-data
passes "stock restic thinks so too" stock check --read-data

# --- packs -----------------------------------------------------------------------------------------

for how in flip flip-end cut delete append; do
  with_fresh_vault
  harm "$how" "$STRONGROOM_VAULT/data/${data_pack:0:2}/$data_pack"
  exits 7 "data pack, $how: check finds damage" ctl check --read-data --json
  like "$(findings file_type id)" "pack $data_pack" "data pack, $how: the file is named"
  lost=$(affected)
  case $how in
  flip | cut | delete)
    is "$(snapshots_affected)" "${snapshot_one:0:8}" "data pack, $how: the snapshot is named"
    like "$lost" "^$one/folder[1-5]/(large|small)\$" "data pack, $how: paths are named"
    lists_rest "$snapshot_one" "$one" "data pack, $how" "$lost"
    ;;
  *) # the index tells all that the header would, so nothing is lost
    is_whole "$snapshot_one" "$one" "data pack, $how"
    ;;
  esac
  is_whole "$snapshot_two" "$two" "data pack, $how: the other snapshot"
done

for how in flip cut delete; do
  with_fresh_vault
  harm "$how" "$STRONGROOM_VAULT/data/${tree_pack:0:2}/$tree_pack"
  exits 7 "tree pack, $how: check without reading data finds damage" ctl check --json
  like "$(findings message)" "$tree_pack" "tree pack, $how: the file is named"
  is "$(snapshots_affected)" "${snapshot_one:0:8}" "tree pack, $how: the snapshot is named"
  [ -n "$(affected)" ]
  ok $? "tree pack, $how: paths are named"
  rm -rf "${scratch:?}/out"
  exits 3 "tree pack, $how: the rest restores" ctl restore "$snapshot_one" --target "$scratch/out"
  is_whole "$snapshot_two" "$two" "tree pack, $how: the other snapshot"
  exits 7 "tree pack, $how: find ends as with damage" ctl find "$(basename "$two")"
  like "$output" "${snapshot_two:0:8}" "tree pack, $how: and goes on to the other snapshot"
  exits 7 "tree pack, $how: stats ends as with damage" ctl stats
  like "$output" "${snapshot_one:0:8}:" "tree pack, $how: names what could not be counted"
  like "$output" 'Snapshots +2' "tree pack, $how: and counts the rest"
done

# --- snapshot --------------------------------------------------------------------------------------

for how in flip cut append; do
  with_fresh_vault
  harm "$how" "$STRONGROOM_VAULT/snapshots/$snapshot_two"
  exits 7 "snapshot, $how: check finds damage" ctl check --json
  is "$(findings file_type id)" "snapshot $snapshot_two" "snapshot, $how: the file is named"
  is "$(snapshots_affected)" "${snapshot_two:0:8}" "snapshot, $how: so is the snapshot"
  is_whole "$snapshot_one" "$one" "snapshot, $how: the other one"
  exits 7 "snapshot, $how: its id is known for damaged" ctl ls "$snapshot_two"
  exits 4 "snapshot, $how: another is not there" ctl ls 00000000
  exits 7 "snapshot, $how: it cannot be restored" ctl restore "$snapshot_two" --target "$scratch/out2"
  rm -rf "${scratch:?}/out"
  exits 3 "snapshot, $how: the latest may not be the latest" ctl restore latest --target "$scratch/out"
  like "$output" "$snapshot_two" "snapshot, $how: and why is told"
done
with_fresh_vault
harm delete "$STRONGROOM_VAULT/snapshots/$snapshot_two"
passes "snapshot, delete: it was never there" ctl check
is_whole "$snapshot_one" "$one" "snapshot, delete: the other one"

# --- index -----------------------------------------------------------------------------------------

# The index file that names the packs of snapshot one.
index_of() {
  local name
  for name in $(stock list index); do
    if stock cat index "$name" | grep -q "$1"; then
      printf '%s' "$name"
    fi
  done
}
with_fresh_vault
index_one=$(index_of "$data_pack")
for how in flip cut append delete; do
  with_fresh_vault
  harm "$how" "$STRONGROOM_VAULT/index/$index_one"
  exits 7 "index, $how: check finds damage" ctl check --json
  if [ "$how" = delete ]; then
    like "$(printf '%s' "$output" | json '" ".join(f["kind"] + f["id"] for f in d["findings"])')" \
      "orphaned-pack$data_pack" "index, $how: the packs it named are told"
  else
    like "$(findings file_type id)" "index $index_one" "index, $how: the file is named"
  fi
  is "$(snapshots_affected)" "${snapshot_one:0:8}" "index, $how: the snapshot is named"
  exits 3 "index, $how: nothing of it can be restored" \
    ctl restore "$snapshot_one" --target "$scratch/out3"
  is_whole "$snapshot_two" "$two" "index, $how: the other snapshot"
done

# --- config and keys -------------------------------------------------------------------------------

for how in flip cut append; do
  with_fresh_vault
  harm "$how" "$STRONGROOM_VAULT/config"
  exits 7 "config, $how: the vault does not open" ctl check
  like "$output" "config" "config, $how: the file is named"
done
with_fresh_vault
harm delete "$STRONGROOM_VAULT/config"
exits 4 "config, delete: there is no vault" ctl check

with_fresh_vault
key_one=$(ls "$STRONGROOM_VAULT/keys")
second=$(set_password second "another word")
passes "a second key" ctl key add --new-password-file "$second"
rm -rf "${scratch:?}/two-keys"
cp -a "$scratch/vault" "$scratch/two-keys"
for how in flip cut append delete; do
  rm -rf "${scratch:?}/vault"
  cp -a "$scratch/two-keys" "$scratch/vault"
  harm "$how" "$STRONGROOM_VAULT/keys/$key_one"
  password_file=$second
  if [ "$how" = delete ]; then
    passes "key, $how: it was never there" ctl check
  else
    exits 7 "key, $how: check finds damage" ctl check --json
    is "$(findings file_type id)" "key $key_one" "key, $how: the file is named"
  fi
  is_whole "$snapshot_one" "$one" "key, $how: the other key opens all"
  password_file=$sound_password
done

# --- locks -----------------------------------------------------------------------------------------

# A lock of stock restic, as a crash leaves it.
with_fresh_vault
mkfifo "$scratch/input"
(
  export RESTIC_REPOSITORY=$STRONGROOM_VAULT RESTIC_PASSWORD_FILE=$password_file
  exec restic backup --no-cache --quiet --stdin <"$scratch/input" >/dev/null 2>&1
) &
writer=$!
later "$writer"
exec 9<>"$scratch/input"
until [ -n "$(ls "$STRONGROOM_VAULT/locks")" ]; do sleep 0.1; done
kill -KILL "$writer"
wait "$writer" 2>/dev/null
exec 9>&-
lock=$(ls "$STRONGROOM_VAULT/locks")
rm -rf "${scratch:?}/locked"
cp -a "$scratch/vault" "$scratch/locked"
passes "lock: left by a dead process, it is in nobody's way" ctl check
for how in flip cut append delete; do
  rm -rf "${scratch:?}/vault"
  cp -a "$scratch/locked" "$scratch/vault"
  harm "$how" "$STRONGROOM_VAULT/locks/$lock"
  if [ "$how" = delete ]; then
    passes "lock, $how: it was never there" ctl check --no-lock
  else
    exits 7 "lock, $how: check finds damage" ctl check --no-lock --json
    is "$(findings file_type id)" "lock $lock" "lock, $how: the file is named"
  fi
done

done_testing
