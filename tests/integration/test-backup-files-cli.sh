#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# The verbs that open backup files, on the samples of real servers and on files made here: what they
# print as text and as JSON, how they end, keys, limits, and that nothing is lost on the way through
# a vault or a restore.
. "$(dirname "$0")/lib.sh" "$@"

need python3 unzip tar openssl
source_root=${SR_SOURCE_ROOT:-$(readlink -f "$here/../..")}
samples=$source_root/tests/data/samples
key=run-pos-backup-key
printf '%s\n' "$key" >"$scratch/key"
printf 'wrong\n' >"$scratch/wrong-key"
cd "$scratch" || exit 1
# Made after what is known of the kinds of which there is no sample.
python3 -W ignore "$source_root/tests/support/make-backups.py" made

# count_of FILE: {"collection": records} as another program counts them, one line of JSON.
count_of() {
  python3 -B - "$1" <<'PYTHON'
import json, sqlite3, sys, tempfile, zipfile
path = sys.argv[1]
counts = {}
if path.endswith(".json"):
    data = json.load(open(path, encoding="utf-8"))["data"]
    counts = {name: len(rows) for name, rows in data.items() if isinstance(rows, list)}
else:
    archive = zipfile.ZipFile(path)
    for name in archive.namelist():
        if name.endswith(".json") and "/" not in name and name not in (
                "backup-info.json", "metadata.json"):
            counts[name[:-5]] = len(json.loads(archive.read(name)))
        elif name.endswith((".db", ".sqlite", ".backup")):
            with tempfile.NamedTemporaryFile() as file:
                file.write(archive.read(name))
                file.flush()
                database = sqlite3.connect(file.name)
                for table, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                                               " AND name NOT LIKE 'sqlite_%'"
                                               " AND name NOT LIKE '_prisma%'").fetchall():
                    counts[table] = database.execute(
                        f'SELECT count(*) FROM "{table}"').fetchone()[0]
print(json.dumps(counts, sort_keys=True))
PYTHON
}

# --- every verb on every sample ---------------------------------------------------------------------

# sample NAME KIND VERDICT STATUS RECORDS [OPTION…]: what is said of a sample, in both forms.
sample() {
  local name=$1 kind=$2 verdict=$3 status=$4 records=$5 file=$samples/$1
  shift 5
  passes "$name: inspect" "$CTL" inspect "$file" --entries "$@"
  unlike "$output" '  $' "$name: inspect leaves no column open"
  is "$("$CTL" inspect --json --entries "$file" "$@" | json 'd["file"]["kind"]')" "$kind" \
    "$name: inspect names the kind"
  exits "$status" "$name: verify" "$CTL" verify "$file" "$@"
  like "$output" "^${verdict^}" "$name: verify says $verdict"
  unlike "$output" '(^|[^0-9,])1 (files|records|values|texts|collections|hashes|codes)' \
    "$name: verify speaks of one as of one"
  is "$("$CTL" verify --json "$file" "$@" | json 'd["verdict"]["verdict"]')" "$verdict" \
    "$name: verify in JSON"
  is "$("$CTL" verify --json "$file" "$@" | json 'sum(d["records"].values())')" "$records" \
    "$name: verify counts"
}

sample rayerp-full.zip rayerp complete 0 366
sample rayerp-full-encrypted.zip rayerp complete 0 353
sample rayerp-two-modules.zip rayerp complete 0 8
sample rayerp-incremental.zip rayerp suspicious 3 0
sample lpgnexus-backup.json lpgnexus intact 0 148
sample pos-database.backup pos complete 0 15
sample pos-database-encrypted.backup pos suspicious 3 0
sample pos-database-encrypted.backup pos complete 0 15 --key-file key
sample webeenthere-database.sql webeenthere suspicious 3 117
sample webeenthere-full.tar.gz webeenthere-tar suspicious 3 0

for name in rayerp-full.zip rayerp-two-modules.zip lpgnexus-backup.json pos-database.backup; do
  is "$("$CTL" records --json "$samples/$name" | json \
    'json.dumps({c["name"]: c["records"] for c in d["collections"]}, sort_keys=True)')" \
    "$(count_of "$samples/$name")" "$name: records counts as Python does"
