#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# restore as a person uses it: what is there already, patterns, dry run, holes, without privilege.
. "$(dirname "$0")/lib.sh" "$@"

data=$scratch/data out=$scratch/out
mkdir -p "$data/docs/old" "$data/empty"
printf 'text\n' >"$data/docs/text"
printf 'older\n' >"$data/docs/old/text"
seq 1 300000 >"$data/numbers"
truncate -s 30M "$data/holes"
printf 'end' >>"$data/holes"
printf '#!/bin/sh\n' >"$data/program"
chmod 6755 "$data/program"
ln "$data/numbers" "$data/numbers2"
ln -s text "$data/docs/link"
chmod 0500 "$data/docs/old"
touch -d '2001-02-03 04:05:06.789' "$data/docs/text" "$data/docs" "$data/docs/old"
new_vault vault
passes "backup" ctl backup "$data"

# --- a new folder ----------------------------------------------------------------------------------

passes "dry run" ctl restore latest --target "$out" --dry-run --verbose
like "$output" "restored +.*$data/docs/old/text" "dry run tells what it would do"
[ ! -e "$out" ]
ok $? "and does nothing"
passes "restore, verified" ctl restore latest --target "$out" --verify
same_trees "$data" "$out$data" "everything is as it was"
passes "with holes" ctl restore latest --target "$scratch/sparse" --sparse
same_trees "$data" "$scratch/sparse$data" "the same with holes"
blocks=$(stat -c %b "$scratch/sparse$data/holes")
[ "$blocks" -lt 2000 ]
ok $? "holes take no space ($blocks blocks)"
passes "one folder of it" ctl restore "latest:$data/docs" --target "$scratch/docs"
same_trees "$data/docs" "$scratch/docs" "lies in the target itself"
passes "some of it" ctl restore latest --target "$scratch/some" --include 'old/text'
is "$(cd "$scratch/some" && find . -type f)" ".$data/docs/old/text" "nothing else was restored"
is "$(ls "$scratch/some$data")" "docs" "and no folder that nothing was chosen in"
is "$(stat -c '%a %Y' "$scratch/some$data/docs")" "$(stat -c '%a %Y' "$data/docs")" \
  "those on the way are as they were"
passes "most of it" ctl restore latest --target "$scratch/most" --exclude docs --exclude 'h*'
is "$(cd "$scratch/most$data" && find . -type f | sort | tr '\n' ' ')" "./numbers ./numbers2 ./program " \
  "all but what was excluded"

# --- over what is there ----------------------------------------------------------------------------

before=$(stat -c %i "$out$data/numbers")
printf 'mine\n' >"$out$data/docs/text"
printf 'extra\n' >"$out$data/docs/extra"
passes "never" ctl restore latest --target "$out" --overwrite never
is "$(cat "$out$data/docs/text")" "mine" "what is there stays"
passes "if newer" ctl restore latest --target "$out" --overwrite if-newer
is "$(cat "$out$data/docs/text")" "mine" "what is newer stays"
passes "if changed" ctl restore latest --target "$out" --overwrite if-changed
is "$(cat "$out$data/docs/text")" "text" "what was changed is as it was"
printf 'mine\n' >"$out$data/docs/text"
passes "always" ctl restore latest --target "$out" --json
is "$(printf '%s' "$output" | json 'd["files_restored"]')" "1" "only what differs is written again"
is "$(stat -c %i "$out$data/numbers")" "$before" "all else is the same file"
[ -e "$out$data/docs/extra" ]
ok $? "what is not in the snapshot stays"
passes "with --delete" ctl restore latest --target "$out" --delete
same_trees "$data" "$out$data" "or goes"
exits 9 "not into the vault" ctl restore latest --target "$STRONGROOM_VAULT/data/restored"

# --- links in the way ------------------------------------------------------------------------------

mkdir "$scratch/elsewhere"
rm -rf "${out:?}$data/docs"
ln -s "$scratch/elsewhere" "$out$data/docs"
passes "a link where a folder should be" ctl restore latest --target "$out"
is "$(ls -A "$scratch/elsewhere")" "" "nothing went through it"
same_trees "$data" "$out$data" "the folder is there"

# --- without privilege -----------------------------------------------------------------------------

if [ "$(id -u)" -eq 0 ]; then
  chmod -R go+rX "$STRONGROOM_VAULT" && chmod go+r "$password_file"
  mkdir "$scratch/nobody"
  chown 65534:65534 "$scratch/nobody"
  passes "as nobody" as_nobody "$CTL" restore latest --no-lock --password-file "$password_file" \
    --target "$scratch/nobody"
  is "$(stat -c '%u %a' "$scratch/nobody$data/program")" "65534 755" \
    "what is not the owner's is not setuid"
  same_trees "$data" "$scratch/nobody$data" "all else is there" --no-owners --no-modes
  chmod 0500 "$scratch/nobody$data/docs"
  rm -f "$scratch/nobody$data/docs/text"
  passes "into a folder that is read-only" as_nobody "$CTL" restore latest --no-lock \
    --password-file "$password_file" --target "$scratch/nobody"
  is "$(stat -c %a "$scratch/nobody$data/docs/old")" "500" "which it is again"
else
  skip "as nobody" "only root can become somebody else"
fi

done_testing
