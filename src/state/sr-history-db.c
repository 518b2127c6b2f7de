/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-state"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "state/sr-history-db.h"

/* How long one program waits for another that writes; a run's record takes milliseconds. */
#define BUSY_MS 20000

typedef struct
{
  int         code;
  SrErrorCode meaning;
  const char *text;
} Meaning;

/* Extended codes first. */
static const Meaning meanings[] = {
  { SQLITE_IOERR_SHORT_READ, SR_ERROR_DAMAGED, "it is damaged: a part of it is missing" },
  { SQLITE_BUSY, SR_ERROR_LOCKED, "another program keeps it locked; try again later" },
  { SQLITE_LOCKED, SR_ERROR_LOCKED, "another program keeps it locked; try again later" },
  { SQLITE_PROTOCOL, SR_ERROR_LOCKED, "other programs keep it busy; try again later" },
  { SQLITE_CORRUPT, SR_ERROR_DAMAGED, "it is damaged; it can be made anew from the vaults" },
  { SQLITE_NOTADB, SR_ERROR_DAMAGED, "it is damaged; it can be made anew from the vaults" },
  { SQLITE_FULL, SR_ERROR_NO_SPACE, "the disk is full; make space and try again" },
  { SQLITE_INTERRUPT, SR_ERROR_CANCELLED, "it was cancelled" },
  { SQLITE_PERM, SR_ERROR_PERMISSION, "this user may not write it" },
  { SQLITE_AUTH, SR_ERROR_PERMISSION, "this user may not write it" },
  { SQLITE_READONLY, SR_ERROR_PERMISSION, "it, or its folder, cannot be written" },
  { SQLITE_CANTOPEN, SR_ERROR_PERMISSION, "it, or a file beside it, cannot be opened" },
  { SQLITE_IOERR, SR_ERROR_IO, "reading or writing it failed" },
  { SQLITE_NOMEM, SR_ERROR_FAILED, "there is not enough memory" },
};

static const Meaning *
find_meaning (int code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].code == code || meanings[i].code == (code & 0xff))
      return &meanings[i];
  return NULL;
}

void
sr_history_db_set_error (GError    **error,
                         int         code,
                         sqlite3    *db,
                         const char *path)
{
  const Meaning   *meaning = find_meaning (code);
  const char      *file = path != NULL ? path : db != NULL ? sqlite3_db_filename (db, "main")
                                                           : "";
  g_autofree char *shown = g_filename_display_name (file != NULL ? file : "");
  const char      *words = db != NULL && sqlite3_extended_errcode (db) == code
                               ? sqlite3_errmsg (db)
                               : sqlite3_errstr (code);
  int              errnum = db != NULL ? sqlite3_system_errno (db) : 0;

  if (meaning != NULL && meaning->meaning == SR_ERROR_IO && errnum != 0)
    {
      sr_set_error_errno (error, errnum, "The history “%s”: %s", shown, meaning->text);
      return;
    }
  g_set_error (error, SR_ERROR, meaning != NULL ? meaning->meaning : SR_ERROR_FAILED,
               "The history “%s”: %s (SQLite says: %s)", shown,
               meaning != NULL ? meaning->text : "SQLite cannot use it", words);
}