done
is "$("$CTL" inspect --json "$samples/webeenthere-database.sql" | json 'list(d["facts"])')" \
  "$("$CTL" inspect --json "$samples/webeenthere-database.sql" | json 'sorted(set(d["facts"]), key=list(d["facts"]).index)')" \
  "no fact is told twice in JSON"
output=$("$CTL" verify "$samples/webeenthere-database.sql")
is "$(grep -c '^  Database ' <<<"$output")" 1 "nor in text"

# --- how they end -----------------------------------------------------------------------------------

exits 2 "inspect without a file" "$CTL" inspect
exits 2 "verify of two files" "$CTL" verify a b
exits 4 "a file that is not there" "$CTL" verify nowhere.zip
exits 2 "a verdict that is none" "$CTL" verify "$samples/rayerp-full.zip" --at-least good
exits 0 "suspicious is enough if asked for" "$CTL" verify "$samples/rayerp-incremental.zip" \
  --at-least suspicious
exits 3 "proven is more than a file can be" "$CTL" verify "$samples/rayerp-full.zip" \
  --at-least proven
exits 3 "--quick never says intact" "$CTL" verify --quick "$samples/rayerp-full.zip"
like "$output" 'not-made' "and says what was not looked at"
digest=$(sha256sum <"$samples/rayerp-full.zip" | cut -d' ' -f1)
passes "the right digest" "$CTL" verify "$samples/rayerp-full.zip" --sha256 "$digest"
exits 7 "another digest" "$CTL" verify "$samples/rayerp-full.zip" --sha256 "${digest//[0-4]/7}"
exits 2 "no digest at all" "$CTL" verify "$samples/rayerp-full.zip" --sha256 "12"

# Each byte that is lost is found, wherever the file ends.
size=$(stat -c %s "$samples/rayerp-full.zip")
for part in 1 3 5 7; do
  head -c $((size * part / 8)) "$samples/rayerp-full.zip" >cut.zip
  exits 7 "verify of $part eighths of a ZIP" "$CTL" verify cut.zip
done
python3 -c '
import sys, zipfile
path = sys.argv[1]
data = bytearray(open(path, "rb").read())
entry = zipfile.ZipFile(path).getinfo("attendance.json")
data[entry.header_offset + 60 + entry.compress_size // 2] ^= 4
open("flipped.zip", "wb").write(data)' "$samples/rayerp-full.zip"
exits 7 "one bit of a ZIP is another" "$CTL" verify flipped.zip
like "$output" 'attendance.json' "and the entry is named"
is "$("$CTL" verify --json flipped.zip | json 'd["verdict"]["verdict"]')" broken "broken, in JSON"
head -c 50000 "$samples/webeenthere-full.tar.gz" | head -c 900 >cut.tar.gz
exits 7 "a tar.gz that is cut" "$CTL" verify cut.tar.gz
exits 7 "records of a cut ZIP" "$CTL" records cut.zip
exits 7 "a text is no backup" "$CTL" verify "$samples/README.md"
is "$(grep -c 'It is no backup' <<<"$output")" 2 "which is said in the verdict and its reason only"

# --- keys -------------------------------------------------------------------------------------------

sealed=$samples/pos-database-encrypted.backup
exits 5 "records without a key" "$CTL" records "$sealed"
exits 5 "records with a wrong key" "$CTL" records "$sealed" --key-file wrong-key
exits 5 "in JSON" "$CTL" records --json "$sealed" --key-file wrong-key
is "$(json 'd["error"]["code"]' <<<"$output")" wrong-password "the error has a code"
exits 3 "verify without a key does not say broken" "$CTL" verify "$sealed"
exits 3 "nor with a wrong one" "$CTL" verify "$sealed" --key-file wrong-key
passes "key from a file" "$CTL" records "$sealed" --key-file key
passes "key from a command" "$CTL" records "$sealed" --key-command "cat key"
exits 0 "key from a descriptor" "$CTL" records "$sealed" --key-fd 7 7<key
exits 1 "a command that fails" "$CTL" records "$sealed" --key-command "exit 3"
exits 2 "two keys" "$CTL" records "$sealed" --key-file key --key-command "cat key"
exits 4 "a key file that is not there" "$CTL" records "$sealed" --key-file no-key
unlike "$("$CTL" verify -v "$sealed" --key-file key 2>&1)" "$key" "the key is not shown"
like "$("$CTL" inspect "$samples/rayerp-full-encrypted.zip")" 'default key: change it' \
  "a server's built-in key is said"

# --- limits -----------------------------------------------------------------------------------------

exits 9 "too many entries" "$CTL" verify "$samples/rayerp-full.zip" --max-entries 5
like "$output" '--max-entries' "the limit is named"
exits 9 "too large an entry" "$CTL" verify "$samples/rayerp-full.zip" --max-entry-size 10K
like "$output" '--max-entry-size' "the limit is named"
exits 9 "too much in all" "$CTL" verify "$samples/rayerp-full.zip" --max-total 100K
like "$output" '--max-total' "the limit is named"
head -c 200M /dev/zero | gzip -9 >bomb.gz
exits 9 "unfolds too far" "$CTL" verify bomb.gz --max-ratio 100
like "$output" '--max-ratio' "the limit is named"
exits 2 "a limit of nothing" "$CTL" verify "$samples/rayerp-full.zip" --max-depth 0
exits 2 "a limit that is no number" "$CTL" verify "$samples/rayerp-full.zip" --max-total many

# --- records ----------------------------------------------------------------------------------------

erp=$samples/rayerp-full.zip
unzip -q "$erp" employees.json attendance.json
exits 4 "a collection that is not there" "$CTL" records "$erp" nothing
is "$("$CTL" records "$erp" employees --format json | json 'd == json.load(open("employees.json"))')" \
  True "all records of a collection, in JSON"
is "$("$CTL" records "$erp" employees --json --where 'salary>50000' |
  json '[r["_id"] for r in d] == [r["_id"] for r in json.load(open("employees.json")) if r["salary"] > 50000] and len(d) > 0')" \
  True "--where with >"
