/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"

G_BEGIN_DECLS

/**
 * sr_sqlite_records_new:
 * @fd: a SQLite database; the descriptor stays the caller's and open as long as the reader. No
 *   other process changes it.
 *
 * One collection a table, in order of name, tables of SQLite's own left out; then the views, whose
 * statement in ddl tells them from tables. Opened read-only and immutable; nothing in it can do
 * more than be read. Virtual tables are left out, since what they store lies in tables too.
 * %SR_ERROR_DAMAGED with SQLite's words, %SR_ERROR_UNSUPPORTED if it is encrypted or none,
 * %SR_ERROR_INVALID for a row of more than 64 MiB.
 *
 * Values are exact: a whole number as it is, any other as the shortest text that reads back as the
 * same (infinity as 1e999, which SQLite takes for it). A time stored as a number stays a number;
 * the column's type tells.
 *
 * Returns: (transfer full)
 */
SrRecordReader *sr_sqlite_records_new (int      fd,
                                       GError **error);

/* What was left out or broken off and why, a sentence each: virtual tables, and views, whose
 * computation can fail or never end though all data is well. Complete at the end. Returns:
 * (transfer none) (element-type utf8) */
GPtrArray *sr_sqlite_records_get_problems (SrRecordReader *self);

/* Closes @fd, which has to be open as long as the reader is, together with it. */
void sr_sqlite_records_own_fd (SrRecordReader *self,
                               int             fd);

/* How many instructions of SQLite's machine all views may take together; 2·10⁹ unless told, about a
 * minute. Each is broken off when it has taken half of what was left. In steps of 20,000. */
void sr_sqlite_records_set_view_limit (SrRecordReader *self,
                                       guint64         instructions);

/* `PRAGMA integrity_check`. Returns: %FALSE with %SR_ERROR_DAMAGED and SQLite's first words */
gboolean sr_sqlite_records_check (int           fd,
                                  GCancellable *cancellable,
                                  GError      **error);

/**
 * sr_csv_records_new:
 * @name: of the collection
 *
 * RFC 4180 with a heading line; comma, semicolon or tab by the heading; lines end with LF or CR LF;
 * a byte order mark is passed over. Unquoted, an empty field is null, and what JSON would take for
 * a number, true or false is that; all else is text. A record with more or fewer fields than the
 * heading, one of more than 64 MiB and text behind a closing quote are %SR_ERROR_INVALID, a quote
 * that is not closed is %SR_ERROR_DAMAGED, each with the offset. Fields without a name, or with one
 * that was there before, are named by their column.
 *
 * Returns: (transfer full)
 */
SrRecordReader *sr_csv_records_new (GInputStream *stream,
                                    const char   *name);

G_END_DECLS