gboolean
sr_history_db_exec (sqlite3    *db,
                    const char *sql,
                    GError    **error)
{
  int code = sqlite3_exec (db, sql, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;
  sr_history_db_set_error (error, code, db, NULL);
  return FALSE;
}

sqlite3_stmt *
sr_history_db_prepare (sqlite3    *db,
                       const char *sql,
                       GError    **error)
{
  sqlite3_stmt *statement = NULL;
  int           code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

  if (code == SQLITE_OK)
    return statement;
  sr_history_db_set_error (error, code, db, NULL);
  return NULL;
}

int
sr_history_db_step (sqlite3_stmt *statement,
                    GError      **error)
{
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return 1;
  if (code == SQLITE_DONE)
    return 0;
  sr_history_db_set_error (error, code, sqlite3_db_handle (statement), NULL);
  return -1;
}

gboolean
sr_history_db_run (sqlite3_stmt *statement,
                   GError      **error)
{
  return sr_history_db_step (statement, error) >= 0;
}

gboolean
sr_history_db_get_int (sqlite3    *db,
                       const char *sql,
                       gint64     *value,
                       GError    **error)
{
  g_autoptr (SrHistoryStatement) statement = sr_history_db_prepare (db, sql, error);
  int                            got;

  if (statement == NULL)
    return FALSE;
  got = sr_history_db_step (statement, error);
  if (got < 0)
    return FALSE;
  *value = got > 0 ? sqlite3_column_int64 (statement, 0) : 0;
  return TRUE;
}

void
sr_history_db_bind_text (sqlite3_stmt *statement,
                         const char   *name,
                         const char   *text)
{
  int at = sqlite3_bind_parameter_index (statement, name);

  g_return_if_fail (at > 0);
  if (text == NULL)
    sqlite3_bind_null (statement, at);
  else
    sqlite3_bind_text (statement, at, text, -1, SQLITE_TRANSIENT);
}

void
sr_history_db_bind_int (sqlite3_stmt *statement,
                        const char   *name,
                        gint64        value)
{
  int at = sqlite3_bind_parameter_index (statement, name);

  g_return_if_fail (at > 0);
  sqlite3_bind_int64 (statement, at, value);
}

/* SQLite would make the file as the umask says. What is beside it gets the mode of it. */
static gboolean
prepare_file (const char *path,
              GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int              fd;
  struct stat      st;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      sr_set_error_errno (error, errno, "Making the folder of the history “%s”", folder);
      return FALSE;
    }
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening the history “%s”", path);
      return FALSE;
    }
  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "The history “%s” is no file", path);
      close (fd);
      return FALSE;
    }
  if ((st.st_mode & 0077) != 0)
    (void) fchmod (fd, 0600);
  close (fd);
  return TRUE;
}

