/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-sqlite.h"

#include "base/sr-error.h"
#include "record/sr-fd-vfs.h"
#include "record/sr-sqlite-check.h"
#include "record/sr-sqlite-error.h"
#include "source/sr-sqlite-private.h"
#include "base/sr-temp-file.h"

#include <errno.h>
#include <unistd.h>

/* Between two looks at the cancellable; the source stays locked for reading all the time. */
#define STEP_BYTES (8 * 1024 * 1024)
#define READ_BYTES (1024 * 1024)

/* "Database File Format", section 1.3.3, sqlite.org: how the file is to be read, 2 for with a
 * WAL. */
#define READ_VERSION_OFFSET 19
#define READ_VERSION_WAL    2

/* How often a database that nobody uses is found to be used after all, before it is treated so. */
#define QUIET_ATTEMPTS 3

/* Times of files move in steps of a few milliseconds, in some file systems of two seconds. */
#define QUIET_SECONDS 3

struct _SrSqliteCopy
{
  int     fd;
  guint64 size;
  char   *path;

  GThread      *checker;     /* until it has been joined */
  GError       *complaint;   /* of the checker, to be looked at when it has been joined */
  GCancellable *stop;        /* for the checker */
  GCancellable *cancellable; /* the caller's, which stops it as well */
  gulong        cancellable_id;
};

typedef enum
{
  WAY_LOCKED, /* SQLite's own locks, with a -shm if it is in WAL mode */
  WAY_QUIET,  /* nobody has it open: read as it lies there, leaving nothing behind */
  WAY_RESCUE, /* put in order in a private folder */
} Way;

typedef enum
{
  RESULT_DONE,
  RESULT_FAILED,
  RESULT_OTHER_WAY,
} Result;

typedef struct
{
  SrSqliteFile  file;
  const char   *dir;
  GCancellable *cancellable;
  gint64        waiting_since; /* 0: not waiting */
} Job;

static int
be_patient (gpointer data,
            int      attempt)
{
  Job *job = data;

  if (attempt == 0)
    job->waiting_since = g_get_monotonic_time ();
  return sr_sqlite_wait (job->waiting_since, job->cancellable);
}

static gboolean
is_old (const SrSqliteFile *file)
{
  return g_get_real_time () / G_USEC_PER_SEC - file->status.st_mtim.tv_sec > QUIET_SECONDS;
}

static gboolean
folder_is_writable (const SrSqliteFile *file)
{
  g_autofree char *folder = g_path_get_dirname (file->real_path);

  return access (folder, W_OK | X_OK) == 0;
}

/* A database in WAL mode that nobody has open has neither -wal nor -shm. To read it, SQLite would
 * make both and leave them, owned by whoever makes the backup, which can lock its own program out.
 */
static Way
choose_way (const SrSqliteFile *file,
            guint               attempt)
{
  gboolean alone = file->on_read_only_system || !file->has_shm;

  if (!file->wal_mode || !alone || attempt >= QUIET_ATTEMPTS)
    return WAY_LOCKED;
  if (!file->on_read_only_system && folder_is_writable (file))
    return file->wal_size == 0 && is_old (file) ? WAY_QUIET : WAY_LOCKED;
  return file->wal_size == 0 ? WAY_QUIET : WAY_RESCUE;
}

static int
open_source (const SrSqliteFile *file,
             Way                 way,
             sqlite3           **db)
{
  int              flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  g_autofree char *escaped = NULL;
  g_autofree char *uri = NULL;

  if (way != WAY_QUIET)
    return sqlite3_open_v2 (file->real_path, db, flags, NULL);
  escaped = g_uri_escape_string (file->real_path, "/", FALSE);
  uri = g_strconcat ("file:", escaped, "?immutable=1", NULL);
  return sqlite3_open_v2 (uri, db, flags | SQLITE_OPEN_URI, NULL);
}

/* Begins to read, which holds the content as it is until the connection is closed. */
static int
begin_reading (Job     *job,
               sqlite3 *db)
{
  sqlite3_busy_handler (db, be_patient, job);
  sqlite3_extended_result_codes (db, 1);
  sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  return sqlite3_exec (db, "BEGIN; PRAGMA main.schema_version", NULL, NULL, NULL);
}

