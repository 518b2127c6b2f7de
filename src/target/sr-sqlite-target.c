/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-sqlite-target.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "record/sr-sqlite-check.h"
#include "record/sr-sqlite-error.h"
#include "target/sr-file-holders.h"
#include "target/sr-sqlite-hold.h"
#include "target/sr-sqlite-loader.h"
#include "target/sr-sqlite-place.h"
#include "base/sr-words.h"

#define STEP_SIZE   ((gsize) 256 * 1024)
#define SPARE_BYTES (G_GUINT64_CONSTANT (64) << 20)

struct _SrSqliteTarget
{
  SrTarget parent_instance;

  char         *path; /* as it was given */
  SrSqlitePlace place;
  SrSqliteHold *hold; /* (nullable): of what stands there */

  int             stage_fd;
  SrSqliteLoader *loader;   /* (nullable): when records come */
  char           *put_name; /* (nullable): of the file that came */
  SrId            digest;   /* of it */
  guint64         size;
  gboolean        with_journal; /* a -wal or -journal came too */
  gboolean        verified;
  gboolean        swapped;
};

G_DEFINE_FINAL_TYPE (SrSqliteTarget, sr_sqlite_target, SR_TYPE_TARGET)

static gboolean
hold (SrSqliteTarget *self,
      GError        **error)
{
  if (self->hold != NULL || !self->place.had_old)
    return TRUE;
  if (!sr_target_step (SR_TARGET (self), "lock", error))
    return FALSE;
  self->hold = sr_sqlite_hold_new (self->place.full_path, error);
  return self->hold != NULL;
}

static void
check_space (SrSqliteTarget     *self,
             const SrTargetPlan *plan,
             SrPreflight        *result)
{
  guint64          needed = plan->expected_bytes;
  g_autofree char *needed_text = NULL;
  g_autofree char *found = NULL;
  struct statvfs   info;
  guint64          available;

  if (plan->n_tables > 0 && self->place.had_old)
    needed += (guint64) self->place.old.st_size;
  if (fstatvfs (self->place.dir_fd, &info) != 0)
    {
      sr_preflight_add (result, "Space", TRUE, TRUE, "The free space cannot be asked for: %s.",
                        g_strerror (errno));
      return;
    }
  available = (guint64) info.f_bavail * info.f_frsize;
  needed_text = sr_size_text (needed);
  found = sr_size_text (available);
  sr_preflight_add (result, "Space", available >= needed + SPARE_BYTES, FALSE,
                    "About %s come beside what is there, %s are free.", needed_text, found);
}

/* Returns: records of a table, -1 if there is none, -2 if it cannot be told */
static gint64
count_table (sqlite3    *db,
             const char *name)
{
  sqlite3_stmt *statement = NULL;
  char         *sql;
  gint64        count = -2;
  gboolean      exists;

  if (sqlite3_prepare_v2 (db, "SELECT 1 FROM sqlite_master WHERE name = ?1 COLLATE NOCASE", -1,
                          &statement, NULL) != SQLITE_OK)
    return -2;
  sqlite3_bind_text (statement, 1, name, -1, SQLITE_TRANSIENT);
  exists = sqlite3_step (statement) == SQLITE_ROW;
  sqlite3_finalize (statement);
  if (!exists)
    return -1;
  sql = sqlite3_mprintf ("SELECT count(*) FROM \"%w\"", name);
  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    count = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_free (sql);
  return count;
}

static void
check_tables (SrSqliteTarget     *self,
              const SrTargetPlan *plan,
              SrPreflight        *result)
{
  sqlite3 *db = NULL;
  gboolean open = sqlite3_open_v2 (self->place.full_path, &db, SQLITE_OPEN_READONLY, NULL) ==
                  SQLITE_OK;

  for (guint i = 0; i < plan->n_tables; i++)
    {
      const SrTargetTable *table = &plan->tables[i];
      const char          *name = table->table != NULL ? table->table : table->collection->name;
      gint64               count = open ? count_table (db, name) : -2;
      g_autofree char     *records = NULL;

      if (count == -2)
        {
          sr_preflight_add (result, "Existing data", FALSE, FALSE,
                            "The tables of the database cannot be counted: %s.",
                            db != NULL ? sqlite3_errmsg (db) : "it cannot be opened");
          break;
        }
      if (count < 0)
        continue;
      records = sr_counted ((guint64) count, "record", "records");
      sr_preflight_add (result, "Existing data", plan->replace, count > 0,
                        "Table “%s” holds %s%s", name, records,
                        plan->replace ? "; they are replaced."
                                      : "; it must be allowed that they are replaced.");
      if (plan->replace)
        sr_preflight_add_loss (result, name, (guint64) count, -1);
    }
  sqlite3_close (db);
}