static gboolean
set_up_connection (sqlite3 *db,
                   GError **error)
{
  g_autoptr (GError) local = NULL;


  sqlite3_busy_timeout (db, BUSY_MS);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  if (!sr_history_db_exec (db, "PRAGMA trusted_schema = OFF;"
                               "PRAGMA cell_size_check = ON;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA journal_size_limit = 16777216;",
                           error))
    return FALSE;
  /* It stays in the file. Where the file system has no shared memory, or another program makes the
   * file right now, the journal is what it was: slower, and as safe. */
  if (!sr_history_db_exec (db, "PRAGMA journal_mode = WAL", &local) &&
      !sr_error_is (local, SR_ERROR_LOCKED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_numbers (sqlite3 *db,
              gint64  *application,
              gint64  *schema,
              gint64  *n_tables,
              GError **error)
{
  return sr_history_db_get_int (db, "PRAGMA application_id", application, error) &&
         sr_history_db_get_int (db, "PRAGMA user_version", schema, error) &&
         sr_history_db_get_int (db, "SELECT count(*) FROM sqlite_schema", n_tables, error);
}

/* @schema: (out): its number; 0 for an empty file */
static gboolean
check_numbers (sqlite3    *db,
               const char *path,
               guint       n_steps,
               gint64     *schema,
               GError    **error)
{
  gint64 application;
  gint64 n_tables;

  if (!read_numbers (db, &application, schema, &n_tables, error))
    return FALSE;
  if (application == 0 && *schema == 0 && n_tables == 0)
    return TRUE;
  if (application != SR_HISTORY_APPLICATION_ID)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The file “%s” is a database of another program, not a history; move it away",
                   path);
      return FALSE;
    }
  if (*schema > (gint64) n_steps)
    {
      g_set_error (
          error, SR_ERROR, SR_ERROR_UNSUPPORTED,
          "The history “%s” was written by a newer version of Strongroom (schema %" G_GINT64_FORMAT
          ", this one knows %u); use that version",
          path, *schema, n_steps);
      return FALSE;
    }
  if (*schema >= 1)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The history “%s”: it is damaged: its schema has no number", path);
  return FALSE;
}

/* The copy appears under its name when it is whole; one that is there from before is older and
 * stays. The write lock is held, so nothing is written meanwhile. */
static gboolean
keep_copy (sqlite3    *db,
           const char *path,
           gint64      schema,
           GError    **error)
{
  g_autofree char *kept = g_strdup_printf ("%s.schema-%" G_GINT64_FORMAT, path, schema);
  g_autofree char *part = g_strconcat (kept, ".part", NULL);
  sqlite3         *reader = NULL;
  sqlite3         *copy = NULL;
  int              code;

  if (g_file_test (kept, G_FILE_TEST_EXISTS))
    return TRUE;
  (void) unlink (part);
  if (!prepare_file (part, error))
    return FALSE;
  code = sqlite3_open_v2 (path, &reader, SQLITE_OPEN_READONLY, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_open_v2 (part, &copy, SQLITE_OPEN_READWRITE, NULL);
  if (code == SQLITE_OK)
    {
      sqlite3_backup *backup = sqlite3_backup_init (copy, "main", reader, "main");

      code = backup != NULL ? sqlite3_backup_step (backup, -1) : sqlite3_errcode (copy);
      if (backup != NULL)
        sqlite3_backup_finish (backup);
    }
  sqlite3_close (copy);
  sqlite3_close (reader);
  if (code == SQLITE_DONE && rename (part, kept) == 0)
    return TRUE;
  if (code == SQLITE_DONE)
    sr_set_error_errno (error, errno, "Keeping a copy of the history as “%s”", kept);
  else
    sr_history_db_set_error (error, code, NULL, part);
  (void) unlink (part);
  return FALSE;
}

static gboolean
apply_steps (sqlite3             *db,
             const char          *path,
             const SrHistoryStep *steps,
             guint                n_steps,
             GError             **error)
{
  g_autofree char *numbers = NULL;
  gint64           schema;

  /* Another program may have done it since it was looked at. */
  if (!check_numbers (db, path, n_steps, &schema, error) ||
      (schema > 0 && schema < (gint64) n_steps && !keep_copy (db, path, schema, error)))
    return FALSE;
  for (guint i = (guint) schema; i < n_steps; i++)
    if (!sr_history_db_exec (db, steps[i], error))
      return FALSE;
  numbers = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u",
                             SR_HISTORY_APPLICATION_ID, n_steps);
  return sr_history_db_exec (db, numbers, error);
}

static gboolean
bring_up (sqlite3             *db,
          const char          *path,
          const SrHistoryStep *steps,
          guint                n_steps,
          GError             **error)
{
  gint64 schema;

  if (!check_numbers (db, path, n_steps, &schema, error))
    return FALSE;
  if (schema == (gint64) n_steps)
    return TRUE;
  if (!sr_history_db_exec (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (apply_steps (db, path, steps, n_steps, error) && sr_history_db_exec (db, "COMMIT", error))
    return TRUE;
  sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  g_prefix_error (error, "Bringing the history up from schema %" G_GINT64_FORMAT " to %u: ", schema,
                  n_steps);
  return FALSE;
}

sqlite3 *
sr_history_db_open (const char          *path,
                    const SrHistoryStep *steps,
                    guint                n_steps,
                    GError             **error)
{
  sqlite3 *db = NULL;
  int      code;

  if (!prepare_file (path, error))
    return NULL;
  code = sqlite3_open_v2 (path, &db,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                          NULL);
  if (code != SQLITE_OK)
    sr_history_db_set_error (error, code, db, path);
  else if (set_up_connection (db, error) && bring_up (db, path, steps, n_steps, error))
    return db;
  sqlite3_close (db);
  return NULL;
}
