#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Prints one line for each file below a folder: name, kind, mode, owner, time, size, digest, link
target, extended attributes and which names are one file. Two folders with the same lines hold the
same. Names are printed escaped, so that they may be any bytes."""

import argparse
import hashlib
import os
import stat

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "symlink", stat.S_IFIFO: "fifo",
         stat.S_IFSOCK: "socket", stat.S_IFCHR: "chardev", stat.S_IFBLK: "dev"}


def escape(name):
    return repr(name)[2:-1]


def digest_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def attributes_of(path):
    try:
        names = sorted(os.listxattr(path, follow_symlinks=False))
    except OSError:
        return ""
    return " ".join(f"{escape(name.encode('utf-8', 'surrogateescape'))}="
                    + os.getxattr(path, name, follow_symlinks=False).hex()
                    for name in names if not name.startswith("security."))


def describe(options, path, name, groups):
    status = os.lstat(path)
    kind = KINDS[stat.S_IFMT(status.st_mode)]
    words = [escape(name), kind]
    if not options.no_modes and kind != "symlink":
        words.append(f"{stat.S_IMODE(status.st_mode):04o}")
    if not options.no_owners:
        words.append(f"{status.st_uid}:{status.st_gid}")
    if not (options.no_times or (options.no_dir_times and kind == "dir")):
        words.append(f"{status.st_mtime_ns}")
    if kind == "file":
        words += [str(status.st_size), digest_of(path)]
        if status.st_nlink > 1:
            words.append("same as " + groups.setdefault((status.st_dev, status.st_ino),
                                                        escape(name)))
    elif kind == "symlink":
        words.append("-> " + escape(os.readlink(path)))
    elif kind in ("chardev", "dev"):
        words.append(f"{os.major(status.st_rdev)},{os.minor(status.st_rdev)}")
    if not options.no_xattrs:
        words.append(attributes_of(path))
    return " ".join(words).rstrip()


def walk(folder, prefix):
    for entry in sorted(os.scandir(os.path.join(folder, prefix) if prefix else folder),
                        key=lambda item: item.name):
        name = os.path.join(prefix, entry.name)
        yield name
        if entry.is_dir(follow_symlinks=False):
            yield from walk(folder, name)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    for option in ("modes", "owners", "times", "dir-times", "xattrs"):
        parser.add_argument(f"--no-{option}", action="store_true")
    options = parser.parse_args()
    folder = os.fsencode(options.folder)
    groups = {}
    for name in walk(folder, b""):
        print(describe(options, os.path.join(folder, name), name, groups))


if __name__ == "__main__":
    main()
