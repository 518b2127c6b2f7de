#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""Writes backup files of kinds and states of which there is no sample from a real server, made up
after the notes on their formats: make-backups.py FOLDER"""

import gzip
import io
import json
import os
import random
import sqlite3
import struct
import subprocess
import sys
import tarfile
import zipfile

RAYERP = {
    "employees": [{"_id": f"{i:024x}", "name": f"Employee {i}", "photo": f"/uploads/{i}.png"}
                  for i in range(3)],
    "attendance": [{"_id": f"{i + 64:024x}", "hours": i} for i in range(5)],
    "leaves": [], "projects": [{"_id": "a" * 24}], "tasks": [], "budgets": [], "accounts": [],
    "transactions": [], "invoices": [{"_id": "b" * 24, "total": 12.5}], "payments": [],
    "expenses": [], "contacts": [], "users": [{"_id": "c" * 24, "email": "a@example.com"}],
    "roles": [], "departments": [], "settings": [], "activityLogs": [{"_id": "d" * 24}],
    "chats": [],
}
MODULES = {
    "hr": ["employees", "attendance", "leaves"], "projects": ["projects", "tasks"],
    "finance": ["budgets", "accounts", "transactions", "invoices", "payments", "expenses"],
    "contacts": ["contacts"], "users": ["users", "roles"],
    "system": ["departments", "settings", "activityLogs", "chats"],
}
LPG_NAMES = ["customers", "cylinders", "cylinderTransactions", "cylinderEntries", "expenses",
             "bills", "payments", "paymentLogs", "inventoryItems", "dailyNotes", "users", "otps",
             "systemSettings"]


def js(value):
    """As JSON.stringify (value, null, 2) writes it."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def encrypt(data, key):
    return subprocess.run(["openssl", "enc", "-aes-256-cbc", "-md", "md5", "-nosalt", "-pass",
                           "pass:" + key], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True).stdout


def make_zip(entries, comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 5, 18, 0)), data,
                             zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return out.getvalue()


def make_tar(entries, mode="w:gz"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.PAX_FORMAT) as archive:
        for name, data in entries:
            info = tarfile.TarInfo(name)
            info.mtime = 1800000000
            if isinstance(data, tuple):
                info.type, info.linkname = data
                data = b""
            elif name.endswith("/"):
                info.type = tarfile.DIRTYPE
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def rayerp(version="2.0.0", kind="full", key=None, change=None, claim=None, files=True):
    """@change: called with the records and the announced counts before they are written"""
    records = json.loads(json.dumps(RAYERP))
    totals = {name: len(rows) for name, rows in records.items()}
    if change:
        change(records, totals)
    entries = []
    for name, rows in records.items():
        data = js(rows)
        if key:
            data = encrypt(data, key).hex().encode()
        entry = "activity-logs" if version == "1.0.0" and name == "activityLogs" else name
        entries.append((entry + ".json", data))
    info = {"backupDate": "2026-11-20T05:18:05.591Z", "version": version}
    if version != "1.0.0":
        info.update(backupId="0", backupType=kind, modules=list(MODULES),
                    isEncrypted=bool(key) if claim is None else claim, createdBy="Root")
    info["totalRecords"] = totals
    entries.append(("backup-info.json", js(info)))
    if files:
        entries += [("uploads/", b"")]
        entries += [(f"uploads/{i}.png", b"picture %d" % i) for i in range(3)]
    return make_zip(entries)


def sqlite_file(folder, wal=False):
    path = os.path.join(folder, ".database")
    database = sqlite3.connect(path)
    if wal:
        database.execute("PRAGMA journal_mode = WAL")
    database.executescript("""CREATE TABLE Product (id TEXT PRIMARY KEY, name TEXT, image TEXT);
        INSERT INTO Product VALUES ('p1', 'Tea', '/uploads/products/tea.png');
        INSERT INTO Product VALUES ('p2', 'Rice', NULL);""")
    database.commit()
    database.close()
    with open(path, "rb") as stream:
        data = stream.read()
    os.unlink(path)
    return data


