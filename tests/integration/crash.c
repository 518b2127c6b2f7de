/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "crash-vault.h"
#include "repo/sr-lock.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-util.h"
#include "storage/sr-storage-local.h"

/* Operations on a vault are killed, or their storage fails, at every call they make. Each time the
 * vault must be sound, by the word of stock restic, all older snapshots must be whole, and the
 * operation must go well the next time.
 *
 * The program calls itself for what is killed (crash --child OPERATION VAULT SOURCE CALL), and for
 * what changes its mounts (crash --disk FOLDER). */

/* Stock restic restores everything at every so many calls; it checks at each. */
#define RESTORE_EVERY 7
#define JUDGE_EVERY   5

static const char *program;

static int
child_main (char *argv[])
{
  CrashOperation        operation = CRASH_BACKUP;
  g_autoptr (SrStorage) local = sr_storage_local_new (argv[1]);
  g_autoptr (SrStorage) storage = sr_storage_fault_new (local);
  g_autoptr (SrRepo)    repo = crash_open_vault (storage, NULL);
  g_autoptr (GError)    error = NULL;

  while (!g_str_equal (crash_operation_names[operation], argv[0]))
    operation++;
  crash_set_clock (repo);
  sr_storage_fault_plan (SR_STORAGE_FAULT (storage), SR_FAULT_KILL,
                         (guint) g_ascii_strtoull (argv[3], NULL, 10), 0);
  if (crash_run_operation (operation, repo, argv[2], &error))
    return 0;
  g_printerr ("%s: %s\n", argv[0], error->message);
  return 1;
}

/* --- kill -9 --- */

/* Returns: whether the process was killed; else it must have ended well */
static gboolean
run_child (const CrashFixture *fixture,
           CrashOperation      operation,
           guint               call)
{
  g_autofree char   *number = g_strdup_printf ("%u", call);
  char              *arguments[] = { (char *) program, (char *) "--child",
                                     (char *) crash_operation_names[operation], fixture->work,
                                     fixture->source, number, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char   *errors = NULL;
  int                status;

  g_spawn_sync (NULL, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &errors, &status, &error);
  g_assert_no_error (error);
  if (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL)
    return TRUE;
  g_spawn_check_wait_status (status, &error);
  if (error != NULL)
    g_error ("%s at call %u: %s\n%s", crash_operation_names[operation], call, error->message,
             errors);
  return FALSE;
}

static void
test_kill (CrashFixture *fixture,
           gconstpointer data)
{
  CrashOperation operation = (CrashOperation) GPOINTER_TO_INT (data);
  gboolean       killed = TRUE;
  guint          call;

  for (call = 1; killed; call++)
    {
      gboolean thorough = call % RESTORE_EVERY == 0;

      crash_copy_tree (crash_get_template (fixture, operation), fixture->work);
      killed = run_child (fixture, operation, call);
      crash_judge (fixture, fixture->work, operation, !killed, thorough);
      if (killed && thorough)
        {
          g_assert_false (run_child (fixture, operation, G_MAXUINT));
          crash_judge (fixture, fixture->work, operation, TRUE, TRUE);
        }
      sr_test_rmdir (g_strdup (fixture->work));
    }
  g_test_message ("%s was killed at %u calls", crash_operation_names[operation], call - 2);
  g_assert_cmpuint (call, >, 10);
}

/* --- storage that fails --- */

static gboolean
copy_file_in (const SrId *id,
              guint64     size,
              gpointer    user_data,
              GError    **error)
{
  gpointer          *pointers = user_data;
  SrFileType         type = (SrFileType) GPOINTER_TO_INT (pointers[2]);
  g_autoptr (GBytes) content = NULL;

  content = sr_storage_read_all (pointers[0], type, id, G_MAXSIZE, NULL, error);
  if (content != NULL)
    sr_storage_memory_replace (pointers[1], type, id, content);
  return content != NULL;
}

static SrStorage *
load_into_memory (const char *vault)
{
  SrStorage            *memory = sr_storage_memory_new ();
  g_autoptr (SrStorage) local = sr_storage_local_new (vault);
  g_autoptr (GError)    error = NULL;

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      gpointer pointers[] = { local, memory, GINT_TO_POINTER (type) };

      sr_storage_list (local, type, copy_file_in, pointers, NULL, &error);
      g_assert_no_error (error);
    }
  return memory;
}

