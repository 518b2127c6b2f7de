#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""SQLite databases for tests: of invoices in two tables whose sums must always agree.

  database.py make FILE JOURNAL_MODE ROWS   a new one
  database.py write FILE                    commits without a pause; prints "ready" after the first
  database.py hold FILE                     keeps it locked for others; prints "ready"
  database.py crash FILE                    dies in a transaction, part of which is in the file
  database.py change FILE PERCENT           changes so many rows, spread over the whole table
  database.py check FILE                    prints "ok ROWS" if it is sound and the sums agree
"""

import os
import random
import sqlite3
import sys
import time


def connect(path):
    db = sqlite3.connect(path, timeout=60, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    return db


def make(path, mode, rows):
    chance = random.Random(1)
    db = connect(path)
    db.execute("PRAGMA journal_mode = " + mode)
    db.execute("BEGIN")
    db.execute("CREATE TABLE invoice (id INTEGER PRIMARY KEY, customer TEXT, total INT, note TEXT)")
    db.execute("CREATE TABLE ledger (id INTEGER PRIMARY KEY, invoice INT, amount INT)")
    db.execute("CREATE INDEX by_customer ON invoice (customer)")
    for i in range(int(rows)):
        total = chance.randrange(100000)
        db.execute("INSERT INTO invoice VALUES (?, ?, ?, ?)",
                   (i, "customer %d" % chance.randrange(500), total, "%x" % chance.getrandbits(800)))
        db.execute("INSERT INTO ledger VALUES (?, ?, ?)", (i, i, total))
    db.execute("COMMIT")
    db.close()


def write(path):
    chance = random.Random(2)
    db = connect(path)
    n = 0
    while True:
        n += 1
        amount = chance.randrange(1000)
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO invoice (customer, total, note) VALUES ('busy', ?, ?)",
                   (amount, "%x" % chance.getrandbits(800)))
        db.execute("INSERT INTO ledger (invoice, amount) VALUES (last_insert_rowid (), ?)", (amount,))
        db.execute("COMMIT")
        if n == 1:
            print("ready", flush=True)


def hold(path):
    db = connect(path)
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("BEGIN EXCLUSIVE")
    db.execute("DELETE FROM ledger WHERE id = 1")
    print("ready", flush=True)
    time.sleep(1000)


def crash(path):
    db = connect(path)
    db.execute("PRAGMA cache_size = 5")
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE ledger SET amount = amount + 1")
    db.execute("UPDATE invoice SET note = hex (randomblob (100))")
    os._exit(0)


def change(path, percent):
    db = connect(path)
    db.execute("BEGIN")
    step = 100 // int(percent)
    db.execute("UPDATE invoice SET note = upper (substr (note, 1, 50)) || substr (note, 51)"
               " WHERE id %% %d = 7" % step)
    db.execute("COMMIT")
    db.close()


def check(path):
    db = connect(path)
    db.execute("BEGIN")
    sound = db.execute("PRAGMA integrity_check").fetchall()
    if sound != [("ok",)]:
        sys.exit("damaged: %r" % sound)
    rows, total = db.execute("SELECT count (*), sum (total) FROM invoice").fetchone()
    entries, amount = db.execute("SELECT count (*), sum (amount) FROM ledger").fetchone()
    if (rows, total) != (entries, amount):
        sys.exit("torn: %d rows of %d, but %d of %d" % (rows, total, entries, amount))
    print("ok %d" % rows)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