is "$("$CTL" records "$erp" employees --json --where 'salary>50000' --where 'status=active' |
  json 'len(d) == sum(r["salary"] > 50000 and r["status"] == "active" for r in json.load(open("employees.json")))')" \
  True "two --where"
is "$("$CTL" records "$erp" roles --where 'name=no such role' --json)" "[]" \
  "nothing fits: an empty array"
is "$("$CTL" records "$erp" employees --limit 3 | wc -l)" 3 "--limit"
like "$("$CTL" records "$erp" --where 'name~super_admin')" '^roles  ' \
  "a search in all names the collection"
is "$("$CTL" records --json "$erp" attendance --sum totalHours --dates | json \
  '[f["sum"] for f in d["collections"][0]["fields"] if f["field"] == "totalHours"][0]')" \
  "$(python3 -c 'import json, decimal
print(sum((r["totalHours"] for r in json.load(open("attendance.json"), parse_float=decimal.Decimal))))')" \
  "--sum is exact"
is "$("$CTL" records --json "$erp" attendance --dates | json \
  '[(f["first"], f["last"]) for f in d["collections"][0]["fields"] if f["field"] == "checkIn"]')" \
  "$(python3 -c 'import json
dates = [r["checkIn"] for r in json.load(open("attendance.json"))]
print([(min(dates), max(dates))])')" "--dates"
exits 2 "--sum does not go with --where" "$CTL" records "$erp" employees --sum salary --where a
exits 2 "an unknown format" "$CTL" records "$erp" employees --format xml
exits 2 "CSV of everything" "$CTL" records "$erp" --format csv
passes "CSV into a file" "$CTL" records "$erp" employees --format csv --output employees.csv
is "$(python3 -c 'import csv, json
rows = list(csv.DictReader(open("employees.csv", newline="", encoding="utf-8")))
wanted = json.load(open("employees.json"))
print(len(rows) == len(wanted) and all(
    r["_id"] == w["_id"] and r["lastName"] == w["lastName"]
    and json.loads(r["address"]) == w["address"] for r, w in zip(rows, wanted)))')" True \
  "Python reads it"
is "$(tail -c 2 employees.csv | tr -d '\n' | wc -c)" 1 "it ends with its last line"
is "$(stat -c %a employees.csv)" 600 "others cannot read it"
cp employees.csv before.csv
exits 1 "it is not replaced" "$CTL" records "$erp" roles --format csv --output employees.csv
passes "and is as it was" cmp before.csv employees.csv
passes "but with --overwrite" "$CTL" records "$erp" roles --format csv --output employees.csv \
  --overwrite
