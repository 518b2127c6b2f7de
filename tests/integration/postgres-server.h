/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-target.h"

G_BEGIN_DECLS

/* A real PostgreSQL, which tests/support/with-postgres starts around a test program. All run as
 * $PGUSER; what they return is (transfer full). */

/* @fail_at: the call of fail_step() that fails, 0: none; @failed: (nullable): the step that did */
typedef struct
{
  guint       calls;
  guint       fail_at;
  const char *failed;
} Faults;

gboolean fail_step (const char *step,
                    gpointer    user_data,
                    GError    **error);

char *query (const char *database,
             const char *sql);
void  assert_query (const char *database,
                    const char *sql,
                    const char *expected);
void  run_sql (const char *database,
               const char *sql);
/* Everything in the database, as pg_dump tells it. */
char *describe (const char *database);
void  assert_unchanged (const char *database,
                        const char *before);
/* @sql: (nullable): what is in it */
char     *make_database (const char *sql);
char     *location_of (const char *database);
SrTarget *open_target (const char *database);

G_END_DECLS
