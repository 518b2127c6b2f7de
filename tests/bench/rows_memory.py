# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Rows about memory: every verb of backup files, on files that are larger than any memory should
be. What is read is made here, from Python alone, so that this set needs no build of the bench."""

import gzip
import json
import pathlib
import shutil
import tarfile
import zipfile

import measure

LIMIT_MIB = 150
MB = 1_000_000
CHUNK_RECORDS = 2000
ENTRIES = 1_000_000
COLORS = ("amber", "teal", "maroon", "olive", "navy", "coral", "ivory")


def rows(first, count, version=0):
    """Records of orders. Of those of another version one in a hundred differs."""
    for i in range(first, first + count):
        yield {"id": i, "customer": f"Customer {i * 7919 % 99991:05d}",
               "total": f"{i * 31 % 100000}.{i % 100:02d}", "paid": i % 3 == 0,
               "created": f"20{i % 26:02d}-{i % 12 + 1:02d}-{i % 28 + 1:02d}T08:{i % 60:02d}:00Z",
               "note": f"{COLORS[i % 7]} {i * 2654435761 % 4294967296:08x} "
                       f"{version if i % 100 == 0 else 0}"}


def chunks_of_json(size, version=0):
    """Bytes of an array of orders, about @size in all."""
    yield b"[\n"
    done = first = 0
    while done < size:
        text = ",\n".join(json.dumps(row) for row in rows(first, CHUNK_RECORDS, version))
        chunk = ((",\n" if first else "") + text).encode()
        yield chunk
        done += len(chunk)
        first += CHUNK_RECORDS
    yield b"\n]\n"


def chunks_of_sql(size):
    """Bytes of a dump as mariadb-dump writes it."""
    yield (b"-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\n"
           b"DROP TABLE IF EXISTS `orders`;\n"
           b"CREATE TABLE `orders` (\n  `id` bigint(20) NOT NULL,\n  `customer` varchar(80),\n"
           b"  `total` decimal(12,2),\n  `paid` tinyint(1),\n  `created` varchar(30),\n"
           b"  `note` text,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n")
    done = first = 0
    while done < size:
        values = ",".join(f"({r['id']},'{r['customer']}',{r['total']},{int(r['paid'])},"
                          f"'{r['created']}','{r['note']}')"
                          for r in rows(first, CHUNK_RECORDS))
        chunk = f"INSERT INTO `orders` VALUES {values};\n".encode()
        yield chunk
        done += len(chunk)
        first += CHUNK_RECORDS
    yield b"-- Dump completed on 2026-11-20  8:00:00\n"


def write(path, chunks):
    with open(path, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
    return path


def make_sql(bench):
    return write(bench.folder("dump.sql"), chunks_of_sql(1000 * MB * bench.arguments.scale))


def make_json(bench):
    return write(bench.folder("orders.json"), chunks_of_json(2000 * MB * bench.arguments.scale))


def make_tar(bench):
    """Ten large files, packed. None is held here: what this program has at its peak would count as
    that of those it starts."""
    path = bench.folder("backup.tar.gz")
    data = write(bench.folder("orders.json"), chunks_of_json(100 * MB * bench.arguments.scale))
    with gzip.open(path, "wb", 1) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for i in range(10):
            tar.add(data, f"data/orders-{i}.json")
    data.unlink()
    return path


def make_zip(bench):
    """One entry that unfolds to 4.5 GB, so that its length does not fit into 32 bits."""
    path = bench.folder("huge.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("orders.json", "w", force_zip64=True) as entry:
            for chunk in chunks_of_json(4500 * MB * bench.arguments.scale):
                entry.write(chunk)
    return path


def make_many(bench):
    """A million entries, with names as uploads have them."""
    path = bench.folder("many.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(int(ENTRIES * bench.arguments.scale)):
            archive.writestr(zipfile.ZipInfo(f"uploads/2026/{i // 1000:04d}/photo-{i:07d}-of-a.jpg"),
                             b"%d" % i)
    return path


class Verbs:
    """Runs the verbs on one file, each into a place of its own that is removed again."""

    def __init__(self, bench, label, file):
        self.bench = bench
        self.label = label
        self.file = str(file)
        self.program = str(bench.build / "src/cli/strongroomctl")
        self.vault = bench.clone(bench.empty, "vault")

    def run(self, verb, *arguments, step=None, with_vault=False):
        if with_vault:
            arguments += ("--vault", str(self.vault), "--password-file", self.bench.password_file)
        result = measure.run([self.program, verb, "-q", *map(str, arguments)],
                             env={"PATH": "/usr/bin:/bin", "HOME": str(self.bench.work)})
        self.bench.add_figure(f"{self.label}: {step or verb}", result.peak, LIMIT_MIB, "MiB",
                              f"{result.wall:.0f} s")

    def look(self, collection, where):
        self.run("inspect", "--entries", self.file)
        self.run("verify", self.file)
        if collection is None:
            return
        self.run("records", self.file, "--sum", "*", "--dates")
        self.run("records", self.file, collection, "--where", where, step="records, one of them")

    def unpack(self):
        target = self.bench.folder("unpacked")
        self.run("extract", self.file, "--target", target)
        measure.remove(target)
        self.run("restore-file", self.file, "--into", target, "--yes", step="restore-file, folder")
        measure.remove(target)

    def convert(self, *formats):
        for name in formats:
            target = self.bench.folder("converted")
            self.run("convert", self.file, "--as", name, "--output", target,
                     step=f"convert --as {name}")
            self.remove(target)

    def load(self):
        target = self.bench.folder("loaded.db")
        self.run("restore-file", self.file, "--into", f"sqlite:{target}", "--yes",
                 step="restore-file, SQLite")
        self.remove(target)

    def through_vault(self, name):
        target = self.bench.folder("exported")
        self.run("import", self.file, with_vault=True)
        self.run("export", "latest", "--as", name, "--output", target, with_vault=True,
                 step=f"export --as {name}")
        self.remove(target)

    def end(self):
        measure.remove(self.vault)

    def remove(self, path):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def memory(bench):
    """Every verb of backup files, on each kind of large file."""
    for label, make, collection, where, formats, archive in (
            ("SQL", make_sql, "orders", "id=77", ("sqlite", "json", "csv", "postgresql"), "mysql"),
            ("JSON", make_json, "orders", "id=77", ("sqlite", "csv", "mysql"), "json"),
            ("tar.gz", make_tar, None, None, (), "zip"),
            ("huge ZIP", make_zip, "orders", "id=77", ("csv",), "zip"),
            ("many ZIP", make_many, None, None, (), "zip")):
        verbs = Verbs(bench, label, make(bench))
        verbs.look(collection, where)
        verbs.unpack()
        verbs.convert(*formats)
        if formats:
            verbs.load()
        verbs.through_vault(archive)
        verbs.end()
        pathlib.Path(verbs.file).unlink()
    old, new = (write(bench.folder(f"{name}.json"),
                      chunks_of_json(500 * MB * bench.arguments.scale, version))
                for version, name in enumerate(("old", "new")))
    Verbs(bench, "two JSON", old).run("compare", old, new, "--records", "--fields")