is "$(head -c 22 employees.csv)" "_id,name,description,p" "it is"
passes "all collections into a file" "$CTL" records "$erp" --output all.json
is "$(json 'sum(len(rows) for rows in d.values())' <all.json)" 366 "as one object"
exits 1 "records of what has none" "$CTL" records "$samples/webeenthere-full.tar.gz"

# --- compare ----------------------------------------------------------------------------------------

python3 -B - <<'PYTHON'
import json
def write(name, change):
    rows = [{"id": i, "name": f"Item {i}", "price": i + 0.5, "tags": ["a", {"b": i}]}
            for i in range(1000)]
    other = [{"id": i, "n": i} for i in range(10)]
    change(rows)
    with open(name, "w") as stream:
        json.dump({"items": rows, "others": other}, stream)
def change(rows):
    rows[17]["price"] = 99
    rows[17]["note"] = "dear"
    rows.append({"id": 5000, "name": "New", "price": 1, "tags": []})
    del rows[400]
    rows.reverse()
write("monday.json", lambda rows: None)
write("tuesday.json", change)
PYTHON
passes "compare two files" "$CTL" compare monday.json tuesday.json
like "$output" '^items +1 +1 +1 +998' "one added, one removed, one changed"
like "$output" '^others +0 +0 +0 +10' "and the rest is the same"
unlike "$output" 'items.*(only|key)' "by its key"
output=$("$CTL" compare monday.json tuesday.json --fields)
like "$output" '^\+ items 5000$' "the added one is named"
like "$output" '^- items 400$' "the removed one"
like "$output" '^M items 17$' "the changed one"
like "$output" '^    price: 17.5 -> 99$' "what differs in it"
like "$output" '^    note: \(absent\) -> ' "and what is new"
is "$(grep -c ' -> ' <<<"$output")" 2 "and nothing else"
is "$("$CTL" compare --json --fields monday.json tuesday.json | json \
  'sorted((c["change"], c["key"], sorted(f["name"] for f in c["fields"] if c["change"] == "changed")) for c in d["changes"])')" \
  "[('added', '5000', []), ('changed', '17', ['note', 'price']), ('removed', '400', [])]" \
  "the same in JSON"
is "$("$CTL" compare --json tuesday.json monday.json --collection items | json \
  '[(c["added"], c["removed"], c["changed"], c["same"]) for c in d["collections"]]')" \
  "[(1, 1, 1, 998)]" "the other way round"
is "$("$CTL" compare --json "$erp" "$samples/rayerp-full-encrypted.zip" | json \
  '[(c["name"], c["same"], c["changed"]) for c in d["collections"] if not c["only_in_old"]]')" \
  "[('attendance', 300, 0), ('employees', 40, 0), ('leaves', 1, 0), ('roles', 11, 0), ('users', 1, 0)]" \
  "clear and encrypted are the same records"
exits 4 "a collection that is in none" "$CTL" compare monday.json tuesday.json --collection x

# --- extract ----------------------------------------------------------------------------------------

mkdir theirs
unzip -q "$erp" -d theirs
passes "extract" "$CTL" extract "$erp" --target ours
like "$output" '^Extracted [0-9]+ entries' "tells how many"
passes "byte for byte what unzip makes" diff -r theirs ours
exits 3 "again into the same folder" "$CTL" extract "$samples/rayerp-two-modules.zip" --target ours
like "$output" '--overwrite' "tells what to do"
passes "and replaces nothing" diff -r theirs ours
passes "with --overwrite" "$CTL" extract "$samples/rayerp-two-modules.zip" --target ours --overwrite
is "$(cmp -s theirs/backup-info.json ours/backup-info.json || echo other)" other "it does"
passes "one folder of it" "$CTL" extract "$erp" uploads --target part
is "$(cd part && find . -type f)" ./uploads/docs/a.txt "only that"
exits 4 "an entry that is not there" "$CTL" extract "$erp" upload --target part2
exits 2 "without a target" "$CTL" extract "$erp"
mkdir theirs-tar
tar -xzf "$samples/webeenthere-full.tar.gz" -C theirs-tar
passes "extract a tar.gz" "$CTL" extract "$samples/webeenthere-full.tar.gz" --target ours-tar
passes "byte for byte what tar makes" diff -r theirs-tar ours-tar
python3 - <<'PYTHON'
import io, tarfile, zipfile
with zipfile.ZipFile("evil.zip", "w") as archive:
    for name in ("good.txt", "../up.txt", "/abs.txt", "a/../../b.txt", "c\\..\\d.txt", "e/\x01f"):
        archive.writestr(name, name)
