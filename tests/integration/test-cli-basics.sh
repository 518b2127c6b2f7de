#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# What every verb has in common: help, JSON, exit codes, where the password comes from; and that the
# manual page and the completions say what --help says.
. "$(dirname "$0")/lib.sh" "$@"

source_root=${SR_SOURCE_ROOT:-$(readlink -f "$here/../..")}
verbs=(init backup snapshots ls find diff dump restore check forget prune key stats unlock copy repair inspect
  verify records compare extract import restore-file convert export site)

# --- help and usage --------------------------------------------------------------------------------

like "$("$CTL" --version)" '^strongroomctl [0-9]+\.[0-9]+\.[0-9]+' "--version"
passes "--help" "$CTL" --help
help=$output
for verb in "${verbs[@]}"; do
  like "$help" "^  $verb " "--help lists $verb"
  passes "$verb --help" "$CTL" "$verb" --help
  like "$output" 'Example' "$verb --help has an example"
  exits 2 "$verb refuses an unknown option" "$CTL" "$verb" --no-such-option
done
is "$("$here/help-against-man.py" "$CTL" "$source_root/data/man/strongroomctl.1" \
  "$source_root/data/completions/strongroomctl" "$source_root/data/completions/_strongroomctl")" "" \
  "manual page, completions and --help have the same verbs and options"

exits 2 "no verb" "$CTL"
exits 2 "an unknown verb" "$CTL" backpu
like "$output" 'backpu' "the message names it"
like "$output" '--help' "the message tells what to do"
exits 2 "no vault" "$CTL" snapshots
like "$output" 'STRONGROOM_VAULT' "the message tells how to name one"

# --- exit codes ------------------------------------------------------------------------------------

mkdir -p "$scratch/data/folder"
printf 'one\n' >"$scratch/data/one"
printf 'two\n' >"$scratch/data/folder/two"

use_vault vault
exits 4 "a vault that is not there" ctl snapshots
mkdir -p "$STRONGROOM_VAULT/keys"
echo x >"$STRONGROOM_VAULT/keys/0123456789abcdef"
fails "init where another was cut off behind its key" ctl init
like "$output" "remove what is in $STRONGROOM_VAULT/keys" "what to do is told"
rm "$STRONGROOM_VAULT/keys/0123456789abcdef"
passes "init" ctl init
fails "init where a vault is" ctl init
passes "and that vault still opens" ctl snapshots
passes "backup" ctl backup "$scratch/data"
exits 4 "a snapshot that is not there" ctl ls 0000000000
exits 4 "a path that is not in the snapshot" ctl dump latest /no/such/path
is "$(ctl dump latest "$scratch/data/one")" "one" "dump writes the file and nothing else"
right_password=$password_file
password_file=$(set_password wrong "wrong")
exits 5 "a wrong password" ctl snapshots
password_file=$right_password

exits 4 "backup of a path that is not there" ctl backup "$scratch/no-such-folder"
exits 2 "backup of nothing" ctl backup
exits 9 "backup of what is left out" ctl backup "$scratch/data" --exclude "$scratch/data"
exits 9 "forget by rules that would keep nothing" ctl forget --keep-tag no-such-tag
passes "key kit" ctl key kit
like "$output" "restic -r '?$STRONGROOM_VAULT'? snapshots" "the kit tells how restic opens the vault"
exits 9 "removing the only key" ctl key remove "$(ctl key list --json | json 'd[0]["id"]')"

# A backup of a command holds its lock while the command runs.
mkfifo "$scratch/started" "$scratch/go"
"$CTL" backup --password-file "$password_file" --stdin-filename x --stdin-from-command -- \
  sh -c "echo >'$scratch/started'; cat '$scratch/go'" >/dev/null 2>&1 &
later $!
holder=$!
read -r _ <"$scratch/started"
exits 6 "prune while a backup runs" ctl prune
like "$output" "$holder" "the message names the process"
echo text >"$scratch/go"
wait "$holder"
is "$?" 0 "the backup then ends well"
is "$(ctl dump latest /x)" "text" "and holds what the command wrote"

before=$(ctl snapshots --json | json 'len(d)')
fails "a command that fails" ctl backup --stdin-filename x --stdin-from-command -- sh -c 'echo y; exit 3'
is "$(ctl snapshots --json | json 'len(d)')" "$before" "leaves no snapshot"

