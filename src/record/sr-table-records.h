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
 * One collection a table, in order of name, tables of SQLite's own left out; views too. Opened
 * read-only and immutable. %SR_ERROR_DAMAGED with SQLite's words, %SR_ERROR_UNSUPPORTED if it is
 * encrypted or none.
 *
 * Returns: (transfer full)
 */
SrRecordReader *sr_sqlite_records_new (int      fd,
                                       GError **error);

/* `PRAGMA integrity_check`. Returns: %FALSE with %SR_ERROR_DAMAGED and SQLite's first words */
gboolean sr_sqlite_records_check (int           fd,
                                  GCancellable *cancellable,
                                  GError      **error);

/**
 * sr_csv_records_new:
 * @name: of the collection
 *
 * RFC 4180 with a heading line; comma, semicolon or tab by the heading; a byte order mark is passed
 * over. An empty unquoted field is null.
 *
 * Returns: (transfer full)
 */
SrRecordReader *sr_csv_records_new (GInputStream *stream,
                                    const char   *name);

G_END_DECLS
