#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Makes a folder with every kind of file that a backup can meet, the same content each time.

Below FOLDER/all lies what stock restic 0.14 can restore, below FOLDER/own what it cannot: sockets,
links whose target is not UTF-8, and times after the year 2262. What this person or file system cannot make (device nodes,
foreign owners, extended attributes) is left out and named on standard output."""

import os
import random
import socket
import stat
import sys

NAMES = [b"plain.txt", b"with space ", b"quo\"te's", b"back\\slash", b"new\nline", b"tab\tand\rreturn",
         b"bell\x07\x1b[1m", b"del\x7f", b"<&>", b"-dash", b"*?[a]{b}", b"$HOME", b"#hash", b".hidden",
         b"..dots", b"latin1 \xe4\xf6\xfc", b"\xff\xfe\xfd", b"\xed\xa0\x80 surrogate", b"cut \xe2\x82",
         "Grüße €".encode(), "日本語".encode(), "😀".encode(), "soft\u00adhyphen".encode(),
         "no\u00a0break".encode(), "line\u2028separator".encode(), "zero\u200bwidth".encode(),
         "right\u202eleft".encode(), "bom\ufeff".encode(), "replacement \ufffd".encode(),
         "private \ue000".encode(), "e\u0301 and \u00e9".encode(), b"x" * 255, b"%41%00", b"~", b"a:b"]

TARGETS = [b"plain.txt", b"../all/plain.txt", b"/etc/hostname", b"/no/such/file", b".", b"..", b"/",
           b"../../../../../../etc/passwd", b"loop", b"a//b/./c", b"with space and \"quotes\"",
           b"new\nline", "Grüße\u2028".encode(), b"x" * 4000, b"$HOME/*", b"back\\slash"]

RAW_TARGETS = [b"\xff", b"latin1 \xe4", b"/cut/\xe2\x82", b"\xed\xa0\x80"]

# Seconds and nanoseconds: before 1970, the first that ext4 knows, after 2038, the last that stock
# restic restores (it counts nanoseconds in 64 bits); then the last that ext4 knows.
TIMES = [(0, 0), (-1, 999999999), (-2, 1), (-1500000000, 123456789), (-2147483648, 0), (1, 1),
         (1700000000, 120000000), (2147483648, 5), (4102444800, 999999999), (9214646400, 1)]
FAR_TIME = (15032385535, 999999999)

left_out = set()


def attempt(what, function, *arguments, **options):
    try:
        function(*arguments, **options)
        return True
    except OSError:
        left_out.add(what)
        return False


def write(path, content):
    with open(path, "wb") as stream:
        stream.write(content)


def make_names(folder):
    os.mkdir(folder)
    for i, name in enumerate(NAMES):
        write(os.path.join(folder, name), b"content of file %d\n" % i)
    os.mkdir(os.path.join(folder, b"folder \xff\n\"<\\"))
    write(os.path.join(folder, b"folder \xff\n\"<\\", b"inside"), b"inside")


def make_contents(folder, rng):
    os.mkdir(folder)
    write(os.path.join(folder, b"empty"), b"")
    write(os.path.join(folder, b"one byte"), b"\0")
    write(os.path.join(folder, b"nine megabytes"), rng.randbytes(9 * 1000 * 1000 + 1))
    write(os.path.join(folder, b"exactly 512 KiB"), rng.randbytes(512 * 1024))
    write(os.path.join(folder, b"zeros"), bytes(3 * 1024 * 1024 + 17))
    write(os.path.join(folder, b"records.json"),
          b"".join(b'{"_id":%d,"name":"customer %d","total":%d},\n' % (i, i * 7 % 1000, i * i % 99991)
                   for i in range(60000)))
    with open(os.path.join(folder, b"sparse"), "wb") as stream:
        stream.write(b"begin")
        stream.seek(6 * 1024 * 1024)
        stream.write(b"middle")
        stream.truncate(11 * 1024 * 1024)


def make_links(folder):
    os.mkdir(folder)
    for i, target in enumerate(TARGETS):
        os.symlink(target, os.path.join(folder, b"link %d" % i))
    os.mkdir(os.path.join(folder, b"sub"))
    write(os.path.join(folder, b"one"), b"three names")
    os.link(os.path.join(folder, b"one"), os.path.join(folder, b"two"))
    os.link(os.path.join(folder, b"one"), os.path.join(folder, b"sub", b"three"))
    write(os.path.join(folder, b"empty a"), b"")
    os.link(os.path.join(folder, b"empty a"), os.path.join(folder, b"empty b"))


def make_special(folder):
    os.mkdir(folder)
    os.mkfifo(os.path.join(folder, b"fifo"), 0o640)
    for name, kind, major, minor in ((b"block", stat.S_IFBLK, 8, 17), (b"char", stat.S_IFCHR, 5, 1),
                                     (b"large numbers", stat.S_IFCHR, 511, 70000)):
        attempt("device nodes", os.mknod, os.path.join(folder, name), kind | 0o660,
                os.makedev(major, minor))


def make_metadata(folder):
    os.mkdir(folder)
    modes = [0o000, 0o400, 0o644, 0o777, 0o4755, 0o2755, 0o6711, 0o1644]
    for mode in modes:
        path = os.path.join(folder, b"mode %04o" % mode)
        write(path, b"x")
        # What its owner cannot read cannot be backed up.
        if mode & 0o400 or os.geteuid() == 0:
            os.chmod(path, mode)
    for mode in (0o700, 0o1777, 0o2775, 0o555):
        path = os.path.join(folder, b"dir %04o" % mode)
        os.mkdir(path)
        os.chmod(path, mode)
    for i, (uid, gid) in enumerate(((12345, 54321), (4294967294, 65534), (1, 0))):
        path = os.path.join(folder, b"owner %d" % i)
        write(path, b"x")
        attempt("foreign owners", os.chown, path, uid, gid)
    path = os.path.join(folder, b"attributes")
    write(path, b"x")
    for name, value in ((b"user.text", b"value"), (b"user.bytes", bytes(range(256))),
                        (b"user.empty", b""), ("user.Grüße".encode(), b"x"),
                        (b"user.long", b"y" * 1000), (b"trusted.x", b"only root")):
        attempt("extended attributes", os.setxattr, path, name, value)
    attempt("extended attributes", os.setxattr, os.path.join(folder, b"dir 0700"), b"user.dir", b"d")


def make_times(folder, times):
    os.mkdir(folder)
    for i, (seconds, nanoseconds) in enumerate(times):
        moment = seconds * 1000000000 + nanoseconds
        path = os.path.join(folder, b"time %d" % i)
        write(path, b"x")
        os.utime(path, ns=(moment, moment))
        link = os.path.join(folder, b"link %d" % i)
        os.symlink(b"x", link)
        os.utime(link, ns=(moment, moment), follow_symlinks=False)
        path = os.path.join(folder, b"dir %d" % i)
        os.mkdir(path)
        os.utime(path, ns=(moment, moment))


def make_deep(folder):
    os.makedirs(os.path.join(folder, *[b"level %d" % i for i in range(30)]))
    os.mkdir(os.path.join(folder, b"many"))
    for i in range(1500):
        write(os.path.join(folder, b"many", b"%04d" % i), b"%d" % (i % 500))
    os.mkdir(os.path.join(folder, b"nothing"))


def make_own(folder):
    os.mkdir(folder)
    for i, target in enumerate(RAW_TARGETS):
        os.symlink(target, os.path.join(folder, b"link %d" % i))
    back = os.getcwd()
    os.chdir(folder)  # the name of a socket may not be long
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket")
    finally:
        os.chdir(back)


def main():
    root = os.fsencode(sys.argv[1])
    rng = random.Random(20261120)
    for folder in (root, os.path.join(root, b"all")):
        os.makedirs(folder, exist_ok=True)
    top = os.path.join(root, b"all")
    make_names(os.path.join(top, b"names"))
    make_contents(os.path.join(top, b"contents"), rng)
    make_links(os.path.join(top, b"links"))
    make_special(os.path.join(top, b"special"))
    make_deep(os.path.join(top, b"deep"))
    make_metadata(os.path.join(top, b"metadata"))
    make_times(os.path.join(top, b"times"), TIMES)
    make_own(os.path.join(root, b"own"))
    make_times(os.path.join(root, b"own", b"times"), [FAR_TIME])
    for what in sorted(left_out):
        print(what)


if __name__ == "__main__":
    main()
