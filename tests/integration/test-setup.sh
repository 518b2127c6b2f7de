#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# How tools/setup deals with missing packages, with stand-ins for the system's programs; and the
# demonstration of `tools/setup run`.
. "$(dirname "$0")/lib.sh" "$@"

source_root=${SR_SOURCE_ROOT:-$(readlink -f "$here/../..")}
setup=$source_root/tools/setup

# stand_in NAME TEXT: a program that comes before the system's.
stand_in() {
  printf '#!/bin/sh\n%s\n' "$2" >"$scratch/bin/$1"
  chmod +x "$scratch/bin/$1"
}

# run_setup: a tools/setup that ends after the packages, since the stand-in for meson fails.
run_setup() {
  : >"$scratch/calls"
  status=0
  output=$(PATH=$scratch/bin:$PATH STRONGROOM_BUILDS=$scratch "$setup" run 2>"$scratch/errors") ||
    status=$?
}

mkdir "$scratch/bin"
stand_in dpkg-query "case \"\$*\" in *zstd*) printf not-installed ;; *) printf installed ;; esac"
stand_in apt-get "echo \"apt-get \$*\" >>'$scratch/calls'"
stand_in meson "exit 1"
stand_in id "echo 1000"

stand_in sudo "exit 1"
run_setup
is "$status" 1 "a person without sudo: it stops"
is "$output" "sudo apt-get install -y --no-install-recommends libzstd-dev" \
  "and prints the one command that is missing"
is "$(cat "$scratch/calls")" "" "and installs nothing"

# Without a password: sudo -n [--] COMMAND…
stand_in sudo "shift; [ \"\$1\" != -- ] || shift; exec \"\$@\""
run_setup
like "$(cat "$scratch/calls")" 'apt-get .*update' "a person with sudo: package lists are fetched"
like "$(cat "$scratch/calls")" 'install -y --no-install-recommends libzstd-dev$' \
  "and what is missing is installed"

stand_in dpkg-query "printf installed"
run_setup
is "$(cat "$scratch/calls")" "" "nothing is missing: nothing is installed"
is "$status" 1 "a build that fails is told"

exits 2 "no command" "$setup"
exits 2 "an unknown command" "$setup" tset
passes "--help" "$setup" --help

passes "the demonstration comes out as it should" "$source_root/tools/demo" "$CTL"

done_testing
