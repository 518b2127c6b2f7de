/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-engine.h"

#include "archive/sr-backup-file.h"
#include "job/sr-job-backup.h"
#include "job/sr-job-queue.h"
#include "job/sr-vault.h"
#include "sr-test-job.h"
#include "sr-test-repo.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"
#include "target/sr-target.h"

#include <glib/gstdio.h>
#include <stdatomic.h>

#define BIG_SIZE ((gsize) 3 * 1024 * 1024)

static _Atomic (GThread *) forbidden;
static atomic_uint         n_calls;
static _Atomic (SrJob *)   to_cancel;
static atomic_uint         cancel_at;

static struct
{
  GMutex          lock;
  SrKeyringResult result;
  char           *password;
  SrSecret       *stored;
} keyring = { .result = SR_KEYRING_NONE };

static void
pass (const char *name)
{
  guint number = atomic_fetch_add (&n_calls, 1) + 1;

  if (g_thread_self () == atomic_load (&forbidden))
    g_error ("%s was called on the main thread", name);
  if (number == atomic_load (&cancel_at))
    sr_job_cancel (atomic_load (&to_cancel));
}

void
sr_test_engine_forbid_here (gboolean forbid)
{
  atomic_store (&forbidden, forbid ? g_thread_self () : NULL);
}

guint
sr_test_engine_get_n_calls (void)
{
  return atomic_load (&n_calls);
}

void
sr_test_engine_cancel_at (SrJob *job,
                          guint  n)
{
  atomic_store (&to_cancel, job);
  atomic_store (&cancel_at, n == 0 ? 0 : atomic_load (&n_calls) + n);
}

/* --- calls
 * -------------------------------------------------------------------------------------- */

#define WRAP(type, name, parameters, arguments) \
  type __real_##name parameters;                \
  type __wrap_##name parameters;                \
  type __wrap_##name parameters                 \
  {                                             \
    pass (#name);                               \
    return __real_##name arguments;             \
  }

WRAP (SrStorage *, sr_storage_open, (const char *location, GError **error), (location, error))
WRAP (gboolean,
      sr_storage_list,
      (SrStorage * self,
       SrFileType        type,
       SrStorageListFunc func,
       gpointer          data,
       GCancellable     *cancellable,
       GError          **error),
      (self, type, func, data, cancellable, error))
WRAP (GBytes *,
      sr_repo_load_unpacked,
      (SrRepo * self, SrFileType type, const SrId *id, GCancellable *cancellable, GError **error),
      (self, type, id, cancellable, error))
WRAP (gboolean,
      sr_repo_save_unpacked,
      (SrRepo * self,
       SrFileType    type,
       gconstpointer json,
       gsize         size,
       SrId         *id,
       GCancellable *cancellable,
       GError      **error),
      (self, type, json, size, id, cancellable, error))
WRAP (GBytes *,
      sr_repo_load_blob,
      (SrRepo * self,
       SrBlobCodec  *codec,
       SrBlobType    type,
       const SrId   *id,
       GCancellable *cancellable,
       GError      **error),
      (self, codec, type, id, cancellable, error))
WRAP (SrBackupFile *,
      sr_backup_file_open,
      (const char                *path,
       const SrBackupFileOptions *options,
       GCancellable              *cancellable,
       GError                   **error),
      (path, options, cancellable, error))
WRAP (SrVerdict *,
      sr_backup_file_judge,
      (SrBackupFile * self,
       const SrJudgeOptions *options,
       SrProgress           *progress,
       GCancellable         *cancellable,
       GError              **error),
      (self, options, progress, cancellable, error))
WRAP (SrTarget *,
      sr_target_open,
      (const char *location, SrSecret *password, GError **error),
      (location, password, error))
WRAP (gboolean,
      sr_target_swap,
      (SrTarget * self, GCancellable *cancellable, GError **error),
      (self, cancellable, error))
WRAP (gboolean, sr_target_undo, (SrTarget * self, GError **error), (self, error))
WRAP (gboolean, sr_target_discard, (SrTarget * self, GError **error), (self, error))
WRAP (gboolean,
      sr_history_begin,
      (SrHistory * self, SrRun *run, GError **error),
      (self, run, error))
WRAP (gboolean,
      sr_history_finish,
      (SrHistory * self,
       SrRun      *run,
       SrVerdict  *verdict,
       JsonObject *counts,
       const char *log,
       GError    **error),
      (self, run, verdict, counts, log, error))

/* --- the keyring
 * -------------------------------------------------------------------------------- */

SrKeyringResult __wrap_sr_keyring_lookup (SrKeyringKind kind,
                                          const char   *name,
                                          gboolean      may_ask,
                                          SrSecret    **password,
                                          GCancellable *cancellable,
                                          GError      **error);
SrKeyringResult __wrap_sr_keyring_store (SrKeyringKind kind,
                                         const char   *name,
                                         const char   *label,
                                         SrSecret     *password,
                                         GCancellable *cancellable,
                                         GError      **error);

static SrKeyringResult
answer (GError **error)
{
  if (keyring.result == SR_KEYRING_LOCKED || keyring.result == SR_KEYRING_DISMISSED)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_LOCKED, "The keyring is locked");
  else if (keyring.result > SR_KEYRING_NONE)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "There is no keyring");
  return keyring.result;
}