static guint64
ask_number (sqlite3    *db,
            const char *question)
{
  sqlite3_stmt *statement = NULL;
  guint64       number = 0;

  if (sqlite3_prepare_v2 (db, question, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    number = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return number;
}

/* The source is being read all the time, so that its content is the same from the first page to the
 * last, and no writer makes the copy begin again. */
static int
copy_pages (Job     *job,
            sqlite3 *from,
            sqlite3 *to)
{
  guint64         page_size = MAX (ask_number (from, "PRAGMA main.page_size"), 512);
  sqlite3_backup *backup = sqlite3_backup_init (to, "main", from, "main");
  int             code = SQLITE_OK;

  if (backup == NULL)
    return sqlite3_errcode (to);
  while (code == SQLITE_OK)
    code = g_cancellable_is_cancelled (job->cancellable)
               ? SQLITE_INTERRUPT
               : sqlite3_backup_step (backup, (int) (STEP_BYTES / page_size));
  sqlite3_backup_finish (backup);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int
write_bytes (int           fd,
             const guint8 *data,
             gsize         size,
             guint64       offset)
{
  while (size > 0)
    {
      ssize_t n = pwrite (fd, data, size, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_IOERR_WRITE;
      data += n;
      size -= (gsize) n;
      offset += (guint64) n;
    }
  return SQLITE_OK;
}

/* Returns: the source's file, if all that is in the database stands there and, as long as it is
 * being read, nobody may write to it: not so if it has a WAL */
static sqlite3_file *
get_plain_file (sqlite3 *from,
                Way      way)
{
  sqlite3_file *file = NULL;
  guint8        version = 0;

  if (sqlite3_file_control (from, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file == NULL || file->pMethods == NULL ||
      file->pMethods->xRead (file, &version, 1, READ_VERSION_OFFSET) != SQLITE_OK)
    return NULL;
  return version < READ_VERSION_WAL || way == WAY_QUIET ? file : NULL;
}

/* Byte for byte, in large pieces, and by SQLite's own descriptor: closing another one of the file
 * would drop the lock. */
static int
copy_file (Job          *job,
           sqlite3_file *file,
           guint64       size,
           int           fd)
{
  g_autofree guint8 *piece = g_malloc (READ_BYTES);

  for (guint64 offset = 0; offset < size;)
    {
      gsize n = (gsize) MIN (size - offset, READ_BYTES);
      int   code = SQLITE_INTERRUPT;

      if (!g_cancellable_is_cancelled (job->cancellable))
        code = file->pMethods->xRead (file, piece, (int) n, (sqlite3_int64) offset);
      if (code == SQLITE_OK)
        code = write_bytes (fd, piece, n, offset);
      /* shorter than its header says */
      if (code == SQLITE_IOERR_SHORT_READ)
        code = SQLITE_CORRUPT;
      if (code != SQLITE_OK)
        return code;
      offset += n;
    }
  return SQLITE_OK;
}

static int
write_copy (Job     *job,
            sqlite3 *from,
            Way      way,
            int      fd)
{
  sqlite3_file *file = get_plain_file (from, way);
  guint64       size = ask_number (from, "PRAGMA main.page_size") *
                 ask_number (from, "PRAGMA main.page_count");
  sqlite3 *to = NULL;
  int      code;

  /* a size that SQLite cannot tell is left to it to complain about */
  if (file != NULL && size > 0)
    return copy_file (job, file, size, fd);
  code = sr_fd_vfs_open (fd, SQLITE_OPEN_READWRITE, &to);
  if (code == SQLITE_OK)
    code = sqlite3_exec (to,
                         "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; "
                         "PRAGMA locking_mode = EXCLUSIVE",
                         NULL, NULL, NULL);
  if (code == SQLITE_OK)
    code = copy_pages (job, from, to);
  sqlite3_close (to);
  return code;
}

static void
set_failure (Job     *job,
             int      code,
             sqlite3 *db,
             GError **error)
{
  g_autofree char *shown = NULL;

  if (sr_check_cancelled (job->cancellable, error))
    return;
  sr_sqlite_set_error (error, code, db, job->file.path);
  if ((code & 0xff) != SQLITE_FULL)
    return;
  shown = g_filename_display_name (job->dir);
  g_prefix_error (error, "The folder for temporary files “%s” is full: ", shown);
}

static gboolean
is_still_there (const SrSqliteFile *file)
{
  struct stat now;

  return stat (file->real_path, &now) == 0 && now.st_ino == file->status.st_ino &&
         now.st_dev == file->status.st_dev;
}

static Result
copy_with_sqlite (Job     *job,
                  Way      way,
                  int      fd,
                  GError **error)
{
  sqlite3 *db = NULL;
  int      code = open_source (&job->file, way, &db);
  Result   result = RESULT_FAILED;

  if (code == SQLITE_OK)
    code = begin_reading (job, db);
  if (code == SQLITE_READONLY_ROLLBACK || (code == SQLITE_OK && !is_still_there (&job->file)))
    result = RESULT_OTHER_WAY;
  else if (code == SQLITE_OK)
    {
      code = write_copy (job, db, way, fd);
      result = code == SQLITE_OK ? RESULT_DONE : RESULT_FAILED;
    }
  /* words about the copy do not stand in the source's connection */
  if (result == RESULT_FAILED)
    set_failure (job, code, db, error);
  sqlite3_close (db);
  if (way == WAY_QUIET && !sr_sqlite_file_is_untouched (&job->file) &&
      !g_cancellable_is_cancelled (job->cancellable))
    {
      g_clear_error (error);
      return RESULT_OTHER_WAY;
    }
  if (code == SQLITE_READONLY_ROLLBACK)
    job->file.wal_mode = FALSE;
  return result;
}

static int
rescue (Job     *job,
        GError **error)
{
  int fd = sr_sqlite_rescue (&job->file, job->dir, job->cancellable, error);

  if (fd >= 0 && job->file.wal_mode && !sr_sqlite_file_is_untouched (&job->file))
    {
      g_autofree char *shown = g_filename_display_name (job->file.path);

      close (fd);
      g_set_error (error, SR_ERROR, SR_ERROR_LOCKED,
                   "Database “%s” came into use while it was copied; try again later", shown);
      return -1;
    }
  return fd;
}

/* Returns: a descriptor of the copy, or -1 with @error set */
static int
copy_once (Job     *job,
           guint    attempt,
           Result  *result,
           GError **error)
{
  g_autoptr (GError) reason = NULL;
  Way                way = choose_way (&job->file, attempt);
  int                fd;

  *result = RESULT_FAILED;
  if (way == WAY_RESCUE)
    return rescue (job, error);
  fd = sr_temp_file_open (job->dir, error);
  if (fd < 0)
    return -1;
  *result = copy_with_sqlite (job, way, fd, error);
  if (*result == RESULT_DONE)
    return fd;
  close (fd);
  /* a journal that a crash left: SQLite may not roll it back in the source */
  if (*result != RESULT_OTHER_WAY || way != WAY_LOCKED || !is_still_there (&job->file))
    return -1;
  fd = rescue (job, &reason);
  if (fd >= 0)
    return fd;
  /* unless its own program has done that meanwhile */
  if (sr_error_is (reason, SR_ERROR_NOT_FOUND))
    return -1;
  *result = RESULT_FAILED;
  g_propagate_error (error, g_steal_pointer (&reason));
  return -1;
}

static gboolean
choose_dir (Job        *job,
            const char *temp_dir,
            char      **beside,
            GError    **error)
{
  const char *dirs[3] = { temp_dir, NULL, NULL };

  *beside = g_path_get_dirname (job->file.real_path);
  if (temp_dir == NULL)
    {
      dirs[0] = *beside;
      dirs[1] = g_get_tmp_dir ();
    }
  job->dir = sr_temp_file_choose_dir (dirs, (guint64) job->file.status.st_size + job->file.wal_size,
                                      error);
  return job->dir != NULL;
}

static int
make_copy (Job        *job,
           const char *path,
           const char *temp_dir,
           GError    **error)
{
  for (guint attempt = 0; attempt <= QUIET_ATTEMPTS; attempt++)
    {
      g_autofree char *beside = NULL;
      Result           result = RESULT_FAILED;
      int              fd = -1;

      sr_sqlite_file_clear (&job->file);
      if (sr_check_cancelled (job->cancellable, error) ||
          !sr_sqlite_file_inspect (&job->file, path, error) ||
          !choose_dir (job, temp_dir, &beside, error))
        return -1;
      fd = copy_once (job, attempt, &result, error);
      if (fd >= 0 || result != RESULT_OTHER_WAY)
        return fd;
    }
  g_set_error (error, SR_ERROR, SR_ERROR_LOCKED,
               "Database “%s” is replaced again and again while it is copied; try again later",
               path);
  return -1;
}

static gpointer
check_in_thread (gpointer data)
{
  SrSqliteCopy *self = data;

  sr_sqlite_check (self->fd, self->path, self->stop, &self->complaint);
  return NULL;
}

static void
stop_checker (GCancellable *cancellable,
              gpointer      stop)
{
  g_cancellable_cancel (stop);
}

/* Takes @fd. The check needs as long as the caller needs to store the copy; both are done at once.
 */
static SrSqliteCopy *
copy_take_fd (int           fd,
              guint64       size,
              const char   *path,
              GCancellable *cancellable)
{
  SrSqliteCopy *self = g_new0 (SrSqliteCopy, 1);

  self->fd = fd;
  self->size = size;
  self->path = g_strdup (path);
  self->stop = g_cancellable_new ();
  if (cancellable != NULL)
    {
      self->cancellable = g_object_ref (cancellable);
      self->cancellable_id = g_cancellable_connect (cancellable, G_CALLBACK (stop_checker),
                                                    g_object_ref (self->stop), g_object_unref);
    }
  self->checker = g_thread_new ("sqlite-check", check_in_thread, self);
  return self;
}

SrSqliteCopy *
sr_sqlite_copy_new (const char   *path,
                    const char   *temp_dir,
                    GCancellable *cancellable,
                    GError      **error)
{
  Job         job = { .cancellable = cancellable };
  int         fd = make_copy (&job, path, temp_dir, error);
  struct stat status;

  sr_sqlite_file_clear (&job.file);
  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) != 0 || lseek (fd, 0, SEEK_SET) != 0)
    {
      int              errnum = errno;
      g_autofree char *shown = g_filename_display_name (path);

      close (fd);
      sr_set_error_errno (error, errnum, "Reading the copy of the database “%s”", shown);
      return NULL;
    }
  return copy_take_fd (fd, (guint64) status.st_size, path, cancellable);
}

gboolean
sr_sqlite_copy_finish (SrSqliteCopy *self,
                       GError      **error)
{
  if (self->checker != NULL)
    g_thread_join (g_steal_pointer (&self->checker));
  if (self->complaint == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->complaint);
  return FALSE;
}

void
sr_sqlite_copy_free (SrSqliteCopy *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->stop);
  sr_sqlite_copy_finish (self, NULL);
  if (self->cancellable != NULL)
    g_cancellable_disconnect (self->cancellable, self->cancellable_id);
  g_clear_object (&self->cancellable);
  g_object_unref (self->stop);
  g_clear_error (&self->complaint);
  close (self->fd);
  g_free (self->path);
  g_free (self);
}

int
sr_sqlite_copy_get_fd (SrSqliteCopy *self)
{
  return self->fd;
}

guint64
sr_sqlite_copy_get_size (SrSqliteCopy *self)
{
  return self->size;
}

/* Reads the schema, so that more than the first page is looked at. */
static int
count_tables (Job     *job,
              sqlite3 *db,
              guint64 *n_tables)
{
  sqlite3_stmt *statement = NULL;
  int           code = begin_reading (job, db);

  if (code == SQLITE_OK)
    code = sqlite3_prepare_v2 (db, "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table'",
                               -1, &statement, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_step (statement) == SQLITE_ROW ? SQLITE_OK : sqlite3_errcode (db);
  if (code == SQLITE_OK)
    *n_tables = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return code;
}

gboolean
sr_sqlite_probe (const char   *path,
                 guint64      *n_tables,
                 GCancellable *cancellable,
                 GError      **error)
{
  Job      job = { .cancellable = cancellable, .dir = "." };
  sqlite3 *db = NULL;
  Way      way;
  int      code;

  *n_tables = 0;
  if (!sr_sqlite_file_inspect (&job.file, path, error))
    return FALSE;
  way = choose_way (&job.file, 0);
  code = open_source (&job.file, way, &db);
  if (code == SQLITE_OK && way != WAY_RESCUE)
    code = count_tables (&job, db, n_tables);
  /* A journal that a crash left: a copy of both will be put in order. */
  if (code == SQLITE_READONLY_ROLLBACK)
    code = SQLITE_OK;
  if (code != SQLITE_OK)
    set_failure (&job, code, db, error);
  sqlite3_close (db);
  sr_sqlite_file_clear (&job.file);
  return code == SQLITE_OK;
}
