#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# `strongroomctl run SITE`: every vault of a site in turn, the history, exit codes, --json; stock restic
# reads what came of it.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh" "$@"
need restic
need sqlite3

export XDG_STATE_HOME=$HOME/.local/state
sites=$XDG_CONFIG_HOME/strongroom/sites
mkdir -p "$sites" "$scratch/files"
chmod 0700 "$sites"
printf alpha > "$scratch/files/a.txt"
sqlite3 "$scratch/shop.db" 'CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
  INSERT INTO customers VALUES (1, "Ann"), (2, "Bea");'

new_vault one
first=$STRONGROOM_VAULT
new_vault two
second=$STRONGROOM_VAULT

# site NAME VAULT…: a file as docs/site-format.md describes it
site() {
  local name=$1 vaults='' vault
  shift
  for vault in "$@"; do vaults+="${vaults:+, }{\"location\": \"$vault\"}"; done
  cat > "$sites/$name.json" <<END
{"format": 1, "name": "$name", "environment": "test",
 "sources": [{"kind": "sqlite", "location": "$scratch/shop.db"},
             {"kind": "folder", "location": "$scratch/files", "excludes": ["*.log"]}],
 "vaults": [$vaults]}
END
  chmod 0600 "$sites/$name.json"
}

# field EXPRESSION: of the JSON in $output, which is named d
field() {
  python3 -c "import json, sys; d = json.loads(sys.stdin.read()); print($1)" <<< "$output"
}

site shop "$first" "$second"
printf noise > "$scratch/files/x.log"
passes "a site is backed up" ctl run shop --json
is "$(field 'len(d["runs"])')" 2 "into both vaults"
is "$(field 'sorted({r["state"] for r in d["runs"]})')" "['done']" "each is done"
is "$(field 'd["runs"][1]["verdict"]["verdict"]')" complete "and complete"
is "$(field 'd["runs"][0]["records"]')" 2 "records are counted"
is "$(sqlite3 "$XDG_STATE_HOME/strongroom/history.db" 'SELECT count(*) FROM run WHERE ended_ns > 0')" 2 \
  "the history has both"

passes "stock restic restores it" stock \
  restore latest --target "$scratch/out"
is "$(sqlite3 "$scratch/out/database/shop.db" 'SELECT count(*) FROM customers')" 2 "the database"
is "$(cat "$scratch/out$scratch/files/a.txt")" alpha "the files"
is "$(find "$scratch/out" -name '*.log' | wc -l)" 0 "without what is left out"
passes "the description is JSON" python3 -m json.tool "$scratch/out/strongroom.json"

passes "text for a person" ctl run shop
like "$output" '[Cc]omplete' "tells the verdict"

exits 4 "no such site" ctl run nobody
site lost "$scratch/nowhere" "$second"
exits 4 "a vault that is not there" ctl run lost --json
output=$(grep '"runs"' <<<"$output")
is "$(field '[r["state"] for r in d["runs"]]')" "['failed', 'done']" "and the other gets its backup"
mv "$scratch/files" "$scratch/moved"
exits 3 "a folder that is not there" ctl run shop --json
output=$(grep '"runs"' <<<"$output")
is "$(field '[r["state"] for r in d["runs"]]')" "['incomplete', 'incomplete']" "the rest is stored"
is "$(field 'd["runs"][0]["records"]')" 2 "with the database"
like "$(field 'd["runs"][0]["verdict"]["checks"]')" "$scratch/files" "the verdict names it"
use_vault one
is "$(stock snapshots --json --tag incomplete |
  python3 -c 'import json, sys; print([s["paths"] for s in json.load(sys.stdin)])')" \
  "[['/database/shop.db']]" "the snapshot does not"
mv "$scratch/moved" "$scratch/files"
printf 'wrong\n' > "$scratch/wrong"
exits 5 "a wrong password" "$CTL" run shop --password-file "$scratch/wrong"
site none
exits 2 "a site without a vault" ctl run none
exits 2 "no site named" ctl run
printf 'no database' > "$scratch/shop.db"
fails "a database that is none" ctl run shop
use_vault one
snapshots=$(stock snapshots --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))')
is "$snapshots" 3 "leaves no snapshot"

done_testing
