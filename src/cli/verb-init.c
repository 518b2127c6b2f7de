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
static char    *database_chunks;

static const GOptionEntry entries[] = {
  { "store-in-keyring", 0, 0, G_OPTION_ARG_NONE, &store_in_keyring,
    "Keep the password in the keyring", NULL },
  { "database-chunks", 0, 0, G_OPTION_ARG_STRING, &database_chunks,
    "How finely database content is cut (4K,8K,64K)", "MIN,STEP,MAX" },
  G_OPTION_ENTRY_NULL
};

/* STEP is 2 to the power of the bits that decide on a cut. */
static gboolean
parse_chunks (SrChunkSizes *sizes,
              GError      **error)
{
  const char *const lists[] = { database_chunks, NULL };
  g_auto (GStrv)    words = sr_text_split_lists (lists);
  guint64           numbers[3] = { 0 };
  guint64           limit = SR_CHUNK_MAX;

  if (g_strv_length (words) == G_N_ELEMENTS (numbers))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
        if (!sr_text_parse_size (words[i], &numbers[i], error))
          return FALSE;
      sizes->min = (guint32) MIN (numbers[0], limit + 1);
      sizes->bits = (guint32) g_bit_storage (MIN (numbers[1], limit + 1)) - 1;
      sizes->max = (guint32) MIN (numbers[2], limit + 1);
      if (numbers[1] > 0 && numbers[1] <= limit && numbers[1] == (guint64) 1 << sizes->bits &&
          sr_chunk_sizes_are_valid (sizes))
        return TRUE;
    }
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "“%s” are no sizes of chunks: three, like 4K,8K,64K, at most 8M, rising, the second "
               "a power of two",
               database_chunks);
  return FALSE;
}

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
  SrChunkSizes         chunks;
  gboolean             exists;

  if (!sr_cli_check_arguments (arguments, 0, 0, error) || !sr_cli_check_location (cli, error) ||
      (database_chunks != NULL && !parse_chunks (&chunks, error)))
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
  repo = sr_vault_create (cli->location, password, database_chunks != NULL ? &chunks : NULL,
                          cli->cancellable, error);
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
