# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Rows about what grows: the index, a folder, a stream."""

import subprocess

import rows_files

GIB = 1 << 30
BYTES_A_BLOB = 48
MANY_FILES = 1000000
INDEX_BLOBS = 1000000


def index(bench):
    """An index of a million blobs, none of which is there, around a small snapshot."""
    data = bench.folder("data")
    data.mkdir(parents=True, exist_ok=True)
    for name in "abcde":
        (data / name).write_text(name * 100)
    vault = bench.clone(bench.empty, "vault")
    bench.restic.backup(str(vault), str(data))
    opening = bench.opening({"strongroom": vault, "restic": vault})
    blobs = int(INDEX_BLOBS * bench.arguments.scale)
    subprocess.run([str(bench.build / "tests/bench/sr-bench-index"), str(vault),
                    bench.password_file, str(blobs)], check=True)
    # restic keeps a copy of each index file: the first run is not measured
    bench.restic.list(str(vault))
    medians, _ = bench.paired(lambda program, _: program.list(str(vault)))
    bench.add("index of a million blobs", medians, opening, 2.5)
    bench.add_figure("its memory", medians["strongroom"].peak / medians["restic"].peak, 0.5,
                     "of restic's")


def many(bench):
    """A folder of a million files."""
    data = bench.folder("data")
    count = int(MANY_FILES * bench.arguments.scale)
    subprocess.run([str(bench.build / "tests/bench/sr-bench-gen"), "many", str(data), str(count)],
                   check=True)
    vaults, opening = rows_files.first_backup(bench, data, None, "a folder of a million files")
    rows_files.later_backup(bench, data, vaults, opening, None, "the same, nothing changed")


def stream(bench):
    """Memory must not grow with what is backed up, but for the index."""
    peaks = {}
    for size in (2, 20):
        vault = bench.clone(bench.empty, "vault")
        wanted = int(size * GIB * bench.arguments.scale)
        result = bench.ours.backup_command(str(vault), bench.stream_command(wanted))
        peaks[size] = result.peak
        bench.add_figure(f"{size} GiB from a command", result.peak, None, "MiB",
                         f"{wanted / 1e6 / result.wall:.0f} MB/s")
    # 4, 8 and 64 KiB: a blob is 12 KiB on average
    blobs = 18 * GIB * bench.arguments.scale / (12 * 1024)
    allowed = peaks[2] * 1.1 + blobs * BYTES_A_BLOB / (1 << 20)
    bench.add_figure("memory beyond the index", peaks[20], allowed, "MiB")
