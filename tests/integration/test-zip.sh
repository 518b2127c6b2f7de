#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# ZIP files from and for other programs: what they make is read, what is made here they accept. $CTL
# is the program of tests/bench that packs, lists, reads and verifies.
. "$(dirname "$0")/lib.sh" "$@"

need python3 unzip zip 7z

zip_tool() {
  "$CTL" "$@"
}

cd "$scratch" || exit 1
mkdir -p data/uploads/ä data/many
printf 'some text\n' >data/text
: >data/empty
head -c 300000 /dev/urandom >data/uploads/noise
seq 1 1500000 >data/large.json
printf 'umlaut\n' >"data/uploads/ä/ö ü.txt"
for i in $(seq 1 300); do echo "number $i" >"data/many/$i"; done

# what others make of what is made here
for level in 1 6 12; do
  passes "packed at level $level" zip_tool pack "$level" "ours-$level.zip" data
  passes "verified by ourselves" zip_tool verify "ours-$level.zip"
  passes "accepted by unzip" unzip -tqq "ours-$level.zip"
  passes "accepted by 7z" 7z t "ours-$level.zip"
  passes "accepted by Python" python3 -c '
import sys, zipfile
sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)' "ours-$level.zip"
done
mkdir out
passes "unpacked by unzip" unzip -qq ours-6.zip -d out
passes "to the same" diff -r data out
if command -v bsdtar >/dev/null; then
  mkdir out-bsdtar
  passes "unpacked by bsdtar in one pass" bash -c 'bsdtar -x -C out-bsdtar -f - <ours-6.zip'
  passes "to the same" diff -r data out-bsdtar
else
  skip "unpacked by bsdtar" "bsdtar is not installed"
fi
cp ours-6.zip first.zip
zip_tool pack 6 ours-6.zip data
passes "the same input gives the same file" cmp first.zip ours-6.zip

# what is made of what others make
(cd data && zip -qr ../zip.zip . && zip -qr - . >../zip-stream.zip && 7z a -bso0 ../7z.zip .)
python3 - <<'PY'
import os, zipfile
with zipfile.ZipFile("python.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for root, _, names in os.walk("data"):
        for name in names:
            path = os.path.join(root, name)
            with archive.open(os.path.relpath(path, "data"), "w", force_zip64=True) as entry:
                entry.write(open(path, "rb").read())
with zipfile.ZipFile("many.zip", "w") as archive:
    for i in range(70000):
        archive.writestr(f"folder/{i}", str(i))
with zipfile.ZipFile("empty.zip", "w"):
    pass
PY
for file in zip zip-stream 7z python; do
  passes "$file.zip verifies" zip_tool verify "$file.zip"
  zip_tool cat "$file.zip" large.json >content
  passes "its content is right" cmp content data/large.json
  zip_tool cat "$file.zip" "uploads/ä/ö ü.txt" >content
  passes "under a name in UTF-8 too" cmp content "data/uploads/ä/ö ü.txt"
done
passes "70,000 entries verify" zip_tool verify many.zip
is "$(zip_tool list many.zip | wc -l)" 70000 "and are all listed"
passes "an empty ZIP verifies" zip_tool verify empty.zip

# an entry of more than 4 GiB, and what is smaller behind it
mkdir huge
truncate -s 4300M huge/a-zeros
echo behind >huge/b
passes "more than 4 GiB are packed" zip_tool pack 1 huge.zip huge
passes "verify" zip_tool verify huge.zip
like "$(unzip -l huge.zip)" '4508876800 .*a-zeros' "unzip sees its length"
is "$(unzip -p huge.zip b)" behind "and what lies behind it"
passes "and Python sees it too" python3 -c '
import sys, zipfile
archive = zipfile.ZipFile("huge.zip")
sys.exit(archive.getinfo("a-zeros").file_size != 4508876800 or archive.read("b") != b"behind\n")'

# cut off, and damaged
head -c 100000 ours-6.zip >cut.zip
fails "cut off" zip_tool verify cut.zip
like "$output" 'cut off' "and said so"
python3 - <<'PY'
data = bytearray(open("ours-6.zip", "rb").read())
data[len(data) // 2] ^= 1
open("damaged.zip", "wb").write(data)
PY
fails "a changed bit is found" zip_tool verify damaged.zip
like "$output" 'is damaged' "and the entry named"

done_testing
