/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <mysql.h>

#include "base/sr-secret.h"
#include "target/sr-target-location.h"

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MYSQL_RES, mysql_free_result)

/**
 * SrMaria:
 *
 * A connection to MariaDB or MySQL whose errors are ours. The session speaks utf8mb4 and UTC, is
 * strict, knows backslash escapes, runs one statement at a time and never hands out local files.
 *
 * A server on this computer may be spoken to without TLS. Any other must have a certificate that
 * the system trusts and that is of its name, unless the location says `?tls=require` (encrypted,
 * not verified) or `?tls=off`.
 *
 * Threads: one at a time. A statement that runs is not broken off by a cancellable.
 */
typedef struct _SrMaria SrMaria;

SrMaria *sr_maria_open (const SrTargetLocation *location,
                        SrSecret               *password,
                        GCancellable           *cancellable,
                        GError                **error);
void     sr_maria_free (SrMaria *self);
gboolean sr_maria_is_mariadb (const SrMaria *self);
/* 101119 for 10.11.19 */
gulong      sr_maria_get_version (const SrMaria *self);
const char *sr_maria_get_version_text (const SrMaria *self);
const char *sr_maria_get_database (const SrMaria *self);
gboolean    sr_maria_is_encrypted (const SrMaria *self);
/* Bytes that one statement may have. */
gsize sr_maria_get_max_statement (const SrMaria *self);
/* Whether the server does not tell upper from lower case in names of tables. */
gboolean sr_maria_folds_names (const SrMaria *self);
/* Whether two names of tables mean the same one there. */
gboolean sr_maria_same_table (const SrMaria *self,
                              const char    *a,
                              const char    *b);

/* Runs one statement without a result; its warnings do not matter. */
gboolean sr_maria_run (SrMaria      *self,
                       const char   *sql,
                       GCancellable *cancellable,
                       GError      **error);
gboolean sr_maria_runf (SrMaria      *self,
                        GCancellable *cancellable,
                        GError      **error,
                        const char   *format,
                        ...) G_GNUC_PRINTF (4, 5);
/* The same for one in which every warning, even a note, is an error. @sql may hold NUL bytes. */
gboolean sr_maria_run_strictly (SrMaria      *self,
                                const char   *sql,
                                gsize         size,
                                GCancellable *cancellable,
                                GError      **error);
/* Returns: (transfer full): all rows */
MYSQL_RES *sr_maria_query (SrMaria      *self,
                           const char   *sql,
                           GCancellable *cancellable,
                           GError      **error);
MYSQL_RES *sr_maria_queryf (SrMaria      *self,
                            GCancellable *cancellable,
                            GError      **error,
                            const char   *format,
                            ...) G_GNUC_PRINTF (4, 5);
/* One number; 0 for NULL. */
gboolean sr_maria_query_number (SrMaria      *self,
                                const char   *sql,
                                guint64      *number,
                                GCancellable *cancellable,
                                GError      **error);
/* Whether @error means that the connection is gone. */
gboolean sr_maria_is_gone (const GError *error);

/* `name`, `database`.`name` and 'text' with what they hold escaped. Returns: (transfer full) */
char *sr_maria_quote (const char *name);
char *sr_maria_quote_in (const char *database,
                         const char *name);
char *sr_maria_literal (const char *text);
/* Appends @size bytes as 'text'. */
void sr_maria_append_literal (GString    *sql,
                              const char *text,
                              gsize       size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrMaria, sr_maria_free)

G_END_DECLS
