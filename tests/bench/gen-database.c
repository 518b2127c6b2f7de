/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "gen.h"

#include <sqlite3.h>

#define ROWS 1150000

static void
run (sqlite3    *db,
     const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

static void
bind_row (sqlite3_stmt *statement,
          const SrGen  *self,
          GString      *out,
          guint64       i,
          guint         version)
{
  guint64 state = sr_gen_mix (self->seed, i, version + 1000);

  g_string_truncate (out, 0);
  sr_gen_append_order (out, self->seed, i, version);
  sqlite3_bind_text (statement, 1, out->str, (int) out->len, SQLITE_TRANSIENT);
  sqlite3_bind_double (statement, 2, (double) (sr_gen_next (&state) % 10000000) / 97.0);
  g_string_truncate (out, 0);
  for (guint k = 0; k < 14; k++)
    {
      guint64 random = sr_gen_next (&state);

      g_string_append_len (out, (const char *) &random, sizeof random);
    }
  sqlite3_bind_blob (statement, 3, out->str, (int) out->len, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (statement, 4, (sqlite3_int64) i);
  if (sqlite3_step (statement) != SQLITE_DONE)
    g_error ("a row cannot be written");
  sqlite3_reset (statement);
}

static void
write_rows (sqlite3     *db,
            const SrGen *self,
            guint64      rows)
{
  sqlite3_stmt *statement = NULL;
  GString      *out = g_string_new (NULL);
  gboolean      update = self->day >= 2;

  sqlite3_prepare_v2 (db,
                      update ? "UPDATE ledger SET entry = ?, amount = ?, seal = ? WHERE id = ?"
                             : "INSERT INTO ledger (entry, amount, seal, id) VALUES (?, ?, ?, ?)",
                      -1, &statement, NULL);
  for (guint64 i = 1; i <= rows; i++)
    if (!update || sr_gen_mix (self->seed, i, 55) % 100 == 0)
      bind_row (statement, self, out, i, self->day - 1);
  sqlite3_finalize (statement);
  g_string_free (out, TRUE);
}

/* Day 2: a percent of the rows updated, all over. */
void
sr_gen_database (const SrGen *self)
{
  const guint64    rows = MAX (10, (guint64) (ROWS * self->scale));
  g_autofree char *path = g_build_filename (self->dir, "erp.sqlite", NULL);
  sqlite3         *db = NULL;

  g_mkdir_with_parents (self->dir, 0700);
  if (sqlite3_open (path, &db) != SQLITE_OK)
    g_error ("%s cannot be opened", path);
  run (db, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536");
  if (self->day < 2)
    run (db, "CREATE TABLE ledger (id INTEGER PRIMARY KEY, entry TEXT, amount REAL, seal BLOB)");
  run (db, "BEGIN");
  write_rows (db, self, rows);
  if (self->day < 2)
    run (db, "CREATE INDEX ledger_by_amount ON ledger (amount)");
  run (db, "COMMIT");
  sqlite3_close (db);
}
