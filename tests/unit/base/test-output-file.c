/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-output-file.h"
#include "sr-test-util.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static guint
count_names (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint            n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
put (SrOutputFile *file,
     const char   *text)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (sr_output_file_get_stream (file), text, strlen (text), NULL, NULL,
                             &error);
  g_assert_no_error (error);
}

static void
test_commit (void)
{
  char                    *folder = sr_test_mkdir ();
  g_autofree char         *path = g_build_filename (folder, "out", NULL);
  g_autofree char         *content = NULL;
  g_autoptr (SrOutputFile) file = NULL;
  g_autoptr (GError)       error = NULL;
  struct stat              st;

  file = sr_output_file_open (path, FALSE, 0600, &error);
  g_assert_no_error (error);
  put (file, "whole");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (sr_output_file_commit (file, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "whole");
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
  g_assert_cmpuint (count_names (folder), ==, 1);
  sr_test_rmdir (folder);
}

static void
test_dropped (void)
{
  char              *folder = sr_test_mkdir ();
  g_autofree char   *path = g_build_filename (folder, "out", NULL);
  SrOutputFile      *file;
  g_autoptr (GError) error = NULL;

  file = sr_output_file_open (path, FALSE, 0600, &error);
  g_assert_no_error (error);
  put (file, "half");
  g_assert_cmpuint (count_names (folder), ==, 1);
  sr_output_file_free (file);
  g_assert_cmpuint (count_names (folder), ==, 0);
  sr_test_rmdir (folder);
}

static void
test_existing (void)
{
  char                    *folder = sr_test_mkdir ();
  g_autofree char         *path = g_build_filename (folder, "out", NULL);
  g_autofree char         *content = NULL;
  g_autoptr (SrOutputFile) file = NULL;
  g_autoptr (GError)       error = NULL;

  sr_test_write_file (folder, "out", "old", 3);
  g_assert_null (sr_output_file_open (path, FALSE, 0600, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_null (sr_output_file_open (folder, TRUE, 0600, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&error);
  file = sr_output_file_open (path, TRUE, 0600, &error);
  g_assert_no_error (error);
  put (file, "new");
  g_assert_true (sr_output_file_commit (file, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "new");
  sr_test_rmdir (folder);
}

/* One that came while we wrote is not lost either. */
static void
test_came_meanwhile (void)
{
  char                    *folder = sr_test_mkdir ();
  g_autofree char         *path = g_build_filename (folder, "out", NULL);
  g_autofree char         *content = NULL;
  g_autoptr (SrOutputFile) file = NULL;
  g_autoptr (GError)       error = NULL;

  file = sr_output_file_open (path, FALSE, 0600, &error);
  g_assert_no_error (error);
  sr_test_write_file (folder, "out", "theirs", 6);
  g_assert_false (sr_output_file_commit (file, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_pointer (&file, sr_output_file_free);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "theirs");
  g_assert_cmpuint (count_names (folder), ==, 1);
  sr_test_rmdir (folder);
}

static void
test_device (void)
{
  g_autoptr (SrOutputFile) file = NULL;
  g_autoptr (GError)       error = NULL;
  struct stat              st;

  file = sr_output_file_open ("/dev/null", FALSE, 0600, &error);
  g_assert_no_error (error);
  put (file, "nothing");
  g_assert_true (sr_output_file_commit (file, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat ("/dev/null", &st), ==, 0);
  g_assert_true (S_ISCHR (st.st_mode));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/output-file/commit", test_commit);
  g_test_add_func ("/output-file/dropped", test_dropped);
  g_test_add_func ("/output-file/existing", test_existing);
  g_test_add_func ("/output-file/came-meanwhile", test_came_meanwhile);
  g_test_add_func ("/output-file/device", test_device);
  return g_test_run ();
}
