/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "repo/sr-json-writer.h"
#include "repo/sr-lock-owner.h"
#include "repo/sr-lock.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"

#define MINUTE_NS (60 * G_GINT64_CONSTANT (1000000000))
#define MINUTE_US (60 * G_USEC_PER_SEC)

/* A vault that two programs have open, on one clock. */
typedef struct
{
  SrStorage *storage;
  SrStorage *fault; /* what mine uses */
  SrClock   *clock;
  SrRepo    *mine;
  SrRepo    *other;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (SrRepo) created = NULL;

  fixture->storage = sr_storage_memory_new ();
  fixture->fault = sr_storage_fault_new (fixture->storage);
  /* The real time, as the starts of processes are compared with it. */
  fixture->clock = sr_clock_new_fake (g_get_real_time () * 1000);
  created = sr_test_repo_create (fixture->storage);
  fixture->mine = sr_test_repo_open (fixture->fault);
  fixture->other = sr_test_repo_open (fixture->storage);
  sr_repo_set_clock (fixture->mine, fixture->clock);
  sr_repo_set_clock (fixture->other, fixture->clock);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->mine);
  g_object_unref (fixture->other);
  g_object_unref (fixture->storage);
  g_object_unref (fixture->fault);
  sr_clock_unref (fixture->clock);
}

static guint
count_locks (Fixture *fixture)
{
  return sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (fixture->storage), SR_FILE_LOCK);
}

static SrLock *
acquire (SrRepo  *repo,
         gboolean exclusive)
{
  g_autoptr (GError) error = NULL;
  SrLock            *lock = sr_lock_acquire (repo, exclusive, 0, NULL, &error);

  g_assert_no_error (error);
  return lock;
}

static void
check_refused (SrRepo  *repo,
               gboolean exclusive)
{
  g_autoptr (GError) error = NULL;
  SrLock            *lock = sr_lock_acquire (repo, exclusive, 0, NULL, &error);

  g_assert_null (lock);
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
}

static void
test_shared_and_exclusive (Fixture      *fixture,
                           gconstpointer data)
{
  g_autoptr (SrLock) mine = acquire (fixture->mine, FALSE);
  SrLock            *other = acquire (fixture->other, FALSE);

  g_assert_cmpuint (count_locks (fixture), ==, 2);
  check_refused (fixture->mine, TRUE);
  g_assert_cmpuint (count_locks (fixture), ==, 2);
  sr_lock_release (g_steal_pointer (&mine));
  check_refused (fixture->mine, TRUE);
  sr_lock_release (other);
  g_assert_cmpuint (count_locks (fixture), ==, 0);
  mine = acquire (fixture->mine, TRUE);
  check_refused (fixture->other, FALSE);
  check_refused (fixture->other, TRUE);
  g_assert_cmpuint (count_locks (fixture), ==, 1);
  sr_lock_release (g_steal_pointer (&mine));
  g_assert_cmpuint (count_locks (fixture), ==, 0);
}

/* A lock as restic writes it. */
static void
write_lock (Fixture    *fixture,
            const char *hostname,
            gint64      pid,
            gboolean    exclusive,
            gint64      age_s,
            const char *more,
            SrId       *id)
{
  g_autoptr (GString) json = g_string_new ("{\"time\":\"");
  g_autoptr (GError)  error = NULL;
  struct timespec     time = { sr_clock_now_ns (fixture->clock) / 1000000000 - age_s, 5 };

  sr_time_append_local (json, &time);
  g_string_append_printf (json, "\",\"exclusive\":%s,\"hostname\":", exclusive ? "true" : "false");
  sr_json_append_string (json, hostname, -1);
  g_string_append_printf (json,
                          ",\"username\":\"somebody\",\"pid\":%" G_GINT64_FORMAT ",\"uid\":7%s}",
                          pid, more);
  g_assert_true (sr_repo_save_unpacked (fixture->other, SR_FILE_LOCK, json->str, json->len, id,
                                        NULL, &error));
  g_assert_no_error (error);
}