with tarfile.open("evil.tar", "w") as archive:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    archive.addfile(link)
    through = tarfile.TarInfo("link/through.txt")
    through.size = 1
    archive.addfile(through, io.BytesIO(b"x"))
PYTHON
mkdir -p deep/target deep/target2
exits 3 "names that lead out" "$CTL" extract evil.zip --target deep/target
exits 3 "a link that leads out" "$CTL" extract evil.tar --target deep/target2
is "$(ls deep)" "$(printf 'target\ntarget2')" "nothing beside the target"
is "$(test -e /abs.txt || test -e up.txt || test -L deep/target2/link || echo none)" none \
  "nothing outside, and no link out"
passes "what is good is there" test -f deep/target/good.txt
(cd theirs && tar -cf ../dots.tar .)
passes "a tar file whose names begin with a dot" "$CTL" verify dots.tar

# --- import -----------------------------------------------------------------------------------------

new_vault vault
for name in rayerp-full.zip rayerp-full-encrypted.zip rayerp-two-modules.zip rayerp-incremental.zip \
  lpgnexus-backup.json pos-database.backup pos-database-encrypted.backup webeenthere-database.sql \
  webeenthere-full.tar.gz; do
  file=$samples/$name
  wanted=$("$CTL" verify --json "$file" --key-file key | json 'd["verdict"]["verdict"]')
  status=0
  [ "$wanted" != suspicious ] || status=3
  exits "$status" "$name: import" ctl import --json "$file" --key-file key
  first=$(json 'd["bytes_added"]' <<<"$output")
  is "$(json 'd["verdict"]["verdict"]' <<<"$output")" "$wanted" "$name: with its verdict"
  snapshot=$(json 'd["snapshot"]' <<<"$output")
  exits "$status" "$name: import again" ctl import --json "$file" --key-file key
  second=$(json 'd["bytes_added"]' <<<"$output")
  ok $((second > 1500 || first < second)) "$name: costs next to nothing ($first, then $second)"
  exits "$status" "$name: verify the snapshot" ctl verify --json snapshot:latest
  is "$(json 'd["verdict"]["verdict"]' <<<"$output")" "$wanted" "$name: it is as good as the file"
  is "$(ctl dump "$snapshot" /strongroom.json | json 'd["sha256"]')" \
    "$(sha256sum <"$file" | cut -d' ' -f1)" "$name: the digest of the file is kept"
  case $name in
    *incremental* | *full.tar.gz) continue ;;
  esac
  is "$(ctl compare --json snapshot:latest "$file" --key-file key | json \
    'sum(c["added"] + c["removed"] + c["changed"] for c in d["collections"])')" 0 \
    "$name: the records are the same"
done
passes "the vault is whole" ctl check --read-data
exits 7 "a broken file is not stored" ctl import cut.zip
exits 5 "nor one without its key" ctl import "$sealed"
exits 2 "nor a snapshot" ctl import snapshot:latest
count=$(ctl snapshots --json | json 'len(d)')
is "$count" 18 "none of these left a snapshot"
exits 0 "a dry run" ctl import --dry-run "$erp"
is "$(ctl snapshots --json | json 'len(d)')" "$count" "leaves none either"
exits 3 "a broken one on demand" ctl import made/rayerp-broken-json.zip --accept-broken
is "$(ctl dump latest /strongroom.json | json 'd["verdict"]["verdict"]')" broken "and said to be so"
exits 7 "rayerp-flipped.zip is not stored" ctl import "made/rayerp-flipped.zip"
exits 3 "but what can be read of it, on demand" ctl import --json "made/rayerp-flipped.zip" --accept-broken
like "$(json '[e["path"] for e in d["errors"]]' <<<"$output")" employees.json "what cannot is told"
is "$(ctl dump latest /strongroom.json | json 'd["lost"]')" "['employees.json']" "and recorded"
like "$(ctl ls --recursive latest)" 'database/employees.json.incomplete' "the sound part of it is kept"
like "$(ctl ls --recursive latest)" 'backup-info.json' "the others are there"
exits 7 "the snapshot is a broken backup as well" ctl verify snapshot:latest
like "$output" 'broken when it was imported: “employees.json”' "and says why"
passes "time, host and tags" ctl import "$erp" --time "2026-01-31 12:00:00" --host till --tag a,b
like "$(ctl snapshots --json --host till --tag b)" '2026-01-31T' "are the snapshot's"
exits 4 "a snapshot that is not there" ctl verify snapshot:ffffffff

