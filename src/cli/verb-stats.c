/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-browse.h"

static void
print_json (SrCli              *cli,
            const SrVaultStats *stats)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sr_cli_json_add_int (builder, "snapshots", stats->snapshots);
  sr_cli_json_add_int (builder, "files", stats->files);
  sr_cli_json_add_int (builder, "restore_size", stats->restore_size);
  sr_cli_json_add_int (builder, "blobs", stats->blobs);
  sr_cli_json_add_int (builder, "unpacked_size", stats->unpacked_size);
  sr_cli_json_add_int (builder, "stored_size", stats->stored_size);
  sr_cli_json_add_int (builder, "vault_size", stats->vault_size);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_text (SrCli              *cli,
            const SrVaultStats *stats)
{
  g_autoptr (SrTable) table = sr_table_new ("", ">", NULL);
  g_autofree char    *text = NULL;

  sr_table_add (table, g_strdup ("Snapshots"), sr_text_count (stats->snapshots));
  sr_table_add (table, g_strdup ("Files in them"), sr_text_count (stats->files));
  sr_table_add (table, g_strdup ("Restored, all would take"), sr_size_text (stats->restore_size));
  sr_table_add (table, g_strdup ("Different blobs"), sr_text_count (stats->blobs));
  sr_table_add (table, g_strdup ("Their size"), sr_size_text (stats->unpacked_size));
  sr_table_add (table, g_strdup ("Stored in"), sr_size_text (stats->stored_size));
  sr_table_add (table, g_strdup ("The whole vault"), sr_size_text (stats->vault_size));
  text = sr_table_format (table, FALSE);
  sr_cli_print_text (cli, text);
}

static void
warn_of_damage (const char   *path,
                const GError *why,
                gpointer      user_data)
{
  SrCli           *cli = user_data;
  g_autofree char *shown = sr_text_name (path);

  sr_cli_warn (cli, "Counted in part only: %s: %s", shown, why->message);
  cli->n_damaged++;
}

static gboolean
run_stats (SrCli             *cli,
           const char *const *arguments,
           GError           **error)
{
  g_autoptr (SrRepo)    repo = sr_cli_open_vault (cli, error);
  g_autoptr (SrLock)    lock = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) chosen = NULL;
  SrVaultStats          stats = { 0 };

  if (repo == NULL || !sr_cli_prepare_browse (cli, repo, &lock, &all, error))
    return FALSE;
  chosen = sr_cli_choose_snapshots (cli, repo, all, arguments, error);
  if (chosen == NULL || !sr_browse_stats (repo, chosen, &stats, warn_of_damage, cli, cli->progress,
                                          cli->cancellable, error))
    return FALSE;
  sr_status_line_end (cli->status);
  if (cli->json)
    print_json (cli, &stats);
  else
    print_text (cli, &stats);
  if (cli->n_damaged > 0)
    cli->exit_code = SR_EXIT_DAMAGE;
  return TRUE;
}

const SrCliVerb sr_verb_stats = {
  .name = "stats",
  .arguments = "[SNAPSHOT…]",
  .summary = "Sizes of the vault and of what is in it",
  .examples = "  strongroomctl stats\n"
              "  strongroomctl stats latest --json\n",
  .chooses = TRUE,
  .run = run_stats,
};