def pos(folder, uploads=True, broken=None, beside=(), wal=False, claim=False):
    import hashlib
    parts = {
        "cache.zip": make_zip([]),
        "config.zip": make_zip([(".env", b"SECRET=1\n"), ("package.json", b"{}")]),
        "database.db": sqlite_file(folder, wal),
        "files.zip": make_zip([("public/logo.svg", b"<svg/>"),
                               ("uploads/products/tea.png", b"tea")] if uploads else []),
    }
    components = [{"name": name.split(".")[0], "type": name.split(".")[0], "size": len(data),
                   "checksum": hashlib.sha256(data).hexdigest()} for name, data in parts.items()]
    metadata = {"id": "1", "name": "made", "type": "full", "size": 0, "compressed": True,
                "encrypted": claim, "checksum": "", "createdAt": "2026-11-20T06:20:49.381Z",
                "createdBy": "u", "components": components,
                "retention": {"keepUntil": "2026-12-20T06:20:49.381Z", "autoDelete": True},
                "status": "running"}
    if broken:
        broken(parts, metadata)
    entries = sorted(parts.items()) + [(name, b"x" * 100) for name in beside]
    return make_zip(entries + [("metadata.json", js(metadata))])


def pos_encrypted(data, key):
    return random.Random(7).randbytes(16) + encrypt(data, key)


def lpg(change=None):
    data = {name: [] for name in LPG_NAMES}
    data["users"] = [{"id": "u1", "email": "a@example.com", "role": "ADMIN", "status": "ACTIVE",
                      "adminId": None}]
    data["customers"] = [{"id": "c1", "customerCode": 1, "name": "One", "adminId": "u1"},
                         {"id": "c2", "customerCode": 2, "name": "Two", "adminId": "u1"}]
    data["bills"] = [{"id": "b1", "customerId": "c1", "billStartDate": "2026-10-01T00:00:00.000Z",
                      "billEndDate": "2026-10-31T00:00:00.000Z", "status": "PAID",
                      "adminId": "u1"}]
    data["payments"] = [{"id": "p1", "billId": "b1", "amount": 5, "adminId": "u1"}]
    if change:
        change(data)
    return {"version": "1.0", "backupDate": "2026-11-20T05:29:44.000Z", "data": data}


def bson(value):
    out = b""
    for name, item in value.items():
        key = name.encode() + b"\0"
        if isinstance(item, bool):
            out += b"\x08" + key + bytes([item])
        elif isinstance(item, int):
            out += b"\x12" + key + struct.pack("<q", item)
        elif isinstance(item, str):
            text = item.encode() + b"\0"
            out += b"\x02" + key + struct.pack("<i", len(text)) + text
        else:
            out += b"\x03" + key + bson(item)
    return struct.pack("<i", len(out) + 5) + out + b"\0"


def crc64(data):
    crc = 0xffffffffffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xc96c5795d7870f42 if crc & 1 else 0)
    return crc ^ 0xffffffffffffffff


def mongodump(bad_crc=False, cut=0):
    end = b"\xff\xff\xff\xff"
    users = [bson({"_id": i, "name": f"User {i}", "in": {"a": "b"}}) for i in range(4)]
    items = [bson({"_id": i}) for i in range(2)]

    def header(name, is_end=False, crc=0):
        return bson({"db": "erp", "collection": name, "EOF": is_end,
                     "CRC": crc - (1 << 64) if crc >= 1 << 63 else crc})

    out = struct.pack("<I", 0x8199e26d)
    out += bson({"concurrent_collections": 4, "version": "0.1", "server_version": "6.0.1",
                 "tool_version": "100.9.4"})
    for name in ("users", "items"):
        out += bson({"db": "erp", "collection": name, "metadata": "{}", "size": 0})
    out += end
    out += header("users") + b"".join(users[:2]) + end
    out += header("items") + b"".join(items) + end
    out += header("users") + b"".join(users[2:]) + end
    out += header("users", True, crc64(b"".join(users)) ^ bad_crc) + end
    out += header("items", True, crc64(b"".join(items))) + end
    return out[:len(out) - cut]


