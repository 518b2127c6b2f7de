/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <libpq-fe.h>

#include "base/sr-secret.h"
#include "target/sr-target-location.h"

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)

/**
 * SrPg:
 *
 * A connection to PostgreSQL whose calls can be cancelled and whose errors are ours. The session
 * speaks UTF-8, UTC and ISO dates, and finds nothing by itself: all names are written with their
 * schema.
 *
 * Threads: one at a time.
 */
typedef struct _SrPg SrPg;

SrPg *sr_pg_open (const SrTargetLocation *location,
                  SrSecret               *password,
                  GCancellable           *cancellable,
                  GError                **error);
void  sr_pg_free (SrPg *self);
/* 150020 for 15.20 */
int      sr_pg_get_version (const SrPg *self);
gboolean sr_pg_is_encrypted (const SrPg *self);
/* The schema that names without one would have been looked up in; "public" if there is none */
const char *sr_pg_get_schema (const SrPg *self);

/* Runs statements without a result; several are joined by semicolons. */
gboolean sr_pg_run (SrPg         *self,
                    const char   *sql,
                    GCancellable *cancellable,
                    GError      **error);
/* @rows: (out) (optional): how many were changed */
gboolean sr_pg_run_counted (SrPg         *self,
                            const char   *sql,
                            guint64      *rows,
                            GCancellable *cancellable,
                            GError      **error);
/* @params: (array length=n_params) (nullable): $1, $2 …, as text. Returns: (transfer full) */
PGresult *sr_pg_query (SrPg              *self,
                       const char        *sql,
                       const char *const *params,
                       guint              n_params,
                       GCancellable      *cancellable,
                       GError           **error);
/* One number. */
gboolean sr_pg_query_number (SrPg         *self,
                             const char   *sql,
                             gint64       *number,
                             GCancellable *cancellable,
                             GError      **error);

/* `COPY … FROM STDIN` */
gboolean sr_pg_copy_begin (SrPg         *self,
                           const char   *sql,
                           GCancellable *cancellable,
                           GError      **error);
gboolean sr_pg_copy_put (SrPg       *self,
                         const char *data,
                         gsize       size,
                         GError    **error);
/* @line: (out): of the copied text at which it failed, from 1; 0 if that is not known */
gboolean sr_pg_copy_end (SrPg         *self,
                         guint64      *line,
                         GCancellable *cancellable,
                         GError      **error);
/* Ends a COPY without keeping what was sent. */
void sr_pg_copy_abort (SrPg *self);

/* "name" and "schema"."name" with quotes doubled. Returns: (transfer full) */
char *sr_pg_quote (const char *name);
char *sr_pg_quote_in (const char *schema,
                      const char *name);
/* 'text'. Returns: (transfer full) */
char *sr_pg_literal (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPg, sr_pg_free)

G_END_DECLS