SrKeyringResult
__wrap_sr_keyring_lookup (SrKeyringKind kind,
                          const char   *name,
                          gboolean      may_ask,
                          SrSecret    **password,
                          GCancellable *cancellable,
                          GError      **error)
{
  SrKeyringResult result;

  pass ("sr_keyring_lookup");
  *password = NULL;
  g_mutex_lock (&keyring.lock);
  result = answer (error);
  if (result == SR_KEYRING_DONE)
    *password = sr_secret_new_from (keyring.password, strlen (keyring.password));
  g_mutex_unlock (&keyring.lock);
  return result;
}

SrKeyringResult
__wrap_sr_keyring_store (SrKeyringKind kind,
                         const char   *name,
                         const char   *label,
                         SrSecret     *password,
                         GCancellable *cancellable,
                         GError      **error)
{
  pass ("sr_keyring_store");
  g_mutex_lock (&keyring.lock);
  g_clear_pointer (&keyring.stored, sr_secret_unref);
  keyring.stored = sr_secret_ref (password);
  g_mutex_unlock (&keyring.lock);
  return SR_KEYRING_DONE;
}

void
sr_test_engine_set_keyring (SrKeyringResult result,
                            const char     *password)
{
  g_mutex_lock (&keyring.lock);
  keyring.result = result;
  g_free (keyring.password);
  keyring.password = g_strdup (password);
  g_clear_pointer (&keyring.stored, sr_secret_unref);
  g_mutex_unlock (&keyring.lock);
}

SrSecret *
sr_test_engine_get_stored (void)
{
  return keyring.stored;
}

/* --- the shop
 * ----------------------------------------------------------------------------------- */

void
sr_test_shop_set_up (SrTestShop   *self,
                     gconstpointer data)
{
  g_autoptr (SrStorage) storage = NULL;
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (GError)    error = NULL;

  self->dir = sr_test_mkdir ();
  self->files = g_build_filename (self->dir, "files", NULL);
  self->database = g_build_filename (self->dir, "shop.db", NULL);
  self->vault = g_build_filename (self->dir, "vault", NULL);
  sr_test_write_file (self->files, "a.txt", "alpha", 5);
  sr_test_write_file (self->files, "sub/b.txt", "bravo", 5);
  sr_test_write_file (self->files, "sub/c.log", "charlie", 7);
  sr_test_sqlite_run (self->database,
                      "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);"
                      "INSERT INTO customers VALUES (1, 'Ann'), (2, 'Bea'), (3, 'Cem');"
                      "CREATE TABLE invoices (id INTEGER PRIMARY KEY, total REAL);"
                      "INSERT INTO invoices VALUES (1, 9.5), (2, 12);");
  storage = sr_storage_open (self->vault, &error);
  g_assert_no_error (error);
  repo = sr_test_repo_create (storage);
  self->site = sr_site_new ("Shop");
  sr_site_add_source (self->site, SR_SOURCE_SQLITE, self->database);
  sr_site_add_source (self->site, SR_SOURCE_FOLDER, self->files);
  sr_site_add_vault (self->site, self->vault);
  sr_test_engine_set_keyring (SR_KEYRING_DONE, "test");
}

