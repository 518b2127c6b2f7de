#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Holds what `status` prints against the grammars of Nagios plugins (guidelines, "plugin output")
and of Prometheus' text format 0.0.4. Usage: check-monitoring.py NAGIOS PROMETHEUS JSON"""

import json
import re
import sys

PERFORMANCE = re.compile(r"'[^'=|]+'=(?:U|-?[0-9.]+(?:s|B|%|c)?(?:;[^;' ]*){0,4})(?: |$)")
SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)'
                    r'(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})?'
                    r' (-?[0-9]+(?:\.[0-9]+)?)$')


def check_nagios(text):
    first, *more = text.splitlines()
    assert re.match(r"STRONGROOM (OK|WARNING|CRITICAL|UNKNOWN) - [^|]+ \|", first), first
    data = first.split("|", 1)[1].strip()
    assert "|" not in data and PERFORMANCE.sub("", data + " ").strip() == "", data
    for line in more:
        assert re.match(r"(OK|WARNING|CRITICAL|UNKNOWN): [^|]+$", line), line
    return len(more)


def check_prometheus(text):
    assert text.endswith("\n")
    kinds, helped, seen, last = {}, set(), set(), None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert name not in helped, "two HELP of " + name
            helped.add(name)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert kind in ("gauge", "counter") and name not in kinds, line
            kinds[name] = kind
            last = name
        else:
            match = SAMPLE.match(line)
            assert match, line
            assert match[1] == last and match[1] in helped, "no TYPE in front of " + line
            assert (match[1], match[2]) not in seen, "twice: " + line
            seen.add((match[1], match[2]))
    return {name for name, _ in seen}


def main():
    nagios, prometheus, status = (open(name, encoding="utf-8").read() for name in sys.argv[1:])
    assert check_nagios(nagios) == 2
    names = check_prometheus(prometheus)
    for name in ("strongroom_sites", "strongroom_site_status", "strongroom_vault_reachable",
                 "strongroom_site_last_good_backup_timestamp_seconds"):
        assert name in names, name
    sites = {site["site"]: site for site in json.loads(status)["sites"]}
    assert json.loads(status)["status"] == "critical"
    assert sites["shop-7f3a2c"]["status"] == "ok" and sites["bar-000000"]["status"] == "critical"
    assert sites["shop-7f3a2c"]["vaults"][0]["reachable"] is True
    assert sites["bar-000000"]["vaults"][0]["reachable"] is False


main()
