/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria-journal.h"

G_BEGIN_DECLS

/**
 * SrMariaTrigger:
 * @definer: "user@host"
 * @create: makes it anew as it is
 */
typedef struct
{
  char             *name;
  char             *table;
  char             *definer;
  SrMariaStatement *create;
} SrMariaTrigger;

/**
 * SrMariaForeignKey:
 * @columns, @other_columns: (element-type utf8)
 * @rules: " ON DELETE … ON UPDATE …", or nothing
 */
typedef struct
{
  char      *name;
  char      *database;
  char      *table;
  char      *other_database;
  char      *other_table;
  char      *rules;
  GPtrArray *columns;
  GPtrArray *other_columns;
} SrMariaForeignKey;

/* Whether it is there. @is_view, @engine: (out) (optional) (transfer full) (nullable) */
gboolean sr_maria_find_table (SrMaria      *maria,
                              const char   *database,
                              const char   *table,
                              gboolean     *found,
                              gboolean     *is_view,
                              char        **engine,
                              GCancellable *cancellable,
                              GError      **error);
/* Returns: (transfer full): what makes the table */
char *sr_maria_show_create_table (SrMaria      *maria,
                                  const char   *database,
                                  const char   *table,
                                  GCancellable *cancellable,
                                  GError      **error);
/* Returns: (transfer full) (element-type SrMariaTrigger): of all tables of the connection's
 * database, in the order in which they must be made */
GPtrArray *sr_maria_list_triggers (SrMaria      *maria,
                                   GCancellable *cancellable,
                                   GError      **error);
/* Whether triggers, views and routines of another user can be made. */
gboolean sr_maria_may_set_definer (SrMaria  *maria,
                                   gboolean *may,
                                   GError  **error);
/* Returns: (transfer full) (element-type SrMariaForeignKey): of tables in @database or, if @other,
 * that refer to tables in it */
GPtrArray *sr_maria_list_foreign_keys (SrMaria      *maria,
                                       const char   *database,
                                       gboolean      other,
                                       GCancellable *cancellable,
                                       GError      **error);
/* Counts records of @table (quoted) whose key names none in @other (quoted). */
gboolean sr_maria_count_orphans (SrMaria                 *maria,
                                 const SrMariaForeignKey *key,
                                 const char              *table,
                                 const char              *other,
                                 guint64                 *count,
                                 GCancellable            *cancellable,
                                 GError                 **error);
/* "ADD CONSTRAINT … FOREIGN KEY … REFERENCES …". Returns: (transfer full) */
char *sr_maria_foreign_key_to_sql (const SrMariaForeignKey *self);

G_END_DECLS
