/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "source/sr-command.h"

#include <string.h>

static char *
run (const char *script,
     GError    **error)
{
  const char *const     argv[] = { "sh", "-c", script, NULL };
  g_autoptr (GString)   out = g_string_new (NULL);
  g_autoptr (SrCommand) command = sr_command_new (argv, error);
  char                  buffer[1000];
  gssize                n;

  if (command == NULL)
    return NULL;
  while ((n = sr_command_read (command, buffer, sizeof buffer, NULL, error)) > 0)
    g_string_append_len (out, buffer, n);
  if (n < 0 || !sr_command_finish (command, NULL, error))
    return NULL;
  return g_strdup (out->str);
}

static void
test_output (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *out = run ("cat; echo one; echo two", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (out, ==, "one\ntwo\n");
}

static void
test_failure (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *out = run ("echo half; echo it broke >&2; exit 7", &error);

  g_assert_null (out);
  g_assert_error (error, SR_ERROR, SR_ERROR_CHILD);
  g_assert_nonnull (strstr (error->message, "7"));
  g_assert_nonnull (strstr (error->message, "it broke"));
}

static void
test_killed (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *out = run ("echo half; kill -9 $$", &error);

  g_assert_null (out);
  g_assert_error (error, SR_ERROR, SR_ERROR_CHILD);
}

static void
test_not_there (void)
{
  const char *const  argv[] = { "/nowhere/at/all", NULL };
  const char *const  nothing[] = { NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_command_new (argv, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (sr_command_new (nothing, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

static void
test_not_read (void)
{
  const char *const     argv[] = { "sh", "-c", "echo x", NULL };
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrCommand) command = sr_command_new (argv, &error);

  g_assert_false (sr_command_finish (command, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INCOMPLETE);
}

static void
test_cancelled (void)
{
  const char *const        argv[] = { "sh", "-c", "exec sleep 1000", NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  g_autoptr (SrCommand)    command = sr_command_new (argv, &error);
  char                     byte;

  g_cancellable_cancel (cancellable);
  g_assert_cmpint (sr_command_read (command, &byte, 1, cancellable, &error), ==, -1);
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/output", test_output);
  g_test_add_func ("/command/failure", test_failure);
  g_test_add_func ("/command/killed", test_killed);
  g_test_add_func ("/command/not-there", test_not_there);
  g_test_add_func ("/command/not-read", test_not_read);
  g_test_add_func ("/command/cancelled", test_cancelled);
  return g_test_run ();
}
