/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Statements of a dump of PostgreSQL: one that is accepted is, written anew, the same statement
 * still, and accepted still. */

#include "config.h"

#include <string.h>

#include "sr-fuzz.h"
#include "target/sr-pg-statement.h"

static const char *
to_stage (const char  *schema,
          const char  *name,
          SrPgMapFlags flags,
          gpointer     user_data)
{
  return strcmp (schema, "public") == 0 ? "\"stage\"" : NULL;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text =
      size > 0 ? g_utf8_make_valid ((const char *) data, (gssize) size) : g_strdup ("");
  g_autoptr (SrPgStatement) statement = sr_pg_statement_parse (text);
  g_autoptr (SrPgStatement) again = NULL;
  g_autofree char          *written = NULL;
  g_autofree char          *twice = NULL;

  if (statement->refused != NULL || statement->kind >= SR_PG_STATEMENT_EXTENSION ||
      statement->kind == SR_PG_STATEMENT_VALUE)
    return 0;
  written = sr_pg_statement_write (statement, "\"stage\"", to_stage, NULL);
  again = sr_pg_statement_parse (written);
  sr_fuzz_assert (again->refused == NULL);
  sr_fuzz_assert (again->kind == statement->kind);
  sr_fuzz_assert (g_strcmp0 (again->name.name, statement->name.name) == 0);
  sr_fuzz_assert (g_strcmp0 (again->table.name, statement->table.name) == 0);
  twice = sr_pg_statement_write (again, "\"stage\"", to_stage, NULL);
  sr_fuzz_assert (strcmp (written, twice) == 0);
  return 0;
}
