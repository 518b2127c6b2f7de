/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-leftover.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#include "sr-test-util.h"

#define VICTIM "--victim"

typedef struct
{
  char *dir;
  int   fd;
  char *prefix;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->dir = sr_test_mkdir ();
  fixture->fd = open (fixture->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fixture->prefix = sr_leftover_make_prefix (".", "a-b.db", "partial");
  g_assert_cmpstr (fixture->prefix, ==, ".a-b.db.partial-");
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  close (fixture->fd);
  g_free (fixture->prefix);
  sr_test_rmdir (fixture->dir);
}

/* Returns: (transfer full): a name that another process made, which has ended. */
static char *
make_dead_name (const char *prefix)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (GSubprocess) victim = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                     "/proc/self/exe", VICTIM, prefix, NULL);
  char                   *name = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (victim, NULL, NULL, &name, NULL, &error);
  g_assert_no_error (error);
  return name;
}

static void
touch (Fixture    *fixture,
       const char *name)
{
  sr_test_write_file (fixture->dir, name, "", 0);
}

static gboolean
is_there (Fixture    *fixture,
          const char *name)
{
  return faccessat (fixture->fd, name, F_OK, 0) == 0;
}

/* @n: how many names are told */
static void
sweep (Fixture         *fixture,
       SrLeftoverRemove remove,
       guint            n)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);

  sr_leftover_sweep (fixture->fd, fixture->prefix, remove, others);
  g_assert_cmpuint (others->len, ==, n);
}

static void
test_dead (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *dead = make_dead_name (fixture->prefix);
  g_autofree char *beside = g_strconcat (dead, "-wal", NULL);
  g_autofree char *mine = sr_leftover_make_name (fixture->prefix);
  g_autofree char *again = sr_leftover_make_name (fixture->prefix);

  g_assert_cmpstr (mine, !=, again);
  g_assert_cmpuint (strlen (mine), <=, strlen (fixture->prefix) + 60);
  touch (fixture, dead);
  touch (fixture, beside);
  touch (fixture, mine);
  touch (fixture, ".other.partial-1-2-3-4-5-6");
  sweep (fixture, NULL, 0);
  sweep (fixture, sr_leftover_keep, 2);
  g_assert_true (is_there (fixture, dead));
  sweep (fixture, sr_leftover_unlink, 0);
  g_assert_false (is_there (fixture, dead));
  g_assert_false (is_there (fixture, beside));
  g_assert_true (is_there (fixture, mine));
  g_assert_true (is_there (fixture, ".other.partial-1-2-3-4-5-6"));
}

/* What proves nothing stays: other machines and sandboxes, processes that live, other names. */
static void
test_unproven (Fixture      *fixture,
               gconstpointer data)
{
  g_autofree char *mine = sr_leftover_make_name ("");
  g_auto (GStrv)   parts = g_strsplit (mine, "-", -1);
  g_autofree char *start = NULL;
  char            *names[5] = { NULL };
  char            *stat = NULL;

  g_assert_cmpuint (g_strv_length (parts), ==, 6);
  g_assert_true (g_file_get_contents ("/proc/1/stat", &stat, NULL, NULL));
  {
    g_auto (GStrv) fields = g_strsplit (strrchr (stat, ')') + 2, " ", -1);

    start = g_strdup_printf ("%" G_GINT64_MODIFIER "x",
                             g_ascii_strtoull (fields[19], NULL, 10));
  }
  g_free (stat);
  names[0] = g_strdup_printf ("%sabcdefabcdef-%s-%s-3fffffff-5-1", fixture->prefix, parts[1],
                              parts[2]);
  names[1] = g_strdup_printf ("%s%s-%s-1-3fffffff-5-1", fixture->prefix, parts[0], parts[1]);
  names[2] = g_strdup_printf ("%s%s-%s-%s-1-%s-1", fixture->prefix, parts[0], parts[1], parts[2],
                              start);
  names[3] = g_strconcat (fixture->prefix, "Xa4Tz9", NULL);
  names[4] = g_strdup_printf ("%s%s-%s-%s-fffffffffffffffff-5-1", fixture->prefix, parts[0],
                              parts[1], parts[2]);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    touch (fixture, names[i]);
  sweep (fixture, sr_leftover_unlink, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_true (is_there (fixture, names[i]));
      g_clear_pointer (&names[i], g_free);
    }
}

/* The number went to another process, or the machine was started anew. */
static void
test_proven (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *mine = sr_leftover_make_name ("");
  g_auto (GStrv)   parts = g_strsplit (mine, "-", -1);
  g_autofree char *reused = g_strdup_printf ("%s%s-%s-%s-%s-1-1", fixture->prefix, parts[0],
                                             parts[1], parts[2], parts[3]);
  g_autofree char *old = g_strdup_printf ("%s%s-%s-%s-%s-%s-1", fixture->prefix, parts[0],
                                          "00000000", parts[2], parts[3], parts[4]);

  touch (fixture, reused);
  sweep (fixture, sr_leftover_unlink, 0);
  g_assert_false (is_there (fixture, reused));
  if (parts[0][0] == '\0')
    {
      g_test_skip ("this machine has no id, so that nothing of an earlier start is known");
      return;
    }
  touch (fixture, old);
  sweep (fixture, sr_leftover_unlink, 0);
  g_assert_false (is_there (fixture, old));
}

/* What stays is told. */
static void
test_told (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *dead = make_dead_name (fixture->prefix);
  g_autofree char *unknown = g_strconcat (fixture->prefix, "Xa4Tz9", NULL);

  touch (fixture, dead);
  touch (fixture, unknown);
  g_test_expect_message ("sr-base", G_LOG_LEVEL_MESSAGE, "*partial-Xa4Tz9*a-b.db*");
  sr_leftover_clean (fixture->fd, fixture->prefix, sr_leftover_unlink, "a-b.db");
  g_test_assert_expected_messages ();
  g_assert_false (is_there (fixture, dead));
  g_assert_true (is_there (fixture, unknown));
}

static void
test_long (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *name = g_strnfill (255, 'x');
  g_autofree char *prefix = sr_leftover_make_prefix (".", name, "strongroom-stage");
  g_autofree char *stage = sr_leftover_make_name (prefix);

  g_assert_cmpuint (strlen (stage), <, 240);
  touch (fixture, stage);
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 3 && strcmp (argv[1], VICTIM) == 0)
    {
      g_autofree char *name = sr_leftover_make_name (argv[2]);

      g_print ("%s", name);
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/leftover/dead", test_dead);
  ADD ("/leftover/unproven", test_unproven);
  ADD ("/leftover/proven", test_proven);
  ADD ("/leftover/told", test_told);
  ADD ("/leftover/long", test_long);
  return g_test_run ();
}
