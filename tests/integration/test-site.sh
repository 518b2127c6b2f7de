#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# The verb site: make, change, look, test and remove, what a project's folder tells, and several
# programs at once.
. "$(dirname "$0")/lib.sh" "$@"

sites=$XDG_CONFIG_HOME/strongroom/sites
site() {
  "$CTL" site "$@"
}
# shown EXPRESSION: of the site Shop as JSON.
shown() {
  site show Shop --json | json "$1"
}

mkdir -p "$scratch/shop/prisma" "$scratch/shop/public/uploads" "$scratch/invoices"
echo picture >"$scratch/shop/public/uploads/a.png"
echo invoice >"$scratch/invoices/1"
/usr/bin/python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY)")
db.commit()' "$scratch/shop/prisma/dev.db"
cat >"$scratch/shop/.env" <<'ENV'
DATABASE_URL="file:./dev.db"
ARCHIVE_URL=postgres://erp:hush@db.example/archive
SESSION_SECRET=hush
ENV

# --- nothing yet -----------------------------------------------------------------------------------

passes "list without any site" site list
is "$(site list --json)" "[]" "which is an empty array"
exits 4 "a site that is not there" site show Shop
exits 2 "no word" site
exits 2 "a word that is none" site delete
exits 2 "a new site without a name" site add
exits 2 "a name that cannot be seen" site add --name ' '
[ ! -e "$sites" ]
ok $? "and nothing was made"

# --- add -------------------------------------------------------------------------------------------

passes "add, dry" site add --name Shop --from "$scratch/shop" --dry-run
like "$output" 'DATABASE_URL in .env, line 1' "what was found is told with its place"
like "$output" 'PostgreSQL.*postgresql://erp@db.example/archive' "a database that is no source yet too"
like "$output" 'not yet protected' "and that it is none"
unlike "$output" 'hush' "no secret is shown"
[ ! -e "$sites" ]
ok $? "nothing was stored"

passes "add" site add --name Shop --from "$scratch/shop/.env" --vault "$scratch/vault" --json
is "$(shown '[s["kind"] for s in d["sources"]]')" "['sqlite', 'postgresql', 'folder']" "the sources"
is "$(shown 'd["environment"]')" production "the environment"
is "$(shown 'd["vaults"][0]["location"]')" "$scratch/vault" "the vault"
unlike "$(cat "$sites"/*.json)" 'hush' "no secret is stored"
is "$(stat -c %a "$sites" "$sites"/*.json | tr '\n' ' ')" "700 600 " "nobody else may read it"
exits 1 "a second of that name" site add --name Shop
like "$output" 'already' "the message says why"
exits 2 "a vault with a password in its place" site add --name Other \
  --vault "rest:https://u:hush@backup.example/"
unlike "$output" 'hush' "which is not repeated"
for option in --file --source --sqlite --remove-source --remove-file; do
  exits 2 "a password behind $option" site edit Shop $option "https://u:hush@backup.example/r"
  unlike "$output" 'hush' "which is not repeated either"
done
exits 4 "a source that is not there" site add --name Other --source "$scratch/missing"
exits 2 "a folder as a SQLite database" site add --name Other --sqlite "$scratch/invoices"
exits 4 "a project that is not there" site add --from "$scratch/missing"
is "$(site list --json | json 'len(d)')" 1 "nothing of this was stored"

# --- edit ------------------------------------------------------------------------------------------

passes "edit" site edit Shop --source "$scratch/invoices" --exclude '*.tmp' --exclude 'cache' \
  --ignore-file .backupignore --one-file-system --file "$scratch/old.zip" --environment test
is "$(shown 'd["sources"][3]["excludes"]')" "['*.tmp', 'cache']" "patterns of that source"
is "$(shown '"excludes" in d["sources"][2]')" False "and of no other"
is "$(shown 'd["sources"][3]["ignore_file"], d["sources"][3]["one_file_system"]')" \
  "('.backupignore', True)" "its other rules"
is "$(shown 'd["environment"], d["files"][0]["path"]')" "('test', '$scratch/old.zip')" "and the rest"
passes "take back" site edit Shop --remove-exclude cache --remove-file "$scratch/old.zip" \
  --remove-source postgresql://erp@db.example/archive