# --- restore ----------------------------------------------------------------------------------------

exits 2 "restore to nowhere" "$CTL" restore-file "$erp"
passes "a dry run" "$CTL" restore-file "$erp" --into new --dry-run
like "$output" 'Nothing was changed' "says so"
passes "and makes nothing" test ! -e new
passes "restore into a new folder" "$CTL" restore-file "$erp" --into new
passes "byte for byte" diff -r theirs new
cp -a new as-it-was
other=$samples/rayerp-two-modules.zip
exits 9 "what is there stays" "$CTL" restore-file "$other" --into new
exits 9 "also with --replace alone" "$CTL" restore-file "$other" --into new --replace
exits 9 "and if nobody can be asked" "$CTL" restore-file "$other" --into new --replace \
  --safety before.tar
same_trees as-it-was new "the folder is as it was"
passes "nothing is left beside it" test ! -e before.tar
exits 0 "a dry run tells the loss" "$CTL" restore-file "$other" --into new --replace \
  --safety before.tar --dry-run
like "$output" '21 files' "in files"
same_trees as-it-was new "and changes nothing"
passes "--yes replaces it" "$CTL" restore-file "$other" --into new --replace --safety before.tar --yes
unzip -q "$other" -d theirs-other
said=$(grep -o 'restore-file before.tar.*' <<<"$output")
passes "by what the backup holds" diff -r theirs-other new
like "$said" '^restore-file before.tar --into new --replace --safety AFTER$' "how to go back is said"
read -ra words <<<"${said/AFTER/after.tar}"
passes "which can be typed" "$CTL" "${words[@]}" --yes
same_trees as-it-was new "and puts everything back" --no-dir-times
passes "safety in a vault" "$CTL" restore-file "$other" --into new --replace --yes \
  --safety-vault "$STRONGROOM_VAULT" --safety-password-file "$password_file"
passes "comes out" ctl dump "$(ctl snapshots --json --tag safety | json 'd[-1]["id"]')" \
  /database/before.tar --output from-vault.tar
passes "and goes back" "$CTL" restore-file from-vault.tar --into new --replace --safety x.tar --yes
same_trees as-it-was new "whole" --no-dir-times
exits 7 "a broken backup is not restored" "$CTL" restore-file flipped.zip --into broken
exits 5 "nor one without its key" "$CTL" restore-file "$sealed" --into broken
exits 4 "nor an entry that is not there" "$CTL" restore-file "$erp" --entry upload --into broken
exits 9 "nor records into a folder" "$CTL" restore-file "$erp" roles --into broken
exits 9 "nor names that lead out" "$CTL" restore-file evil.zip --into broken
passes "nothing was made" test ! -e broken
passes "one folder of it" "$CTL" restore-file "$erp" --entry uploads --into part3
is "$(cd part3 && find . -type f)" ./uploads/docs/a.txt "only that"
passes "from a snapshot" ctl restore-file snapshot:"$(ctl snapshots --json --host till |
  json 'd[0]["id"]')" --into from-snapshot
passes "byte for byte" diff -r theirs from-snapshot
passes "in JSON" "$CTL" restore-file --json "$erp" --into in-json
is "$(json 'd["restored"], [(c["put"], c["found"]) for c in d["counts"]]' <<<"$output")" \
  "(True, [(21, 21)])" "counts and result"

# --- into SQLite ------------------------------------------------------------------------------------

