#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Random collections written by Python's json, in all its layouts, counted and written anew by the
program given: both must be what Python makes of them. Usage: json-against.py PROGRAM [SEED]"""

import json
import os
import random
import subprocess
import sys
import tempfile

FILES = 60
LETTERS = "ab\"\\/[]{},:\n\t \u00e4\u20ac\U0001f600\u0001\u0000\u2028"


def make_text(rand, most=40):
    return "".join(rand.choice(LETTERS) for _ in range(rand.randrange(most)))


def make_scalar(rand):
    return rand.choice([
        None, True, False, rand.randrange(-10, 10), rand.randrange(-10**30, 10**30),
        rand.uniform(-1e9, 1e9), 1e-300, 1.5e300, "", make_text(rand), "x" * rand.randrange(300),
    ])


def make_value(rand, depth):
    kind = rand.random()
    if depth == 0 or kind < 0.6:
        return make_scalar(rand)
    if kind < 0.8:
        return [make_value(rand, depth - 1) for _ in range(rand.randrange(6))]
    return {make_name(rand): make_value(rand, depth - 1) for _ in range(rand.randrange(8))}


def make_name(rand):
    return make_text(rand, 12).replace("\0", "0")


def make_collections(rand):
    """Returns: what is in the file, and how many records of which collection"""
    array = [make_value(rand, rand.randrange(6)) for _ in range(rand.randrange(200))]
    if rand.random() < 0.5:
        return array, [len(array)]
    more = [make_value(rand, 2) for _ in range(rand.randrange(20))]
    return {"version": "1.0", "n": 1, "data": {"one": array, "two": []}, "three": more}, \
        [len(array), 0, len(more)]


def layout(rand):
    return rand.choice([{}, {"indent": 2}, {"indent": "\t"}, {"separators": (",", ":")},
                        {"indent": 1, "separators": (" ,\r\n", " :\t")}])


def check_file(program, folder, rand):
    document, counts = make_collections(rand)
    path = os.path.join(folder, "in.json")
    again = os.path.join(folder, "out.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=rand.random() < 0.5, **layout(rand))
    lines = subprocess.run([program, path], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    found = [int(line.rsplit(": ", 1)[1]) for line in lines]
    assert found == counts, f"{found} records instead of {counts}"
    if not isinstance(document, list):
        return
    subprocess.run([program, "--indent", path, again], check=True)
    with open(again, encoding="utf-8") as file:
        text = file.read()
    assert json.loads(text) == document, "written anew it is another"
    with open(path, encoding="utf-8") as file:
        assert all(ord(c) < 128 for c in file.read()) == text.isascii(), "bytes of texts changed"


def main():
    program = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261120
    print(f"1..{FILES}")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            try:
                check_file(program, folder, random.Random(seed + number))
                print(f"ok {number + 1}")
            except (AssertionError, subprocess.CalledProcessError) as error:
                failed = True
                print(f"not ok {number + 1} seed {seed + number}: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