is "$(shown 'd["sources"][2]["excludes"], len(d["files"])')" "(['*.tmp'], 0)" "is taken back"
exits 4 "take back what is not there" site edit Shop --remove-source "$scratch/missing"
exits 2 "add takes nothing back" site add --name X --remove-vault "$scratch/vault"
exits 2 "show takes no content" site show Shop --source "$scratch/invoices"
is "$(cd "$scratch" && site edit Shop --source invoices --json | json 'len(d["site"]["sources"])')" 3 \
  "a relative path is the same source"

id=$(shown 'd["id"]')
passes "a new name" site edit Shop --name "Café Süd"
passes "by its name in another form" site show "$(printf 'Cafe\314\201 Su\314\210d')"
passes "by its id" site show "$id"
passes "the old name again" site edit "$id" --name Shop

# What another program wrote stays.
/usr/bin/python3 - "$sites/$id.json" <<'PYTHON'
import json, sys
d = json.load(open(sys.argv[1]))
d["plan"] = {"hour": 3}
d["vaults"][0]["weight"] = 0.5
json.dump(d, open(sys.argv[1], "w"))
PYTHON
passes "edit what another program wrote to" site edit Shop --environment production
is "$(json 'd["plan"]["hour"], d["vaults"][0]["weight"]' <"$sites/$id.json")" "(3, 0.5)" \
  "members that are not known stay"

# Many at once: none is lost.
for i in 1 2 3 4; do
  site edit Shop --file "$scratch/backup-$i.zip" >/dev/null 2>"$scratch/edit-$i" &
  later $!
  edits[i]=$!
done
failed=0
for i in 1 2 3 4; do
  wait "${edits[i]}" || failed=1
done
is "$failed" 0 "four changes at once"
is "$(shown 'len(d["files"])')" 4 "are all there"

# --- test ------------------------------------------------------------------------------------------

exits 1 "test without the vault" site test Shop
like "$output" '^ok .*dev.db: The database opens; it has 1 table' "a database is opened"
like "$output" '^ok .*invoices: The folder can be read' "a folder is read"
like "$output" '^problem  vault .*There is nothing' "the vault is missed"
new_vault vault
passes "test with the vault" site test Shop
like "$output" '^ok .*vault.*is a vault' "which is known for one"
like "$output" '^warning  vault .*There is no keyring' "no keyring is a warning"
like "$output" 'are free' "the room is told"
is "$(site test Shop --json | json 'd[0]["result"], d[0]["items"][0]["level"]')" "('warning', 'ok')" \
  "as JSON"
mkdir "$scratch/empty"
passes "another vault" site edit Shop --vault "$scratch/empty" --source "$scratch/empty"
exits 1 "a folder that is no vault" site test Shop
like "$output" '^problem  vault .*empty: It can be reached but is no vault' "is told apart"
like "$output" '^warning  source .*empty: The folder is empty' "an empty source is a warning"
printf 'not a database' >"$scratch/shop/prisma/dev.db"
exits 1 "test of a broken database" site test
like "$output" '^problem  source .*dev.db' "names it"
passes "a site with nothing in it" site add --name Nothing
exits 1 "fails the test" site test Nothing
like "$output" 'Nothing is backed up' "and says why"

# --- remove ----------------------------------------------------------------------------------------

exits 9 "remove where nobody can be asked" site remove Shop
passes "the site is still there" site show Shop
passes "remove --yes" site remove Shop --yes
like "$output" 'stay' "what stays is told"
like "$output" "$scratch/vault" "the vault by its place"
exits 4 "the site is gone" site show Shop
passes "the vault is not" ctl snapshots

# --- damage ----------------------------------------------------------------------------------------

printf '{"format":1,"name":"Cut' >"$sites/cut.json"
printf '{"format":2,"name":"Newer"}' >"$sites/newer.json"
exits 7 "list with damaged files" site list
like "$output" 'cut.json.*JSON' "names what is damaged"
like "$output" 'newer.json.*newer Strongroom' "and what is newer"
like "$output" 'Nothing' "and lists the rest"
exits 7 "show of a damaged one" site show cut
exits 4 "nothing outside the folder" site show ../sites/cut
is "$(cat "$sites/cut.json")" '{"format":1,"name":"Cut' "it is left as it was"

done_testing
