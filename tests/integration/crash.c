/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "job/sr-backup.h"
#include "job/sr-forget.h"
#include "job/sr-keys.h"
#include "repo/sr-checker.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-util.h"
#include "storage/sr-storage-local.h"

/* Operations on a vault are killed, or their storage fails, at every call they make. Each time the
 * vault must be sound, by the word of stock restic, all older snapshots must be whole, and the
 * operation must go well the next time.
 *
 * The program calls itself for what is killed: crash --child OPERATION VAULT SOURCE CALL */

#define OLD_PASSWORD "before"
#define NEW_PASSWORD "after"

#define N_STATES 3

/* Stock restic restores everything at every so many calls; it checks at each. */
#define RESTORE_EVERY 7
#define JUDGE_EVERY   5

typedef enum
{
  OPERATION_BACKUP,
  OPERATION_FORGET,
  OPERATION_KEY,
} Operation;

static const char *const operation_names[] = { "backup", "forget", "key" };

static const char *program;

typedef struct
{
  char *dir;
  char *source;           /* what is backed up; in its last state */
  char *states[N_STATES]; /* copies of what it was at each backup */
  char *vault[2];         /* templates: two backups made, and all three */
  char *work;             /* a vault to spoil */
} Fixture;

/* --- operations --- */

static SrSecret *
make_password (const char *text)
{
  return sr_secret_new_from (text, strlen (text));
}

/* With either password: a change of the key may or may not have come through. */
static SrRepo *
open_vault (SrStorage   *storage,
            const char **password)
{
  const char *const  passwords[] = { OLD_PASSWORD, NEW_PASSWORD };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (passwords); i++)
    {
      g_autoptr (SrSecret) secret = make_password (passwords[i]);
      SrRepo              *repo;

      g_clear_error (&error);
      repo = sr_repo_open (storage, secret, NULL, &error);
      if (repo == NULL)
        continue;
      if (password != NULL)
        *password = passwords[i];
      return repo;
    }
  g_error ("No password opens the vault: %s", error->message);
}

/* Waiting for others to see a lock costs no time by this clock. */
static void
set_clock (SrRepo *repo)
{
  g_autoptr (SrClock) clock = sr_clock_new_fake (g_get_real_time () * 1000);

  sr_repo_set_clock (repo, clock);
}

static gboolean
run_backup (SrRepo     *repo,
            const char *source,
            const char *tag,
            GError    **error)
{
  const char *const paths[] = { source, NULL };
  const char *const tags[] = { tag, NULL };
  SrBackupOptions   options = { .paths = paths, .tags = tags };
  SrBackupResult    result = { 0 };

  if (!sr_backup_run (repo, &options, &result, NULL, NULL, error))
    return FALSE;
  g_assert_cmpuint (result.failed, ==, 0);
  sr_backup_result_clear (&result);
  return TRUE;
}

static gboolean
run_forget (SrRepo  *repo,
            GError **error)
{
  const SrRetentionPolicy policy = { .last = 1 };
  const SrPrunerOptions   prune = { 0.0, TRUE, FALSE };
  const SrForgetOptions   options = { .policy = &policy, .prune = &prune };
  g_autoptr (GPtrArray)   decisions = NULL;
  SrPrunerStats           stats;

  return sr_forget_run (repo, &options, &decisions, &stats, NULL, NULL, error);
}

static gboolean
run_operation (Operation   operation,
               SrRepo     *repo,
               const char *source,
               GError    **error)
{
  g_autoptr (SrSecret) password = NULL;
  SrId                 id;

  switch (operation)
    {
    case OPERATION_BACKUP:
      return run_backup (repo, source, "2", error);

    case OPERATION_FORGET:
      return run_forget (repo, error);

    case OPERATION_KEY:
      password = make_password (NEW_PASSWORD);
      return sr_keys_change (repo, password, &id, NULL, error);
    }
  g_assert_not_reached ();
}

static int
child_main (char *argv[])
{
  Operation             operation = OPERATION_BACKUP;
  g_autoptr (SrStorage) local = sr_storage_local_new (argv[1]);
  g_autoptr (SrStorage) storage = sr_storage_fault_new (local);
  g_autoptr (SrRepo)    repo = open_vault (storage, NULL);
  g_autoptr (GError)    error = NULL;

  while (!g_str_equal (operation_names[operation], argv[0]))
    operation++;
  set_clock (repo);
  sr_storage_fault_plan (SR_STORAGE_FAULT (storage), SR_FAULT_KILL,
                         (guint) g_ascii_strtoull (argv[3], NULL, 10), 0);
  if (run_operation (operation, repo, argv[2], &error))
    return 0;
  g_printerr ("%s: %s\n", argv[0], error->message);
  return 1;
}

/* --- the judge --- */

