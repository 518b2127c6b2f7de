/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-ddl.h"

G_BEGIN_DECLS

/**
 * sr_sql_change_describe:
 * @text: a statement whose rows, if it has any, are not read
 *
 * What it does to records: puts some that the text does not hold as plain values, changes or
 * removes some. Emptying a table that no rows came of does nothing.
 *
 * Returns: (transfer full) (nullable): "UPDATE shop"; %NULL if it does nothing of that kind
 */
char *sr_sql_change_describe (SrSqlSchema       *schema,
                              const SrSqlSyntax *syntax,
                              const char        *text,
                              gsize              size);

/* Whether what stands behind the last row of an INSERT changes rows that are there already. */
gboolean sr_sql_change_is_in_tail (const SrSqlSyntax *syntax,
                                   const char        *text,
                                   gsize              size);

G_END_DECLS
