# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# What the integration scripts share. A script is called with the path of strongroomctl and prints
# TAP:
#
#   #!/usr/bin/env bash
#   . "$(dirname "$0")/lib.sh" "$@"
#   need restic
#   new_vault vault
#   passes "a backup is made" ctl backup "$scratch/data"
#   exits 4 "no such snapshot" ctl ls 00000000
#   done_testing
#
# Given by this file: $CTL (absolute path of strongroomctl), $scratch (an empty folder, removed at
# the end), $here (folder of the scripts), $output (what the last passes, fails or exits printed),
# $STRONGROOM_VAULT and $password_file (after new_vault). HOME and the XDG folders lie in $scratch,
# and there is no session bus, so that a test never sees the person's keyring or settings.
set -u

CTL=$(readlink -f -- "${1:?path of strongroomctl}")
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/strongroom-test-XXXXXXXX")
chmod 0755 "$scratch" # as_nobody must get in
tap_count=0
tap_failed=0
tap_done=no
output=
children=()

export HOME=$scratch/home
export XDG_CONFIG_HOME=$HOME/.config XDG_CACHE_HOME=$HOME/.cache XDG_DATA_HOME=$HOME/.local/share
export XDG_STATE_HOME=$HOME/.local/state
export XDG_RUNTIME_DIR=$HOME/run DBUS_SESSION_BUS_ADDRESS=disabled:
export LC_ALL=C.UTF-8
unset STRONGROOM_VAULT STRONGROOM_PASSWORD_FILE RESTIC_REPOSITORY RESTIC_PASSWORD RESTIC_PASSWORD_FILE
mkdir -p "$HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_DATA_HOME"
mkdir -p "$XDG_RUNTIME_DIR"
chmod 0700 "$XDG_RUNTIME_DIR"

# --- the end ---------------------------------------------------------------------------------------

# later PID: a process this script started and that must not outlive it.
later() {
  children+=("$1")
}

clean_up() {
  local child
  for child in ${children[@]+"${children[@]}"}; do
    kill -KILL "$child" 2>/dev/null
  done
  if [ "$tap_done" = no ]; then
    printf 'Bail out! %s ended in the middle\n' "$(basename -- "$0")"
  fi
  cd /
  chmod -R u+rwX -- "$scratch" 2>/dev/null
  rm -rf -- "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# Prints the plan and ends the script.
done_testing() {
  tap_done=yes
  printf '1..%d\n' "$tap_count"
  exit $((tap_failed > 0))
}

# skip_all REASON: nothing (or, after some points, nothing more) of this script can run here.
skip_all() {
  if [ "$tap_count" -gt 0 ]; then
    skip "the rest" "$1"
    done_testing
  fi
  tap_done=yes
  printf '1..0 # SKIP %s\n' "$1"
  exit 0
}

# need PROGRAM…: skips the script where a program is missing.
need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || skip_all "$program is not installed"
  done
}

# --- points ----------------------------------------------------------------------------------------

# ok STATUS TITLE: the point itself; 0 is a pass. Returns STATUS's truth.
ok() {
  tap_count=$((tap_count + 1))
  if [ "$1" -eq 0 ]; then
    printf 'ok %d - %s\n' "$tap_count" "$2"
    return 0
  fi
  tap_failed=$((tap_failed + 1))
  printf 'not ok %d - %s\n' "$tap_count" "$2"
  return 1
}

# note TEXT: details below a point.
note() {
  printf '%s\n' "$*" | sed 's/^/# /'
}

