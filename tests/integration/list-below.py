#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Reads what `strongroomctl ls --json` prints and prints the paths below a folder, relative to it.

  list-below.py FOLDER
"""

import json
import sys

prefix = sys.argv[1] + "/"
for path in sorted(entry["path"] for entry in json.load(sys.stdin)["entries"]):
    if path.startswith(prefix):
        print(path[len(prefix):])