/* A number that no process has. */
static gint64
find_dead_pid (void)
{
  pid_t pid = fork ();

  if (pid == 0)
    _exit (0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  g_assert_cmpint (kill (pid, 0), ==, -1);
  return pid;
}

static void
check_info (Fixture    *fixture,
            const SrId *id,
            gboolean    dead,
            gboolean    stale)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) infos = sr_lock_list (fixture->mine, NULL, &error);
  const SrLockInfo     *info;

  g_assert_no_error (error);
  g_assert_cmpuint (infos->len, ==, 1);
  info = infos->pdata[0];
  g_assert_true (sr_id_equal (&info->id, id));
  g_assert_true (info->readable);
  g_assert_cmpstr (info->username, ==, "somebody");
  g_assert_cmpint (info->owner_dead, ==, dead);
  g_assert_cmpint (info->stale, ==, stale);
}

static void
remove_lock (Fixture    *fixture,
             const SrId *id)
{
  sr_storage_memory_replace (SR_STORAGE_MEMORY (fixture->storage), SR_FILE_LOCK, id, NULL);
}

static void
test_owner_alive (Fixture      *fixture,
                  gconstpointer data)
{
  SrId id;

  write_lock (fixture, g_get_host_name (), getpid (), TRUE, 0, "", &id);
  check_info (fixture, &id, FALSE, FALSE);
  check_refused (fixture->mine, FALSE);
  remove_lock (fixture, &id);
  /* of another person, or so it may be: process 1 is always there */
  write_lock (fixture, g_get_host_name (), 1, TRUE, 0, "", &id);
  check_info (fixture, &id, FALSE, FALSE);
  check_refused (fixture->mine, FALSE);
}

static void
test_owner_dead (Fixture      *fixture,
                 gconstpointer data)
{
  SrId id;

  write_lock (fixture, g_get_host_name (), find_dead_pid (), TRUE, 0, "", &id);
  check_info (fixture, &id, TRUE, TRUE);
  sr_lock_release (acquire (fixture->mine, TRUE));
  g_assert_cmpuint (count_locks (fixture), ==, 0);
}

/* The number lives, but began long after the lock was written. */
static void
test_owner_number_reused (Fixture      *fixture,
                          gconstpointer data)
{
  SrId id;

  write_lock (fixture, g_get_host_name (), getpid (), TRUE, 600, "", &id);
  check_info (fixture, &id, TRUE, TRUE);
  sr_lock_release (acquire (fixture->mine, FALSE));
  g_assert_cmpuint (count_locks (fixture), ==, 0);
}