static void
check_file (SrSqliteTarget     *self,
            const SrTargetPlan *plan,
            SrPreflight        *result)
{
  g_autofree char *shown = g_filename_display_name (self->place.full_path);
  g_autofree char *size =
      sr_size_text ((guint64) self->place.old.st_size);

  sr_preflight_add (result, "Existing data", plan->replace, TRUE,
                    "The database “%s” (%s) is there%s", shown, size,
                    plan->replace ? "; it is replaced whole."
                                  : "; it must be allowed that it is replaced.");
  if (plan->replace)
    sr_preflight_add_file_loss (result, shown, (guint64) self->place.old.st_size, -1);
}

static void
check_use (SrSqliteTarget *self,
           SrPreflight    *result)
{
  g_autofree char *holder = sr_file_find_holder (self->place.full_path);

  if (holder != NULL)
    sr_preflight_add (result, "In use", FALSE, FALSE, "%s has the database open; stop it first.",
                      holder);
  else
    sr_preflight_add (result, "In use", TRUE, FALSE,
                      "No other program is seen to have it open; it is locked before it is "
                      "replaced.");
  if (geteuid () != 0 && self->place.old.st_uid != geteuid ())
    sr_preflight_add (result, "Owner", FALSE, FALSE,
                      "The database belongs to another user, whom a new file cannot be given to; "
                      "run as that user.");
}

static gboolean
sr_sqlite_target_preflight (SrTarget           *target,
                            const SrTargetPlan *plan,
                            SrPreflight        *result,
                            GCancellable       *cancellable,
                            GError            **error)
{
  SrSqliteTarget       *self = SR_SQLITE_TARGET (target);
  g_autoptr (GPtrArray) leftovers = NULL;
  g_autoptr (GError)    problem = NULL;
  g_autofree char      *shown = NULL;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (!sr_sqlite_place_find (&self->place, self->path, &problem))
    {
      sr_preflight_add (result, "File", FALSE, FALSE, "%s.", problem->message);
      return TRUE;
    }
  shown = g_filename_display_name (self->place.full_path);
  if (faccessat (self->place.dir_fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
    sr_preflight_add (result, "File", TRUE, FALSE,
                      self->place.had_old ? "“%s” is there." : "“%s” is not there yet and is made.",
                      shown);
  else
    sr_preflight_add (result, "File", FALSE, FALSE, "A file cannot be made beside “%s”: %s.", shown,
                      g_strerror (errno));
  check_space (self, plan, result);
  leftovers = sr_sqlite_place_find_leftovers (&self->place);
  sr_preflight_add_leftovers (result, leftovers);
  if (!self->place.had_old)
    return TRUE;
  check_use (self, result);
  if (plan->n_tables > 0)
    check_tables (self, plan, result);
  else
    check_file (self, plan, result);
  return TRUE;
}

typedef struct
{
  GOutputStream *stream;
  guint64        written;
  GCancellable  *cancellable;
} Saving;

static gboolean
save_piece (gconstpointer data,
            gsize         size,
            gpointer      user_data,
            GError      **error)
{
  Saving *saving = user_data;

  saving->written += size;
  return g_output_stream_write_all (saving->stream, data, size, NULL, saving->cancellable, error);
}

static gboolean
sr_sqlite_target_back_up (SrTarget      *target,
                          GOutputStream *stream,
                          guint64       *written,
                          GCancellable  *cancellable,
                          GError       **error)
{
  SrSqliteTarget *self = SR_SQLITE_TARGET (target);
  Saving          saving = { stream, 0, cancellable };

  *written = 0;
  if (!sr_sqlite_place_find (&self->place, self->path, error) || !hold (self, error))
    return FALSE;
  if (self->hold == NULL)
    return TRUE;
  if (!sr_sqlite_hold_read (self->hold, save_piece, &saving, cancellable, error))
    return FALSE;
  *written = saving.written;
  return TRUE;
}

static const char *
sr_sqlite_target_get_back_up_suffix (SrTarget *target)
{
  return ".db";
}

static gboolean
copy_piece (gconstpointer data,
            gsize         size,
            gpointer      user_data,
            GError      **error)
{
  int *fd = user_data;

  return sr_write_all (*fd, data, size, error);
}

static gboolean
begin_records (SrSqliteTarget     *self,
               const SrTargetPlan *plan,
               GCancellable       *cancellable,
               GError            **error)
{
  if (self->hold != NULL && sr_sqlite_hold_is_damaged (self->hold))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "“%s” is damaged or no SQLite database; records cannot go into it",
                   self->place.full_path);
      return FALSE;
    }
  if (self->hold != NULL &&
      !sr_sqlite_hold_read (self->hold, copy_piece, &self->stage_fd, cancellable, error))
    return FALSE;
  self->loader = sr_sqlite_loader_new (self->stage_fd, plan, error);
  return self->loader != NULL;
}

