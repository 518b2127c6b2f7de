/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-sqlite-hold.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "record/sr-sqlite-error.h"
#include "target/sr-file-holders.h"

#define STEP_SIZE ((gsize) 256 * 1024)
#define BUSY_MS   2000

struct _SrSqliteHold
{
  char    *path;
  sqlite3 *db; /* (nullable): %NULL if it is damaged */
};

void
sr_sqlite_hold_free (SrSqliteHold *self)
{
  sqlite3_close (self->db);
  g_free (self->path);
  g_free (self);
}

gboolean
sr_sqlite_hold_is_damaged (SrSqliteHold *self)
{
  return self->db == NULL;
}

/* The first value of a pragma's answer. Returns: a result code */
static int
ask (sqlite3    *db,
     const char *sql,
     char      **answer)
{
  sqlite3_stmt *statement = NULL;
  int           code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

  *answer = NULL;
  if (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      *answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      code = SQLITE_OK;
    }
  else if (code == SQLITE_DONE)
    code = SQLITE_OK;
  sqlite3_finalize (statement);
  return code;
}

/* With locking_mode set before the first look, one in WAL mode is ours alone from that look on, and
 * its index is in our memory. */
static int
lock (sqlite3 *db)
{
  g_autofree char *mode = NULL;
  g_autofree char *busy = NULL;
  int              persist = 1;
  int              code;

  sqlite3_busy_timeout (db, BUSY_MS);
  /* Closing must not write or remove anything by its name, which may be another file's by then. */
  sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_file_control (db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
  code = sqlite3_exec (db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL);
  if (code == SQLITE_OK)
    code = ask (db, "PRAGMA journal_mode", &mode);
  if (code == SQLITE_OK)
    code = sqlite3_exec (db, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
  if (code != SQLITE_OK || g_strcmp0 (mode, "wal") != 0)
    return code;
  code = sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  if (code == SQLITE_OK)
    code = ask (db, "PRAGMA wal_checkpoint(TRUNCATE)", &busy);
  if (code == SQLITE_OK && g_strcmp0 (busy, "0") != 0)
    return SQLITE_BUSY;
  return code == SQLITE_OK ? sqlite3_exec (db, "BEGIN EXCLUSIVE", NULL, NULL, NULL) : code;
}

SrSqliteHold *
sr_sqlite_hold_new (const char *path,
                    GError    **error)
{
  g_autoptr (SrSqliteHold) self = g_new0 (SrSqliteHold, 1);
  g_autofree char         *holder = sr_file_find_holder (path);
  g_autofree char         *shown = g_filename_display_name (path);
  int                      code;

  self->path = g_strdup (path);
  if (holder != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LOCKED,
                   "Database “%s” is in use by %s; stop that program first", shown, holder);
      return NULL;
    }
  code = sqlite3_open_v2 (path, &self->db, SQLITE_OPEN_READWRITE, NULL);
  if (code == SQLITE_OK && sqlite3_db_readonly (self->db, "main") == 1)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_PERMISSION,
                   "Database “%s” may not be written, so that it cannot be locked either; run as "
                   "its owner",
                   shown);
      return NULL;
    }
  if (code == SQLITE_OK)
    code = lock (self->db);
  if (code == SQLITE_OK)
    return g_steal_pointer (&self);
  if ((code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT)
    {
      sqlite3_close (self->db);
      self->db = NULL;
      return g_steal_pointer (&self);
    }
  sr_sqlite_set_error (error, code, self->db, path);
  if ((code & 0xff) == SQLITE_BUSY)
    g_prefix_error (error, "It cannot be told which program it is. ");
  return NULL;
}

/* By SQLite's own descriptor: closing another one of the file would drop the lock. */
static gboolean
read_held (SrSqliteHold    *self,
           guint8          *buffer,
           SrSqliteHoldFunc func,
           gpointer         user_data,
           GCancellable    *cancellable,
           GError         **error)
{
  sqlite3_file *file = NULL;
  sqlite3_int64 size = 0;
  int           code = sqlite3_file_control (self->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);

  if (code == SQLITE_OK)
    code = file->pMethods->xFileSize (file, &size);
  for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size;)
    {
      int n = (int) MIN (size - at, (sqlite3_int64) STEP_SIZE);

      if (sr_check_cancelled (cancellable, error))
        return FALSE;
      code = file->pMethods->xRead (file, buffer, n, at);
      if (code == SQLITE_OK && !func (buffer, (gsize) n, user_data, error))
        return FALSE;
      at += n;
    }
  if (code == SQLITE_OK)
    return TRUE;
  sr_sqlite_set_error (error, code, self->db, self->path);
  return FALSE;
}

static gboolean
read_plain (SrSqliteHold    *self,
            guint8          *buffer,
            SrSqliteHoldFunc func,
            gpointer         user_data,
            GCancellable    *cancellable,
            GError         **error)
{
  int      fd = open (self->path, O_RDONLY | O_CLOEXEC);
  gssize   n = fd >= 0 ? 1 : -1;
  gboolean going = fd >= 0;

  while (going && n > 0)
    {
      n = read (fd, buffer, STEP_SIZE);
      going = n >= 0 && !sr_check_cancelled (cancellable, error) &&
              (n == 0 || func (buffer, (gsize) n, user_data, error));
    }
  if (n < 0)
    sr_set_error_errno (error, errno, "Reading “%s”", self->path);
  if (fd >= 0)
    close (fd);
  return going;
}

gboolean
sr_sqlite_hold_read (SrSqliteHold    *self,
                     SrSqliteHoldFunc func,
                     gpointer         user_data,
                     GCancellable    *cancellable,
                     GError         **error)
{
  g_autofree guint8 *buffer = g_malloc (STEP_SIZE);

  return self->db != NULL ? read_held (self, buffer, func, user_data, cancellable, error)
                          : read_plain (self, buffer, func, user_data, cancellable, error);
}
