/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"

static void
print_json (SrCli     *cli,
            GPtrArray *snapshots)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < snapshots->len; i++)
    {
      json_builder_begin_object (builder);
      sr_cli_json_add_snapshot (builder, g_ptr_array_index (snapshots, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  sr_cli_json_print (cli, builder);
}

static char *
join_shown (char      **values,
            const char *separator)
{
  g_autofree char *joined = g_strjoinv (separator, values);

  return sr_text_name (joined);
}

static void
print_text (SrCli     *cli,
            GPtrArray *snapshots)
{
  g_autoptr (SrTable) table = sr_table_new ("ID", "Time", "Host", "Tags", ">Size", "Paths", NULL);
  g_autofree char    *text = NULL;

  for (guint i = 0; i < snapshots->len; i++)
    {
      const SrSnapshot *snapshot = g_ptr_array_index (snapshots, i);
      char              hex[SR_ID_HEX_SIZE];

      sr_id_to_hex (&snapshot->id, hex);
      sr_table_add (table, g_strndup (hex, 8), sr_text_time (&snapshot->time),
                    sr_text_name (snapshot->hostname != NULL ? snapshot->hostname : ""),
                    join_shown (snapshot->tags, ","),
                    snapshot->has_summary
                        ? sr_size_text (snapshot->summary.total_bytes_processed)
                        : g_strdup (""),
                    join_shown (snapshot->paths, " "));
    }
  text = sr_table_format (table, TRUE);
  if (snapshots->len > 0)
    sr_cli_print_text (cli, text);
  sr_cli_say (cli, "%u snapshot%s", snapshots->len, snapshots->len == 1 ? "" : "s");
}

static gboolean
run_snapshots (SrCli             *cli,
               const char *const *arguments,
               GError           **error)
{
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) chosen = NULL;

  if (!sr_cli_check_arguments (arguments, 0, 0, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL)
    return FALSE;
  all = sr_cli_list_snapshots (cli, repo, error);
  chosen = all != NULL ? sr_cli_choose_snapshots (cli, repo, all, NULL, error) : NULL;
  if (chosen == NULL)
    return FALSE;
  if (cli->json)
    print_json (cli, chosen);
  else
    print_text (cli, chosen);
  if (cli->n_damaged > 0)
    cli->exit_code = SR_EXIT_DAMAGE;
  return TRUE;
}

const SrCliVerb sr_verb_snapshots = {
  .name = "snapshots",
  .summary = "List the snapshots of the vault",
  .examples = "  strongroomctl snapshots --tag nightly\n"
              "  strongroomctl snapshots --json | jq -r '.[-1].id'\n",
  .chooses = TRUE,
  .run = run_snapshots,
};