static gboolean
sr_sqlite_target_begin (SrTarget           *target,
                        const SrTargetPlan *plan,
                        GCancellable       *cancellable,
                        GError            **error)
{
  SrSqliteTarget *self = SR_SQLITE_TARGET (target);

  if (self->place.stage != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                   "A restore into this database has begun already");
      return FALSE;
    }
  if (!sr_sqlite_place_find (&self->place, self->path, error))
    return FALSE;
  if (self->place.had_old && !plan->replace && plan->n_tables == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                   "“%s” exists; have it replaced, or choose another file", self->place.full_path);
      return FALSE;
    }
  if (!hold (self, error) || !sr_target_step (target, "make-stage", error))
    return FALSE;
  self->verified = FALSE;
  self->stage_fd = sr_sqlite_place_make_stage (&self->place, error);
  return self->stage_fd >= 0 &&
         (plan->n_tables == 0 || begin_records (self, plan, cancellable, error));
}

static gboolean
sr_sqlite_target_begin_collection (SrTarget           *target,
                                   const SrCollection *collection,
                                   GCancellable       *cancellable,
                                   GError            **error)
{
  SrSqliteTarget *self = SR_SQLITE_TARGET (target);

  if (self->loader != NULL)
    return sr_target_step (target, "fill-stage", error) &&
           sr_sqlite_loader_begin (self->loader, collection, error);
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "No restore of records has begun");
  return FALSE;
}

static gboolean
sr_sqlite_target_put_record (SrTarget       *target,
                             const SrRecord *record,
                             GCancellable   *cancellable,
                             GError        **error)
{
  SrSqliteTarget *self = SR_SQLITE_TARGET (target);

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (self->loader != NULL)
    return sr_sqlite_loader_put (self->loader, record, error);
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "No restore of records has begun");
  return FALSE;
}

static gboolean
copy_stream (SrSqliteTarget *self,
             int             fd,
             GInputStream   *content,
             SrId           *digest,
             guint64        *size,
             GCancellable   *cancellable,
             GError        **error)
{
  g_autoptr (SrDigest) sha = sr_digest_new ();
  g_autofree guint8   *buffer = g_malloc (STEP_SIZE);
  gssize               n;

  *size = 0;
  while ((n = g_input_stream_read (content, buffer, STEP_SIZE, cancellable, error)) > 0)
    {
      if (!sr_write_all (fd, buffer, (gsize) n, error))
        return FALSE;
      sr_digest_update (sha, buffer, (gsize) n);
      *size += (guint64) n;
    }
  sr_digest_finish (sha, digest);
  return n == 0;
}

/* A database's -wal or -journal belongs to it; its -shm is made anew. */
static const char *
ending_of (const char *name)
{
  static const char *const known[] = { "-wal", "-journal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_has_suffix (name, known[i]) && strlen (name) > strlen (known[i]))
      return known[i];
  return NULL;
}

static gboolean
put_beside (SrSqliteTarget *self,
            const char     *ending,
            GInputStream   *content,
            GCancellable   *cancellable,
            GError        **error)
{
  SrId     digest;
  guint64  size;
  int      fd;
  gboolean done;

  if (strcmp (ending, "-shm") == 0)
    return TRUE;
  fd = sr_sqlite_place_make_beside (&self->place, ending, error);
  if (fd < 0)
    return FALSE;
  done = copy_stream (self, fd, content, &digest, &size, cancellable, error);
  close (fd);
  self->with_journal |= size > 0;
  return done;
}

static gboolean
sr_sqlite_target_put_file (SrTarget               *target,
                           const SrContainerEntry *entry,
                           GInputStream           *content,
                           GCancellable           *cancellable,
                           GError                **error)
{
  SrSqliteTarget  *self = SR_SQLITE_TARGET (target);
  g_autofree char *shown = g_filename_display_name (entry->name);
  const char      *ending = ending_of (entry->name);

  if (entry->type == SR_ENTRY_DIR)
    return TRUE;
  if (self->stage_fd < 0 || self->loader != NULL || self->swapped || content == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "No restore of a database file has begun");
      return FALSE;
    }
  if (!sr_target_step (target, "write-stage", error))
    return FALSE;
  self->verified = FALSE;
  if (ending != NULL)
    return put_beside (self, ending, content, cancellable, error);
  if (self->put_name != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "“%s” and “%s” cannot both become one database; choose one", self->put_name,
                   shown);
      return FALSE;
    }
  self->put_name = g_steal_pointer (&shown);
  if (copy_stream (self, self->stage_fd, content, &self->digest, &self->size, cancellable, error))
    return TRUE;
  g_prefix_error (error, "File “%s”: ", self->put_name);
  return FALSE;
}

