# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""What the checks in this folder share: the list of files, and the end of a check."""

import argparse
import os
import subprocess
import sys

SKIPPED_FOLDERS = {".git", "__pycache__"}


def parse_root(description):
    """Returns the folder to check: --root DIR, else the project this file lies in."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", metavar="DIR", help="the source tree to check")
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.path.abspath(parser.parse_args().root or here)


def list_files(root):
    """Returns the project's files, relative to root and sorted: those git knows or would add,
    or, in a tree without git, all but build folders."""
    if os.path.exists(os.path.join(root, ".git")):
        # The owner of the tree may be another user than the one who runs CI.
        command = ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z",
                   "--cached", "--others", "--exclude-standard"]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        names = [os.fsdecode(name) for name in output.split(b"\0") if name]
    else:
        names = []
        for folder, folders, files in os.walk(root):
            inner = os.path.relpath(folder, root)
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS
                          and not (inner == "." and name.startswith(("build", "_")))]
            names += [os.path.normpath(os.path.join(inner, name)) for name in files]
    return sorted({name for name in names if os.path.isfile(os.path.join(root, name))})


def read_text(root, name):
    """Returns the text of a file; bytes that are not UTF-8 become replacement characters."""
    with open(os.path.join(root, name), "rb") as stream:
        return stream.read().decode("utf-8", "replace")


def finish(check, problems, count):
    """Prints the problems and ends the program with 1 if there are any."""
    for problem in problems:
        print(problem)
    if problems:
        print(f"{check}: {len(problems)} problem(s) in {count} files")
        sys.exit(1)
    print(f"{check}: {count} files, nothing to report")
    sys.exit(0)
