# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Rows about sets of files: first backup, second, check, restore, size."""

import glob

import measure


def first_backup(bench, data, required, label="first backup", **options):
    """Returns: each program's vault after it, and what opening takes"""
    def prepare(program):
        return bench.clone(bench.empty, f"vault-{program.name}")

    medians, vaults = bench.paired(
        lambda program, vault: program.backup(str(vault), str(data), **of(program, options)), prepare)
    opening = bench.opening(vaults)
    bench.add(label, medians, opening, required)
    return vaults, opening


def of(program, options):
    """Options that only our program has."""
    return options if program.name == "strongroom" else {}


def later_backup(bench, data, vaults, opening, required, label, **options):
    """Returns: each program's vault after it"""
    def prepare(program):
        return bench.clone(vaults[program.name], f"later-{program.name}")

    medians, later = bench.paired(
        lambda program, vault: program.backup(str(vault), str(data), **of(program, options)), prepare)
    bench.add(label, medians, opening, required)
    return later


def check(bench, vaults, opening, required):
    medians, _ = bench.paired(lambda program, _: program.check(str(vaults[program.name])))
    bench.add("check --read-data", medians, opening, required)


def restore(bench, vaults, opening, required, few_files=True):
    """@few_files: what earlier runs restored is removed before the next"""
    targets = []

    # A new folder for each run. Of few large files the last one is removed first, whoever wrote it,
    # so that its memory in the page cache is used again: in a virtual machine that gives free pages
    # back to its host, each page that was not used lately costs microseconds in the host, of both
    # programs, which would drown the difference. Of many files nothing is removed before the last
    # run: ext4 passes over inodes that were freed in the last minutes one by one, which would be
    # most of what is measured.
    def prepare(program):
        if few_files:
            for target in targets:
                measure.remove(target)
        targets.append(bench.folder(f"restored-{program.name}-{len(targets)}"))
        return targets[-1]

    medians, _ = bench.paired(
        lambda program, target: program.restore(str(vaults[program.name]), str(target)), prepare)
    bench.add("restore", medians, opening, required)
    for target in targets:
        measure.remove(target)


def sizes(bench, vaults, limit=1.03):
    ours, restic = (measure.size_of(vaults[name]) for name in ("strongroom", "restic"))
    bench.add_figure("size of the vault", ours / restic, limit, "of restic's",
                     f"{ours / 1e6:.1f} MB and {restic / 1e6:.1f} MB")


def collections(bench):
    data = bench.folder("data")
    bench.generate("a", data)
    bench.warm(data)
    vaults, opening = first_backup(bench, data, 1.8)
    sizes(bench, vaults)
    check(bench, vaults, opening, 1.6)
    restore(bench, vaults, opening, 1.5)
    bench.generate("a", data, "--day", "2")
    bench.warm(data)
    later_backup(bench, data, vaults, opening, 1.8, "second backup, 1 % changed")


def uploads(bench):
    data = bench.folder("data")
    bench.generate("b", data)
    bench.warm(data)
    vaults, opening = first_backup(bench, data, 1.7)
    sizes(bench, vaults)
    check(bench, vaults, opening, 1.6)
    restore(bench, vaults, opening, 1.5)
    bench.generate("b", data, "--day", "2")
    bench.warm(data)
    later_backup(bench, data, vaults, opening, None, "second backup, 1 % changed")


def small_files(bench):
    data = bench.folder("data")
    bench.generate("c", data)
    bench.warm(data)
    vaults, opening = first_backup(bench, data, 2.2)
    sizes(bench, vaults)
    later_backup(bench, data, vaults, opening, 4.0, "nothing changed")
    check(bench, vaults, opening, 3.0)
    restore(bench, vaults, opening, 2.0, few_files=False)
    bench.generate("c", data, "--day", "2")
    bench.warm(data)
    later_backup(bench, data, vaults, opening, None, "second backup, 1 % changed")


def database(bench):
    """Like for like, and as a database: a sound copy, checked, cut finer. The latter does more work
    than restic, which takes the file as it lies there, so that nothing is required of its time."""
    data = bench.folder("data")
    bench.generate("d", data)
    bench.warm(data)
    vaults, opening = first_backup(bench, data, None)
    check(bench, vaults, opening, 1.6)
    restore(bench, vaults, opening, 1.5)
    copied = bench.clone(bench.empty, "vault-copied")
    bench.ours.backup(str(copied), str(data), as_files=False)
    bench.generate("d", data, "--day", "2")
    bench.warm(data)
    later = later_backup(bench, data, vaults, opening, 1.8, "second backup, 1 % changed")
    before = {name: measure.size_of(vault) for name, vault in vaults.items()}
    added = {name: measure.size_of(vault) - before[name] for name, vault in later.items()}
    vaults["strongroom"] = copied
    later = later_backup(bench, data, vaults, opening, None, "second, as a database",
                         as_files=False)
    fine = measure.size_of(later["strongroom"]) - measure.size_of(copied)
    bench.add_figure("added by it, as a file", added["strongroom"] / added["restic"], 1.03,
                     "of restic's")
    bench.add_figure("added by it, as a database", fine / added["restic"], None, "of restic's")


def uniform(bench):
    """Dumps whose records change all over, fed by a command."""
    data = bench.folder("data")
    bench.generate("a", data)
    command = ["cat", *sorted(glob.glob(str(data / "*.json")))]
    bench.warm(data)

    def prepare(program):
        return bench.clone(bench.empty, f"vault-{program.name}")

    medians, vaults = bench.paired(
        lambda program, vault: program.backup_command(str(vault), command), prepare)
    opening = bench.opening(vaults)
    bench.add("first dump", medians, opening)
    bench.generate("a", data, "--day", "2", "--uniform")
    bench.warm(data)

    def prepare_later(program):
        return bench.clone(vaults[program.name], f"later-{program.name}")

    medians, later = bench.paired(
        lambda program, vault: program.backup_command(str(vault), command), prepare_later)
    bench.add("second dump, 1 % changed all over", medians, opening, 1.8)
    added = {name: measure.size_of(later[name]) - measure.size_of(vaults[name]) for name in later}
    bench.add_figure("added by it", added["strongroom"] / added["restic"], 0.45, "of restic's",
                     f"{added['strongroom'] / 1e6:.1f} MB and {added['restic'] / 1e6:.1f} MB")
