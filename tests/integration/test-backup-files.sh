#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# Backup files of all kinds: what they are taken for, how they are judged, and that what is unpacked
# is byte for byte what other programs make of them. The samples are of real servers; all others are
# made by make-backups.py. Called with the path of backup-probe.
. "$(dirname "$0")/lib.sh" "$@"

need python3 openssl unzip tar
samples=$SR_SOURCE_ROOT/tests/data/samples
made=$scratch/made

# judged NAME VERDICT KIND [PATTERN…]: what the probe prints of the file; each pattern must be in it.
judged() {
  local name=$1 verdict=$2 kind=$3 found
  shift 3
  found=$("$CTL" "${options[@]}" "$folder/$name" 2>&1)
  if ! printf '%s\n' "$found" | grep -q "^verdict $verdict:" ||
    ! printf '%s\n' "$found" | grep -qx "kind $kind"; then
    ok 1 "$name is $kind and $verdict"
    note "$found"
    return
  fi
  local pattern
  for pattern in "$@"; do
    if ! printf '%s\n' "$found" | grep -q -- "$pattern"; then
      ok 1 "$name says $pattern"
      note "$found"
      return
    fi
  done
  ok 0 "$name is $kind and $verdict"
}

# unpacked NAME FOLDER: what the probe unpacks is what lies in FOLDER
unpacked() {
  local out=$scratch/unpacked
  rm -rf -- "$out"
  mkdir -- "$out"
  passes "$1 is unpacked" "$CTL" "${options[@]}" --extract "$out" "$folder/$1"
  passes "$1 is unpacked as others do it" diff -r -- "$2" "$out"
}

options=()
folder=$samples
judged rayerp-full.zip complete rayerp 'collection attendance 300' 'announced complete passed'
judged rayerp-full-encrypted.zip complete rayerp 'encryption default' 'collection employees 40'
judged rayerp-two-modules.zip complete rayerp 'collection contacts 2' 'rayerp.modules complete notice'
judged rayerp-incremental.zip suspicious rayerp 'rayerp.shell complete failed'
judged lpgnexus-backup.json intact lpgnexus 'collection customers 25' 'password-hashes' 'privacy.otps'
judged pos-database.backup complete pos 'collection User 3' 'pos.digest intact passed'
judged pos-database-encrypted.backup suspicious pos 'encryption locked'
options=(--key wrong --key run-pos-backup-key)
judged pos-database-encrypted.backup complete pos 'encryption key' 'collection Product 3'
options=()
judged webeenthere-database.sql suspicious webeenthere 'collection users 5' 'lost-bytes' \
  'sql.end intact passed'
judged webeenthere-full.tar.gz suspicious webeenthere-tar 'webeenthere.database complete failed'

# --- byte for byte ---

reference=$scratch/reference
mkdir "$reference"
(cd "$reference" && unzip -q "$samples/rayerp-full.zip")
unpacked rayerp-full.zip "$reference"
rm -rf "$reference"
mkdir "$reference"
(cd "$reference" && unzip -q "$samples/rayerp-full-encrypted.zip" &&
  for file in *.json; do
    [ "$file" = backup-info.json ] && continue
    python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' <"$file" |
      openssl enc -d -aes-256-cbc -md md5 -nosalt -pass pass:default-key 2>/dev/null >plain &&
      mv plain "$file"
  done)
unpacked rayerp-full-encrypted.zip "$reference"
rm -rf "$reference"
mkdir "$reference"
tail -c +17 "$samples/pos-database-encrypted.backup" |
  openssl enc -d -aes-256-cbc -md md5 -nosalt -pass pass:run-pos-backup-key 2>/dev/null \
    >"$scratch/plain.zip"
(cd "$reference" && unzip -q "$scratch/plain.zip")
options=(--key run-pos-backup-key)
unpacked pos-database-encrypted.backup "$reference"
options=()
rm -rf "$reference"
mkdir "$reference"
tar -C "$reference" -xzf "$samples/webeenthere-full.tar.gz"
unpacked webeenthere-full.tar.gz "$reference"
folder=$scratch
cp -r "$reference" "$scratch/folder"
judged folder suspicious webeenthere-tar 'webeenthere.database complete failed'

# --- made ones ---

