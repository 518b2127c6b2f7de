/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrSqlSession:
 * @database: (nullable): that USE named last
 * @mode: (nullable): sql_mode
 * @charset: (nullable): character_set_client
 * @collation: (nullable): collation_connection
 * @time_zone: (nullable)
 *
 * The settings under which a dump of MySQL or MariaDB makes what follows, of which they become a
 * part. All are as the dump says, which nobody has looked at; %NULL: it does not say.
 */
typedef struct
{
  char       *database;
  char       *mode;
  char       *charset;
  char       *collation;
  char       *time_zone;
  GHashTable *saved; /* variables of the dump */
} SrSqlSession;

void sr_sql_session_init (SrSqlSession *self);
void sr_sql_session_clear (SrSqlSession *self);
/* @text: one statement; only SET and USE change anything */
void sr_sql_session_read (SrSqlSession *self,
                          const char   *text,
                          gsize         size);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrSqlSession, sr_sql_session_clear)

G_END_DECLS
