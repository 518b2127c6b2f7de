/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"

#include <errno.h>

static void
test_names (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = SR_ERROR_FAILED; code <= SR_ERROR_TIMEOUT; code++)
    {
      const char *name = sr_error_code_name ((SrErrorCode) code);

      g_assert_nonnull (name);
      g_assert_true (g_hash_table_add (seen, (gpointer) name));
    }
  g_assert_cmpstr (sr_error_code_name (SR_ERROR_NOT_FOUND), ==, "not-found");
  g_assert_cmpstr (sr_error_code_name (SR_ERROR_TIMEOUT), ==, "timeout");
  g_assert_cmpstr (sr_error_code_name ((SrErrorCode) 12345), ==, "failed");
  g_assert_cmpstr (sr_error_code_name ((SrErrorCode) -1), ==, "failed");
}

static void
test_errno (void)
{
  g_assert_cmpint (sr_error_code_from_errno (ENOENT), ==, SR_ERROR_NOT_FOUND);
  g_assert_cmpint (sr_error_code_from_errno (EACCES), ==, SR_ERROR_PERMISSION);
  g_assert_cmpint (sr_error_code_from_errno (EPERM), ==, SR_ERROR_PERMISSION);
  g_assert_cmpint (sr_error_code_from_errno (EROFS), ==, SR_ERROR_PERMISSION);
  g_assert_cmpint (sr_error_code_from_errno (ENOSPC), ==, SR_ERROR_NO_SPACE);
  g_assert_cmpint (sr_error_code_from_errno (EDQUOT), ==, SR_ERROR_NO_SPACE);
  g_assert_cmpint (sr_error_code_from_errno (EEXIST), ==, SR_ERROR_EXISTS);
  g_assert_cmpint (sr_error_code_from_errno (ECANCELED), ==, SR_ERROR_CANCELLED);
  g_assert_cmpint (sr_error_code_from_errno (EOPNOTSUPP), ==, SR_ERROR_UNSUPPORTED);
  g_assert_cmpint (sr_error_code_from_errno (ENOSYS), ==, SR_ERROR_UNSUPPORTED);
  g_assert_cmpint (sr_error_code_from_errno (EIO), ==, SR_ERROR_IO);
}

static void
test_set_errno (void)
{
  g_autoptr (GError) error = NULL;

  sr_set_error_errno (NULL, ENOSPC, "nobody %s", "listens");
  sr_set_error_errno (&error, ENOSPC, "Writing %s", "/vault/data");
  g_assert_true (sr_error_is (error, SR_ERROR_NO_SPACE));
  g_assert_false (sr_error_is (error, SR_ERROR_IO));
  g_assert_false (sr_error_is (NULL, SR_ERROR_FAILED));
  g_assert_cmpstr (error->message, ==, "Writing /vault/data: No space left on device");
}

static void
test_take_io (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) ours = NULL;

  sr_error_take_io (NULL, "nobody %s", "listens");
  sr_error_take_io (&error, "nothing %s", "failed");
  g_assert_no_error (error);
  g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "the disk is full");
  sr_error_take_io (&error, "Writing “%s”", "out.sql");
  g_assert_true (sr_error_is (error, SR_ERROR_NO_SPACE));
  g_assert_cmpstr (error->message, ==, "Writing “out.sql”: the disk is full");
  g_set_error_literal (&ours, SR_ERROR, SR_ERROR_DAMAGED, "as it was");
  sr_error_take_io (&ours, "Writing “%s”", "out.sql");
  g_assert_true (sr_error_is (ours, SR_ERROR_DAMAGED));
  g_assert_cmpstr (ours->message, ==, "as it was");
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  g_assert_false (sr_check_cancelled (NULL, &error));
  g_assert_false (sr_check_cancelled (cancellable, &error));
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  g_assert_true (sr_check_cancelled (cancellable, NULL));
  g_assert_true (sr_check_cancelled (cancellable, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CANCELLED));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error/names", test_names);
  g_test_add_func ("/base/error/errno", test_errno);
  g_test_add_func ("/base/error/set-errno", test_set_errno);
  g_test_add_func ("/base/error/take-io", test_take_io);
  g_test_add_func ("/base/error/cancelled", test_cancelled);
  return g_test_run ();
}
