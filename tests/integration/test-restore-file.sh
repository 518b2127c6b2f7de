#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# Backup files that change while they are read, places that cannot be written, and what a safety
# backup is good for: nothing is stored or replaced that was not whole.
. "$(dirname "$0")/lib.sh" "$@"

need python3
source_root=${SR_SOURCE_ROOT:-$(readlink -f "$here/../..")}
samples=$source_root/tests/data/samples
cd "$scratch" || exit 1
printf '%s\n' run-pos-backup-key >key
erp=$samples/rayerp-full.zip
pos=$samples/pos-database.backup
new_vault vault

# --- a file that changes while it is read -------------------------------------------------------------

# changing TITLE FILE COMMAND: the import of FILE fails when COMMAND changes it. The vault's password is
# asked for after the file was opened, so that the command that gives it comes in between.
changing() {
  local title=$1 file=$2 command=$3
  exits 7 "import of a file that $title" "$CTL" import "$file" \
    --password-command "$command && cat $password_file"
  like "$output" '(changed|became shorter) while it was read' "which is said"
}

cp "$samples/lpgnexus-backup.json" file.json
changing "is cut" file.json "truncate -s 5000 file.json"
cp "$samples/lpgnexus-backup.json" file.json
changing "grows" file.json "printf '  ' >>file.json"
cp "$samples/lpgnexus-backup.json" file.json
cp "$samples/lpgnexus-backup.json" other.json
changing "is replaced by another" file.json "mv other.json file.json"
cp "$erp" file.zip
changing "is a ZIP and cut" file.zip "truncate -s 9000 file.zip"
cp "$samples/webeenthere-database.sql" file.sql
changing "is a dump and cut" file.sql "truncate -s 9000 file.sql"
is "$(ctl snapshots --json | json 'len(d)')" 0 "no snapshot was made"
cp "$samples/pos-database-encrypted.backup" file.backup
exits 7 "verify of a file that is cut meanwhile" "$CTL" verify file.backup \
  --key-command "truncate -s -64 file.backup; cat key"
like "$output" 'changed while it was read' "gives no verdict"
cp "$samples/pos-database-encrypted.backup" file.backup
exits 7 "restore of a file that grows" "$CTL" restore-file file.backup --into sqlite:changed.db \
  --key-command "printf x >>file.backup; cat key"
fails "makes nothing" test -e changed.db

# What a dump does to its own records is not done: whoever restores it has to see that before.
{
  sed '/^SET FOREIGN_KEY_CHECKS = 1/d' "$samples/webeenthere-database.sql"
  printf 'UPDATE `users` SET id = 1;\nSET FOREIGN_KEY_CHECKS = 1;\n'
} >changes.sql
like "$("$CTL" restore-file changes.sql users --into sqlite:told.db --dry-run)" \
  '^! .*1 statement changes data in a way that is not read .UPDATE users.' \
  "what a dump changes is told before"

# --- places that cannot be written -----------------------------------------------------------------

mkdir -m 0755 shut
cp "$erp" "$pos" .
chmod 0644 rayerp-full.zip pos-database.backup
"$CTL" restore-file pos-database.backup --into sqlite:shut/pos.db >/dev/null
chmod 0644 shut/pos.db
[ "$(id -u)" -ne 0 ] || chown 65534:65534 shut/pos.db
chmod 0555 shut
mkdir -m 0777 open
before=$(sha256sum shut/pos.db)
exits 9 "a folder into one that is read-only" as_nobody "$CTL" restore-file rayerp-full.zip \
  --into shut/new
like "$output" 'cannot be made beside.*Permission denied' "is refused with the reason"
exits 9 "a database into it" as_nobody "$CTL" restore-file pos-database.backup \
  --into sqlite:shut/new.db
like "$output" 'cannot be made beside.*Permission denied' "likewise"
exits 9 "a database that is there" as_nobody "$CTL" restore-file pos-database.backup \
  --into sqlite:shut/pos.db --replace --safety open/before.db --yes
is "$(sha256sum shut/pos.db)" "$before" "stays as it was"
fails "a conversion into it" as_nobody "$CTL" convert rayerp-full.zip --as csv --output shut/csv
like "$output" 'Permission denied' "says why"
fails "a file of records" as_nobody "$CTL" records rayerp-full.zip --output shut/all.json
like "$output" 'Permission denied' "says why"
fails "unpacking into it" as_nobody "$CTL" extract rayerp-full.zip --target shut/unpacked
like "$output" 'Permission denied' "says why"
chmod 0755 shut
chmod 0777 shut
fails "a safety backup where none can be written" as_nobody "$CTL" restore-file \
  pos-database.backup --into sqlite:shut/pos.db --replace --safety "$source_root/before.db" --yes
is "$(sha256sum shut/pos.db)" "$before" "and nothing is replaced"
is "$(find shut open -type f | tr '\n' ' ')" "shut/pos.db " "nothing lies about"

