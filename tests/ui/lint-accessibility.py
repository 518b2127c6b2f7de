#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""lint-accessibility.py PROGRAM…: what a screen reader would say of every page. PROGRAM is
tests/ui/screenshots with --hold: it shows one page after the other, prints its name, and goes on
when a line comes in. Reported are controls without a name, pictures a reader would stumble over and
targets too small to hit. TAP, one test a page."""

import re
import subprocess
import sys

try:
    import gi
    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi, GLib
except (ImportError, ValueError):
    print("1..0 # SKIP gir1.2-atspi-2.0 and python3-gi are not installed")
    sys.exit(0)

# What a person does something with.
CONTROLS = {"button", "push button", "toggle button", "switch", "check box", "radio button", "text",
            "entry", "password text", "combo box", "page tab", "link", "slider", "spin button",
            "menu item", "list", "table"}
TARGETS = {"button", "push button", "toggle button", "link", "page tab"}
# The class of a widget without a name of its own.
CLASS_NAME = re.compile(r"^(Gtk|Adw|Sr)[A-Z]\w*$")
SMALL = 24
# In the libraries: the search button of libadwaita's preferences and the eye in its entry for
# passwords have only a description, its lists have no name, nor has what a drop-down and a table
# are made of (they have one themselves; a toggle button of ours has another role).
KNOWN = {("push button", "GtkImage", "Search"), ("push button", "GtkImage", "Show Text"),
         ("list", "GtkListBox", ""), ("list", "GtkListView", ""),
         ("list", "GtkColumnListView", ""), ("push button", "GtkToggleButton", "")}
# A window that is all libadwaita's.
NOT_OURS = {"about"}


def walk(node):
    yield node
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield from walk(child)


def find_application(pid):
    context = GLib.MainContext.default()
    for _ in range(600):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_process_id() == pid:
                return child
        context.iteration(False)
        GLib.usleep(50000)
    return None


def complaints(application):
    for node in walk(application):
        role = node.get_role_name()
        if role not in CONTROLS or not node.get_state_set().contains(Atspi.StateType.SENSITIVE):
            continue
        area = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        if area.width <= 0 or area.height <= 0:
            continue
        name = node.get_name() or ""
        if not name or CLASS_NAME.match(name):
            if (role, name, node.get_description() or "") in KNOWN:
                continue
            yield f"{role} without a name ({name}; description: {node.get_description() or 'none'})"
        elif role in TARGETS and min(area.width, area.height) < SMALL:
            yield f"{role} “{name}” is only {area.width}x{area.height}"


def main():
    Atspi.init()
    Atspi.set_timeout(10000, 10000)
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)
    count = failed = 0
    for line in program.stdout:
        if not line.startswith("page "):
            continue
        count += 1
        name = line.split()[1]
        if name in NOT_OURS:
            print(f"ok {count} - {name} # SKIP not ours")
            program.stdin.write("\n")
            program.stdin.flush()
            continue
        application = find_application(program.pid)
        found = ["the program is not on the bus of accessibility"] if application is None \
            else sorted(set(complaints(application)))
        print(f"{'not ok' if found else 'ok'} {count} - {name}")
        for complaint in found:
            failed += 1
            print(f"# {complaint}")
        sys.stdout.flush()
        program.stdin.write("\n")
        program.stdin.flush()
    status = program.wait()
    if status != 0:
        count += 1
        failed += 1
        print(f"not ok {count} - the program ended with {status}")
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