# The shell starts what runs in the background with the signal ignored.
env --default-signal=INT "$CTL" backup --password-file "$password_file" --stdin-filename x \
  --stdin-from-command -- sh -c "echo >'$scratch/started'; exec cat '$scratch/go'" >/dev/null 2>&1 &
later $!
holder=$!
read -r _ <"$scratch/started"
kill -INT "$holder"
exec 7<>"$scratch/go"
wait "$holder"
is "$?" 130 "Ctrl-C cancels"
exec 7>&-
is "$(ctl snapshots --json | json 'len(d)')" "$before" "and leaves no snapshot"
is "$(find "$STRONGROOM_VAULT/locks" -type f | wc -l)" 0 "nor a lock"

if as_nobody test -r "$scratch/data/one" && as_nobody test -x "$(dirname "$CTL")"; then
  mkdir "$scratch/theirs"
  cp -r "$scratch/data" "$scratch/theirs/data"
  cp "$password_file" "$scratch/theirs/password"
  [ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$scratch/theirs"
  chmod 000 "$scratch/theirs/data/folder/two"
  passes "init as another user" as_nobody env HOME="$scratch/theirs" "$CTL" init \
    --vault "$scratch/theirs/vault" --password-file "$scratch/theirs/password"
  exits 3 "a file that cannot be read" as_nobody env HOME="$scratch/theirs" "$CTL" backup \
    --vault "$scratch/theirs/vault" --password-file "$scratch/theirs/password" "$scratch/theirs/data"
  like "$output" 'folder/two' "is named"
else
  skip "a file that cannot be read" "nobody cannot reach the test's folder"
fi

# --- JSON ------------------------------------------------------------------------------------------

# is_json: standard input is one JSON document, or one on each line.
is_json() {
  /usr/bin/python3 -B -c '
import json, sys
text = sys.stdin.read()
try:
    json.loads(text)
except ValueError:
    for line in text.splitlines():
        json.loads(line)
assert text.strip()'
}

# prints_json TITLE VERB ARGUMENT…: ends well and prints JSON and nothing else on standard output.
prints_json() {
  local title=$1
  shift
  ctl "$@" --json >"$scratch/json" 2>"$scratch/errors" </dev/null && is_json <"$scratch/json"
  ok $? "$title prints JSON" && return 0
  note "$(head -c 1000 "$scratch/json" "$scratch/errors")"
}

second_password=$(set_password second "second password")
prints_json backup backup "$scratch/data"
prints_json "backup, dry" backup --dry-run "$scratch/data"
prints_json snapshots snapshots
prints_json ls ls latest
prints_json find find two
first=$(ctl snapshots --json | json 'd[0]["id"]')
prints_json diff diff "$first" latest
prints_json restore restore latest --target "$scratch/restored"
prints_json check check
prints_json "check --read-data" check --read-data
prints_json "forget, dry" forget --keep-last 1 --dry-run
prints_json forget forget --keep-last 3
prints_json prune prune
prints_json "key list" key list
prints_json "key kit" key kit
prints_json "key add" key add --new-password-file "$second_password"
prints_json stats stats
prints_json unlock unlock
prints_json "repair index" repair index
prints_json "repair snapshots" repair snapshots
prints_json init init --vault "$scratch/copy"
prints_json copy copy --vault "$scratch/copy" --from-vault "$STRONGROOM_VAULT" \
  --from-password-file "$password_file"

# --- the password ----------------------------------------------------------------------------------

passes "a second password opens the vault" "$CTL" snapshots --password-file "$second_password"
passes "password by a command" "$CTL" snapshots --password-command "cat '$password_file'"
passes "password by a descriptor" bash -c '"$1" snapshots --password-fd 5 5<"$2"' bash "$CTL" \
  "$password_file"
fails "no password and no terminal" "$CTL" snapshots
fails "a password file that is not there" "$CTL" snapshots --password-file "$scratch/no-such-file"
fails "a password command that fails" "$CTL" snapshots --password-command false
exits 2 "two sources of the password" "$CTL" snapshots --password-file "$password_file" \
  --password-command true

# --- damage ----------------------------------------------------------------------------------------

pack=$(find "$STRONGROOM_VAULT/data" -type f | sort | head -n 1)
chmod u+w "$pack"
printf 'x' | dd of="$pack" bs=1 seek=20 conv=notrunc status=none
exits 7 "check --read-data of a damaged vault" ctl check --read-data
like "$output" "$(basename "$pack" | cut -c1-8)" "names the damaged file"

done_testing
