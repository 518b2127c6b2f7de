#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Random ignore files in random trees: strongroomctl stores what git would add.

  compare-ignores.py STRONGROOMCTL PASSWORD_FILE SCRATCH ROUNDS

All trees are stored in one snapshot of the vault $STRONGROOM_VAULT.
"""

import json
import os
import random
import subprocess
import sys

ctl, password_file, scratch, rounds = sys.argv[1:5]
chance = random.Random(815)
base = os.path.join(scratch, "ignores")

NAMES = ["a", "b", "ab", "foo", "bar", "foo.txt", "x.tmp", ".hid", "[x]", "a b", "ä", "*", "b\\c",
         "!n", "#h", "a ", "A"]
PARTS = ["a", "b", "ab", "foo", "bar", "*", "**", "?", "*.txt", "x.*", "[a-c]", "[!a]*", "[^b]",
         "a*", "*b*", "\\*", ".*", "[[]x]", "ä", "?b", "a**b", "**b", "a**", "b\\\\c", "a\\ ", "a ",
         "[[:alpha:]]*", "[a", "x\\", "[]-a]", "[a-]", "\\!n", "\\#h", "!n", "#h", "***",
         "[[:punct:]]n", "**.txt", "[\\]]"]


def make_rules():
    text = ""
    for _ in range(chance.randrange(1, 5)):
        rule = "/".join(chance.choice(PARTS) for _ in range(chance.choice([1, 1, 1, 2, 2, 3])))
        if chance.random() < 0.25:
            rule = "/" + rule
        if chance.random() < 0.25:
            rule += "/"
        if chance.random() < 0.25:
            rule = "!" + rule
        if chance.random() < 0.1:
            rule += chance.choice(["  ", "\t", "\r", "\\ ", " \\ "])
        text += rule + "\n"
    return text[:-1] if chance.random() < 0.1 else text


def make_tree(path, depth):
    os.makedirs(path)
    for name in chance.sample(NAMES, 7):
        inner = os.path.join(path, name)
        if depth < 3 and chance.random() < 0.45:
            make_tree(inner, depth + 1)
        else:
            open(inner, "w").close()
    if depth == 0 or chance.random() < 0.3:
        with open(os.path.join(path, ".gitignore"), "w") as file:
            file.write(make_rules())


def git(*arguments):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return subprocess.run(["git", *arguments], env=environment, stdout=subprocess.PIPE,
                          check=True).stdout


trees = [os.path.join(base, "t%d" % i) for i in range(int(rounds))]
wanted = set()
for tree in trees:
    make_tree(tree, 0)
    git("init", "-q", tree)
    for name in git("-C", tree, "-c", "core.excludesFile=/dev/null", "ls-files", "-z", "-o",
                    "--exclude-standard").split(b"\0"):
        if name:
            wanted.add(tree + "/" + name.decode())
subprocess.run([ctl, "backup", "--quiet", "--password-file", password_file, "--ignore-file",
                ".gitignore", "--exclude", ".git", *trees], check=True)
listing = subprocess.run([ctl, "ls", "--password-file", password_file, "--recursive", "--json",
                          "latest"], stdout=subprocess.PIPE, check=True).stdout.decode()
found = {node["path"] for node in json.loads(listing)["entries"]
         if node["type"] == "file" and node["path"].startswith(base + "/")}
for path in sorted(wanted ^ found)[:10]:
    print("only", "git:" if path in wanted else "ours:", path)
print("%s trees, %d files stored by both" % (rounds, len(wanted & found)))
sys.exit(wanted != found or not wanted)