# --- a safety backup where there is no space ---------------------------------------------------------

python3 -c 'import sqlite3
database = sqlite3.connect("large.db")
database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)")
database.executemany("INSERT INTO t VALUES (?, randomblob(1000))", [(i,) for i in range(4000)])
database.commit()'
mkdir small
# in_little_space COMMAND…: a few hundred KiB are mounted at small, for this command only
in_little_space() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  unshare -m sh -c 'mount -t tmpfs -o size=900k tmpfs small && "$@"; status=$?
    find small -maxdepth 1 -name "before*" >left; exit $status' sh "$@"
}
before=$(sha256sum large.db)
mkdir full
cp large.db full/large.db
if unshare -m true 2>/dev/null; then
  exits 8 "a safety backup of a database that does not fit" in_little_space "$CTL" restore-file \
    "$pos" --into sqlite:large.db --replace --safety small/before.db --yes
  like "$output" 'small/before.db' "is named"
  like "$output" 'nothing was changed' "and that nothing was changed"
  is "$(cat left)" "" "no part of it is left"
  is "$(sha256sum large.db)" "$before" "the database is as it was"
  exits 8 "one of a folder" in_little_space "$CTL" restore-file "$erp" --into full --replace \
    --safety small/before.tar --yes
  is "$(cat left)" "" "no part of it is left"
  passes "the folder is as it was" cmp large.db full/large.db
  # shellcheck disable=SC2016 # expanded by the inner shell
  exits 8 "one in a vault" in_little_space sh -c '"$1" init --vault small/vault \
    --password-file "$2" >/dev/null && exec "$1" restore-file "$3" --into sqlite:large.db \
    --replace --safety-vault small/vault --safety-password-file "$2" --yes' sh "$CTL" \
    "$password_file" "$pos"
  like "$output" 'nothing was changed' "nothing was changed"
  is "$(sha256sum large.db)" "$before" "the database is as it was"
else
  skip "a safety backup without space" "no mount namespaces here"
fi
is "$(find . -maxdepth 1 -name '*strongroom*' -o -maxdepth 1 -name '*partial*')" "" \
  "nothing lies about"

# --- a safety backup in a vault ----------------------------------------------------------------------

# employees DATABASE: how many of them Python's SQLite finds
employees() {
  python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM employees").fetchone()[0])' "$1"
}

# newest_safety: the id of the last safety backup
newest_safety() {
  ctl snapshots --json --tag safety | json 'd[-1]["id"]'
}

passes "records into a database" "$CTL" restore-file "$erp" --into sqlite:erp.db
before=$(sha256sum <erp.db)
passes "some of them replace what is there" "$CTL" restore-file "$erp" employees \
  --where 'salary>50000' --into sqlite:erp.db --replace --yes \
  --safety-vault "$STRONGROOM_VAULT" --safety-password-file "$password_file"
[ "$(employees erp.db)" -lt 40 ]
ok $? "which are fewer"
passes "the safety backup into a folder" ctl restore-file "snapshot:$(newest_safety)" --into dump
is "$(sha256sum <dump/database/before.db)" "$before" "is the database as it was, as a file"
is "$(find dump -type f | wc -l)" 1 "and nothing else"
passes "one table of it" ctl restore-file "snapshot:$(newest_safety)" employees \
  --into sqlite:erp.db --replace --safety fewer.db --yes
is "$(employees erp.db)" 40 "is back"
is "$(ctl compare --json "snapshot:$(newest_safety)" erp.db |
  json 'sum(c["added"] + c["removed"] + c["changed"] for c in d["collections"])')" 0 "and whole"
passes "all of it" ctl restore-file "snapshot:$(newest_safety)" --into sqlite:erp.db --replace \
  --safety again.db --yes
is "$(sha256sum <erp.db)" "$before" "is the database as it was, byte for byte"
passes "a folder that is replaced" "$CTL" restore-file "$erp" --into full --replace --yes \
  --safety-vault "$STRONGROOM_VAULT" --safety-password-file "$password_file"
passes "goes into a folder" ctl restore-file "snapshot:$(newest_safety)" --into archive
mkdir unpacked
passes "as an archive" tar -xf archive/database/before.tar -C unpacked
passes "that holds what was there" cmp large.db unpacked/large.db

# --- what of a backup cannot be read is told -------------------------------------------------------------

python3 -c 'import sqlite3
database = sqlite3.connect("view.db")
database.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2);"
                       "CREATE TABLE gone (x); CREATE VIEW v AS SELECT x FROM gone; DROP TABLE gone")'
