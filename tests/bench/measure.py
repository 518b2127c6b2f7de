# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Running the two programs, and keeping what was measured."""

import os
import pathlib
import shutil
import statistics
import subprocess
import time

PASSWORD = "bench"
# A lone run of a step with no fixed time to it would measure chance.
MIN_SECONDS = 0.01


def remove(path):
    """Vaults hold files that are read-only in folders that are not."""
    shutil.rmtree(path, ignore_errors=True)


def size_of(folder):
    """Bytes of all files below a vault but the reserve, which is no part of the format."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            if "reserve" not in name:
                total += os.lstat(os.path.join(root, name)).st_size
    return total


class Result:
    """What one run of one program took."""

    def __init__(self, wall, cpu, peak):
        self.wall = wall
        self.cpu = cpu
        self.peak = peak


def run(command, stdin=None, env=None, accept=(0,)):
    """Runs a command to its end. Its peak memory is its own, children not counted."""
    with open(os.devnull, "wb") as null:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=stdin or subprocess.DEVNULL, stdout=null,
                                   stderr=subprocess.PIPE, env=env)
        if stdin is not None:
            stdin.close()
        message = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in accept:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{message}")
    return Result(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Restic:
    """Stock restic, the measure of it all."""

    name = "restic"

    def __init__(self, program, password_file, cache):
        self.program = program
        self.common = ["-q", "--password-file", password_file, "--cache-dir", cache]

    def version(self):
        return subprocess.check_output([self.program, "version"], text=True).strip()

    def _run(self, vault, *arguments, **keywords):
        return run([self.program, "-r", vault, *self.common, *arguments], **keywords)

    def init(self, vault):
        run([self.program, "-r", vault, "--repository-version", "2", *self.common, "init"])

    def open(self, vault):
        return self._run(vault, "ls", "latest", "/")

    def backup(self, vault, path, **_):
        return self._run(vault, "backup", path)

    def backup_command(self, vault, command):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            result = self._run(vault, "backup", "--stdin", "--stdin-filename", "dump.json",
                               stdin=child.stdout)
            if child.wait() != 0:
                raise SystemExit(f"{command[0]} failed")
        return result

    def check(self, vault):
        return self._run(vault, "check", "--read-data")

    def restore(self, vault, target):
        return self._run(vault, "restore", "latest", "--target", target)

    def list(self, vault):
        return self._run(vault, "ls", "latest")


class Strongroom:
    """The program that is measured."""

    name = "strongroom"

    def __init__(self, program, password_file):
        self.program = program
        self.password_file = password_file

    def _run(self, vault, verb, *arguments):
        return run([self.program, verb, "-q", "--vault", vault, "--password-file",
                    self.password_file, *arguments])

    def open(self, vault):
        return self._run(vault, "ls", "latest", "/")

    def backup(self, vault, path, as_files=True):
        options = ["--databases-as-files"] if as_files else []
        return self._run(vault, "backup", *options, path)

    def backup_command(self, vault, command):
        return self._run(vault, "backup", "--stdin-filename", "dump.json", "--stdin-from-command",
                         "--", *command)

    def check(self, vault):
        return self._run(vault, "check", "--read-data")

    def restore(self, vault, target):
        return self._run(vault, "restore", "latest", "--target", target)

    def list(self, vault):
        return self._run(vault, "ls", "latest")


class Bench:
    """All that the rows share: programs, folders, the table."""

    def __init__(self, arguments, work):
        self.arguments = arguments
        self.work = work
        self.build = pathlib.Path(arguments.build)
        self.rows = []
        self.missed = False
        self.set_name = ""
        password = work / "password"
        password.write_text(PASSWORD + "\n")
        self.password_file = str(password)
        self.restic = Restic(arguments.restic, self.password_file, str(work / "cache"))
        self.ours = Strongroom(str(self.build / "src/cli/strongroomctl"), self.password_file)
        self.programs = [self.ours, self.restic]
        self.empty = work / "empty-vault"
        remove(self.empty)
        self.restic.init(str(self.empty))

    # -- folders --

    def folder(self, *parts):
        path = self.work.joinpath(self.set_name, *parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def generate(self, name, folder, *options):
        command = [str(self.build / "tests/bench/sr-bench-gen"), "--scale",
                   str(self.arguments.scale), *options, name, str(folder)]
        subprocess.run(command, check=True)

    def stream_command(self, bytes_wanted):
        return [str(self.build / "tests/bench/sr-bench-gen"), "stream", "-", str(bytes_wanted)]

    def warm(self, folder):
        """Reads all files once, so that the disk plays no part."""
        for root, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(root, name), "rb", buffering=0) as file:
                    while file.read(1 << 20):
                        pass

    def clone(self, vault, name):
        """A copy of a vault; its files never change, so that links to them will do."""
        target = self.folder(name)
        remove(target)
        subprocess.run(["cp", "-al", str(vault), str(target)], check=True)
        (target / "config").unlink()
        shutil.copy2(vault / "config", target / "config")
        return target

    # -- measuring --

    def paired(self, step, prepare=lambda program: None, programs=None):
        """Runs step(program, prepared) for each program by turns. Returns: the medians of each
        program, and what was prepared last."""
        programs = programs or self.programs
        results = {program.name: [] for program in programs}
        last = {}
        for turn in range(self.arguments.runs):
            order = programs if turn % 2 == 0 else programs[::-1]
            for program in order:
                last[program.name] = prepare(program)
                # what was written before must not be written out meanwhile
                os.sync()
                results[program.name].append(step(program, last[program.name]))
        medians = {
            name: Result(statistics.median(r.wall for r in runs),
                         statistics.median(r.cpu for r in runs),
                         statistics.median(r.peak for r in runs))
            for name, runs in results.items()
        }
        return medians, last

    def opening(self, vaults):
        """What merely opening takes each program: password, lock, index, and the root of a
        snapshot. A lock alone costs a fifth of a second of waiting, in both."""
        medians, _ = self.paired(lambda program, _: program.open(str(vaults[program.name])))
        return medians

    def add(self, label, medians, opening, required=None, note="", memory=True):
        """A row of the table about time. @required: restic's time over ours"""
        ours, restic = medians["strongroom"], medians["restic"]
        if opening is not None:
            ours_wall = max(MIN_SECONDS, ours.wall - opening["strongroom"].wall)
            restic_wall = max(MIN_SECONDS, restic.wall - opening["restic"].wall)
            ours_cpu = max(MIN_SECONDS, ours.cpu - opening["strongroom"].cpu)
            restic_cpu = max(MIN_SECONDS, restic.cpu - opening["restic"].cpu)
        else:
            ours_wall, restic_wall = ours.wall, restic.wall
            ours_cpu, restic_cpu = ours.cpu, restic.cpu
        ratio = restic_wall / ours_wall
        met = required is None or ratio >= required
        memory_met = not memory or ours.peak <= restic.peak * 1.25
        self._keep({
            "set": self.set_name, "step": label, "ours_s": ours_wall, "restic_s": restic_wall,
            "ratio": ratio, "required": required, "cpu_ratio": restic_cpu / ours_cpu,
            "ours_mib": ours.peak, "restic_mib": restic.peak, "met": met and memory_met,
            "note": note,
        })

    def add_figure(self, label, value, limit, unit, note=""):
        """A row about a figure that must not be larger than its limit."""
        self._keep({
            "set": self.set_name, "step": label, "value": value, "limit": limit, "unit": unit,
            "met": limit is None or value <= limit, "note": note,
        })

    def _keep(self, row):
        self.rows.append(row)
        self.missed |= not row["met"]
        print(format_row(row), flush=True)

    def print_table(self):
        print(HEADING)
        for row in self.rows:
            print(format_row(row))


HEADING = (f"{'set':8} {'step':34} {'ours s':>8} {'restic s':>8} {'ratio':>6} {'required':>8} "
           f"{'CPU ratio':>9} {'MiB':>6} {'restic':>6}")


def format_row(row):
    mark = "" if row["met"] else "  MISSED"
    note = f"  ({row['note']})" if row["note"] else ""
    if "value" in row:
        limit = "" if row["limit"] is None else f", at most {row['limit']:.3f}"
        return f"{row['set']:8} {row['step']:34} {row['value']:.3f} {row['unit']}{limit}{mark}{note}"
    required = f"{row['required']:.2f}" if row["required"] else "-"
    return (f"{row['set']:8} {row['step']:34} {row['ours_s']:8.2f} {row['restic_s']:8.2f} "
            f"{row['ratio']:6.2f} {required:>8} {row['cpu_ratio']:9.2f} {row['ours_mib']:6.0f} "
            f"{row['restic_mib']:6.0f}{mark}{note}")