def set_record(collection, **fields):
    def change(data):
        data[collection][0].update(fields)
    return change


def make_rayerp(write):
    def announce_more(records, totals):
        totals["employees"] = 4

    def twice(records, totals):
        records["employees"][2]["_id"] = records["employees"][0]["_id"]

    def without(records, totals):
        del records["invoices"], totals["invoices"]

    def dangling(records, totals):
        records["employees"][0]["photo"] = "https://erp.example.com/uploads/gone.png"

    good = rayerp()
    write("rayerp-v1.zip", rayerp("1.0.0", files=False))
    write("rayerp-good.zip", good)
    write("rayerp-own-key.zip", rayerp(key="own key"))
    write("rayerp-default-key.zip", rayerp(key="default-key"))
    write("rayerp-claims.zip", rayerp(claim=True))
    write("rayerp-denies.zip", rayerp(key="default-key", claim=False))
    write("rayerp-announced.zip", rayerp(change=announce_more))
    write("rayerp-twice.zip", rayerp(change=twice))
    write("rayerp-missing.zip", rayerp(change=without))
    write("rayerp-dangling.zip", rayerp(change=dangling))
    write("rayerp-cut.zip", good[:len(good) // 2])
    flipped = bytearray(good)
    flipped[good.index(b"employees.json") + 40] ^= 4
    write("rayerp-flipped.zip", bytes(flipped))
    write("rayerp-trailing.zip", good + b"trailing bytes")
    write("rayerp-broken-json.zip", make_zip([("employees.json", b'[{"_id": "1"}, {"_id'),
                                              ("backup-info.json", js({"version": "2.0.0",
                                               "backupType": "database", "modules": ["hr"],
                                               "totalRecords": {"employees": 2}}))]))
    write("rayerp-http-error.zip", js({"message": "Failed to create backup",
                                       "error": "crypto.createCipher is not a function"}))


def make_pos(write, folder):
    def other_digest(parts, metadata):
        metadata["components"][2]["checksum"] = "0" * 64

    def nothing(parts, metadata):
        parts.clear()
        metadata["components"] = []

    def broken_inner(parts, metadata):
        import hashlib
        data = parts["files.zip"][:60]
        parts["files.zip"] = data
        metadata["components"][3].update(size=len(data),
                                         checksum=hashlib.sha256(data).hexdigest())

    def torn(parts, metadata):
        import hashlib
        data = bytearray(parts["database.db"])
        data[4096:4096 + 512] = b"\xff" * 512
        parts["database.db"] = bytes(data)
        metadata["components"][2].update(checksum=hashlib.sha256(data).hexdigest())

    good = pos(folder)
    sealed = pos_encrypted(good, "default-key-change-in-production")
    write("pos-good.backup", good)
    write("pos-default-key.backup", sealed)
    write("pos-own-key.backup", pos_encrypted(good, "own key"))
    write("pos-sealed-cut.backup", sealed[:len(sealed) - 100])
    write("pos-no-uploads.backup", pos(folder, uploads=False))
    write("pos-digest.backup", pos(folder, broken=other_digest))
    write("pos-nothing.backup", pos(folder, broken=nothing))
    write("pos-inner.backup", pos(folder, broken=broken_inner))
    write("pos-torn.backup", pos(folder, broken=torn))
    write("pos-journal.backup", pos(folder, beside=["database.db-journal"]))
    write("pos-wal.backup", pos(folder, wal=True))
    write("pos-claims.backup", pos(folder, claim=True))


def make_lpg(write):
    def without_admin(data):
        for rows in data.values():
            for row in rows:
                row.pop("adminId", None)

    write("lpg-good.json", js(lpg()))
    write("lpg-root.json", js(lpg(without_admin)["data"]))
    write("lpg-reply.json", json.dumps({"success": True, "fileName": "b.json", "backupId": "x",
                                        "data": js(lpg()).decode(), "message": "ok"},
                                       separators=(",", ":"), ensure_ascii=False).encode())
    write("lpg-empty.json", b'{"data":{}}')
    write("lpg-status.json", js(lpg(set_record("bills", status="PENDING"))))
    write("lpg-reference.json", js(lpg(set_record("payments", billId="b9"))))
    write("lpg-unique.json", js(lpg(set_record("customers", customerCode=2))))
    write("lpg-required.json", js(lpg(set_record("customers", name=None))))
    write("lpg-missing.json", js(lpg(lambda data: data.pop("expenses"))))
    write("lpg-cut.json", js(lpg())[:-30])


def make_webeenthere(write):
    metadata = js({"backups": [{"id": "1", "isEncrypted": True}], "lastIncrementalBackup": None})
    files = [("package.json", b"{}"), ("package-lock.json", b"{}"), ("uploads/a/", b""),
             ("uploads/a/x.png", b"x" * 3000), ("data/backups/backup-metadata.json", metadata),
             ("data/tokens.json", b"{}"),
             ("uploads/link", (tarfile.SYMTYPE, "/etc/passwd"))]
    write("webeenthere-files.tar.gz", make_tar(files))
    write("webeenthere-incremental.tar.gz",
          make_tar([("uploads/new.png", b"x"), ("data/backups/backup-metadata.json", metadata)]))
    write("webeenthere-cut.tar.gz", make_tar(files)[:-20])
    packed = bytearray(make_tar(files))
    packed[-6] ^= 1
    write("webeenthere-crc.tar.gz", bytes(packed))


def make_others(write):
    write("mongodump.gz", gzip.compress(mongodump(), mtime=0))
    write("mongodump.archive", mongodump())
    write("mongodump-crc.archive", mongodump(bad_crc=True))
    write("mongodump-cut.archive", mongodump(cut=30))
    write("error.html.zip", b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
                            b"<body><h1>Bad Gateway</h1></body></html>")
    write("empty.zip", b"")
    write("zeros.zip", bytes(5000))
    write("noise.backup", random.Random(1).randbytes(50000))
    write("noise-odd.backup", random.Random(2).randbytes(50001))
    write("text.txt", b"Just some words that are no backup.\n" * 20)
    write("duplicates.zip", make_zip([("a.txt", b"one"), ("b.txt", b"two"), ("a.txt", b"three")]))
    write("traversal.zip", make_zip([("../outside.txt", b"x"), ("/abs.txt", b"x"),
                                     ("good/in.txt", b"y"), ("a\\..\\b", b"z")]))
    write("traversal.tar", make_tar([("../outside.txt", b"x"), ("good/in.txt", b"y"),
                                     ("out", (tarfile.SYMTYPE, "../..")), ("out/evil.txt", b"e"),
                                     ("good/link", (tarfile.SYMTYPE, "in.txt")),
                                     ("hard", (tarfile.LNKTYPE, "good/in.txt"))], "w"))
    write("bomb.zip", make_zip([("bomb", bytes(300 << 20))]))
    write("bomb.tar.gz", make_tar([("bomb", bytes(300 << 20))]))
    write("deep.json", b'{"data": [' + b"[" * 1000000 + b"]" * 1000000 + b"]}")
    write("dump.sql.gz", gzip.compress(
        b"-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)\n--\n"
        b"-- Host: localhost    Database: shop\n-- Server version\t10.11.6\n\n"
        b"CREATE TABLE `t` (\n  `id` int NOT NULL,\n  PRIMARY KEY (`id`)\n);\n"
        b"INSERT INTO `t` VALUES (1),(2);\n-- Dump completed on 2026-11-20  5:00:00\n", mtime=0))
    write("table.csv", b'id,name\n1,"a, b"\n2,c\n')
    write("rows.json", b'[{"id": 1}, {"id": 2}, {"id": 2}]')


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)

    def write(name, data):
        with open(os.path.join(folder, name), "wb") as stream:
            stream.write(data)

    make_rayerp(write)
    make_pos(write, folder)
    make_lpg(write)
    make_webeenthere(write)
    make_others(write)


if __name__ == "__main__":
    main()
