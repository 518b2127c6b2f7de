/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-pg-statement.h"

G_BEGIN_DECLS

/* A place in the tokens of a statement that is being taken apart. All functions that accept go
 * behind what they were asked for if it is there. */
typedef struct
{
  SrPgStatement *statement;
  guint          at;
} SrPgCursor;

const SrPgToken *sr_pg_cursor_get (const SrPgCursor *self,
                                   guint             ahead);
gboolean         sr_pg_cursor_is (const SrPgCursor *self,
                                  const char       *word);
gboolean         sr_pg_cursor_is_mark (const SrPgCursor *self,
                                       char              mark);
gboolean         sr_pg_cursor_is_end (const SrPgCursor *self);
/* @words: with one space between them */
gboolean sr_pg_cursor_accept (SrPgCursor *self,
                              const char *words);
gboolean sr_pg_cursor_accept_mark (SrPgCursor *self,
                                   char        mark);
gboolean sr_pg_cursor_accept_string (SrPgCursor *self);
/* A bracket and all within. */
gboolean sr_pg_cursor_accept_group (SrPgCursor *self);
/* @name: (nullable) */
gboolean sr_pg_cursor_accept_name (SrPgCursor *self,
                                   SrPgName   *name);

/* Returns: %FALSE */
gboolean sr_pg_statement_refuse (SrPgStatement *self,
                                 const char    *why);

G_END_DECLS