/* Returns: (transfer full): what the program printed; it must end well */
static char *
run_program (const char *password,
             const char *first,
             ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_auto (GStrv)        environment = g_get_environ ();
  g_autofree char      *output = NULL;
  g_autofree char      *errors = NULL;
  g_autoptr (GError)    error = NULL;
  va_list               list;
  int                   status;

  va_start (list, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (gpointer) argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);
  if (password != NULL)
    environment = g_environ_setenv (environment, "RESTIC_PASSWORD", password, TRUE);
  g_spawn_sync (NULL, (char **) arguments->pdata, environment, G_SPAWN_SEARCH_PATH, NULL, NULL,
                &output, &errors, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s %s: %s\n%s%s", first, (char *) arguments->pdata[1], error->message, output,
             errors);
  return g_strconcat (output, errors, NULL);
}

static char *
check_with_restic (const char *vault,
                   const char *password)
{
  return run_program (password, "restic", "--no-lock", "--no-cache", "-r", vault, "check",
                      "--read-data", NULL);
}

static void
restore_with_restic (const Fixture    *fixture,
                     const char       *vault,
                     const char       *password,
                     const SrSnapshot *snapshot)
{
  g_autofree char *target = g_build_filename (fixture->dir, "restored", NULL);
  g_autofree char *restored = g_build_filename (target, fixture->source, NULL);
  g_autofree char *printed = NULL;
  g_autofree char *difference = NULL;
  char             hex[SR_ID_HEX_SIZE];
  guint            state = (guint) (snapshot->tags[0][0] - '0');

  sr_id_to_hex (&snapshot->id, hex);
  printed = run_program (password, "restic", "--no-lock", "--no-cache", "-r", vault, "restore", hex,
                         "--target", target, NULL);
  difference = run_program (NULL, "diff", "-r", "--no-dereference", fixture->states[state],
                            restored, NULL);
  g_assert_cmpstr (difference, ==, "");
  sr_test_rmdir (g_steal_pointer (&target));
}

/* The vault's snapshots by the digit in their tag. */
static GPtrArray *
list_states (SrRepo  *repo,
             gboolean found[N_STATES])
{
  g_autoptr (GError) error = NULL;
  GPtrArray         *snapshots = sr_repo_list_snapshots (repo, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  memset (found, 0, N_STATES * sizeof *found);
  for (guint i = 0; i < snapshots->len; i++)
    {
      const SrSnapshot *snapshot = g_ptr_array_index (snapshots, i);

      g_assert_nonnull (snapshot->tags[0]);
      found[snapshot->tags[0][0] - '0'] = TRUE;
    }
  return snapshots;
}

/* What must be there whatever happened to the operation, and what when it was done. */
static void
assert_states (Operation operation,
               gboolean  done,
               gboolean  found[N_STATES])
{
  if (operation == OPERATION_FORGET)
    {
      g_assert_true (found[2]);
      g_assert_true (!done || (!found[0] && !found[1]));
      return;
    }
  g_assert_true (found[0] && found[1]);
  g_assert_true (found[2] || (operation == OPERATION_BACKUP && !done));
}

static void
judge (const Fixture *fixture,
       const char    *vault,
       Operation      operation,
       gboolean       done,
       gboolean       restore)
{
  g_autoptr (SrStorage) storage = sr_storage_local_new (vault);
  const char           *password;
  g_autoptr (SrRepo)    repo = open_vault (storage, &password);
  g_autofree char      *printed = check_with_restic (vault, password);
  g_autoptr (GPtrArray) snapshots = NULL;
  gboolean              found[N_STATES];

  snapshots = list_states (repo, found);
  assert_states (operation, done, found);
  if (done && operation == OPERATION_KEY)
    g_assert_cmpstr (password, ==, NEW_PASSWORD);
  for (guint i = 0; restore && i < snapshots->len; i++)
    restore_with_restic (fixture, vault, password, g_ptr_array_index (snapshots, i));
}

/* As strict as restic's, and without leaving the process. */
static void
judge_in_memory (SrStorage *memory,
                 Operation  operation,
                 gboolean   done)
{
  const SrCheckerOptions options = { .read_data = TRUE };
  g_autoptr (SrRepo)     repo = open_vault (memory, NULL);
  g_autoptr (GPtrArray)  findings = NULL;
  g_autoptr (GPtrArray)  snapshots = NULL;
  g_autoptr (GError)     error = NULL;
  SrCheckerStats         stats;
  gboolean               found[N_STATES];

  sr_checker_run (repo, &options, &stats, &findings, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (findings, i);

      if (sr_finding_is_damage (finding))
        g_error ("Damage: %s", finding->text);
    }
  snapshots = list_states (repo, found);
  assert_states (operation, done, found);
}

/* --- what is worked on --- */

static void
copy_tree (const char *from,
           const char *to)
{
  g_autofree char *printed = run_program (NULL, "cp", "-a", from, to, NULL);
}

/* Some files change from state to state, some come and go, most stay. */
static void
make_state (Fixture *fixture,
            guint    state)
{
  g_autofree guint8 *large = g_malloc (1500000);
  g_autofree char   *gone = g_build_filename (fixture->source, "1", "notes-3", NULL);

  sr_test_fill_random (1, large, 1500000);
  memcpy (large + 700000 * (state % 2), &state, sizeof state);
  sr_test_write_file (fixture->source, "large.bin", large, 1500000);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u/notes-%u", i % 4, i);
      g_autofree char *text = g_strdup_printf ("note %u of state %u\n", i, i % 5 == 0 ? state : 0);

      sr_test_write_file (fixture->source, name, text, strlen (text));
    }
  g_assert_true (state != 1 || g_unlink (gone) == 0 || errno == ENOENT);
}

