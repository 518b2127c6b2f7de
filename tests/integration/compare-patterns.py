#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Random exclude patterns over a random tree: strongroomctl stores what stock restic stores.

  compare-patterns.py STRONGROOMCTL PASSWORD_FILE SCRATCH ROUNDS

The vault is $STRONGROOM_VAULT; both back up into it and are asked what the snapshot holds.
"""

import json
import os
import random
import subprocess
import sys

ctl, password_file, scratch, rounds = sys.argv[1:5]
chance = random.Random(4711)
base = os.path.join(scratch, "patterns")
vault = os.environ["STRONGROOM_VAULT"]
environment = dict(os.environ, RESTIC_REPOSITORY=vault, RESTIC_PASSWORD_FILE=password_file,
                   RESTIC_CACHE_DIR=os.path.join(scratch, "restic-cache"))

NAMES = ["a", "b", "ab", "abc", "foo", "bar", "foo.txt", "x.tmp", ".hid", "[x]", "a b", "ä", "*",
         "b\\c", "!n", "#h", "A", "Foo"]
PARTS = ["**", "**", "a", "b", "ab", "foo", "bar", "*", "?", "*.txt", "x.*", "[a-c]", "[^a]*", "a*",
         "*b*", "\\*", ".*", "[[]x]", "ä", "[ä]", "?b", "b\\\\c", "A", "Foo", "..", ".", ""]


def make_tree(path, depth):
    os.makedirs(path)
    for name in chance.sample(NAMES, 8):
        inner = os.path.join(path, name)
        if depth < 3 and chance.random() < 0.45:
            make_tree(inner, depth + 1)
        else:
            open(inner, "w").close()


def make_pattern():
    pattern = "/".join(chance.choice(PARTS) for _ in range(chance.randrange(1, 5)))
    kind = chance.random()
    if kind < 0.25:
        pattern = base + "/" + pattern
    elif kind < 0.4:
        pattern = "/**/" + pattern
    if chance.random() < 0.15:
        pattern = "!" + pattern
    return pattern


def run(*command):
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=True,
                          stdout=subprocess.PIPE).stdout.decode()


def paths_of(listing):
    found = set()
    for line in listing.splitlines():
        node = json.loads(line)
        if node.get("path", "").startswith(base + "/"):
            found.add(node["path"])
    return found


def stored_by(*command):
    run(*command)
    return paths_of(run("restic", "ls", "--json", "latest"))


make_tree(base, 0)
failed = 0
compared = 0
for _ in range(int(rounds)):
    patterns = [p for p in (make_pattern() for _ in range(chance.randrange(1, 5))) if p]
    options = [word for pattern in patterns for word in ("--exclude", pattern)]
    theirs = stored_by("restic", "backup", "--quiet", "--force", *options, base)
    ours = stored_by(ctl, "backup", "--quiet", "--force", "--password-file", password_file, *options,
                     base)
    compared += len(theirs)
    if theirs != ours:
        failed += 1
        print(patterns, "only theirs:", sorted(theirs - ours)[:5], "only ours:",
              sorted(ours - theirs)[:5])
print("%s rounds, %d paths stored by both" % (rounds, compared))
sys.exit(failed > 0 or compared == 0)