void
sr_test_shop_tear_down (SrTestShop   *self,
                        gconstpointer data)
{
  g_object_unref (self->site);
  g_free (self->files);
  g_free (self->database);
  g_free (self->vault);
  sr_test_rmdir (self->dir);
  sr_test_engine_set_keyring (SR_KEYRING_NONE, NULL);
}

SrJob *
sr_test_shop_run (SrJob *job)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);

  sr_test_engine_forbid_here (TRUE);
  sr_job_queue_add (queue, job);
  sr_test_job_wait_end (job);
  sr_test_engine_forbid_here (FALSE);
  return job;
}

SrJob *
sr_test_shop_run_well (SrJob *job)
{
  sr_test_shop_run (job);
  g_assert_no_error (sr_job_get_error (job));
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_DONE);
  return job;
}

static void
assert_noted (SrHistory *history,
              SrJob     *job)
{
  g_autoptr (GError)     error = NULL;
  SrRunFilter            filter = SR_RUN_FILTER_INIT;
  g_autoptr (GPtrArray)  runs = sr_history_query (history, &filter, NULL, &error);
  g_autoptr (SrVerdict)  verdict = NULL;
  g_autoptr (JsonObject) counts = NULL;
  g_autofree char       *log = NULL;
  g_autofree char       *own_log = sr_job_get_log_text (job);
  const SrRun           *own = sr_job_get_run (job);
  const SrRun           *run;

  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 1);
  run = g_ptr_array_index (runs, 0);
  g_assert_cmpstr (run->action, ==, sr_job_get_action (job));
  g_assert_cmpint (run->state, ==, own->state);
  g_assert_cmpint (run->ended_ns, >, 0);
  g_assert_cmpstr (run->vault, ==, sr_job_get_vault (job));
  g_assert_cmpstr (run->snapshot, ==, own->snapshot);
  g_assert_cmpstr (run->path, ==, own->path);
  g_assert_cmpstr (run->sentence, ==, own->sentence);
  g_assert_cmpint (run->bytes, ==, own->bytes);
  g_assert_cmpint (run->files, ==, own->files);
  g_assert_cmpint (run->records, ==, own->records);
  g_assert_cmpstr (run->error, ==,
                   sr_job_get_error (job) != NULL ? sr_job_get_error (job)->message : NULL);
  verdict = sr_history_get_verdict (history, run->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (verdict != NULL, ==, sr_job_get_verdict (job) != NULL);
  g_assert_cmpint (run->level, ==,
                   verdict != NULL ? (int) sr_verdict_get_level (verdict) : -1);
  counts = sr_history_get_counts (history, run->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (counts != NULL, ==, sr_job_get_counts (job) != NULL);
  log = sr_history_get_log (history, run->id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (log, ==, own_log);
}

SrJob *
sr_test_shop_run_noted (SrJob     *job,
                        SrJobState state)
{
  char                  *dir = sr_test_mkdir ();
  g_autofree char       *path = g_build_filename (dir, "history.db", NULL);
  g_autoptr (GError)     error = NULL;
  g_autoptr (SrHistory)  history = sr_history_open (path, NULL, &error);
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (history);

  g_assert_no_error (error);
  sr_test_engine_forbid_here (TRUE);
  sr_job_queue_add (queue, job);
  sr_test_job_wait_end (job);
  sr_test_engine_forbid_here (FALSE);
  if (state == SR_JOB_DONE)
    g_assert_no_error (sr_job_get_error (job));
  g_assert_cmpint (sr_job_get_state (job), ==, state);
  assert_noted (history, job);
  g_clear_object (&queue);
  g_clear_object (&history);
  sr_test_rmdir (dir);
  return job;
}

void
sr_test_shop_cancel_anywhere (SrTestShop *self,
                              SrJob *(*make) (gpointer data),
                              void (*look) (SrJob   *job,
                                            gboolean done,
                                            gpointer data),
                              gpointer data)
{
  g_autofree char *locks = g_build_filename (self->vault, "locks", NULL);
  guint            n = 0;
  guint            n_tries = 0;
  guint            before;
  guint            n_made;
  SrJobState       state;

  do
    {
      g_autoptr (SrJob) job = make (data);
      g_autoptr (GDir)  dir = NULL;

      /* in growing steps: a try may leave what costs the next a call more */
      n += 1 + n / 4;
      n_tries++;
      before = sr_test_engine_get_n_calls ();
      sr_test_engine_cancel_at (job, n);
      sr_test_shop_run (job);
      n_made = sr_test_engine_get_n_calls () - before;
      sr_test_engine_cancel_at (NULL, 0);
      state = sr_job_get_state (job);
      if (state != SR_JOB_CANCELLED)
        g_assert_no_error (sr_job_get_error (job));
      dir = g_dir_open (locks, 0, NULL);
      g_assert_null (dir != NULL ? g_dir_read_name (dir) : NULL);
      look (job, state == SR_JOB_DONE, data);
    }
  while (state == SR_JOB_CANCELLED && n < 10000);
  g_assert_cmpint (state, ==, SR_JOB_DONE);
  g_assert_cmpuint (n_tries, >, 1);
  g_test_message ("done when it was cancelled at call %u of %u", n, n_made);
  /* one that goes on to its end was told when nothing was left to do */
  g_assert_cmpuint (n + 2, >, n_made);
}

char *
sr_test_shop_back_up (SrTestShop *self)
{
  g_autoptr (SrJob) job = sr_test_shop_run_well (sr_job_backup_new (self->site, self->vault));

  return g_strdup (sr_job_get_run (job)->snapshot);
}

static gboolean
count_file (const SrId *id,
            guint64     size,
            gpointer    user_data,
            GError    **error)
{
  ++*(guint *) user_data;
  return TRUE;
}

guint
sr_test_shop_count_snapshots (SrTestShop *self)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrStorage) storage = sr_storage_open (self->vault, &error);
  guint                 n = 0;

  g_assert_no_error (error);
  sr_storage_list (storage, SR_FILE_SNAPSHOT, count_file, &n, NULL, &error);
  g_assert_no_error (error);
  return n;
}