/* Has SQLite bring what came in a journal into the file. */
static gboolean
take_in_journal (SrSqliteTarget *self,
                 GError        **error)
{
  g_autofree char *folder = g_path_get_dirname (self->place.full_path);
  g_autofree char *path = g_build_filename (folder, self->place.stage, NULL);
  sqlite3         *db = NULL;
  int              code = sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_exec (db, "PRAGMA locking_mode = EXCLUSIVE; SELECT count(*) FROM sqlite_master;"
                             "PRAGMA wal_checkpoint(TRUNCATE)",
                         NULL, NULL, NULL);
  if (code != SQLITE_OK)
    sr_sqlite_set_error (error, code, db, self->put_name);
  sqlite3_close (db);
  return code == SQLITE_OK;
}

static gboolean
read_again (SrSqliteTarget *self,
            GError        **error)
{
  g_autoptr (SrDigest) sha = sr_digest_new ();
  g_autofree guint8   *buffer = g_malloc (STEP_SIZE);
  guint64              size = 0;
  SrId                 digest;
  gssize               n;

  (void) posix_fadvise (self->stage_fd, 0, 0, POSIX_FADV_DONTNEED);
  while ((n = pread (self->stage_fd, buffer, STEP_SIZE, (off_t) size)) > 0)
    {
      sr_digest_update (sha, buffer, (gsize) n);
      size += (guint64) n;
    }
  sr_digest_finish (sha, &digest);
  if (n < 0)
    {
      sr_set_error_errno (error, errno, "Reading the stage of the database again");
      return FALSE;
    }
  if (size == self->size && memcmp (&digest, &self->digest, sizeof digest) == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The database reads otherwise than it was written; the disk or another program "
               "changed it");
  return FALSE;
}

static GPtrArray *
verify_file (SrSqliteTarget *self,
             GError        **error)
{
  g_autoptr (GPtrArray) counts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sr_target_count_free);
  guint  page_size;
  guint8 head[100];
  gssize n = pread (self->stage_fd, head, sizeof head, 0);

  if (self->put_name == NULL || n < 0 || !sr_sqlite_is_database (head, (gsize) n))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "%s%s",
                   self->put_name != NULL ? self->put_name : "What was chosen",
                   self->put_name != NULL ? " is no SQLite database"
                                          : " holds no file that could become the database");
      return NULL;
    }
  /* SQLite takes what is missing of the last page for zeros. */
  page_size = (guint) head[16] << 8 | head[17];
  if (self->size % (page_size == 1 ? 65536 : page_size) != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "%s ends within a page, so that some of the database is missing",
                   self->put_name);
      return NULL;
    }
  if (!read_again (self, error) ||
      (self->with_journal && !take_in_journal (self, error)))
    return NULL;
  g_ptr_array_add (counts, sr_target_count_new (self->put_name, 1, 1, 0));
  return g_steal_pointer (&counts);
}

static GPtrArray *
sr_sqlite_target_verify (SrTarget     *target,
                         GCancellable *cancellable,
                         GError      **error)
{
  SrSqliteTarget       *self = SR_SQLITE_TARGET (target);
  g_autoptr (GPtrArray) counts = NULL;

  if (self->stage_fd < 0 || self->swapped)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "The restore has not begun");
      return NULL;
    }
  if (!sr_target_step (target, "finish-stage", error))
    return NULL;
  counts = self->loader != NULL ? sr_sqlite_loader_finish (self->loader, cancellable, error)
                                : verify_file (self, error);
  g_clear_pointer (&self->loader, sr_sqlite_loader_free);
  if (counts == NULL || !sr_target_step (target, "sync-stage", error) ||
      !sr_sqlite_place_copy_owner (&self->place, self->stage_fd, error))
    return NULL;
  if (fsync (self->stage_fd) != 0)
    {
      sr_set_error_errno (error, errno, "Writing the stage of the database to the disk");
      return NULL;
    }
  if (!sr_sqlite_check (self->stage_fd, self->put_name, cancellable, error))
    return NULL;
  self->verified = TRUE;
  return g_steal_pointer (&counts);
}

