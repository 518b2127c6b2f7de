# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Rows about records."""

import subprocess

import measure

COMPARED_BYTES = 300_000_000
MEMORY_MIB = 150


def compare(bench):
    """Two collections of which one record in a hundred differs, compared by key. Time tells beside
    sorting the lines of both, which is the least that others do."""
    program = str(bench.build / "tests/bench/sr-bench-compare")
    size = int(COMPARED_BYTES * bench.arguments.scale)
    paths = [bench.folder("old.json"), bench.folder("new.json")]
    for version, path in enumerate(paths):
        subprocess.run([program, "make", str(path), str(size), str(version)], check=True)
    for label, options in (("two files by key", []), ("with fields", ["fields"])):
        result = measure.run([program, "compare", *map(str, paths), *options])
        bench.add_figure(f"{label}, time", result.wall, None, "s",
                         f"{2 * size / 1e6 / result.wall:.0f} MB/s")
        bench.add_figure(f"{label}, memory", result.peak, MEMORY_MIB, "MiB")
    walls = [measure.run(["sort", "--parallel=1", "-o", str(path) + ".sorted", str(path)],
                         env={"LC_ALL": "C"}).wall for path in paths]
    bench.add_figure("sort of the lines of both, time", sum(walls), None, "s")