static void
test_foreign_owner (Fixture      *fixture,
                    gconstpointer data)
{
  SrId  id;
  guint n;

  write_lock (fixture, "some-other-host", find_dead_pid (), TRUE, 60, "", &id);
  check_info (fixture, &id, FALSE, FALSE);
  check_refused (fixture->mine, FALSE);
  g_assert_true (sr_lock_remove_stale (fixture->mine, FALSE, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (count_locks (fixture), ==, 1);
  remove_lock (fixture, &id);
  /* stale blocks too, until somebody says so */
  write_lock (fixture, "some-other-host", 4711, TRUE, 31 * 60, "", &id);
  check_info (fixture, &id, FALSE, TRUE);
  check_refused (fixture->mine, FALSE);
  g_assert_true (sr_lock_remove_stale (fixture->mine, FALSE, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 1);
  sr_lock_release (acquire (fixture->mine, TRUE));
}

/* Numbers that are no process must never be asked about: -1 would be every process. */
static void
test_owner_without_number (Fixture      *fixture,
                           gconstpointer data)
{
  static const gint64 pids[] = { 0, G_MAXINT64, (gint64) 1 << 32 };

  for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      SrId id;

      write_lock (fixture, g_get_host_name (), pids[i], TRUE, 0, "", &id);
      check_info (fixture, &id, FALSE, FALSE);
      remove_lock (fixture, &id);
    }
}

/* Our own locks tell machine, run, numbering and start of their owner. */
static void
test_origin (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (SrLockOwner) self = { 0 };
  SrTime               now = { .ts.tv_sec = g_get_real_time () / G_USEC_PER_SEC };
  SrTime               long_ago = { .ts.tv_sec = 1000 };
  gint64               dead = find_dead_pid ();
  gint64               pid;

  sr_lock_owner_init_self (&self);
  g_assert_true (self.origin.is_known);
  pid = self.origin.pid;
  g_assert_false (sr_lock_owner_is_dead (&self, &now));
  /* a clock that was set does not matter */
  g_assert_false (sr_lock_owner_is_dead (&self, &long_ago));
  self.origin.start++;
  g_assert_true (sr_lock_owner_is_dead (&self, &now));
  self.origin.start--;
  self.origin.pid = dead;
  g_assert_true (sr_lock_owner_is_dead (&self, &now));
  self.origin.pid_namespace++;
  g_assert_false (sr_lock_owner_is_dead (&self, &now));
  self.origin.pid_namespace--;
  self.origin.machine[0] ^= 1;
  g_assert_false (sr_lock_owner_is_dead (&self, &now));
  self.origin.machine[0] ^= 1;
  /* the machine was started anew */
  self.origin.pid = pid;
  self.origin.boot[0] ^= 1;
  g_assert_true (sr_lock_owner_is_dead (&self, &now));
  self.hostname[0] ^= 1;
  g_assert_false (sr_lock_owner_is_dead (&self, &now));
}

static void
test_origin_is_read_back (Fixture      *fixture,
                          gconstpointer data)
{
  g_auto (SrLockOwner) self = { 0 };
  g_autoptr (GString)  json = g_string_new (",");
  SrId                 id;

  sr_lock_owner_init_self (&self);
  self.origin.start++;
  sr_lock_owner_append_origin (&self, json);
  write_lock (fixture, g_get_host_name (), getpid (), FALSE, 0, json->str, &id);
  check_info (fixture, &id, TRUE, TRUE);
}

static void
test_unreadable (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GBytes)    rubbish = g_bytes_new_static ("not a lock of this vault, nor of any", 36);
  g_autoptr (GPtrArray) infos = NULL;
  SrId                  id = { { 9 } };
  gint64                before;
  guint                 n;

  sr_storage_memory_replace (SR_STORAGE_MEMORY (fixture->storage), SR_FILE_LOCK, &id, rubbish);
  before = sr_clock_monotonic_us (fixture->clock);
  check_refused (fixture->mine, FALSE);
  g_assert_cmpint (sr_clock_monotonic_us (fixture->clock) - before, ==, 35 * G_USEC_PER_SEC);
  infos = sr_lock_list (fixture->mine, NULL, NULL);
  g_assert_cmpuint (infos->len, ==, 1);
  g_assert_false (((SrLockInfo *) infos->pdata[0])->readable);
  g_assert_true (sr_lock_remove_stale (fixture->mine, FALSE, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (sr_lock_remove_stale (fixture->mine, TRUE, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 1);
  sr_lock_release (acquire (fixture->mine, TRUE));
}

static void
test_empty_files (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (GBytes)    nothing = g_bytes_new_static ("", 0);
  g_autoptr (GPtrArray) infos = NULL;
  SrId                  id = { { 9 } };
  guint                 n;

  sr_storage_memory_replace (SR_STORAGE_MEMORY (fixture->storage), SR_FILE_LOCK, &id, nothing);
  sr_lock_release (acquire (fixture->mine, TRUE));
  infos = sr_lock_list (fixture->mine, NULL, NULL);
  g_assert_cmpuint (infos->len, ==, 0);
  g_assert_true (sr_lock_remove_stale (fixture->mine, TRUE, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 1);
}

static void
get_only_id (Fixture *fixture,
             SrId    *id)
{
  g_autoptr (GPtrArray) infos = sr_lock_list (fixture->other, NULL, NULL);

  g_assert_cmpuint (infos->len, ==, 1);
  *id = ((SrLockInfo *) infos->pdata[0])->id;
}

static void
test_refresh (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrLock) lock = acquire (fixture->mine, TRUE);
  g_autoptr (GError) error = NULL;
  SrId               first, second;

  get_only_id (fixture, &first);
  sr_clock_advance (fixture->clock, 4 * MINUTE_NS, 4 * MINUTE_US);
  g_assert_true (sr_lock_refresh (lock, &error));
  get_only_id (fixture, &second);
  g_assert_true (sr_id_equal (&first, &second));
  sr_clock_advance (fixture->clock, 1 * MINUTE_NS, 1 * MINUTE_US);
  g_assert_true (sr_lock_refresh (lock, &error));
  get_only_id (fixture, &second);
  g_assert_false (sr_id_equal (&first, &second));
  g_assert_true (sr_lock_check (lock, NULL, &error));
  /* set back */
  first = second;
  sr_clock_advance (fixture->clock, -60 * MINUTE_NS, 0);
  g_assert_true (sr_lock_refresh (lock, &error));
  get_only_id (fixture, &second);
  g_assert_false (sr_id_equal (&first, &second));
  g_assert_no_error (error);
}

/* A computer that slept: only the wall clock went on. */
static void
test_after_sleep (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (SrLock) lock = acquire (fixture->mine, FALSE);
  g_autoptr (GError) error = NULL;
  SrId               first, second;

  get_only_id (fixture, &first);
  sr_clock_advance (fixture->clock, 8 * 60 * MINUTE_NS, 0);
  g_assert_true (sr_lock_check (lock, NULL, &error));
  g_assert_no_error (error);
  get_only_id (fixture, &second);
  g_assert_false (sr_id_equal (&first, &second));
}

/* Somebody took our lock as stale and worked on the vault: it is lost for good. */
static void
test_lost (Fixture      *fixture,
           gconstpointer data)
{
  SrLock            *lock = acquire (fixture->mine, FALSE);
  g_autoptr (GError) error = NULL;
  guint              n;

  g_assert_true (sr_lock_check (lock, NULL, &error));
  sr_clock_advance (fixture->clock, 8 * 60 * MINUTE_NS, 0);
  g_assert_true (sr_lock_remove_stale (fixture->other, FALSE, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 1);
  sr_lock_release (acquire (fixture->other, TRUE));
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (sr_lock_check (lock, NULL, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
      g_clear_error (&error);
      g_assert_false (sr_lock_refresh (lock, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
      g_clear_error (&error);
      g_assert_cmpuint (count_locks (fixture), ==, 0);
    }
  sr_lock_release (lock);
}

/* A refresh that fails at any call leaves us holding the lock or knowing that we do not; one that
 * works later puts it right, and nothing stays behind. */
static void
test_refresh_with_faults (Fixture      *fixture,
                          gconstpointer data)
{
  static const SrFault faults[] = { SR_FAULT_FAIL, SR_FAULT_FAIL_AFTER };

  for (guint k = 0; k < G_N_ELEMENTS (faults); k++)
    for (guint call = 1;; call++)
      {
        SrLock            *lock = acquire (fixture->mine, FALSE);
        g_autoptr (GError) error = NULL;
        gboolean           reached;

        sr_clock_advance (fixture->clock, 6 * MINUTE_NS, 6 * MINUTE_US);
        sr_storage_fault_plan (SR_STORAGE_FAULT (fixture->fault), faults[k], call,
                               SR_ERROR_NETWORK);
        if (!sr_lock_refresh (lock, &error))
          g_assert_error (error, SR_ERROR, SR_ERROR_NETWORK);
        reached = sr_storage_fault_was_reached (SR_STORAGE_FAULT (fixture->fault));
        g_assert_cmpuint (count_locks (fixture), >=, 1);
        g_clear_error (&error);
        sr_storage_fault_plan (SR_STORAGE_FAULT (fixture->fault), SR_FAULT_NONE, 0, 0);
        g_assert_true (sr_lock_check (lock, NULL, &error));
        g_assert_true (sr_lock_refresh (lock, &error));
        g_assert_no_error (error);
        sr_lock_release (lock);
        g_assert_cmpuint (count_locks (fixture), ==, 0);
        if (!reached)
          break;
      }
}

static void
test_acquire_with_faults (Fixture      *fixture,
                          gconstpointer data)
{
  for (guint call = 1;; call++)
    {
      g_autoptr (GError) error = NULL;
      SrLock            *lock;
      gboolean           reached;

      sr_storage_fault_plan (SR_STORAGE_FAULT (fixture->fault), SR_FAULT_FAIL_AFTER, call,
                             SR_ERROR_IO);
      lock = sr_lock_acquire (fixture->mine, TRUE, 0, NULL, &error);
      reached = sr_storage_fault_was_reached (SR_STORAGE_FAULT (fixture->fault));
      if (lock == NULL)
        g_assert_error (error, SR_ERROR, SR_ERROR_IO);
      sr_lock_release (lock);
      g_assert_cmpuint (count_locks (fixture), ==, 0);
      if (!reached)
        break;
    }
}

static void
test_waits (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (SrLock) other = acquire (fixture->other, TRUE);
  g_autoptr (GError) error = NULL;
  SrLock            *lock;
  gint64             before = sr_clock_monotonic_us (fixture->clock);

  lock = sr_lock_acquire (fixture->mine, FALSE, 2 * MINUTE_US, NULL, &error);
  g_assert_null (lock);
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_assert_cmpint (sr_clock_monotonic_us (fixture->clock) - before, >=, 2 * MINUTE_US);
  g_assert_cmpint (sr_clock_monotonic_us (fixture->clock) - before, <, 3 * MINUTE_US);
}

/* Both look before either has written: the second look finds the other. The first program is held
 * where it writes until the second has its lock. */
typedef struct
{
  Fixture *fixture;
  SrLock  *lock;
  GError  *error;
} Racer;

static gpointer
race (gpointer data)
{
  Racer *racer = data;

  racer->lock = sr_lock_acquire (racer->fixture->mine, TRUE, 0, NULL, &racer->error);
  return NULL;
}

static void
test_second_look (Fixture      *fixture,
                  gconstpointer data)
{
  Racer              racer = { fixture, NULL, NULL };
  g_autoptr (SrLock) other = NULL;
  GThread           *thread;

  /* calls: list, create, append, commit */
  sr_storage_fault_plan (SR_STORAGE_FAULT (fixture->fault), SR_FAULT_BLOCK, 2, 0);
  thread = g_thread_new ("racer", race, &racer);
  sr_storage_fault_wait_blocked (SR_STORAGE_FAULT (fixture->fault));
  other = acquire (fixture->other, TRUE);
  sr_storage_fault_release (SR_STORAGE_FAULT (fixture->fault));
  g_thread_join (thread);
  g_assert_null (racer.lock);
  g_assert_error (racer.error, SR_ERROR, SR_ERROR_LOCKED);
  g_clear_error (&racer.error);
  g_assert_cmpuint (count_locks (fixture), ==, 1);
}

static void
test_cancelled (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  SrLock                  *lock;

  g_cancellable_cancel (cancellable);
  lock = sr_lock_acquire (fixture->mine, FALSE, MINUTE_US, cancellable, &error);
  g_assert_null (lock);
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_assert_cmpuint (count_locks (fixture), ==, 0);
}

#define ADD(path, func) \
  g_test_add ("/lock/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("shared-and-exclusive", test_shared_and_exclusive);
  ADD ("owner-alive", test_owner_alive);
  ADD ("owner-dead", test_owner_dead);
  ADD ("owner-number-reused", test_owner_number_reused);
  ADD ("foreign-owner", test_foreign_owner);
  ADD ("owner-without-number", test_owner_without_number);
  ADD ("origin", test_origin);
  ADD ("origin-is-read-back", test_origin_is_read_back);
  ADD ("unreadable", test_unreadable);
  ADD ("empty-files", test_empty_files);
  ADD ("refresh", test_refresh);
  ADD ("after-sleep", test_after_sleep);
  ADD ("lost", test_lost);
  ADD ("refresh-with-faults", test_refresh_with_faults);
  ADD ("acquire-with-faults", test_acquire_with_faults);
  ADD ("waits", test_waits);
  ADD ("second-look", test_second_look);
  ADD ("cancelled", test_cancelled);
  return g_test_run ();
}
