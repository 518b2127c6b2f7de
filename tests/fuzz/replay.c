/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Runs a fuzz target over the files of its committed corpus, as a test: what once broke stays
 * mended. Usage: replay-TARGET FOLDER */

#include "config.h"

#include "sr-fuzz.h"

static void
replay_file (gconstpointer path)
{
  g_autofree char   *content = NULL;
  g_autofree guint8 *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize              size;

  g_file_get_contents (path, &content, &size, &error);
  g_assert_no_error (error);
  /* Without the NUL that GLib puts behind it, so that reading too far is seen. */
  data = g_memdup2 (content, size);
  LLVMFuzzerTestOneInput (data, size);
}

static void
replay_nothing (void)
{
  static const guint8 nothing[1] = { 0 };

  LLVMFuzzerTestOneInput (nothing, 0);
  LLVMFuzzerTestOneInput (nothing, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GDir)   folder = NULL;
  g_autoptr (GError) error = NULL;
  const char        *name;
  guint              n = 0;

  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("Usage: %s FOLDER", argv[0]);
  folder = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  g_test_add_func ("/replay/nothing", replay_nothing);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *test = g_strdup_printf ("/replay/%s", name);

      g_test_add_data_func_full (test, g_build_filename (argv[1], name, NULL), replay_file, g_free);
      n++;
    }
  if (n == 0)
    g_error ("%s is empty", argv[1]);
  return g_test_run ();
}
