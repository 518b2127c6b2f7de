/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "cli/sr-password-source.h"
#include "sr-test-util.h"

#include <string.h>
#include <unistd.h>

static void
assert_password (const SrPasswordSource *source,
                 const char             *expected)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (SrSecret) password = sr_password_source_read (source, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (sr_secret_get_data (password), sr_secret_get_size (password),
                   expected, strlen (expected));
}

static void
assert_fails (const SrPasswordSource *source,
              SrErrorCode             code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_password_source_read (source, NULL, &error));
  g_assert_true (sr_error_is (error, code));
}

static void
test_file (void)
{
  static const struct
  {
    const char *content;
    const char *password;
  } cases[] = {
    { "open sesame\n", "open sesame" },
    { "open sesame", "open sesame" },
    { "first\nsecond\n", "first" },
    { "windows\r\n", "windows" },
    { "\xef\xbb\xbf"
      "editor\r\n",
      "editor" },
    { "\xef\xbb\xbf\n", NULL },
    { " \t two spaces  \n", "two spaces" }, /* as restic reads it */
    { "  \nsecond\n", NULL },
    { "p\xe4ss\n", "p\xe4ss" },
    { "\n", NULL },
    { "", NULL },
    { "\nsecond\n", NULL },
  };
  char            *dir = sr_test_mkdir ();
  SrPasswordSource source = { .fd = -1 };
  g_autofree char *long_line = g_strnfill (5000, 'x');

  source.file = g_build_filename (dir, "password", NULL);
  assert_fails (&source, SR_ERROR_NOT_FOUND);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      sr_test_write_file (dir, "password", cases[i].content, strlen (cases[i].content));
      if (cases[i].password != NULL)
        assert_password (&source, cases[i].password);
      else
        assert_fails (&source, SR_ERROR_INVALID);
    }
  sr_test_write_file (dir, "password", long_line, 5000);
  assert_fails (&source, SR_ERROR_INVALID);
  sr_password_source_clear (&source);
  sr_test_rmdir (dir);
}

static void
test_command (void)
{
  SrPasswordSource source = { .fd = -1 };

  source.command = g_strdup ("printf 'open sesame\\nmore\\n'");
  assert_password (&source, "open sesame");
  sr_password_source_clear (&source);
  source.command = g_strdup ("printf 'word\\n'; exit 3");
  assert_fails (&source, SR_ERROR_CHILD);
  sr_password_source_clear (&source);
  source.command = g_strdup ("true");
  assert_fails (&source, SR_ERROR_INVALID);
  sr_password_source_clear (&source);
  source.command = g_strdup ("echo word; head -c 200000 /dev/zero");
  assert_password (&source, "word");
  sr_password_source_clear (&source);
}

/* Two passwords may come through one descriptor, one after the other. */
static void
test_fd (void)
{
  SrPasswordSource source = { .fd = -1 };
  int              fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (write (fds[1], "one\ntwo", 7), ==, 7);
  close (fds[1]);
  source.fd = fds[0];
  assert_password (&source, "one");
  assert_password (&source, "two");
  assert_fails (&source, SR_ERROR_INVALID);
  close (fds[0]);
  assert_fails (&source, SR_ERROR_IO);
}

static gpointer
cancel_it (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Nothing ever comes out of this pipe. */
static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  SrPasswordSource         source = { .fd = -1 };
  GThread                 *thread;
  int                      fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  source.fd = fds[0];
  thread = g_thread_new ("cancel", cancel_it, cancellable);
  g_assert_null (sr_password_source_read (&source, cancellable, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CANCELLED));
  g_thread_join (thread);
  close (fds[0]);
  close (fds[1]);
}

static void
test_one_source (void)
{
  g_autoptr (GError) error = NULL;
  SrPasswordSource   none = { .fd = -1 };
  SrPasswordSource   one = { .fd = 0 };
  SrPasswordSource   two = { .fd = 3, .keyring = TRUE };

  g_assert_true (sr_password_source_check (&none, &error));
  g_assert_false (sr_password_source_is_set (&none));
  g_assert_true (sr_password_source_check (&one, &error));
  g_assert_true (sr_password_source_is_set (&one));
  g_assert_no_error (error);
  g_assert_false (sr_password_source_check (&two, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/password-source/file", test_file);
  g_test_add_func ("/cli/password-source/command", test_command);
  g_test_add_func ("/cli/password-source/fd", test_fd);
  g_test_add_func ("/cli/password-source/cancel", test_cancel);
  g_test_add_func ("/cli/password-source/one-source", test_one_source);
  return g_test_run ();
}
