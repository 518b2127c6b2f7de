/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-sqlite-check.h"

#include "base/sr-error.h"
#include "record/sr-fd-vfs.h"
#include "record/sr-sqlite-error.h"

#include <string.h>

/* How many complaints a person is shown, and how many are asked for at most. */
#define SHOWN_MAX 5
#define ASKED_MAX "100"

/* Instructions of SQLite's machine between two looks at the cancellable. */
#define INSTRUCTIONS 20000

/* Source: "Database File Format", section 1.3, sqlite.org. */
#define HEADER_SIZE      100
#define PAGE_SIZE_OFFSET 16

static const char magic[16] = "SQLite format 3";

gboolean
sr_sqlite_is_database (gconstpointer head,
                       gsize         size)
{
  const guint8 *bytes = head;
  guint         page_size;

  if (size < HEADER_SIZE || memcmp (bytes, magic, sizeof magic) != 0)
    return FALSE;
  page_size = (guint) bytes[PAGE_SIZE_OFFSET] << 8 | bytes[PAGE_SIZE_OFFSET + 1];
  /* 1 stands for 65536 */
  return page_size == 1 || (page_size >= 512 && (page_size & (page_size - 1)) == 0);
}

static int
is_cancelled (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

/* Values that break a rule of their table were let in by the program; the file is sound. */
static gboolean
is_about_rules (const char *complaint)
{
  return g_str_has_prefix (complaint, "NULL value in ") ||
         g_str_has_prefix (complaint, "CHECK constraint failed in ") ||
         strstr (complaint, "-INTEGER value in ") != NULL ||
         g_str_has_prefix (complaint, "TEXT value in ") ||
         g_str_has_prefix (complaint, "NUMERIC value in ");
}

/* Adds what one row says, which can be several lines. */
static void
add_complaint (GPtrArray  *complaints,
               const char *row)
{
  g_auto (GStrv) lines = g_strsplit (row, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0' && !g_str_has_prefix (lines[i], "*** ") && !is_about_rules (lines[i]))
      g_ptr_array_add (complaints, g_utf8_make_valid (lines[i], -1));
}

static int
collect (sqlite3    *db,
         const char *question,
         GPtrArray  *complaints)
{
  sqlite3_stmt *statement = NULL;
  int           code = sqlite3_prepare_v2 (db, question, -1, &statement, NULL);

  if (code != SQLITE_OK)
    return code;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      const char *row = (const char *) sqlite3_column_text (statement, 0);

      if (row != NULL && strcmp (row, "ok") != 0)
        add_complaint (complaints, row);
    }
  sqlite3_finalize (statement);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int
compare_bytes (gpointer      data,
               int           size_a,
               gconstpointer a,
               int           size_b,
               gconstpointer b)
{
  int result = memcmp (a, b, (gsize) MIN (size_a, size_b));

  return result != 0 ? result : size_a - size_b;
}

static void
make_collation (gpointer    data,
                sqlite3    *db,
                int         encoding,
                const char *name)
{
  sqlite3_create_collation (db, name, encoding, NULL, compare_bytes);
}

/* A database may order its indexes by rules that only its own program knows. Then what does not
 * depend on the order is checked. */
static int
ask (sqlite3   *db,
     GPtrArray *complaints)
{
  int code = sqlite3_exec (db,
                           "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096;"
                           "PRAGMA cell_size_check = ON; PRAGMA ignore_check_constraints = ON",
                           NULL, NULL, NULL);

  if (code == SQLITE_OK)
    code = collect (db, "PRAGMA integrity_check(" ASKED_MAX ")", complaints);
  if (code != SQLITE_ERROR)
    return code;
  g_ptr_array_set_size (complaints, 0);
  sqlite3_collation_needed (db, NULL, make_collation);
  return collect (db, "PRAGMA quick_check(" ASKED_MAX ")", complaints);
}

static void
set_complaints (GError    **error,
                const char *path,
                GPtrArray  *complaints)
{
  g_autofree char *shown = path != NULL ? g_filename_display_name (path) : NULL;
  g_autofree char *text = NULL;
  g_autofree char *rest = NULL;
  guint            more = complaints->len > SHOWN_MAX ? complaints->len - SHOWN_MAX : 0;

  g_ptr_array_set_size (complaints, (int) MIN (complaints->len, SHOWN_MAX));
  g_ptr_array_add (complaints, NULL);
  text = g_strjoinv ("; ", (char **) complaints->pdata);
  rest = more > 0 ? g_strdup_printf ("; and %u more", more) : NULL;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "database%s%s%s is damaged, SQLite says: %s%s",
               shown != NULL ? " “" : "", shown != NULL ? shown : "", shown != NULL ? "”" : "",
               text, rest != NULL ? rest : "");
}

gboolean
sr_sqlite_check (int           fd,
                 const char   *path,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  sqlite3              *db = NULL;
  int                   code = sr_fd_vfs_open (fd, SQLITE_OPEN_READONLY, &db);
  gboolean              good = FALSE;

  if (code == SQLITE_OK)
    {
      sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
      sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
      sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
      sqlite3_progress_handler (db, INSTRUCTIONS, is_cancelled, cancellable);
      code = ask (db, complaints);
    }
  if (sr_check_cancelled (cancellable, error))
    good = FALSE;
  else if (code != SQLITE_OK)
    sr_sqlite_set_error (error, code, db, path);
  else if (complaints->len > 0)
    set_complaints (error, path, complaints);
  else
    good = TRUE;
  sqlite3_close (db);
  return good;
}
