/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "sr-test-util.h"
#include "target/sr-folder-target.h"

#define VICTIM "--victim"

typedef struct
{
  guint calls;
  guint fail_at; /* 0: never */
} Faults;

static gboolean
fail_step (const char *step,
           gpointer    user_data,
           GError    **error)
{
  Faults *faults = user_data;

  faults->calls++;
  if (faults->calls != faults->fail_at)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "made to fail at %s", step);
  return FALSE;
}

static gboolean
put (SrTarget   *target,
     const char *name,
     const char *text,
     GError    **error)
{
  SrContainerEntry entry = {
    .name = (char *) name, .size = strlen (text), .mtime = 1700000000, .mode = 04755
  };
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_data (text, (gssize) strlen (text), NULL);

  return sr_target_put_file (target, &entry, stream, NULL, error);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* A listing of a folder: names and content, in order of name. */
static void
describe (const char *path,
          const char *prefix,
          GString    *text)
{
  g_autoptr (GDir)      dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char           *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *below = g_build_filename (path, names->pdata[i], NULL);
      g_autofree char *content = NULL;

      g_string_append_printf (text, "%s%s", prefix, (char *) names->pdata[i]);
      if (g_file_get_contents (below, &content, NULL, NULL))
        g_string_append_printf (text, "=%s\n", content);
      else
        {
          g_autofree char *deeper = g_strconcat (prefix, names->pdata[i], "/", NULL);

          g_string_append (text, "/\n");
          describe (below, deeper, text);
        }
    }
}

static char *
listing (const char *path)
{
  GString *text = g_string_new (NULL);

  describe (path, "", text);
  return g_string_free (text, FALSE);
}

static gboolean
run (SrTarget *target,
     GError  **error)
{
  SrTargetPlan          plan = { .replace = TRUE };
  g_autoptr (GPtrArray) counts = NULL;

  if (!sr_target_begin (target, &plan, NULL, error) ||
      !put (target, "a.txt", "new a", error) || !put (target, "sub/deep/b", "b", error) ||
      !put (target, "a.txt", "newer a", error) ||
      (counts = sr_target_verify (target, NULL, error)) == NULL)
    return FALSE;
  g_assert_cmpuint (counts->len, ==, 1);
  g_assert_cmpuint (((SrTargetCount *) counts->pdata[0])->staged, ==, 2);
  return sr_target_swap (target, NULL, error);
}

#define NEW_LISTING "x/\nx/a.txt=newer a\nx/sub/\nx/sub/deep/\nx/sub/deep/b=b\n"

