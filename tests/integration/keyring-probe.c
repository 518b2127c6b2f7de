/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* keyring-probe look|ask|store|clear KEY-ID [PASSWORD]: one request to the keyring, its result on
 * standard output; for test-keyring.sh. The passwords of a test are no secrets. */

#include "config.h"

#include "state/sr-keyring.h"

#include <stdio.h>
#include <string.h>

static const char *const result_names[] = {
  [SR_KEYRING_DONE] = "done",
  [SR_KEYRING_NONE] = "none",
  [SR_KEYRING_LOCKED] = "locked",
  [SR_KEYRING_DISMISSED] = "dismissed",
  [SR_KEYRING_UNAVAILABLE] = "unavailable",
  [SR_KEYRING_UNSUPPORTED] = "unsupported",
};

int
main (int   argc,
      char *argv[])
{
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (GError)   error = NULL;
  SrKeyringResult      result;

  if (argc < 3)
    return 2;
  if (strcmp (argv[1], "store") == 0 && argc == 4)
    {
      password = sr_secret_new_from (argv[3], strlen (argv[3]));
      result =
          sr_keyring_store (SR_KEYRING_VAULT, argv[2], "Strongroom test", password, NULL, &error);
      g_clear_pointer (&password, sr_secret_unref);
    }
  else if (strcmp (argv[1], "clear") == 0)
    result = sr_keyring_clear (SR_KEYRING_VAULT, argv[2], FALSE, NULL, &error);
  else
    result = sr_keyring_lookup (SR_KEYRING_VAULT, argv[2], strcmp (argv[1], "ask") == 0, &password,
                                NULL, &error);
  printf ("%s", result_names[result]);
  if (password != NULL)
    printf (" %.*s", (int) sr_secret_get_size (password),
            (const char *) sr_secret_get_data (password));
  printf ("\n");
  if ((error != NULL) != (result >= SR_KEYRING_LOCKED))
    return 1;
  if (error != NULL)
    fprintf (stderr, "%s\n", error->message);
  return 0;
}