static void
close_stage (SrSqliteTarget *self)
{
  g_clear_pointer (&self->loader, sr_sqlite_loader_free);
  if (self->stage_fd >= 0)
    close (self->stage_fd);
  self->stage_fd = -1;
}

static gboolean
sr_sqlite_target_swap (SrTarget     *target,
                       GCancellable *cancellable,
                       GError      **error)
{
  SrSqliteTarget *self = SR_SQLITE_TARGET (target);

  if (!self->verified || self->swapped)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "What was staged has not been verified, so that it is not put into place");
      return FALSE;
    }
  if (sr_check_cancelled (cancellable, error) ||
      !sr_sqlite_place_exchange (&self->place,
                                 self->hold == NULL || sr_sqlite_hold_is_damaged (self->hold),
                                 error))
    return FALSE;
  self->swapped = TRUE;
  g_clear_pointer (&self->hold, sr_sqlite_hold_free);
  /* Closed later it would drop the lock that undoing takes on it. */
  close_stage (self);
  return TRUE;
}

static gboolean
sr_sqlite_target_undo (SrTarget *target,
                       GError  **error)
{
  SrSqliteTarget          *self = SR_SQLITE_TARGET (target);
  g_autoptr (SrSqliteHold) now = NULL;

  if (!self->swapped || self->place.stage == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   self->swapped ? "What stood there before was discarded"
                                 : "The database has not been replaced");
      return FALSE;
    }
  now = sr_sqlite_hold_new (self->place.full_path, error);
  if (now == NULL || !sr_sqlite_place_exchange_back (&self->place, error))
    return FALSE;
  self->swapped = FALSE;
  self->verified = FALSE;
  return TRUE;
}

static gboolean
sr_sqlite_target_discard (SrTarget *target,
                          GError  **error)
{
  SrSqliteTarget *self = SR_SQLITE_TARGET (target);

  close_stage (self);
  g_clear_pointer (&self->hold, sr_sqlite_hold_free);
  g_clear_pointer (&self->put_name, g_free);
  self->with_journal = FALSE;
  return sr_sqlite_place_remove_stage (&self->place, error);
}

static void
sr_sqlite_target_finalize (GObject *object)
{
  SrSqliteTarget *self = SR_SQLITE_TARGET (object);

  /* What never came into place goes; what it replaced is left if nobody said that it may go. */
  sr_target_set_fault_func (SR_TARGET (self), NULL, NULL);
  close_stage (self);
  g_clear_pointer (&self->hold, sr_sqlite_hold_free);
  if (!self->swapped)
    (void) sr_sqlite_place_remove_stage (&self->place, NULL);
  sr_sqlite_place_clear (&self->place);
  g_free (self->put_name);
  g_free (self->path);
  G_OBJECT_CLASS (sr_sqlite_target_parent_class)->finalize (object);
}

static void
sr_sqlite_target_class_init (SrSqliteTargetClass *class)
{
  SrTargetClass *target_class = SR_TARGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_sqlite_target_finalize;
  target_class->preflight = sr_sqlite_target_preflight;
  target_class->back_up = sr_sqlite_target_back_up;
  target_class->begin = sr_sqlite_target_begin;
  target_class->begin_collection = sr_sqlite_target_begin_collection;
  target_class->put_record = sr_sqlite_target_put_record;
  target_class->put_file = sr_sqlite_target_put_file;
  target_class->verify = sr_sqlite_target_verify;
  target_class->swap = sr_sqlite_target_swap;
  target_class->undo = sr_sqlite_target_undo;
  target_class->discard = sr_sqlite_target_discard;
  target_class->get_back_up_suffix = sr_sqlite_target_get_back_up_suffix;
}

static void
sr_sqlite_target_init (SrSqliteTarget *self)
{
  self->stage_fd = -1;
  sr_sqlite_place_init (&self->place, SR_TARGET (self));
}

SrTarget *
sr_sqlite_target_new (const char *path)
{
  SrSqliteTarget *self = g_object_new (SR_TYPE_SQLITE_TARGET, NULL);

  self->path = g_strdup (path);
  return SR_TARGET (self);
}
