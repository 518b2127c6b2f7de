#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# The rules of forget against stock restic's, on the same snapshots of several time zones: what stays
# and for which reasons. Restic before 0.17 does not keep the oldest snapshot where a rule has counts
# left; that one difference is allowed.
. "$(dirname "$0")/lib.sh" "$@"
need restic

new_vault vault
mkdir "$scratch/data"
printf 'x\n' >"$scratch/data/file"

i=0
while read -r time; do
  i=$((i + 1))
  tags=()
  [ $((i % 3)) -ne 0 ] || tags=(--tag a)
  [ $((i % 4)) -ne 0 ] || tags=(--tag 'a,b')
  ctl backup --quiet --host erp --time "$time" ${tags[@]+"${tags[@]}"} "$scratch/data" || exit 1
done <<TIMES
2021-02-28T23:30:00-08:00
2022-12-31T23:59:59+05:30
2023-01-01T00:00:00Z
2023-12-31T23:00:00-01:00
2024-02-29T12:00:00+05:30
2024-03-31T23:59:59Z
2024-04-01T00:30:00+02:00
2024-04-30T12:00:00-08:00
2024-05-01T00:00:01Z
2024-05-01T05:29:59+05:30
2024-05-01T05:30:00+05:30
2024-05-02T11:59:59Z
2024-05-02T12:00:00Z
2024-05-02T12:59:59Z
2024-05-02T15:00:00+02:00
TIMES

# compare RULE…: the same decisions and reasons.
compare() {
  local difference
  ctl forget --dry-run --json "$@" >"$scratch/ours" 2>"$scratch/errors" &&
    stock forget --dry-run --json "$@" >"$scratch/theirs" 2>>"$scratch/errors" &&
    difference=$(/usr/bin/python3 -B - "$scratch/ours" "$scratch/theirs" 2>>"$scratch/errors" <<'PYTHON'
import json, sys
ours, theirs = {}, {}
decisions = json.load(open(sys.argv[1]))["decisions"]
for decision in decisions:
    ours[decision["snapshot"]["id"]] = decision["reasons"]
for group in json.load(open(sys.argv[2])):
    for snapshot in group["remove"] or []:
        theirs[snapshot["id"]] = []
    for reason in group["reasons"] or []:
        theirs[reason["snapshot"].get("id")] = reason["matches"]
    for snapshot, reason in zip(group["keep"] or [], group["reasons"] or []):
        theirs[snapshot["id"]] = reason["matches"]
theirs.pop(None, None)
oldest = min(decisions, key=lambda d: d["snapshot"]["time"][:4])["snapshot"]["id"]
for name in sorted(set(ours) | set(theirs)):
    left, right = ours.get(name), theirs.get(name)
    if name == oldest and left is not None and not any("oldest" in r for r in right or []):
        left = [reason for reason in left if "oldest" not in reason]
    if left != right:
        print(name[:8], "ours:", left, "theirs:", right)
PYTHON
    ) && [ -z "$difference" ]
  ok $? "forget $*" && return 0
  note "$difference"
  note "$(head -c 2000 "$scratch/errors")"
}

compare --keep-last 3
compare --keep-hourly 4
compare --keep-daily 5
compare --keep-weekly 4
compare --keep-monthly 5
compare --keep-yearly 10
compare --keep-within 1d
compare --keep-within 1m2d
compare --keep-within 1y2m3d4h
compare --keep-within-hourly 2d
compare --keep-within-daily 2m
compare --keep-within-weekly 1y
compare --keep-within-monthly 1y2m
compare --keep-within-yearly 3y
compare --keep-tag a
compare --keep-tag a,b
compare --keep-last 1 --keep-tag a --keep-daily 3 --keep-monthly 4
compare --keep-within 10d --keep-within-monthly 2y --keep-yearly 3

is "$(ctl snapshots --json | json 'len(d)')" 15 "a dry run removes nothing"
passes "forget" ctl forget --keep-daily 5
is "$(ctl snapshots --json | json 'len(d)')" 5 "removes what it said"
passes "and stock restic finds the vault sound" stock check
done_testing
