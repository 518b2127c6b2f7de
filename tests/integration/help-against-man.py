#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Compares what `strongroomctl VERB --help` offers with the manual page and both completions, in
both directions. Prints a line for each difference; none is right."""

import re
import subprocess
import sys

OPTION = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*[a-z0-9])")
# GLib adds these to every program.
OF_GLIB = {"help-all"}


def help_of(program, *words):
    return subprocess.run([program, *words, "--help"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def options_of_help(text):
    """The options that begin a line of the list, not those that examples mention."""
    found = set()
    for line in text.splitlines():
        match = re.match(r"\s{1,4}(?:-\w, )?--([a-z][a-z0-9-]*[a-z0-9])", line)
        if match:
            found.add(match.group(1))
    return found - OF_GLIB


def read_page(name):
    """Returns (verbs, common options, options of backup files, {verb: options}) of the page."""
    with open(name, encoding="utf-8") as stream:
        text = stream.read().replace("\\\n", "").replace("\\-", "-")
    text = re.sub(r"\\f[BIR]", "", text)
    verbs, common, files, single = set(), set(), set(), {}
    section = verb = None
    wanted = False
    for line in text.splitlines():
        if line.startswith(".SH "):
            section, verb = line[4:].strip(), None
        elif line.startswith(".SS "):
            verb = line[4:].strip()
            single[verb] = set()
        elif wanted and section == "VERBS":
            verbs.add(re.sub(r"^\.\w+ ", "", line).split()[0])
        elif wanted and section == "OPTIONS OF ALL VERBS":
            common.update(OPTION.findall(line))
        elif wanted and section == "OPTIONS OF VERBS THAT OPEN BACKUP FILES":
            files.update(OPTION.findall(line))
        elif wanted and section == "OPTIONS OF SINGLE VERBS":
            single[verb].update(OPTION.findall(line))
        wanted = line == ".TP"
    return verbs, common, files, single


def verbs_of_help(program):
    """The words that begin an indented line of `strongroomctl --help`."""
    return set(re.findall(r"^  ([a-z-]+)  ", help_of(program), re.M))


def bash_options(name, verb):
    script = f'. "{name}"; echo $_strongroomctl_common $(_strongroomctl_options {verb})'
    output = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, text=True).stdout
    return set(OPTION.findall(output))


def zsh_options(name, verb):
    with open(name, encoding="utf-8") as stream:
        text = stream.read()
    branch = re.search(rf"^      (?:[\w-]+ \| )*{verb}(?: \| [\w-]+)*\)\n(.*?);;", text, re.M | re.S)
    part = branch.group(1) if branch else ""
    shared = ["common"] + [name for name in ("choose", "files") if f"${name}" in part]
    lists = [text.split(f"\n{name}=(")[1].split("\n)")[0] for name in shared]
    return set(OPTION.findall("".join(lists) + part))


def compare(title, left_name, left, right_name, right):
    for word in sorted(left - right):
        print(f"{title}: {word} is in {left_name}, not in {right_name}")
    for word in sorted(right - left):
        print(f"{title}: {word} is in {right_name}, not in {left_name}")


def main():
    program, page, bash, zsh = sys.argv[1:]
    verbs, common, files, single = read_page(page)
    compare("verbs", "--help", verbs_of_help(program), "the manual page", verbs)
    for verb in sorted(verbs):
        offered = options_of_help(help_of(program, verb))
        documented = (common - {"version"}) | single.get(verb, set())
        if "key-file" in offered:
            documented |= files
        compare(verb, "--help", offered, "the manual page", documented)
        compare(verb, "--help", offered, "the completion of bash", bash_options(bash, verb))
        compare(verb, "--help", offered, "the completion of zsh", zsh_options(zsh, verb))


if __name__ == "__main__":
    main()