for verb in "records view.db" "convert view.db --as csv --output view.csv" \
  "convert view.db --as mysql --output view.sql" "restore-file view.db t --into sqlite:t.db" \
  "restore-file view.db --into sqlite:all.db" "restore-file view.db --into view-folder"; do
  # shellcheck disable=SC2086 # words
  passes "$verb" "$CTL" $verb
  is "$(grep -c 'view “v”' <<<"$output")" 1 "tells once that a view cannot be computed"
done
is "$(ls view.csv)" t.csv "and takes what can be read"

# Rows of a view would become a table.
python3 -c 'import sys
data = open(sys.argv[1], "rb").read()
at = data.rindex(b"SET FOREIGN_KEY_CHECKS = 1")
open("seen.sql", "wb").write(data[:at] + b"DROP TABLE IF EXISTS `seen`;\n-- Table: seen\nundefined;\n\n"
                             b"INSERT INTO `seen` (`q`) VALUES\n(1);\n\n" + data[at:])
import sqlite3
database = sqlite3.connect("seen.db")
database.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1);"
                       "CREATE VIEW seen AS SELECT id FROM t")' \
  "$samples/webeenthere-database.sql"
for file in seen.sql seen.db; do
  passes "a view of $file is converted" "$CTL" convert "$file" --as csv --output "$file.csv"
  like "$output" '“seen” is a view: it is left out' "by leaving it out, which is told"
  fails "so that there is no table of it" test -e "$file.csv/seen.csv"
done

# --- a broken backup, on demand ---------------------------------------------------------------------------

python3 -W ignore "$source_root/tests/support/make-backups.py" made
broken=made/rayerp-broken-json.zip
exits 7 "a broken backup is not restored" "$CTL" restore-file "$broken" --into demanded
like "$output" 'accept-broken' "how it would be is told"
fails "and nothing is made" test -e demanded
passes "on demand it is" "$CTL" restore-file "$broken" --into demanded --accept-broken
like "$output" '^Broken' "and said to be broken"
is "$(find demanded -type f | wc -l)" "$(python3 -c 'import sys, zipfile
print(len(zipfile.ZipFile(sys.argv[1]).namelist()))' "$broken")" "with all that is in it"
exits 7 "one whose entry is damaged is not even then" "$CTL" restore-file made/rayerp-flipped.zip \
  --into damaged --accept-broken
like "$output" 'employees.json' "the entry is named"
fails "and nothing is made" test -e damaged
passes "but the others are, if they are named" "$CTL" restore-file made/rayerp-flipped.zip \
  --into damaged --accept-broken --entry backup-info.json
is "$(cd damaged && find . -type f)" ./backup-info.json "and only they"

# --- what killed programs leave ----------------------------------------------------------------------

# killed COMMAND…: by the kernel, when it has written a file of 64 KiB
killed() {
  (
    ulimit -c 0
    ulimit -f 64
    "$@" >/dev/null 2>&1 </dev/null
  ) 2>/dev/null
  is "$?" 153 "${*:2:1} is killed"
}

# left_in FOLDER: how many unfinished things lie in it
left_in() {
  find "$1" -name '*.partial-*' -o -name '.strongroom-temp-*' -o -name '*.strongroom-stage-*' | wc -l
}

leaves_something() {
  [ "$(left_in killed)" -ge 1 ]
  ok $? "and leaves something unfinished"
}

python3 -c 'import json, random
random.seed(4)
rows = [{"id": i, "name": "%064x" % random.getrandbits(256)} for i in range(5000)]
json.dump({"rows": rows}, open("rows.json", "w"))'
mkdir killed again
for as in csv sqlite json zip; do
  killed "$CTL" convert rows.json --as "$as" --output "killed/out.$as"
  leaves_something
  fails "but no output" test -e "killed/out.$as"
  passes "the next convert --as $as" "$CTL" convert rows.json --as "$as" --output "killed/out.$as"
  is "$(left_in killed)" 0 "clears it away"
  is "$output" "$("$CTL" convert rows.json --as "$as" --output "again/out.$as" |
    sed s,again/,killed/,)" "without a word"
done
killed "$CTL" extract rows.json --target killed/unpacked
leaves_something
passes "the next one" "$CTL" extract rows.json --target killed/unpacked
is "$(left_in killed)" 0 "clears it away"
killed "$CTL" restore-file rows.json --into killed/folder
leaves_something
passes "the next one" "$CTL" restore-file rows.json --into killed/folder
is "$(left_in killed)" 0 "clears it away"
killed "$CTL" restore-file large.db --into sqlite:killed/large.db
leaves_something
passes "the next one" "$CTL" restore-file large.db --into sqlite:killed/large.db
is "$(left_in killed)" 0 "clears it away"
touch again/out.zip.partial-0123456789ab-01234567-f0000001-1-5-00000000
passes "what may be another program's" "$CTL" convert rows.json --as zip --output again/out.zip \
  --overwrite
like "$output" 'out.zip.partial-0123456789ab.* lies beside' "is told"
is "$(left_in again)" 1 "and left"

done_testing