static void
test_new (void)
{
  char                     *dir = sr_test_mkdir ();
  g_autofree char          *path = g_build_filename (dir, "x", NULL);
  g_autofree char          *file = g_build_filename (path, "a.txt", NULL);
  g_autofree char          *done = NULL;
  g_autofree char          *undone = NULL;
  g_autoptr (SrTarget)      target = sr_folder_target_new (path);
  g_autoptr (SrPreflight)   preflight = sr_preflight_new ();
  g_autoptr (GOutputStream) saved = g_memory_output_stream_new_resizable ();
  g_autoptr (GError)        error = NULL;
  SrTargetPlan              plan = { 0 };
  guint64                   written = 1;
  struct stat               info;

  g_assert_true (sr_target_preflight (target, &plan, preflight, NULL, &error));
  g_assert_true (sr_preflight_is_ok (preflight));
  g_assert_true (sr_target_back_up (target, saved, &written, NULL, &error));
  g_assert_cmpuint (written, ==, 0);
  g_assert_true (run (target, &error));
  g_assert_no_error (error);
  done = listing (dir);
  g_assert_cmpstr (done, ==, NEW_LISTING);
  g_assert_cmpint (stat (file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0755);
  g_assert_cmpint (info.st_mtime, ==, 1700000000);
  g_assert_true (sr_target_undo (target, &error));
  g_assert_true (sr_target_discard (target, &error));
  undone = listing (dir);
  g_assert_cmpstr (undone, ==, "");
  sr_test_rmdir (dir);
}

/* Every step is made to fail in turn: the folder is as it was, and after discarding nothing lies
 * beside it. */
static void
test_every_step (void)
{
  guint    n = 0;
  gboolean passed = FALSE;

  while (!passed)
    {
      char                *dir = sr_test_mkdir ();
      g_autofree char     *path = g_build_filename (dir, "x", NULL);
      g_autofree char     *before = NULL;
      g_autofree char     *after = NULL;
      Faults               faults = { 0, ++n };
      g_autoptr (SrTarget) target = sr_folder_target_new (path);
      g_autoptr (GError)   error = NULL;

      sr_test_write_file (dir, "x/old", "old", 3);
      sr_test_write_file (dir, "x/y/z", "", 0);
      before = listing (dir);
      sr_target_set_fault_func (target, fail_step, &faults);
      passed = run (target, &error) && sr_target_undo (target, &error);
      g_assert_true (passed != (error != NULL));
      if (faults.fail_at > faults.calls)
        g_assert_true (passed);
      sr_target_set_fault_func (target, NULL, NULL);
      /* Failed while it was undone: all of the new or all of the old. */
      if (!passed && g_strrstr (error->message, "-back") != NULL)
        {
          g_assert_true (sr_target_undo (target, NULL));
        }
      g_assert_true (sr_target_discard (target, NULL));
      after = listing (dir);
      g_assert_cmpstr (after, ==, before);
      sr_test_rmdir (dir);
    }
  g_assert_cmpuint (n, >, 8);
}

static gboolean
die_at_step (const char *step,
             gpointer    user_data,
             GError    **error)
{
  Faults *faults = user_data;

  if (++faults->calls == faults->fail_at)
    kill (getpid (), SIGKILL);
  return TRUE;
}

/* The program's other face: restores as a verb does, and dies at a step if it comes to it.
 * @arguments: step, folder */
static int
be_victim (char **arguments)
{
  g_autoptr (SrTarget) target = sr_folder_target_new (arguments[1]);
  g_autoptr (GError)   error = NULL;
  Faults               faults = { 0 };

  faults.fail_at = (guint) g_ascii_strtoull (arguments[0], NULL, 10);
  sr_target_set_fault_func (target, die_at_step, &faults);
  if (run (target, &error) && sr_target_discard (target, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}

/* In a process of its own. Returns: whether it came to the step */
static gboolean
restore_and_die (const char *path,
                 guint       at)
{
  g_autofree char        *step = g_strdup_printf ("%u", at);
  g_autoptr (GError)      error = NULL;
  g_autoptr (GSubprocess) victim = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error,
                                                     "/proc/self/exe", VICTIM, step, path, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (victim, NULL, &error));
  if (!g_subprocess_get_if_exited (victim))
    {
      g_assert_cmpint (g_subprocess_get_term_sig (victim), ==, SIGKILL);
      return TRUE;
    }
  g_assert_cmpint (g_subprocess_get_exit_status (victim), ==, 0);
  return FALSE;
}

/* What the next run does before its own work. Returns: how many names it tells */
static guint
recover (const char *path)
{
  g_autoptr (SrTarget)    target = sr_folder_target_new (path);
  g_autoptr (SrPreflight) preflight = sr_preflight_new ();
  g_autoptr (GError)      error = NULL;
  SrTargetPlan            plan = { .replace = TRUE };
  guint                   n = 0;

  g_assert_true (sr_target_preflight (target, &plan, preflight, NULL, &error));
  g_assert_true (sr_target_begin (target, &plan, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sr_target_discard (target, &error));
  for (guint i = 0; i < preflight->rows->len; i++)
    n += strcmp (((SrPreflightRow *) preflight->rows->pdata[i])->title, "Left over") == 0;
  return n;
}

/* Killed at every step: the one or the other is there whole, what was only staged goes with the
 * next run, and what was replaced is not lost. */
static void
test_kill_every_step (void)
{
  static const char old_listing[] = "x/\nx/old=old\nx/y/\nx/y/z=\n";
  gboolean          died = TRUE;
  guint             n = 0;
  guint             n_told = 0;

  while (died)
    {
      char            *dir = sr_test_mkdir ();
      g_autofree char *path = g_build_filename (dir, "x", NULL);
      g_autofree char *after = NULL;
      guint            told;
      gboolean         old;

      sr_test_write_file (dir, "x/old", "old", 3);
      sr_test_write_file (dir, "x/y/z", "", 0);
      died = restore_and_die (path, ++n);
      told = recover (path);
      after = listing (dir);
      old = g_str_has_suffix (after, old_listing);
      g_assert_true (old || g_str_has_suffix (after, NEW_LISTING));
      g_assert_true (old || n > 5);
      if (told == 0)
        g_assert_cmpstr (after, ==, died ? old_listing : NEW_LISTING);
      else
        {
          g_assert_true (g_str_has_prefix (after, ".x.strongroom-swap-"));
          g_assert_nonnull (strstr (after, old ? "/a.txt=newer a\n" : "/old=old\n"));
        }
      n_told += told;
      sr_test_rmdir (dir);
    }
  g_assert_cmpuint (n, >, 8);
  g_assert_cmpuint (n_told, ==, 3);
}

static void
test_replace (void)
{
  char                     *dir = sr_test_mkdir ();
  g_autofree char          *path = g_build_filename (dir, "x", NULL);
  g_autofree char          *link = g_build_filename (dir, "link", NULL);
  g_autofree char          *done = NULL;
  g_autoptr (SrTarget)      target = NULL;
  g_autoptr (SrPreflight)   preflight = sr_preflight_new ();
  g_autoptr (SrPreflight)   refused = sr_preflight_new ();
  g_autoptr (GOutputStream) saved = g_memory_output_stream_new_resizable ();
  g_autoptr (GError)        error = NULL;
  SrTargetPlan              plan = { .expected_bytes = 10 };
  guint64                   written = 0;
  struct stat               info;

  sr_test_write_file (dir, "x/old", "old", 3);
  g_assert_cmpint (chmod (path, 0751), ==, 0);
  g_assert_cmpint (symlink ("x", link), ==, 0);
  target = sr_folder_target_new (link);
  g_assert_true (sr_target_preflight (target, &plan, refused, NULL, &error));
  g_assert_false (sr_preflight_is_ok (refused));
  g_assert_false (sr_target_begin (target, &plan, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&error);
  plan.replace = TRUE;
  g_assert_true (sr_target_preflight (target, &plan, preflight, NULL, &error));
  g_assert_true (sr_preflight_is_ok (preflight));
  g_assert_cmpuint (preflight->losses->len, ==, 1);
  g_assert_cmpuint (((SrTargetLoss *) preflight->losses->pdata[0])->existing, ==, 3);
  g_assert_true (sr_target_back_up (target, saved, &written, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (written, >, 1024);
  g_assert_cmpuint (written, ==,
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (saved)));
  g_assert_true (run (target, &error));
  g_assert_true (sr_target_discard (target, &error));
  g_assert_no_error (error);
  g_assert_cmpint (unlink (link), ==, 0);
  done = listing (dir);
  g_assert_cmpstr (done, ==, NEW_LISTING);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0751);
  g_assert_false (sr_target_undo (target, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  sr_test_rmdir (dir);
}

static void
test_names (void)
{
  static const char *const names[] = {
    "../x", "a/../b", "/etc/x", "", ".", "a//b", "a/", "..", NULL
  };
  char              *dir = sr_test_mkdir ();
  g_autofree char   *path = g_build_filename (dir, "x", NULL);
  g_autofree char   *after = NULL;
  g_autoptr (GError) error = NULL;
  SrTargetPlan       plan = { 0 };
  SrContainerEntry   link = {
      .name = (char *) "l", .type = SR_ENTRY_SYMLINK, .link_target = (char *) "/etc"
  };

  {
    g_autoptr (SrTarget) target = sr_folder_target_new (path);

    g_assert_true (sr_target_begin (target, &plan, NULL, &error));
    for (guint i = 0; names[i] != NULL; i++)
      {
        g_assert_false (put (target, names[i], "x", &error));
        g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
        g_clear_error (&error);
      }
    g_assert_false (sr_target_put_file (target, &link, NULL, NULL, &error));
    g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
    g_clear_error (&error);
    g_assert_true (put (target, "file", "x", &error));
    g_assert_false (put (target, "file/below", "x", &error));
    g_clear_error (&error);
    g_assert_false (sr_target_swap (target, NULL, &error));
    g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  }
  after = listing (dir);
  g_assert_cmpstr (after, ==, "");
  sr_test_rmdir (dir);
}

/* What another program changes in the stage or puts into the place is noticed. */
static void
test_changed (void)
{
  char                 *dir = sr_test_mkdir ();
  g_autofree char      *path = g_build_filename (dir, "x", NULL);
  g_autofree char      *stage = NULL;
  g_autofree char      *file = NULL;
  g_autoptr (SrTarget)  target = sr_folder_target_new (path);
  g_autoptr (GPtrArray) counts = NULL;
  g_autoptr (GError)    error = NULL;
  g_autoptr (GDir)      list = NULL;
  SrTargetPlan          plan = { 0 };

  g_assert_true (sr_target_begin (target, &plan, NULL, &error));
  g_assert_true (put (target, "a", "content", &error));
  list = g_dir_open (dir, 0, NULL);
  stage = g_build_filename (dir, g_dir_read_name (list), NULL);
  file = g_build_filename (stage, "a", NULL);
  g_assert_true (g_file_set_contents (file, "contenT", -1, NULL));
  counts = sr_target_verify (target, NULL, &error);
  g_assert_null (counts);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (file, "content", -1, NULL));
  counts = sr_target_verify (target, NULL, &error);
  g_assert_nonnull (counts);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_false (sr_target_swap (target, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_assert_true (sr_target_discard (target, NULL));
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 4 && strcmp (argv[1], VICTIM) == 0)
    return be_victim (argv + 2);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/folder-target/new", test_new);
  g_test_add_func ("/folder-target/every-step", test_every_step);
  g_test_add_func ("/folder-target/kill-every-step", test_kill_every_step);
  g_test_add_func ("/folder-target/replace", test_replace);
  g_test_add_func ("/folder-target/names", test_names);
  g_test_add_func ("/folder-target/changed", test_changed);
  return g_test_run ();
}
