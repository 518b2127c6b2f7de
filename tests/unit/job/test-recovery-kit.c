/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "job/sr-recovery-kit.h"

static GPtrArray *
make_kit (const char *location,
          const char *password)
{
  g_autoptr (SrSecret) secret =
      password != NULL ? sr_secret_new_from (password, strlen (password)) : NULL;
  SrRecoveryKitFacts facts = { .site = "Corner shop",
                               .location = location,
                               .vault_id = "1a2b3c4d5e",
                               .key_id = "99887766",
                               .made = "20 November 2026, 14:30",
                               .password = secret };

  return sr_recovery_kit_new (&facts);
}

static void
test_text (void)
{
  g_autoptr (GPtrArray) kit = make_kit ("/media/disk/vault", "lusab-babad-gutih");
  g_autofree char      *text = sr_recovery_kit_to_text (kit);
  g_auto (GStrv)        lines = g_strsplit (text, "\n", -1);

  g_assert_nonnull (strstr (text, "Site: Corner shop\n"));
  g_assert_nonnull (strstr (text, "\n    lusab-babad-gutih\n"));
  g_assert_nonnull (strstr (text, "\n    restic -r '/media/disk/vault' check --read-data\n"));
  g_assert_nonnull (strstr (text, "Key: 99887766\n"));
  /* what follows commands stands apart from them */
  g_assert_nonnull (strstr (text, "--target /tmp/restored\n\nFolders"));
  g_assert_nonnull (strstr (text, "under the paths that they had"));
  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "    "))
      g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, 78);
}

/* Commands stay commands, whatever the folder is called. */
static void
test_quoting (void)
{
  g_autoptr (GPtrArray) kit = make_kit ("/srv/it's a; rm -rf vault", NULL);

  for (guint i = 0; i < kit->len; i++)
    {
      const SrKitLine   *line = g_ptr_array_index (kit, i);
      g_auto (GStrv)     words = NULL;
      g_autoptr (GError) error = NULL;
      int                n;

      if (line->style != SR_KIT_FIXED)
        continue;
      g_shell_parse_argv (line->text, &n, &words, &error);
      g_assert_no_error (error);
      g_assert_true (g_strv_contains ((const char *const *) words, "/srv/it's a; rm -rf vault"));
    }
}

static void
test_without_password (void)
{
  g_autoptr (GPtrArray) kit = make_kit ("/v", NULL);
  g_autoptr (GPtrArray) odd = make_kit ("/v", "\xff\xfe");
  g_autofree char      *text = sr_recovery_kit_to_text (kit);
  g_autofree char      *odd_text = sr_recovery_kit_to_text (odd);

  g_assert_nonnull (strstr (text, "\n    ...................."));
  g_assert_cmpstr (text, ==, odd_text);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recovery-kit/text", test_text);
  g_test_add_func ("/recovery-kit/quoting", test_quoting);
  g_test_add_func ("/recovery-kit/without-password", test_without_password);
  return g_test_run ();
}
