/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-keyring.h"

#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-vault.h"
#include "state/sr-keyring.h"

gboolean
sr_cli_keyring_is_there (void)
{
  return sr_keyring_is_reachable ();
}

gboolean
sr_cli_keyring_look_up (SrCli      *cli,
                        const char *location,
                        gboolean    may_ask,
                        SrSecret  **password,
                        GError    **error)
{
  g_autoptr (GPtrArray) names = NULL;

  *password = NULL;
  if (!sr_vault_get_key_names (location, &names, cli->cancellable, error))
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      SrKeyringResult result = sr_keyring_lookup (SR_KEYRING_VAULT, g_ptr_array_index (names, i),
                                                  may_ask, password, cli->cancellable, error);

      if (result == SR_KEYRING_DONE)
        return TRUE;
      if (result != SR_KEYRING_NONE)
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_cli_keyring_store (SrCli      *cli,
                      const SrId *key,
                      SrSecret   *password,
                      GError    **error)
{
  g_autofree char *shown = sr_text_name (cli->location);
  g_autofree char *label = g_strdup_printf ("Strongroom vault %s", shown);
  char             hex[SR_ID_HEX_SIZE];

  return sr_keyring_store (SR_KEYRING_VAULT, sr_id_to_hex (key, hex), label, password,
                           cli->cancellable, error) == SR_KEYRING_DONE;
}

void
sr_cli_keyring_replace (SrCli      *cli,
                        const SrId *old_key,
                        const SrId *new_key,
                        SrSecret   *password)
{
  g_autoptr (SrSecret) old_password = NULL;
  g_autoptr (GError)   error = NULL;
  SrKeyringResult      result;
  char                 hex[SR_ID_HEX_SIZE];

  if (!sr_cli_keyring_is_there ())
    return;
  result = sr_keyring_lookup (SR_KEYRING_VAULT, sr_id_to_hex (old_key, hex), FALSE, &old_password,
                              cli->cancellable, &error);
  if (result == SR_KEYRING_NONE || result == SR_KEYRING_UNAVAILABLE)
    return;
  if (result == SR_KEYRING_DONE && sr_cli_keyring_store (cli, new_key, password, &error))
    sr_cli_keyring_drop (cli, old_key);
  else
    sr_cli_warn (cli, "The new password was not put into the keyring: %s", error->message);
}

void
sr_cli_keyring_drop (SrCli      *cli,
                     const SrId *key)
{
  char hex[SR_ID_HEX_SIZE];

  /* Opens nothing any more; that it stays in a locked keyring is no harm. */
  if (sr_cli_keyring_is_there ())
    (void) sr_keyring_clear (SR_KEYRING_VAULT, sr_id_to_hex (key, hex), FALSE, cli->cancellable,
                             NULL);
}

void
sr_cli_keyring_look_up_database (SrCli      *cli,
                                 const char *location,
                                 SrSecret  **password)
{
  g_autoptr (GError) error = NULL;

  *password = NULL;
  if (sr_cli_keyring_is_there () &&
      sr_keyring_lookup (SR_KEYRING_DATABASE, location, FALSE, password, cli->cancellable,
                         &error) == SR_KEYRING_LOCKED)
    sr_cli_warn (cli, "%s", error->message);
}

gboolean
sr_cli_keyring_store_database (SrCli      *cli,
                               const char *location,
                               SrSecret   *password,
                               GError    **error)
{
  g_autofree char *shown = sr_text_name (location);
  g_autofree char *label = g_strdup_printf ("Strongroom database %s", shown);

  return sr_keyring_store (SR_KEYRING_DATABASE, location, label, password, cli->cancellable,
                           error) == SR_KEYRING_DONE;
}
