/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "cli/sr-cli.h"

/* The manual page promises these. */
static void
test_exit_codes (void)
{
  static const struct
  {
    SrErrorCode error;
    int         code;
  } cases[] = {
    { SR_ERROR_FAILED, 1 },
    { SR_ERROR_NOT_FOUND, 4 },
    { SR_ERROR_EXISTS, 1 },
    { SR_ERROR_WRONG_PASSWORD, 5 },
    { SR_ERROR_LOCKED, 6 },
    { SR_ERROR_DAMAGED, 7 },
    { SR_ERROR_NO_SPACE, 8 },
    { SR_ERROR_CANCELLED, 130 },
    { SR_ERROR_REFUSED, 9 },
    { SR_ERROR_UNSUPPORTED, 1 },
    { SR_ERROR_PERMISSION, 1 },
    { SR_ERROR_INVALID, 2 },
    { SR_ERROR_INCOMPLETE, 3 },
    { SR_ERROR_CHILD, 1 },
    { SR_ERROR_IO, 1 },
    { SR_ERROR_NETWORK, 10 },
    { SR_ERROR_AUTH, 10 },
    { SR_ERROR_TIMEOUT, 10 },
  };
  g_autoptr (GError) foreign = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not ours");

  g_assert_cmpuint (G_N_ELEMENTS (cases), ==, SR_ERROR_TIMEOUT + 1);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new (SR_ERROR, (int) cases[i].error, "x");

      g_assert_cmpint (sr_cli_exit_code_from_error (error), ==, cases[i].code);
    }
  g_assert_cmpint (sr_cli_exit_code_from_error (foreign), ==, 1);
}

static void
test_arguments (void)
{
  const char *const  two[] = { "one", "t\x1bwo", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_cli_check_arguments (two, 2, 2, &error));
  g_assert_true (sr_cli_check_arguments (two + 2, 0, 0, &error));
  g_assert_no_error (error);
  g_assert_false (sr_cli_check_arguments (two, 3, 3, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_false (sr_cli_check_arguments (two, 0, 1, &error));
  g_assert_cmpstr (error->message, ==, "The argument “t\\x1bwo” is one too many");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/cli/exit-codes", test_exit_codes);
  g_test_add_func ("/cli/cli/arguments", test_arguments);
  return g_test_run ();
}
