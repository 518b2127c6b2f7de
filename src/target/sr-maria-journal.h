/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria.h"

G_BEGIN_DECLS

/**
 * SrMariaStatement:
 * @sql: in @charset
 * @only_if: (nullable): a query for a number; if that is 0 there is nothing to do
 * @mode: (nullable): sql_mode to run it with; %NULL: the session's, as of the two below
 * @charset: (nullable): character_set_client
 * @collation: (nullable): collation_connection
 * @time_zone: (nullable): of an event
 *
 * One statement that changes something.
 */
typedef struct
{
  char *sql;
  char *only_if;
  char *mode;
  char *charset;
  char *collation;
  char *time_zone;
} SrMariaStatement;

SrMariaStatement *sr_maria_statement_new (const char *sql,
                                          const char *only_if);
/* Returns: (transfer full) */
SrMariaStatement *sr_maria_statement_copy (const SrMariaStatement *self);
void              sr_maria_statement_free (SrMariaStatement *self);
gboolean          sr_maria_statement_run (const SrMariaStatement *self,
                                          SrMaria                *maria,
                                          GError                **error);

/**
 * SrMariaJournal:
 *
 * What undoes the changes of a swap, the last first. Each entry is written to a table of the server
 * before its change is made, so that a later run can undo what one that was killed left half done;
 * each says by itself whether its change happened.
 */
typedef struct _SrMariaJournal SrMariaJournal;

/* @table: quoted, with its database */
SrMariaJournal *sr_maria_journal_new (const char *table);
void            sr_maria_journal_free (SrMariaJournal *self);
gboolean        sr_maria_journal_create (SrMariaJournal *self,
                                         SrMaria        *maria,
                                         GError        **error);
/* @statement: (transfer full) */
gboolean sr_maria_journal_push (SrMariaJournal   *self,
                                SrMaria          *maria,
                                SrMariaStatement *statement,
                                GError          **error);
/* The changes are complete (@done) and nobody undoes them but sr_maria_journal_revert(); or not. */
gboolean sr_maria_journal_set_done (SrMariaJournal *self,
                                    SrMaria        *maria,
                                    gboolean        done,
                                    GError        **error);
/* Undoes all entries. */
gboolean sr_maria_journal_revert (SrMariaJournal *self,
                                  SrMaria        *maria,
                                  GError        **error);
/* Undoes what another run left in the table without having been done. */
gboolean sr_maria_journal_recover (SrMariaJournal *self,
                                   SrMaria        *maria,
                                   GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrMariaStatement, sr_maria_statement_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrMariaJournal, sr_maria_journal_free)

G_END_DECLS