# skip TITLE REASON: one point that cannot be made here.
skip() {
  tap_count=$((tap_count + 1))
  printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

# exits STATUS TITLE COMMAND…: the command ends with this status; its output goes to $output.
exits() {
  local wanted=$1 title=$2 status=0
  shift 2
  output=$("$@" 2>&1 </dev/null) || status=$?
  [ "$status" -eq "$wanted" ]
  ok $? "$title" && return 0
  note "exit status $status instead of $wanted: $*"
  note "$(printf '%s\n' "$output" | tail -n 30)"
  return 1
}

# passes TITLE COMMAND…: the command ends with 0.
passes() {
  exits 0 "$@"
}

# fails TITLE COMMAND…: the command ends with anything but 0, and not by a signal.
fails() {
  local title=$1 status=0
  shift
  output=$("$@" 2>&1 </dev/null) || status=$?
  [ "$status" -ne 0 ] && [ "$status" -lt 128 ]
  ok $? "$title" && return 0
  note "exit status $status: $*"
  note "$(printf '%s\n' "$output" | tail -n 30)"
  return 1
}

# is FOUND WANTED TITLE: two texts are the same.
is() {
  [ "$1" = "$2" ]
  ok $? "$3" && return 0
  note "found:  $(printf '%s' "$1" | head -c 2000)"
  note "wanted: $(printf '%s' "$2" | head -c 2000)"
  return 1
}

# like TEXT REGEX TITLE: the text has a place that fits the extended regular expression.
like() {
  printf '%s\n' "$1" | grep -qE -- "$2"
  ok $? "$3" && return 0
  note "does not fit $2:"
  note "$(printf '%s\n' "$1" | tail -n 30)"
  return 1
}

# unlike TEXT REGEX TITLE: the text has no such place.
unlike() {
  ! printf '%s\n' "$1" | grep -qE -- "$2"
  ok $? "$3" && return 0
  note "fits $2:"
  note "$(printf '%s\n' "$1" | grep -E -- "$2" | head -n 10)"
  return 1
}

# same_trees A B TITLE [list-tree option…]: two folders hold the same: names, content, kinds, modes,
# owners, times, extended attributes, link targets, hard links.
same_trees() {
  local a=$1 b=$2 title=$3 difference
  shift 3
  difference=$(diff <(list_tree "$a" "$@") <(list_tree "$b" "$@"))
  ok $? "$title" && return 0
  note "$(printf '%s\n' "$difference" | head -n 30)"
  return 1
}

# list_tree FOLDER [option…]: one line for each file; see list-tree.py for the options.
list_tree() {
  /usr/bin/python3 -B "$here/list-tree.py" "$@"
}

# --- programs --------------------------------------------------------------------------------------

# set_password NAME TEXT: writes $scratch/NAME.password and prints its path.
set_password() {
  printf '%s\n' "$2" >"$scratch/$1.password"
  chmod 0600 "$scratch/$1.password"
  printf '%s' "$scratch/$1.password"
}

# use_vault NAME [PASSWORD]: ctl and stock mean the vault $scratch/NAME from now on.
use_vault() {
  export STRONGROOM_VAULT=$scratch/$1
  password_file=$(set_password "$1" "${2:-open sesame}")
}

# new_vault NAME [PASSWORD]: makes a vault and uses it; the script ends if that fails.
new_vault() {
  use_vault "$@"
  if ! output=$(ctl init 2>&1); then
    note "$output"
    exit 1
  fi
}

# ctl VERB [ARGUMENT…]: strongroomctl with the password file of the vault in use.
ctl() {
  local verb=$1
  shift
  "$CTL" "$verb" --password-file "$password_file" "$@"
}

# stock [ARGUMENT…]: the stock restic on the vault in use.
stock() {
  RESTIC_REPOSITORY=$STRONGROOM_VAULT RESTIC_PASSWORD_FILE=$password_file \
    RESTIC_CACHE_DIR=$scratch/restic-cache restic "$@"
}

# json EXPRESSION: reads JSON from standard input and prints the value of a Python expression in
# which it is called "d"; fails if it is no JSON.
json() {
  /usr/bin/python3 -B -c 'import json, sys
d = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

# as_nobody COMMAND…: root passes every permission check; this runs the command as nobody.
as_nobody() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
  else
    "$@"
  fi
}
