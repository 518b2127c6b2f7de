/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-sqlite-count.h"

#include "base/sr-error.h"
#include "record/sr-sqlite-error.h"
#include "record/sr-sqlite-schema.h"

/* Instructions of SQLite's machine between two looks at the cancellable. */
#define INSTRUCTIONS 20000

static int
is_to_stop (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

static gboolean
count_table (sqlite3             *db,
             const SrSqliteTable *table,
             guint64             *n_records,
             GCancellable        *cancellable,
             GError             **error)
{
  g_autofree char *question = g_strdup_printf ("SELECT count(*) FROM %s", table->quoted);
  sqlite3_stmt    *statement = NULL;
  int              code = sqlite3_prepare_v2 (db, question, -1, &statement, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    *n_records = (guint64) MAX (sqlite3_column_int64 (statement, 0), 0);
  else if (!sr_check_cancelled (cancellable, error))
    {
      sr_sqlite_set_error (error, code, db, NULL);
      g_prefix_error (error, "table “%s”: ", table->collection->name);
    }
  sqlite3_finalize (statement);
  return code == SQLITE_ROW;
}

gboolean
sr_sqlite_count_tables (int               fd,
                        SrSqliteCountFunc func,
                        gpointer          user_data,
                        GCancellable     *cancellable,
                        GError          **error)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) tables = NULL;
  sqlite3              *db = sr_sqlite_open_untrusted (fd, error);
  gboolean              ok;

  if (db == NULL)
    return FALSE;
  sqlite3_progress_handler (db, INSTRUCTIONS, is_to_stop, cancellable);
  tables = sr_sqlite_read_schema (db, problems, error);
  ok = tables != NULL;
  for (guint i = 0; ok && i < tables->len; i++)
    {
      const SrSqliteTable *table = g_ptr_array_index (tables, i);
      guint64              n_records = 0;

      if (table->is_view)
        continue;
      ok = count_table (db, table, &n_records, cancellable, error);
      if (ok)
        func (table->collection->name, n_records, user_data);
    }
  sqlite3_close (db);
  return ok;
}
