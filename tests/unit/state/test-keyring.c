/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "sr-test-util.h"
#include "state/sr-keyring.h"

#include <string.h>

#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

/* There in builds with the address sanitizer only. */
extern void __lsan_disable (void) __attribute__ ((weak));
extern void __lsan_enable (void) __attribute__ ((weak));

/* libsecret 0.20 loses the entity tag of the file it writes. */
static void
store (const char *key_id,
       const char *password)
{
  g_autoptr (SrSecret) secret = sr_secret_new_from (password, strlen (password));
  g_autoptr (GError)   error = NULL;
  SrKeyringResult      result;

  if (__lsan_disable != NULL)
    __lsan_disable ();
  result = sr_keyring_store (SR_KEYRING_VAULT, key_id, "Strongroom test", secret, NULL, &error);
  if (__lsan_enable != NULL)
    __lsan_enable ();
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, SR_KEYRING_DONE);
}

static void
assert_password (const char *key_id,
                 const char *expected)
{
  g_autoptr (SrSecret) secret = NULL;
  g_autoptr (GError)   error = NULL;
  SrKeyringResult      result =
      sr_keyring_lookup (SR_KEYRING_VAULT, key_id, TRUE, &secret, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (result, ==, expected != NULL ? SR_KEYRING_DONE : SR_KEYRING_NONE);
  if (expected == NULL)
    g_assert_null (secret);
  else
    g_assert_cmpmem (sr_secret_get_data (secret), sr_secret_get_size (secret),
                     expected, strlen (expected));
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;

  if (!sr_keyring_is_supported ())
    {
      g_test_skip ("built without libsecret");
      return;
    }
  assert_password (KEY_A, NULL);
  store (KEY_A, "first");
  store (KEY_B, "söcond ☃");
  assert_password (KEY_A, "first");
  assert_password (KEY_B, "söcond ☃");
  store (KEY_A, "changed");
  assert_password (KEY_A, "changed");

  /* a database of the same name is another thing */
  g_assert_cmpint (sr_keyring_clear (SR_KEYRING_DATABASE, KEY_A, TRUE, NULL, &error), ==,
                   SR_KEYRING_NONE);
  g_assert_cmpint (sr_keyring_clear (SR_KEYRING_VAULT, KEY_A, TRUE, NULL, &error), ==,
                   SR_KEYRING_DONE);
  g_assert_no_error (error);
  assert_password (KEY_A, NULL);
  assert_password (KEY_B, "söcond ☃");
  g_assert_cmpint (sr_keyring_clear (SR_KEYRING_VAULT, KEY_A, TRUE, NULL, &error), ==,
                   SR_KEYRING_NONE);
  g_assert_no_error (error);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SrSecret)     secret = NULL;
  g_autoptr (GError)       error = NULL;

  if (!sr_keyring_is_supported ())
    {
      g_test_skip ("built without libsecret");
      return;
    }
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (sr_keyring_lookup (SR_KEYRING_VAULT, KEY_A, FALSE, &secret, cancellable, &error),
                   ==, SR_KEYRING_UNAVAILABLE);
  g_assert_true (sr_error_is (error, SR_ERROR_CANCELLED));
  g_assert_null (secret);
}

/* The backend is chosen once a process. */
static void
test_no_bus (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (SrSecret) secret = NULL;
      g_autoptr (GError)   error = NULL;
      SrKeyringResult      result =
          sr_keyring_lookup (SR_KEYRING_VAULT, KEY_A, TRUE, &secret, NULL, &error);

      g_assert_cmpint (
          result, ==, sr_keyring_is_supported () ? SR_KEYRING_UNAVAILABLE : SR_KEYRING_UNSUPPORTED);
      g_assert_nonnull (error);
      g_assert_null (secret);
      return;
    }
  g_setenv ("SR_TEST_NO_BACKEND", "1", TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int   argc,
      char *argv[])
{
  char *home = sr_test_mkdir ();
  int   result;

  /* libsecret's own file, so that no test ever sees the person's keyring. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "master", TRUE);
  if (g_getenv ("SR_TEST_NO_BACKEND") != NULL)
    g_unsetenv ("SECRET_BACKEND");
  else
    g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/state/keyring/round-trip", test_round_trip);
  g_test_add_func ("/state/keyring/cancelled", test_cancelled);
  g_test_add_func ("/state/keyring/no-bus", test_no_bus);
  result = g_test_run ();
  sr_test_rmdir (home);
  return result;
}