passes "files are made" python3 -W ignore "$SR_SOURCE_ROOT/tests/support/make-backups.py" "$made"
folder=$made
judged rayerp-good.zip complete rayerp 'is there, 3 of 3'
judged rayerp-v1.zip suspicious rayerp 'collection activityLogs 1' 'references complete warning'
judged rayerp-own-key.zip suspicious rayerp 'encryption locked' 'records.read intact not-made'
options=(--key 'own key')
judged rayerp-own-key.zip complete rayerp 'encryption key'
options=()
judged rayerp-claims.zip complete rayerp 'encryption claimed' 'encryption.claim privacy warning'
judged rayerp-denies.zip complete rayerp 'encryption.claim privacy notice'
judged rayerp-announced.zip suspicious rayerp 'employees has 3 of 4'
judged rayerp-twice.zip suspicious rayerp '1 in employees'
judged rayerp-missing.zip suspicious rayerp 'missing: invoices'
judged rayerp-dangling.zip suspicious rayerp 'uploads/gone.png'
judged rayerp-cut.zip broken rayerp 'cut off'
judged rayerp-flipped.zip broken rayerp 'CRC-32'
judged rayerp-trailing.zip suspicious rayerp 'zip.trailing'
judged rayerp-broken-json.zip broken rayerp 'records.read intact failed'
judged rayerp-http-error.zip broken unknown "server's answer" createCipher
judged pos-good.backup complete pos 'privacy.env' 'is there, 1 of 1'
judged pos-default-key.backup complete pos 'encryption default'
judged pos-own-key.backup suspicious pos 'encryption locked'
judged pos-sealed-cut.backup broken pos 'key is the right one'
judged pos-no-uploads.backup suspicious pos 'pos.files complete warning'
judged pos-digest.backup broken pos 'SHA-256 differs'
judged pos-nothing.backup suspicious pos 'no component at all'
judged pos-inner.backup broken pos 'zip.inner intact failed'
judged pos-torn.backup broken pos 'sqlite.integrity intact failed'
judged pos-journal.backup suspicious pos 'rollback journal'
judged pos-wal.backup suspicious pos 'write-ahead log'
judged pos-claims.backup complete pos 'encryption claimed'
judged lpg-good.json intact lpgnexus
judged lpg-root.json intact lpgnexus 'lpgnexus.generation complete notice'
judged lpg-reply.json intact lpgnexus 'collection customers 2'
judged lpg-empty.json suspicious lpgnexus 'lpgnexus.users complete failed'
judged lpg-status.json suspicious lpgnexus 'lpgnexus.values complete warning'
judged lpg-reference.json suspicious lpgnexus 'bills/b9'
judged lpg-unique.json suspicious lpgnexus 'lpgnexus.unique complete warning'
judged lpg-required.json suspicious lpgnexus 'lpgnexus.required complete warning'
judged lpg-missing.json suspicious lpgnexus 'missing: expenses'
judged lpg-cut.json broken lpgnexus 'ends too soon'
judged webeenthere-files.tar.gz intact webeenthere-tar 'type files' '1 symbolic link is'
judged webeenthere-incremental.tar.gz suspicious webeenthere-tar 'type incremental'
judged webeenthere-cut.tar.gz broken webeenthere-tar 'cut off'
judged webeenthere-crc.tar.gz broken webeenthere-tar 'data check'
judged mongodump.gz complete mongodump 'collection erp.users 4'
judged mongodump.archive complete mongodump 'fact server: 6.0.1'
judged mongodump-crc.archive broken mongodump 'mongodump.crc intact failed'
judged mongodump-cut.archive broken mongodump 'cut off'
judged error.html.zip broken unknown '502 Bad Gateway'
judged empty.zip broken unknown 'empty file'
judged zeros.zip broken unknown 'file of zeros'
judged noise.backup suspicious pos 'encryption locked'
judged noise-odd.backup broken unknown
judged text.txt broken unknown 'Just some words'
judged duplicates.zip suspicious archive 'zip.duplicates intact warning'
judged traversal.zip suspicious archive 'zip.names intact warning'
judged traversal.tar suspicious archive 'container.names intact warning'
judged deep.json broken json 'too many levels'
judged dump.sql.gz intact sql 'collection t 2' 'sql.end intact passed'
judged table.csv intact csv 'collection table 2'
judged rows.json suspicious json 'records.duplicates'

# --- the guard ---

exits 1 "a bomb is refused (ZIP)" "$CTL" --small "$made/bomb.zip"
like "$output" '--max-' "the limit is named"
exits 1 "a bomb is refused (tar)" "$CTL" --small "$made/bomb.tar.gz"
like "$output" '--max-' "the limit is named"

# --- nothing outside the target ---

mkdir -p "$scratch/a/b"
for name in traversal.zip traversal.tar; do
  passes "$name is unpacked" "$CTL" --extract "$scratch/a/b" "$made/$name"
  like "$output" 'left out' "what is not safe is left out"
  passes "what is safe is there" test -f "$scratch/a/b/good/in.txt"
  passes "nothing lies outside" test "$(ls "$scratch/a")" = b
  passes "no link leads out" test ! -L "$scratch/a/b/out"
  if [ "$name" = traversal.tar ]; then
    passes "a link that stays inside is made" cmp "$scratch/a/b/good/link" "$scratch/a/b/good/in.txt"
    passes "a hard link has its content" cmp "$scratch/a/b/hard" "$scratch/a/b/good/in.txt"
  fi
  rm -rf "$scratch/a/b"
  mkdir "$scratch/a/b"
done

# --- quick, and a folder of such files ---

options=(--quick)
judged rayerp-good.zip suspicious rayerp 'container.read intact not-made' \
  'records.read complete not-made'
options=()
mkdir "$scratch/many"
cp "$made/rayerp-good.zip" "$made/lpg-good.json" "$made/rayerp-cut.zip" "$scratch/many"
folder=$scratch
judged many broken collection 'file:rayerp-good.zip intact passed' 'file:rayerp-cut.zip intact failed'
done_testing