static void
judge_copy (const CrashFixture *fixture,
            SrStorage          *memory,
            CrashOperation      operation,
            gboolean            done)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (fixture->work, 0700), ==, 0);
  sr_storage_memory_save (SR_STORAGE_MEMORY (memory), fixture->work, &error);
  g_assert_no_error (error);
  crash_judge (fixture, fixture->work, operation, done, TRUE);
  sr_test_rmdir (g_strdup (fixture->work));
}

/* Whether the planned call was one that wrote content to last. */
static gboolean
wrote_content (SrStorageFault *fault,
               guint           call)
{
  const char *const types[] = { "pack", "index", "snapshot", "key" };
  g_autofree char  *log = sr_storage_fault_dup_log (fault);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *line = g_strdup_printf ("\n%u append %s\n", call, types[i]);

      if (strstr (log, line) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Runs the operation with the planned fault. Returns: whether it was done */
static gboolean
run_with_fault (const CrashFixture *fixture,
                CrashOperation      operation,
                SrStorage          *storage,
                SrFault             fault,
                guint               call,
                SrErrorCode         code)
{
  g_autoptr (SrRepo) repo = crash_open_vault (storage, NULL);
  g_autoptr (GError) error = NULL;
  gboolean           done;

  crash_set_clock (repo);
  sr_storage_fault_plan (SR_STORAGE_FAULT (storage), fault, call, code);
  done = crash_run_operation (operation, repo, fixture->source, &error);
  g_assert_true (done == (error == NULL));
  if (error != NULL)
    {
      g_assert_true (error->domain == SR_ERROR);
      g_assert_cmpuint (strlen (error->message), >, 20);
    }
  return done;
}

/* The lock of a process that still runs, but could not remove it. */
static void
remove_locks (SrStorage *memory)
{
  g_autoptr (SrRepo) repo = crash_open_vault (memory, NULL);
  g_autoptr (GError) error = NULL;
  guint              n_removed;

  sr_lock_remove_stale (repo, TRUE, &n_removed, NULL, &error);
  g_assert_no_error (error);
}

static void
run_again (const CrashFixture *fixture,
           CrashOperation      operation,
           SrStorage          *memory)
{
  g_autoptr (SrRepo) repo = crash_open_vault (memory, NULL);
  g_autoptr (GError) error = NULL;

  crash_set_clock (repo);
  crash_run_operation (operation, repo, fixture->source, &error);
  g_assert_no_error (error);
}

static void
sweep (const CrashFixture *fixture,
       CrashOperation      operation,
       SrFault             fault,
       SrErrorCode         code)
{
  g_autoptr (SrStorage) template = load_into_memory (crash_get_template (fixture, operation));
  gboolean reached = TRUE;
  guint    call;

  for (call = 1; reached; call++)
    {
      g_autoptr (SrStorage) memory = sr_storage_memory_clone (SR_STORAGE_MEMORY (template));
      g_autoptr (SrStorage) storage = sr_storage_fault_new (memory);
      gboolean              done;

      done = run_with_fault (fixture, operation, storage, fault, call, code);
      reached = sr_storage_fault_was_reached (SR_STORAGE_FAULT (storage));
      g_assert_true (reached || done);
      crash_judge_in_memory (memory, operation, done);
      if (call % JUDGE_EVERY == 0)
        judge_copy (fixture, memory, operation, done);
      remove_locks (memory);
      /* deriving a key takes its time */
      if (done || (operation == CRASH_KEY && call % JUDGE_EVERY != 0))
        continue;
      run_again (fixture, operation, memory);
      crash_judge_in_memory (memory, operation, TRUE);
    }
  g_test_message ("%s with a storage that failed at %u calls", crash_operation_names[operation],
                  call - 2);
  g_assert_cmpuint (call, >, 10);
}

static void
test_fail (CrashFixture *fixture,
           gconstpointer data)
{
  CrashOperation operation = (CrashOperation) GPOINTER_TO_INT (data);

  sweep (fixture, operation, SR_FAULT_FAIL, SR_ERROR_IO);
  sweep (fixture, operation, SR_FAULT_FAIL_FROM, SR_ERROR_NO_SPACE);
  sweep (fixture, operation, SR_FAULT_FAIL_AFTER, SR_ERROR_NETWORK);
  if (operation != CRASH_KEY)
    sweep (fixture, operation, SR_FAULT_CUT, SR_ERROR_IO);
}

/* --- storage that lies --- */

/* A bit is flipped in what is read: that is noticed, and does no lasting harm. Or in what is
 * written: a check finds it, if the operation did not. */
static void
test_flip (CrashFixture *fixture,
           gconstpointer data)
{
  CrashOperation operation = (CrashOperation) GPOINTER_TO_INT (data);
  g_autoptr (SrStorage) template = load_into_memory (crash_get_template (fixture, operation));
  gboolean reached = TRUE;
  guint    n_written = 0;

  for (guint call = 1; reached; call++)
    {
      g_autoptr (SrStorage) memory = sr_storage_memory_clone (SR_STORAGE_MEMORY (template));
      g_autoptr (SrStorage) storage = sr_storage_fault_new (memory);
      SrStorageFault       *fault = SR_STORAGE_FAULT (storage);
      g_autofree char      *text = NULL;
      gboolean              done;

      done = run_with_fault (fixture, operation, storage, SR_FAULT_FLIP, call, 0);
      reached = sr_storage_fault_was_reached (fault);
      if (!wrote_content (fault, call))
        {
          crash_judge_in_memory (memory, operation, done);
          continue;
        }
      n_written++;
      g_assert_true (!done || crash_count_damage (memory, &text) > 0);
    }
  g_assert_cmpuint (n_written, >, 2);
}

/* --- a full disk --- */

#define DISK_SIZE "24m"
#define SKIPPED   77

static gboolean
mount_small_disk (const char *path)
{
  return g_mkdir (path, 0700) == 0 && unshare (CLONE_NEWNS) == 0 &&
         mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount ("tmpfs", path, "tmpfs", 0, "size=" DISK_SIZE) == 0;
}

static void
fill_disk (const char *disk)
{
  g_autofree char *path = g_build_filename (disk, "filler", NULL);
  int              fd = open (path, O_WRONLY | O_CREAT | O_APPEND, 0600);
  char             block[4096] = { 0 };

  g_assert_cmpint (fd, >=, 0);
  while (write (fd, block, sizeof block) > 0)
    ;
  close (fd);
}

/* Backups of 3 MB that cannot be compressed, until one does not fit. Returns: how many fitted */
static guint
back_up_until_full (const char *source,
                    SrStorage  *storage)
{
  const gsize        size = 3000000;
  g_autofree guint8 *data = g_malloc (size);

  for (guint i = 0;; i++)
    {
      g_autoptr (SrRepo) repo = crash_open_vault (storage, NULL);
      g_autoptr (GError) error = NULL;

      sr_test_fill_random (i, data, size);
      sr_test_write_file (source, "data.bin", data, size);
      crash_set_clock (repo);
      if (crash_run_backup (repo, source, "2", &error))
        continue;
      g_assert_error (error, SR_ERROR, SR_ERROR_NO_SPACE);
      g_assert_nonnull (strstr (error->message, sr_storage_get_location (storage)));
      return i;
    }
}

static void
assert_sound (const char *vault,
              guint       n_snapshots)
{
  g_autofree char      *printed = crash_check_with_restic (vault, CRASH_OLD_PASSWORD);
  g_autoptr (SrStorage) storage = sr_storage_local_new (vault);
  g_autoptr (SrRepo)    repo = crash_open_vault (storage, NULL);
  gboolean              found[CRASH_N_STATES];
  g_autoptr (GPtrArray) snapshots = crash_list_states (repo, found);

  g_assert_cmpuint (snapshots->len, ==, n_snapshots);
}

static int
disk_main (char *argv[])
{
  const SrScryptParams  cheap = { 16, 8, 1 };
  g_autofree char      *disk = g_build_filename (argv[0], "disk", NULL);
  g_autofree char      *vault = g_build_filename (disk, "vault", NULL);
  g_autofree char      *source = g_build_filename (argv[0], "source", NULL);
  g_autofree char      *filler = g_build_filename (disk, "filler", NULL);
  g_autoptr (SrSecret)  password = crash_make_password (CRASH_OLD_PASSWORD);
  g_autoptr (SrStorage) storage = sr_storage_local_new (vault);
  g_autoptr (SrRepo)    created = NULL;
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (GError)    error = NULL;
  guint                 n;

  if (!mount_small_disk (disk))
    return SKIPPED;
  created = sr_repo_create (storage, password, NULL, &cheap, NULL, &error);
  g_assert_no_error (error);
  n = back_up_until_full (source, storage);
  g_assert_cmpuint (n, >, 2);
  assert_sound (vault, n);

  /* not a byte is left for the lock, the index and all else that forget and prune write */
  fill_disk (disk);
  repo = crash_open_vault (storage, NULL);
  crash_run_forget (repo, &error);
  g_assert_no_error (error);
  assert_sound (vault, 1);

  g_assert_cmpint (g_unlink (filler), ==, 0);
  n = back_up_until_full (source, storage);
  g_assert_cmpuint (n, >, 2);
  assert_sound (vault, n + 1);
  return 0;
}

static void
test_full_disk (void)
{
  char              *dir = sr_test_mkdir ();
  char              *arguments[] = { (char *) program, (char *) "--disk", dir, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char   *errors = NULL;
  int                status;

  g_spawn_sync (NULL, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &errors, &status, &error);
  g_assert_no_error (error);
  if (WIFEXITED (status) && WEXITSTATUS (status) == SKIPPED)
    g_test_skip ("a small file system cannot be mounted here");
  else if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s\n%s", error->message, errors);
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  const CrashOperation operations[] = { CRASH_BACKUP, CRASH_FORGET, CRASH_KEY };
  g_autofree char     *restic = g_find_program_in_path ("restic");

  if (argc == 6 && g_str_equal (argv[1], "--child"))
    return child_main (argv + 2);
  if (argc == 3 && g_str_equal (argv[1], "--disk"))
    return disk_main (argv + 2);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  if (restic == NULL)
    {
      g_print ("1..0 # SKIP restic is not installed\n");
      return 0;
    }
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    {
      gconstpointer    operation = GINT_TO_POINTER (operations[i]);
      g_autofree char *kill_path = g_strdup_printf ("/crash/kill/%s", crash_operation_names[i]);
      g_autofree char *fail_path = g_strdup_printf ("/crash/fail/%s", crash_operation_names[i]);
      g_autofree char *flip_path = g_strdup_printf ("/crash/flip/%s", crash_operation_names[i]);

      g_test_add (kill_path, CrashFixture, operation, crash_set_up, test_kill, crash_tear_down);
      g_test_add (fail_path, CrashFixture, operation, crash_set_up, test_fail, crash_tear_down);
      if (operations[i] != CRASH_KEY)
        g_test_add (flip_path, CrashFixture, operation, crash_set_up, test_flip, crash_tear_down);
    }
  g_test_add_func ("/crash/full-disk", test_full_disk);
  return g_test_run ();
}
