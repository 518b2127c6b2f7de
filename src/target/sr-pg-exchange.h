/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-postgres-private.h"

G_BEGIN_DECLS

/* One table whose rows are exchanged within a transaction. Names are quoted. @expected: -1 if it is
 * not known how many come */
typedef struct
{
  guint32     oid;
  const char *real;
  char       *source;
  char       *columns;
  gint64      expected;
} SrPgExchangeTable;

/* One transaction in which the rows of tables are exchanged for others. */
typedef struct
{
  SrPostgresTarget *target;
  GCancellable     *cancellable;
  GArray           *tables;     /* (element-type SrPgExchangeTable) */
  GPtrArray        *references; /* to the tables exchanged */
  GString          *restore;    /* statements that put triggers back as they were */
  char             *oids;       /* of the tables exchanged */
  gboolean          uncertain;  /* nobody knows whether it was committed */
} SrPgExchange;

void sr_pg_exchange_init (SrPgExchange     *self,
                          SrPostgresTarget *target,
                          GCancellable     *cancellable);
void sr_pg_exchange_clear (SrPgExchange *self);
/* After @tables were set. */
void sr_pg_exchange_set_oids (SrPgExchange *self);
/* A step that tests can fail: statements as printf() makes them. */
gboolean sr_pg_exchange_run (SrPgExchange *self,
                             const char   *step,
                             GError      **error,
                             const char   *format,
                             ...) G_GNUC_PRINTF (4, 5);
/* Nobody reads or writes the tables exchanged, nor those that refer to them, until it is over. */
gboolean sr_pg_exchange_lock (SrPgExchange *self,
                              GError      **error);
/* The rows of all tables are exchanged, with no trigger firing and nothing referring meanwhile.
 * @forward: rows of other tables that refer to what is gone follow their foreign key's rule */
gboolean sr_pg_exchange_all (SrPgExchange *self,
                             gboolean      forward,
                             GError      **error);
/* That all tables hold as many rows as they should. */
gboolean sr_pg_exchange_count (SrPgExchange *self,
                               GError      **error);
/* Triggers as they were, then the one moment that decides. */
gboolean sr_pg_exchange_commit (SrPgExchange *self,
                                const char   *step,
                                GError      **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrPgExchange, sr_pg_exchange_clear)

G_END_DECLS
