/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-prune-text.h"
#include "job/sr-forget.h"

static char    *max_unused;
static gboolean dry_run;

static const GOptionEntry entries[] = {
  { "max-unused", 0, 0, G_OPTION_ARG_STRING, &max_unused,
    "How much unused data may stay (5%)", "PERCENT%" },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Only tell what would be done", NULL },
  G_OPTION_ENTRY_NULL
};

static gboolean
run_prune (SrCli             *cli,
           const char *const *arguments,
           GError           **error)
{
  g_autoptr (SrRepo)      repo = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  SrPrunerOptions         options;
  SrPrunerStats           stats = { 0 };

  if (!sr_cli_check_arguments (arguments, 0, 0, error) ||
      !sr_prune_parse_options (&options, max_unused, dry_run, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL ||
      !sr_prune_run (repo, &options, &stats, cli->progress, cli->cancellable, error))
    return FALSE;
  sr_status_line_end (cli->status);
  if (!cli->json)
    {
      sr_prune_say (cli, &stats, dry_run);
      return TRUE;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  sr_cli_json_add_bool (builder, "dry_run", dry_run);
  sr_prune_add_json (builder, &stats);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
  return TRUE;
}

const SrCliVerb sr_verb_prune = {
  .name = "prune",
  .summary = "Remove data that no snapshot needs",
  .examples = "  strongroomctl prune --dry-run\n"
              "  strongroomctl prune --max-unused 0%\n",
  .entries = entries,
  .writes = TRUE,
  .run = run_prune,
};