void
sr_test_shop_add_big_file (SrTestShop *self,
                           const char *name)
{
  g_autofree guint8 *bytes = g_malloc (BIG_SIZE);

  sr_test_fill_random (7, bytes, BIG_SIZE);
  sr_test_write_file (self->files, name, bytes, BIG_SIZE);
}

static void
find_largest (const char *folder,
              char      **largest,
              goffset    *size)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf         info;

      g_assert_cmpint (g_stat (path, &info), ==, 0);
      if (S_ISDIR (info.st_mode))
        find_largest (path, largest, size);
      else if (info.st_size > *size)
        {
          g_free (*largest);
          *largest = g_steal_pointer (&path);
          *size = info.st_size;
        }
    }
}

char *
sr_test_shop_find_pack (SrTestShop *self)
{
  g_autofree char *folder = g_build_filename (self->vault, "data", NULL);
  char            *largest = NULL;
  goffset          size = -1;

  find_largest (folder, &largest, &size);
  g_assert_nonnull (largest);
  return largest;
}

void
sr_test_shop_damage (const char *path)
{
  g_autofree char   *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize              size;

  g_file_get_contents (path, &bytes, &size, &error);
  g_assert_no_error (error);
  bytes[size / 2] ^= 1;
  g_file_set_contents (path, bytes, (gssize) size, &error);
  g_assert_no_error (error);
}

char *
sr_test_shop_path (SrTestShop *self,
                   const char *name)
{
  return g_build_filename (self->dir, name, NULL);
}
