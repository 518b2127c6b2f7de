#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# What of a folder gets into a snapshot: unreadable and vanishing files, the vault inside the
# source, other file systems, links, odd and deep names; patterns compared with stock restic, ignore
# files with git.

. "$(dirname "$0")/lib.sh" "$@"
new_vault vault
data=$scratch/data

# The paths of the latest snapshot below a folder, without it, sorted.
listed() {
  ctl ls --recursive --json latest | /usr/bin/python3 -B "$here/list-below.py" "$1"
}

fresh() {
  rm -rf "$data"
  mkdir -p "$data"
}

# --- what cannot be read -----------------------------------------------------------------------------

fresh
mkdir "$data/locked" "$data/open"
echo 1 >"$data/locked/in"
echo 2 >"$data/open/in"
echo 3 >"$data/secret"
chmod 0 "$data/secret" "$data/locked"
if [ "$(id -u)" -eq 0 ]; then
  chown -R 65534:65534 "$STRONGROOM_VAULT" "$password_file"
  chmod 0755 "$HOME" # for the settings
fi
fails "a backup without permission to some files says so" as_nobody "$CTL" backup \
  --password-file "$password_file" "$data"
like "$output" 'secret' "it names the file"
like "$output" 'locked' "and the folder"
is "$(listed "$data")" "$(printf '%s\n' locked open open/in)" "the rest is stored"
[ "$(id -u)" -eq 0 ] && chown -R 0:0 "$STRONGROOM_VAULT" "$password_file"
chmod 0755 "$data/locked"
passes "with permission all is stored" ctl backup "$data"
is "$(listed "$data")" "$(printf '%s\n' locked locked/in open open/in secret)" "now it is complete"

# --- targets -------------------------------------------------------------------------------------------

fresh
mkdir -p "$data/a/b" "$data/c" "$data/real"
touch "$data/a/b/1" "$data/a/2" "$data/c/3" "$data/real/4"
ln -s real "$data/link"
passes "several targets, one inside another" ctl backup "$data/a" "$data/a/b" "$data/c/3"
is "$(listed "$data")" "$(printf '%s\n' a a/2 a/b a/b/1 c c/3)" "only they are stored"
passes "a target behind a link" ctl backup "$data/link/4"
is "$(listed "$data")" "$(printf '%s\n' link link/4)" "is stored as it is written"
passes "a target that is a link" ctl backup "$data/link"
is "$(listed "$data")" "link" "is stored as a link"
fails "a target that is not there is refused" ctl backup "$data/missing"
like "$output" 'missing' "and named"
cd "$data/a" || exit 1
passes "targets relative to the working folder" ctl backup ./b ../c
cd / || exit 1
is "$(listed "$data")" "$(printf '%s\n' a a/b a/b/1 c c/3)" "mean what a person means"

# --- the vault itself, other file systems ----------------------------------------------------------------

fresh
touch "$data/x"
ln -s "$scratch/inside" "$scratch/inside.password"
STRONGROOM_VAULT=$data/vault
passes "a vault inside the source" ctl init
passes "a backup of what is around it" ctl backup "$data"
is "$(listed "$data")" "x" "leaves it out"
use_vault vault

fresh
mkdir "$data/mount" "$data/plain"
touch "$data/plain/1" "$data/mount/hidden"
if unshare -m true 2>/dev/null; then
  # shellcheck disable=SC2016 # expanded by the inner shell
  passes "a backup of one file system" unshare -m sh -c \
    'mount -t tmpfs tmpfs "$1/mount" && touch "$1/mount/2" && shift 1 && exec "$@"' sh "$data" \
    "$CTL" backup --password-file "$password_file" --one-file-system "$data"
  is "$(listed "$data")" "$(printf '%s\n' mount plain plain/1)" "has the empty mount point"
  # shellcheck disable=SC2016 # expanded by the inner shell
  passes "a backup of all" unshare -m sh -c \
    'mount -t tmpfs tmpfs "$1/mount" && touch "$1/mount/2" && shift 1 && exec "$@"' sh "$data" \
    "$CTL" backup --password-file "$password_file" "$data"
  is "$(listed "$data")" "$(printf '%s\n' mount mount/2 plain plain/1)" "has what is mounted"
else
  skip "one file system" "no mount namespaces here"
fi

# --- while it changes --------------------------------------------------------------------------------------

fresh
mkdir "$data/busy"
for i in $(seq 300); do echo "$i" >"$data/busy/keep-$i"; done
cat >"$scratch/changer" <<'END'
cd "$1" || exit 1
while :; do
  for i in $(seq 50); do echo "$i" >"come-$i"; done
  for i in $(seq 50); do mv "come-$i" "gone-$i"; done
  rm -f gone-*
  mkdir -p come-dir/sub && rm -rf come-dir
done
END
sh "$scratch/changer" "$data/busy" 2>/dev/null &
later $!
changer=$!
bad=0
for i in 1 2 3; do
  ctl backup "$data" >"$scratch/log" 2>&1
  status=$?
  # 3: something could not be read; a file that vanishes between its name and its content
  [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || bad=1
  [ "$(listed "$data" | grep -c 'keep-')" -eq 300 ] || bad=1
done
kill -KILL "$changer"
wait "$changer" 2>/dev/null
ok "$bad" "files that come and go do not disturb the others" || note "$(cat "$scratch/log")"

# --- deep and odd ----------------------------------------------------------------------------------------------

fresh
/usr/bin/python3 -B - "$data" <<'END'
import os, sys
os.chdir(sys.argv[1])
for i in range(300):
    os.mkdir("d" * 40)
    os.chdir("d" * 40)
open("bottom", "w").write("deep down\n")
END
passes "a path of 12,000 bytes is stored" ctl backup "$data"
like "$(listed "$data" | tail -n 1)" '/bottom$' "to its end"
fresh
touch "$data/$(printf 'new\nline')" "$data/$(printf 'bad\377utf8')" "$data/-dash" "$data/ " "$data/\"q\\"
passes "odd names are stored" ctl backup "$data"
rm -rf "$scratch/out"
passes "and restored" ctl restore --target "$scratch/out" latest
same_trees "$data" "$scratch/out$data" "as they were"

# --- patterns, as restic understands them -------------------------------------------------------------------------

if command -v restic >/dev/null; then
  /usr/bin/python3 -B "$here/compare-patterns.py" "$CTL" "$password_file" "$scratch" 12 \
    >"$scratch/log" 2>&1
  ok $? "random patterns leave out what stock restic leaves out" || note "$(cat "$scratch/log")"
  note "$(tail -n 1 "$scratch/log")"
else
  skip "patterns compared" "restic is not installed"
fi

# --- ignore files, as git understands them ------------------------------------------------------------------------

if command -v git >/dev/null; then
  /usr/bin/python3 -B "$here/compare-ignores.py" "$CTL" "$password_file" "$scratch" 12 \
    >"$scratch/log" 2>&1
  ok $? "random ignore files leave out what git leaves out" || note "$(cat "$scratch/log")"
  note "$(tail -n 1 "$scratch/log")"
else
  skip "ignore files compared" "git is not installed"
fi
done_testing