# rows DATABASE TABLE: how many Python's SQLite finds
rows() {
  python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(f"SELECT count(*) FROM \"{sys.argv[2]}\"").fetchone()[0])' \
    "$@"
}
pos=$samples/pos-database.backup
passes "a POS backup becomes a database" "$CTL" restore-file "$pos" --into sqlite:pos.db
is "$(rows pos.db Product)" 3 "with its records"
exits 9 "one that is there stays" "$CTL" restore-file made/pos-good.backup --into sqlite:pos.db
passes "it is replaced" "$CTL" restore-file made/pos-good.backup --into sqlite:pos.db --replace \
  --safety before.db --yes
like "$output" 'pos.db: .* (B|KiB) there now' "the loss is told in bytes"
passes "and put back" "$CTL" restore-file before.db --into sqlite:pos.db --replace \
  --safety after.db --yes
is "$("$CTL" compare --json pos.db "$pos" | json \
  'sum(c["added"] + c["removed"] + c["changed"] for c in d["collections"])')" 0 "as it was"
passes "chosen collections into tables" "$CTL" restore-file "$erp" employees roles \
  --into sqlite:erp.db
is "$(rows erp.db employees), $(rows erp.db roles)" "40, 11" "all of their records"
is "$(python3 -c 'import sqlite3
print([r[0] for r in sqlite3.connect("erp.db").execute("SELECT name FROM sqlite_master ORDER BY 1") if r[0][:6] != "sqlite"])')" \
  "['employees', 'roles']" "and no other"
exits 4 "a collection that is not there" "$CTL" restore-file "$erp" nothing --into sqlite:no.db
passes "chosen records" "$CTL" restore-file "$erp" employees --where 'salary>50000' \
  --into sqlite:rich.db
is "$(rows rich.db employees)" \
  "$(json 'sum(r["salary"] > 50000 for r in d)' <employees.json)" "only those"

# --- failures that leave nothing behind, and say what they are -----------------------------------

python3 - <<'PYTHON'
import sqlite3
database = sqlite3.connect("torn.db")
database.executescript("PRAGMA page_size = 4096; CREATE TABLE a (id INTEGER PRIMARY KEY, v);"
                       "CREATE TABLE b (id INTEGER PRIMARY KEY, v)")
database.executemany("INSERT INTO a VALUES (?, ?)", [(i, "x" * 300) for i in range(2000)])
database.execute("INSERT INTO b VALUES (1, 'y')")
database.commit()
database.close()
with open("torn.db", "r+b") as file:
    file.seek(4096 * 20)
    file.write(b"\xff" * 4096)
open("torn.json", "w").write("[" * 2000000 + "]" * 2000000)
PYTHON
exits 7 "records of a torn table" "$CTL" records torn.db --format json --output torn-out.json
fails "and no file of the part before the tear" test -e torn-out.json
exits 7 "lines of a torn table" "$CTL" records torn.db --limit 100000
unlike "$output" 'GLib' "the tear is told once"
exits 7 "columns of a torn table" "$CTL" records torn.db a --format csv --output torn.csv
fails "and no CSV file" test -e torn.csv
"$CTL" compare --json torn.json torn.json --records >torn-compare.json 2>/dev/null
is "$?" 7 "a broken file is not compared"
is "$(json 'd["changes"]' <torn-compare.json)" "[]" "what compare printed is JSON nevertheless"
if [ -c /dev/full ]; then
  "$CTL" records "$samples/lpgnexus-backup.json" customers >/dev/full 2>full.err
  is "$?" 8 "lines to a full device"
  unlike "$(cat full.err)" 'GLib' "which is told once"
fi
exits 5 "a file that does not open is not unpacked as it lies" "$CTL" extract --key-file wrong-key \
  "$samples/pos-database-encrypted.backup" --target sealed
fails "and no folder is made" test -e sealed

# --- nothing is called complete that announces nothing ------------------------------------------------

python3 - "$samples/rayerp-full.zip" "$scratch/unannounced.zip" <<'PY'
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], "w") as new:
    for entry in old.infolist():
        data = old.read(entry)
        if entry.filename == "backup-info.json":
            info = json.loads(data)
            del info["totalRecords"]
            data = json.dumps(info).encode()
        new.writestr(entry, data)
PY
exits 3 "a RayERP backup that announces no counts is not complete" \
  "$CTL" verify "$scratch/unannounced.zip" --at-least complete
like "$output" '^Intact' "but intact"
like "$output" 'not-made +Unannounced records' "and says what nobody can know"

done_testing
