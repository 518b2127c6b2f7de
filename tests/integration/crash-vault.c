/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "crash-vault.h"
#include "job/sr-forget.h"
#include "job/sr-keys.h"
#include "repo/sr-checker.h"
#include "sr-test-util.h"
#include "storage/sr-storage-local.h"

const char *const crash_operation_names[] = { "backup", "forget", "key" };

SrSecret *
crash_make_password (const char *text)
{
  return sr_secret_new_from (text, strlen (text));
}

SrRepo *
crash_open_vault (SrStorage   *storage,
                  const char **password)
{
  const char *const  passwords[] = { CRASH_OLD_PASSWORD, CRASH_NEW_PASSWORD };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (passwords); i++)
    {
      g_autoptr (SrSecret) secret = crash_make_password (passwords[i]);
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

void
crash_set_clock (SrRepo *repo)
{
  g_autoptr (SrClock) clock = sr_clock_new_fake (g_get_real_time () * 1000);

  sr_repo_set_clock (repo, clock);
}

gboolean
crash_run_backup (SrRepo     *repo,
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

gboolean
crash_run_forget (SrRepo  *repo,
                  GError **error)
{
  const SrRetentionPolicy policy = { .last = 1 };
  const SrPrunerOptions   prune = { 0.0, TRUE, FALSE };
  const SrForgetOptions   options = { .policy = &policy, .prune = &prune };
  g_autoptr (GPtrArray)   decisions = NULL;
  SrPrunerStats           stats;

  return sr_forget_run (repo, &options, &decisions, &stats, NULL, NULL, error);
}

gboolean
crash_run_operation (CrashOperation operation,
                     SrRepo        *repo,
                     const char    *source,
                     GError       **error)
{
  g_autoptr (SrSecret) password = NULL;
  SrId                 id;

  switch (operation)
    {
    case CRASH_BACKUP:
      return crash_run_backup (repo, source, "2", error);

    case CRASH_FORGET:
      return crash_run_forget (repo, error);

    case CRASH_KEY:
      password = crash_make_password (CRASH_NEW_PASSWORD);
      return sr_keys_change (repo, password, &id, NULL, error);
    }
  g_assert_not_reached ();
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

char *
crash_check_with_restic (const char *vault,
                         const char *password)
{
  return run_program (password, "restic", "--no-lock", "--no-cache", "-r", vault, "check",
                      "--read-data", NULL);
}

static void
restore_with_restic (const CrashFixture *fixture,
                     const char         *vault,
                     const char         *password,
                     const SrSnapshot   *snapshot)
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

GPtrArray *
crash_list_states (SrRepo  *repo,
                   gboolean found[CRASH_N_STATES])
{
  g_autoptr (GError) error = NULL;
  GPtrArray         *snapshots = sr_repo_list_snapshots (repo, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  memset (found, 0, CRASH_N_STATES * sizeof *found);
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
assert_states (CrashOperation operation,
               gboolean       done,
               gboolean       found[CRASH_N_STATES])
{
  if (operation == CRASH_FORGET)
    {
      g_assert_true (found[2]);
      g_assert_true (!done || (!found[0] && !found[1]));
      return;
    }
  g_assert_true (found[0] && found[1]);
  g_assert_true (found[2] || (operation == CRASH_BACKUP && !done));
}

void
crash_judge (const CrashFixture *fixture,
             const char         *vault,
             CrashOperation      operation,
             gboolean            done,
             gboolean            restore)
{
  g_autoptr (SrStorage) storage = sr_storage_local_new (vault);
  const char           *password;
  g_autoptr (SrRepo)    repo = crash_open_vault (storage, &password);
  g_autofree char      *printed = crash_check_with_restic (vault, password);
  g_autoptr (GPtrArray) snapshots = NULL;
  gboolean              found[CRASH_N_STATES];

  snapshots = crash_list_states (repo, found);
  assert_states (operation, done, found);
  if (done && operation == CRASH_KEY)
    g_assert_cmpstr (password, ==, CRASH_NEW_PASSWORD);
  for (guint i = 0; restore && i < snapshots->len; i++)
    restore_with_restic (fixture, vault, password, g_ptr_array_index (snapshots, i));
}

guint
crash_count_damage (SrStorage *memory,
                    char     **text)
{
  const SrCheckerOptions options = { .read_data = TRUE };
  g_autoptr (SrRepo)     repo = crash_open_vault (memory, NULL);
  g_autoptr (GPtrArray)  findings = NULL;
  g_autoptr (GError)     error = NULL;
  SrCheckerStats         stats;
  guint                  n = 0;

  sr_checker_run (repo, &options, &stats, &findings, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (findings, i);

      if (!sr_finding_is_damage (finding))
        continue;
      n++;
      g_free (*text);
      *text = g_strdup (finding->text);
    }
  return n;
}

void
crash_judge_in_memory (SrStorage     *memory,
                       CrashOperation operation,
                       gboolean       done)
{
  g_autoptr (SrRepo)    repo = crash_open_vault (memory, NULL);
  g_autoptr (GPtrArray) snapshots = NULL;
  g_autofree char      *text = NULL;
  gboolean              found[CRASH_N_STATES];

  if (crash_count_damage (memory, &text) > 0)
    g_error ("Damage: %s", text);
  snapshots = crash_list_states (repo, found);
  assert_states (operation, done, found);
}

/* --- what is worked on --- */

void
crash_copy_tree (const char *from,
                 const char *to)
{
  g_autofree char *printed = run_program (NULL, "cp", "-a", from, to, NULL);
}

/* Some files change from state to state, some come and go, most stay. */
static void
make_state (CrashFixture *fixture,
            guint         state)
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
back_up_state (CrashFixture *fixture,
               SrStorage    *storage,
               guint         state)
{
  g_autoptr (SrRepo) repo = crash_open_vault (storage, NULL);
  g_autofree char   *tag = g_strdup_printf ("%u", state);
  g_autofree char   *name = g_strdup_printf ("state%u", state);
  g_autoptr (GError) error = NULL;

  make_state (fixture, state);
  fixture->states[state] = g_build_filename (fixture->dir, name, NULL);
  crash_copy_tree (fixture->source, fixture->states[state]);
  if (storage == NULL)
    return;
  crash_run_backup (repo, fixture->source, tag, &error);
  g_assert_no_error (error);
}

void
crash_set_up (CrashFixture *fixture,
              gconstpointer data)
{
  const SrScryptParams  cheap = { 16, 8, 1 };
  g_autoptr (SrSecret)  password = crash_make_password (CRASH_OLD_PASSWORD);
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
  crash_copy_tree (fixture->vault[1], fixture->vault[0]);
  back_up_state (fixture, storage, 2);
}

void
crash_tear_down (CrashFixture *fixture,
                 gconstpointer data)
{
  for (guint i = 0; i < CRASH_N_STATES; i++)
    g_free (fixture->states[i]);
  g_free (fixture->vault[0]);
  g_free (fixture->vault[1]);
  g_free (fixture->work);
  g_free (fixture->source);
  sr_test_rmdir (fixture->dir);
}

const char *
crash_get_template (const CrashFixture *fixture,
                    CrashOperation      operation)
{
  return fixture->vault[operation == CRASH_BACKUP ? 0 : 1];
}
