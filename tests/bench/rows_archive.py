# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Rows about backup files: ZIP files beside unzip and beside the archiver of the servers (npm)."""

import json
import os
import subprocess

import measure

HUGE_BYTES = 512 << 20
LEVEL = "6"
ARCHIVER = "archiver@7.0.1"
PACK_JS = """
const archiver = require('archiver');
const fs = require('fs');
const [,, target, folder] = process.argv;
const archive = archiver('zip', {zlib: {level: 9}});
archive.on('error', error => { throw error; });
archive.pipe(fs.createWriteStream(target));
archive.directory(folder, false);
archive.finalize();
"""

# What a RayERP server backs up: those that get the generated records, the largest first, and those
# that are empty.
FILLED = ("transactions", "invoices", "payments", "expenses", "activityLogs", "tasks")
EMPTY = ("employees", "attendance", "leaves", "projects", "budgets", "accounts", "contacts",
         "users", "roles", "departments", "settings", "chats")
MODULES = ("hr", "projects", "finance", "contacts", "users", "system")


class Program:
    """One of the two that are measured: a name, and a command that is given what was prepared."""

    def __init__(self, name, *command):
        self.name = name
        self.command = [str(word) for word in command]


def beside(bench, label, ours, peer, required, sizes=None):
    """A row: both programs by turns. The peer stands in the column of restic and in the note."""
    medians, _ = bench.paired(lambda program, _: measure.run(program.command),
                              programs=[ours, peer])
    note = f"beside {peer.name}"
    if sizes is not None:
        note += f", file {os.path.getsize(sizes[0]) / os.path.getsize(sizes[1]):.3f} of its size"
    bench.add(label, {"strongroom": medians["strongroom"], "restic": medians[peer.name]}, None,
              required, note, memory=False)
    bench.add_figure("its memory", medians["strongroom"].peak, 150, "MiB")
    if sizes is not None:
        bench.add_figure("its size", os.path.getsize(sizes[0]) / os.path.getsize(sizes[1]), 1.05,
                         f"of {peer.name}'s")


def install_archiver(folder):
    """Returns: the script that packs with it; None if npm cannot get it."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", ARCHIVER]
    try:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=300)
    except (OSError, subprocess.SubprocessError):
        return None
    script = folder / "pack.js"
    script.write_text(PACK_JS)
    return script


def export(bench, tool, script, label, folder, required):
    if script is None:
        print(f"{bench.set_name:8} {label:34} not measured: npm cannot install")
        return
    ours, theirs = bench.folder("ours.zip"), bench.folder("theirs.zip")
    beside(bench, label, Program("strongroom", tool, "pack", LEVEL, ours, folder),
           Program("archiver", "node", script, theirs, folder), required, (ours, theirs))


def verify(bench, tool, label, folder, required):
    file = bench.folder("backup.zip")
    subprocess.run([tool, "pack", LEVEL, file, folder], check=True)
    beside(bench, label, Program("strongroom", tool, "verify", file),
           Program("unzip", "unzip", "-tqq", file), required)


def make_backup(bench, folder):
    """A full backup as a RayERP server makes it, of generated records."""
    bench.generate("a", folder)
    totals = dict.fromkeys(EMPTY, 0)
    for number, name in enumerate(FILLED):
        path = folder / f"{name}.json"
        os.rename(folder / f"collection-{number}.json", path)
        with open(path, "rb", buffering=0) as file:
            # a line each, and one for each bracket
            totals[name] = sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
            totals[name] -= 2
    for name in EMPTY:
        (folder / f"{name}.json").write_text("[]")
    (folder / "backup-info.json").write_text(json.dumps({
        "backupId": "BACKUP-1700000000000", "backupDate": "2023-11-14T22:13:20.000Z",
        "version": "2.0.0", "backupType": "full", "modules": list(MODULES), "isEncrypted": False,
        "totalRecords": totals, "createdBy": "Bench"}))


def judge(bench, tool, label, required):
    """The whole judgement of a backup beside a mere test of the checksums."""
    folder, file = bench.folder("erp"), bench.folder("erp.zip")
    make_backup(bench, folder)
    subprocess.run([tool, "pack", LEVEL, file, folder], check=True)
    measure.remove(folder)
    program = str(bench.build / "src/cli/strongroomctl")
    verdict = json.loads(subprocess.run([program, "--json", "verify", file], check=True,
                                        stdout=subprocess.PIPE).stdout)
    if verdict["verdict"]["verdict"] != "complete":
        raise SystemExit("the backup is not complete: " + verdict["verdict"]["sentence"])
    beside(bench, label, Program("strongroom", program, "verify", file),
           Program("unzip", "unzip", "-tqq", file), required)


def archives(bench):
    """Verify and export of ZIP files: collections, many small files, one huge entry."""
    tool = str(bench.build / "tests/bench/sr-bench-zip")
    collections, files, huge = (bench.folder(name) for name in ("collections", "files", "huge"))
    bench.generate("a", collections)
    bench.generate("c", files)
    huge.mkdir(parents=True, exist_ok=True)
    with open(huge / "orders.json", "wb") as out:
        wanted = int(HUGE_BYTES * bench.arguments.scale)
        subprocess.run(bench.stream_command(wanted), stdout=out, check=True)
    for folder in (collections, files, huge):
        bench.warm(folder)
    script = install_archiver(bench.folder("npm"))
    verify(bench, tool, "verify of collections", collections, 2.0)
    verify(bench, tool, "verify of many entries", files, 2.0)
    verify(bench, tool, "verify of one huge entry", huge, None)
    judge(bench, tool, "verify", 2.0)
    export(bench, tool, script, "export of many entries", files, 5.0)
    export(bench, tool, script, "export of one huge entry", huge, 3.0)
