#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# History and status as a person and a monitoring system use them: rebuilt from a vault that stock
# restic wrote to as well, searched, exported, damaged and made anew; what Nagios and Prometheus read
# is held against the grammar of their formats.
. "$(dirname "$0")/lib.sh" "$@"
need restic

samples=$SR_SOURCE_ROOT/tests/data/samples
history=$XDG_STATE_HOME/strongroom/history.db
new_vault vault
mkdir "$scratch/data"
printf 'x\n' >"$scratch/data/file"

# --- nothing yet -------------------------------------------------------------------------------------

passes "an empty history is listed" ctl history
like "$output" "0 runs" "and says so"
exits 4 "a run that is not there" ctl history show 1
exits 2 "a run that is no number" ctl history show one
exits 2 "no such state" ctl history --state lost
exits 2 "no such time" ctl history --since yesterday
exits 2 "no such word" ctl history erase
exits 2 "a format without an export" ctl history --format csv
exits 3 "nagios: no site is not known" ctl status --format nagios
is "$output" "STRONGROOM UNKNOWN - no site is set up" "in one line"
exits 3 "nagios: ages the wrong way round" ctl status --format nagios --warn-age 3d --critical-age 2d
exits 2 "ages the wrong way round for a person" ctl status --warn-age 3d --critical-age 2d
exits 2 "an age that is none" ctl status --warn-age soon
exits 4 "a site that is not there" ctl status nowhere

# --- from the vault ----------------------------------------------------------------------------------

ctl backup --quiet --tag nightly "$scratch/data" || exit 1
ctl import --quiet "$samples/rayerp-full.zip" || exit 1
stock backup --quiet --tag other "$scratch/data" || exit 1
passes "the history is rebuilt" ctl history rebuild
like "$output" "3 of 3 snapshots added" "from three snapshots"
passes "again" ctl history rebuild --json
is "$output" '{"snapshots":3,"added":0,"damaged":0}' "nothing is added"
passes "words are found" ctl history --search 'NIGHT vault' --json
is "$(/usr/bin/python3 -c 'import json,sys; print(len(json.loads(sys.argv[1])))' "$output")" 1 "in one run"
passes "a kind is found" ctl history --action import
like "$output" "complete" "with its verdict"
passes "nothing was run in the future" ctl history --since 2100-01-01
like "$output" "0 runs" "so it is empty"
passes "all was run within a day" ctl history --since 1d --until 2100-01-01
like "$output" "3 runs" "so all are there"
id=$(ctl history --action import --json | /usr/bin/python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
passes "one is shown" ctl history show "$id"
like "$output" "employees" "with counts"
like "$output" "Announced records" "with checks"
passes "one is shown to programs" ctl history show "$id" --json
/usr/bin/python3 -c '
import json, sys
run = json.loads(sys.argv[1])
assert run["counts"]["employees"] == 40 and run["records"] == 366 and run["rebuilt"], run
assert run["checks"]["verdict"] == run["verdict"] == "complete", run
assert run["vault"] == sys.argv[2] and len(run["snapshot"]) == 64, run
' "$output" "$STRONGROOM_VAULT"
ok $? "with all it has"

# --- export ------------------------------------------------------------------------------------------

passes "an export to a file" ctl history export --output "$scratch/runs.csv"
exits 1 "is not overwritten" ctl history export --output "$scratch/runs.csv"
passes "unless that is wanted" ctl history export --output "$scratch/runs.csv" --overwrite
ctl history export --format json --limit 2 >"$scratch/runs.json"
/usr/bin/python3 -c '
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")))
runs = json.load(open(sys.argv[2], encoding="utf-8"))
assert len(rows) == 3 and len(runs) == 2, (rows, runs)
assert rows[0]["id"] == str(runs[0]["id"]) and list(rows[0]) == list(runs[0]), (rows, runs)
' "$scratch/runs.csv" "$scratch/runs.json"
ok $? "both tell the same"
is "$(stat -c %a "$scratch/runs.csv")" 600 "the export is for its owner only"
is "$(stat -c %a "$history")" 600 "and so is the history"

# --- status ------------------------------------------------------------------------------------------

mkdir -p "$XDG_CONFIG_HOME/strongroom/sites"
chmod 0700 "$XDG_CONFIG_HOME/strongroom" "$XDG_CONFIG_HOME/strongroom/sites"
/usr/bin/python3 - "$XDG_CONFIG_HOME/strongroom/sites" "$scratch/data" "$STRONGROOM_VAULT" <<'PYTHON'
import json, sys
folder, data, vault = sys.argv[1:]
for site, name, vaults in (("shop-7f3a2c", "Shop", [vault]),
                           ("bar-000000", 'Bar | "x" \\', ["/nowhere/vault"])):
    with open(f"{folder}/{site}.json", "w", encoding="utf-8") as out:
        json.dump({"format": 1, "name": name, "environment": "production",
                   "sources": [{"kind": "folder", "location": data}],
                   "vaults": [{"location": v} for v in vaults]}, out)
PYTHON
exits 2 "nagios: a site without a backup is critical" ctl status --format nagios
like "$output" "There is no good backup yet" "which says why"

# That vault's runs belong to no site yet: made anew for one.
rm -f "$history"*
passes "rebuilt for a site" ctl history rebuild --site Shop
exits 0 "nagios: that site is well" ctl status --format nagios Shop
exits 1 "nagios: an old one is a warning" ctl status --format nagios --warn-age 0s Shop
exits 2 "nagios: an older one is critical" ctl status --format nagios --warn-age 0s --critical-age 0s Shop
exits 2 "nagios: the worst of all counts" ctl status --format nagios
printf '%s\n' "$output" >"$scratch/nagios"
passes "text tells it" ctl status
like "$output" "^ok +Shop" "one line a site"
like "$output" "^critical +Bar" "one line a site, the other too"
passes "json tells it" ctl status --format json
printf '%s\n' "$output" >"$scratch/status.json"
passes "prometheus tells it" ctl status --format prometheus
printf '%s\n' "$output" >"$scratch/prometheus"
/usr/bin/python3 -B "$here/check-monitoring.py" "$scratch/nagios" "$scratch/prometheus" "$scratch/status.json" \
  >"$scratch/errors" 2>&1
ok $? "all three keep to their formats" || note "$(cat "$scratch/errors")"

# --- damage ------------------------------------------------------------------------------------------

rm -f "$history-wal" "$history-shm"
printf 'this is no database at all, whatever its name says' | dd of="$history" conv=notrunc status=none
exits 7 "a damaged history is told as one" ctl history
like "$output" "history rebuild" "with the way out"
exits 3 "nagios: nothing is known then" ctl status --format nagios
passes "it is made anew" ctl history rebuild
like "$output" "damaged-" "and the old one kept"
is "$(find "$XDG_STATE_HOME/strongroom" -name 'history.db.damaged-*Z' | wc -l)" 1 "beside it"
passes "as whole as before" ctl history
like "$output" "3 runs" "with all runs"
printf '{' >"$XDG_CONFIG_HOME/strongroom/sites/odd-111111.json"
exits 7 "a site that cannot be read is no silent one" ctl status
like "$output" "odd-111111" "but named"

done_testing