static void
back_up_state (Fixture   *fixture,
               SrStorage *storage,
               guint      state)
{
  g_autoptr (SrRepo) repo = open_vault (storage, NULL);
  g_autofree char   *tag = g_strdup_printf ("%u", state);
  g_autofree char   *name = g_strdup_printf ("state%u", state);
  g_autoptr (GError) error = NULL;

  make_state (fixture, state);
  fixture->states[state] = g_build_filename (fixture->dir, name, NULL);
  copy_tree (fixture->source, fixture->states[state]);
  if (storage == NULL)
    return;
  run_backup (repo, fixture->source, tag, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  const SrScryptParams  cheap = { 16, 8, 1 };
  g_autoptr (SrSecret)  password = make_password (OLD_PASSWORD);
  g_autoptr (SrStorage) storage = NULL;
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (GError)    error = NULL;

  fixture->dir = sr_test_mkdir ();
  fixture->source = g_build_filename (fixture->dir, "source", NULL);
  fixture->work = g_build_filename (fixture->dir, "work", NULL);
  fixture->vault[0] = g_build_filename (fixture->dir, "vault2", NULL);
  fixture->vault[1] = g_build_filename (fixture->dir, "vault3", NULL);
  storage = sr_storage_local_new (fixture->vault[1]);
  repo = sr_repo_create (storage, password, NULL, &cheap, NULL, &error);
  g_assert_no_error (error);
  back_up_state (fixture, storage, 0);
  back_up_state (fixture, storage, 1);
  copy_tree (fixture->vault[1], fixture->vault[0]);
  back_up_state (fixture, storage, 2);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  for (guint i = 0; i < N_STATES; i++)
    g_free (fixture->states[i]);
  g_free (fixture->vault[0]);
  g_free (fixture->vault[1]);
  g_free (fixture->work);
  g_free (fixture->source);
  sr_test_rmdir (fixture->dir);
}

static const char *
get_template (const Fixture *fixture,
              Operation      operation)
{
  return fixture->vault[operation == OPERATION_BACKUP ? 0 : 1];
}

/* --- kill -9 --- */

/* Returns: whether the process was killed; else it must have ended well */
static gboolean
run_child (const Fixture *fixture,
           Operation      operation,
           guint          call)
{
  g_autofree char   *number = g_strdup_printf ("%u", call);
  char              *arguments[] = { (char *) program, (char *) "--child",
                                     (char *) operation_names[operation], fixture->work,
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
    g_error ("%s at call %u: %s\n%s", operation_names[operation], call, error->message, errors);
  return FALSE;
}

static void
test_kill (Fixture      *fixture,
           gconstpointer data)
{
  Operation operation = (Operation) GPOINTER_TO_INT (data);
  gboolean  killed = TRUE;
  guint     call;

  for (call = 1; killed; call++)
    {
      gboolean thorough = call % RESTORE_EVERY == 0;

      copy_tree (get_template (fixture, operation), fixture->work);
      killed = run_child (fixture, operation, call);
      judge (fixture, fixture->work, operation, !killed, thorough);
      if (killed && thorough)
        {
          g_assert_false (run_child (fixture, operation, G_MAXUINT));
          judge (fixture, fixture->work, operation, TRUE, TRUE);
        }
      sr_test_rmdir (g_strdup (fixture->work));
    }
  g_test_message ("%s was killed at %u calls", operation_names[operation], call - 2);
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
judge_copy (const Fixture *fixture,
            SrStorage     *memory,
            Operation      operation,
            gboolean       done)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (fixture->work, 0700), ==, 0);
  sr_storage_memory_save (SR_STORAGE_MEMORY (memory), fixture->work, &error);
  g_assert_no_error (error);
  judge (fixture, fixture->work, operation, done, TRUE);
  sr_test_rmdir (g_strdup (fixture->work));
}

/* Runs the operation with the planned fault. Returns: whether the call was reached */
static gboolean
run_with_fault (const Fixture *fixture,
                Operation      operation,
                SrStorage     *memory,
                SrFault        fault,
                guint          call,
                SrErrorCode    code,
                gboolean      *done)
{
  g_autoptr (SrStorage) storage = sr_storage_fault_new (memory);
  g_autoptr (SrRepo)    repo = open_vault (storage, NULL);
  g_autoptr (GError)    error = NULL;

  set_clock (repo);
  sr_storage_fault_plan (SR_STORAGE_FAULT (storage), fault, call, code);
  *done = run_operation (operation, repo, fixture->source, &error);
  g_assert_true (*done == (error == NULL));
  if (error != NULL)
    {
      g_assert_true (error->domain == SR_ERROR);
      g_assert_cmpuint (strlen (error->message), >, 20);
    }
  return sr_storage_fault_was_reached (SR_STORAGE_FAULT (storage));
}

/* The lock of a process that still runs, but could not remove it. */
static void
remove_locks (SrStorage *memory)
{
  g_autoptr (SrRepo) repo = open_vault (memory, NULL);
  g_autoptr (GError) error = NULL;
  guint              n_removed;

  sr_lock_remove_stale (repo, TRUE, &n_removed, NULL, &error);
  g_assert_no_error (error);
}

static void
run_again (const Fixture *fixture,
           Operation      operation,
           SrStorage     *memory)
{
  g_autoptr (SrRepo) repo = open_vault (memory, NULL);
  g_autoptr (GError) error = NULL;

  set_clock (repo);
  run_operation (operation, repo, fixture->source, &error);
  g_assert_no_error (error);
}

static void
sweep (const Fixture *fixture,
       Operation      operation,
       SrFault        fault,
       SrErrorCode    code)
{
  g_autoptr (SrStorage) template = load_into_memory (get_template (fixture, operation));
  gboolean reached = TRUE;
  guint    call;

  for (call = 1; reached; call++)
    {
      g_autoptr (SrStorage) memory = sr_storage_memory_clone (SR_STORAGE_MEMORY (template));
      gboolean              done;

      reached = run_with_fault (fixture, operation, memory, fault, call, code, &done);
      g_assert_true (reached || done);
      judge_in_memory (memory, operation, done);
      if (call % JUDGE_EVERY == 0)
        judge_copy (fixture, memory, operation, done);
      remove_locks (memory);
      /* deriving a key takes its time */
      if (done || (operation == OPERATION_KEY && call % JUDGE_EVERY != 0))
        continue;
      run_again (fixture, operation, memory);
      judge_in_memory (memory, operation, TRUE);
    }
  g_test_message ("%s with a storage that failed at %u calls", operation_names[operation],
                  call - 2);
  g_assert_cmpuint (call, >, 10);
}

static void
test_fail (Fixture      *fixture,
           gconstpointer data)
{
  Operation operation = (Operation) GPOINTER_TO_INT (data);

  sweep (fixture, operation, SR_FAULT_FAIL, SR_ERROR_IO);
  sweep (fixture, operation, SR_FAULT_FAIL_FROM, SR_ERROR_NO_SPACE);
  sweep (fixture, operation, SR_FAULT_FAIL_AFTER, SR_ERROR_NETWORK);
  if (operation != OPERATION_KEY)
    sweep (fixture, operation, SR_FAULT_CUT, SR_ERROR_IO);
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
      g_autoptr (SrRepo) repo = open_vault (storage, NULL);
      g_autoptr (GError) error = NULL;

      sr_test_fill_random (i, data, size);
      sr_test_write_file (source, "data.bin", data, size);
      set_clock (repo);
      if (run_backup (repo, source, "2", &error))
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
  g_autofree char      *printed = check_with_restic (vault, OLD_PASSWORD);
  g_autoptr (SrStorage) storage = sr_storage_local_new (vault);
  g_autoptr (SrRepo)    repo = open_vault (storage, NULL);
  gboolean              found[N_STATES];
  g_autoptr (GPtrArray) snapshots = list_states (repo, found);

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
  g_autoptr (SrSecret)  password = make_password (OLD_PASSWORD);
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
  repo = open_vault (storage, NULL);
  run_forget (repo, &error);
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
  const Operation  operations[] = { OPERATION_BACKUP, OPERATION_FORGET, OPERATION_KEY };
  g_autofree char *restic = g_find_program_in_path ("restic");

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
      g_autofree char *kill_path = g_strdup_printf ("/crash/kill/%s", operation_names[i]);
      g_autofree char *fail_path = g_strdup_printf ("/crash/fail/%s", operation_names[i]);

      g_test_add (kill_path, Fixture, operation, set_up, test_kill, tear_down);
      g_test_add (fail_path, Fixture, operation, set_up, test_fail, tear_down);
    }
  g_test_add_func ("/crash/full-disk", test_full_disk);
  return g_test_run ();
}
