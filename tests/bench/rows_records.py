# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Rows about records."""

import shutil
import statistics
import subprocess

import measure

COMPARED_BYTES = 300_000_000
MEMORY_MIB = 150
# Of the set of collections, which indenting makes half as large again: 1.5 GiB.
SHARE = 0.72
JQ_TIMES = 20
WC_TIMES = 0.5


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


def records(bench):
    """Counts the records of indented collections."""
    plain = bench.folder("plain")
    bench.generate("a", plain, "--scale", str(SHARE * bench.arguments.scale))
    data = bench.folder("data")
    data.mkdir(parents=True, exist_ok=True)
    program = str(bench.build / "tests/bench/sr-bench-records")
    for path in sorted(plain.glob("*.json")):
        subprocess.run([program, "--indent", str(path), str(data / path.name)], check=True)
    measure.remove(plain)
    bench.warm(data)
    files = [str(path) for path in sorted(data.glob("*.json"))]
    size = measure.size_of(data)
    ours, lines = [], []
    for _ in range(bench.arguments.runs):
        ours.append(measure.run([program, *files]))
        lines.append(measure.run(["wc", "-l", *files]))
    wall = statistics.median(result.wall for result in ours)
    wc = statistics.median(result.wall for result in lines)
    note = f"{size / wall / 1e6:.0f} MB/s"
    bench.add_figure("counting records, beside wc -l", wall / wc, 1 / WC_TIMES, "of its time", note)
    bench.add_figure("its memory", max(result.peak for result in ours), MEMORY_MIB, "MiB")
    if shutil.which("jq") is None:
        print("jq is not installed: not compared with it")
        return
    jq = measure.run(["jq", "length", *files])
    bench.add_figure("counting records, beside jq length", wall / jq.wall, 1 / JQ_TIMES,
                     "of its time", f"{jq.wall / wall:.0f} times as fast")
