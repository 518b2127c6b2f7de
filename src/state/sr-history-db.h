/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* "SRhi": in the file's header, so that file(1) and we know it for what it is. */
#define SR_HISTORY_APPLICATION_ID 0x53526869

/**
 * SrHistoryStep:
 *
 * SQL that brings a database from schema number N to N + 1, by its place in the list. The first one
 * makes an empty file a history. A step that was released is never changed.
 */
typedef const char *SrHistoryStep;

extern const SrHistoryStep sr_history_steps[];
extern const guint         sr_history_n_steps;

/**
 * sr_history_db_open:
 * @path: made if it is not there, with its folder (0700, the file 0600)
 * @steps: (array length=n_steps): the schema wanted has the number @n_steps
 *
 * Opens the database and brings an older schema up in one transaction, after a copy was kept beside
 * it ("PATH.schema-N"). Several programs may do so at once.
 *
 * Returns: (transfer full): %NULL with %SR_ERROR_UNSUPPORTED if the schema is newer,
 *   %SR_ERROR_DAMAGED if the file is damaged, %SR_ERROR_INVALID if it is something else
 */
sqlite3 *sr_history_db_open (const char          *path,
                             const SrHistoryStep *steps,
                             guint                n_steps,
                             GError             **error);
/* Sets the error that @code of SQLite means for a person. @db: (nullable) */
void     sr_history_db_set_error (GError    **error,
                                  int         code,
                                  sqlite3    *db,
                                  const char *path);
gboolean sr_history_db_exec (sqlite3    *db,
                             const char *sql,
                             GError    **error);
/* Returns: (transfer full) */
sqlite3_stmt *sr_history_db_prepare (sqlite3    *db,
                                     const char *sql,
                                     GError    **error);
/* Returns: 1 with a row, 0 at the end, -1 with @error set */
int sr_history_db_step (sqlite3_stmt *statement,
                        GError      **error);
/* One step of a statement that gives no rows. */
gboolean sr_history_db_run (sqlite3_stmt *statement,
                            GError      **error);
/* The number in the first row of @sql. */
gboolean sr_history_db_get_int (sqlite3    *db,
                                const char *sql,
                                gint64     *value,
                                GError    **error);

/* By the name of the parameter (":site"), which must be there. @text: (nullable): copied */
void sr_history_db_bind_text (sqlite3_stmt *statement,
                              const char   *name,
                              const char   *text);
void sr_history_db_bind_int (sqlite3_stmt *statement,
                             const char   *name,
                             gint64        value);

typedef sqlite3_stmt SrHistoryStatement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrHistoryStatement, sqlite3_finalize)

G_END_DECLS
