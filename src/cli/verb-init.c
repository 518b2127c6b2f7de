/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-keyring.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-vault.h"

static gboolean store_in_keyring;

static const GOptionEntry entries[] = {
  { "store-in-keyring", 0, 0, G_OPTION_ARG_NONE, &store_in_keyring,
    "Keep the password in the keyring", NULL },
  G_OPTION_ENTRY_NULL
};

static SrSecret *
get_new_password (SrCli   *cli,
                  GError **error)
{
  if (!sr_password_source_check (&cli->password, error))
    return NULL;
  if (sr_password_source_is_set (&cli->password))
    return sr_password_source_read (&cli->password, cli->cancellable, error);
  if (!cli->password.keyring && sr_password_can_ask ())
    {
      sr_cli_say (cli,
                  "Without its password nobody can open the vault, and nobody can replace it.");
      return sr_password_ask ("Password of the new vault", TRUE, cli->cancellable, error);
    }
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                       "The new vault needs a password: use --password-file, --password-command "
                       "or --password-fd, or call this on a terminal");
  return NULL;
}

/* The vault is made by now: what the keyring answers does not undo it. */
static gboolean
keep_password (SrCli    *cli,
               SrRepo   *repo,
               SrSecret *password,
               GError  **error)
{
  if (sr_cli_keyring_store (cli, sr_repo_get_key_id (repo), password, error))
    return TRUE;
  g_prefix_error (error, "The vault was made, but its password was not kept: ");
  return FALSE;
}

static void
print_result (SrCli  *cli,
              SrRepo *repo)
{
  const SrConfig  *config = sr_repo_get_config (repo);
  g_autofree char *shown = sr_text_name (cli->location);
  char             hex[SR_ID_HEX_SIZE];

  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      sr_cli_json_add_name (builder, "location", cli->location);
      sr_cli_json_add_id (builder, "id", &config->id);
      sr_cli_json_add_int (builder, "version", config->version);
      sr_cli_json_add_id (builder, "key", sr_repo_get_key_id (repo));
      json_builder_end_object (builder);
      sr_cli_json_print (cli, builder);
      return;
    }
  sr_cli_say (cli, "The vault “%s” is made. Its id: %.10s", shown, sr_id_to_hex (&config->id, hex));
}

static gboolean
run_init (SrCli             *cli,
          const char *const *arguments,
          GError           **error)
{
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (SrRepo)   repo = NULL;
  g_autoptr (GError)   local = NULL;
  gboolean             exists;

  if (!sr_cli_check_arguments (arguments, 0, 0, error) || !sr_cli_check_location (cli, error))
    return FALSE;
  exists = sr_vault_exists (cli->location, cli->cancellable, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (exists)
    {
      g_autofree char *shown = sr_text_name (cli->location);

      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                   "There is a vault at “%s” already; nothing was changed", shown);
      return FALSE;
    }
  password = get_new_password (cli, error);
  if (password == NULL)
    return FALSE;
  repo = sr_vault_create (cli->location, password, NULL, cli->cancellable, error);
  if (repo == NULL)
    return FALSE;
  print_result (cli, repo);
  return !store_in_keyring || keep_password (cli, repo, password, error);
}

const SrCliVerb sr_verb_init = {
  .name = "init",
  .summary = "Make a new, empty vault",
  .examples = "  strongroomctl init --vault /media/disk/vault\n"
              "  strongroomctl init --password-file /etc/erp-vault.password\n",
  .entries = entries,
  .run = run_init,
};
