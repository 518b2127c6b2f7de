/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-prune-text.h"
#include "cli/sr-text.h"
#include "job/sr-forget.h"

static char    *counts[6];
static char    *spans[6];
static char   **keep_tags;
static char    *group_by;
static gboolean prune;
static char    *max_unused;
static gboolean dry_run;

static const GOptionEntry entries[] = {
  { "keep-last", 0, 0, G_OPTION_ARG_STRING, &counts[0], "Keep the newest N", "N" },
  { "keep-hourly", 0, 0, G_OPTION_ARG_STRING, &counts[1],
    "Keep the newest of each of the last N hours that have one", "N" },
  { "keep-daily", 0, 0, G_OPTION_ARG_STRING, &counts[2], "The same for days", "N" },
  { "keep-weekly", 0, 0, G_OPTION_ARG_STRING, &counts[3], "The same for weeks", "N" },
  { "keep-monthly", 0, 0, G_OPTION_ARG_STRING, &counts[4], "The same for months", "N" },
  { "keep-yearly", 0, 0, G_OPTION_ARG_STRING, &counts[5], "The same for years", "N" },
  { "keep-within", 0, 0, G_OPTION_ARG_STRING, &spans[0],
    "Keep those not older than this before the newest (1y5m7d2h)", "DURATION" },
  { "keep-within-hourly", 0, 0, G_OPTION_ARG_STRING, &spans[1],
    "Of those, keep the newest of each hour", "DURATION" },
  { "keep-within-daily", 0, 0, G_OPTION_ARG_STRING, &spans[2], "Of each day", "DURATION" },
  { "keep-within-weekly", 0, 0, G_OPTION_ARG_STRING, &spans[3], "Of each week", "DURATION" },
  { "keep-within-monthly", 0, 0, G_OPTION_ARG_STRING, &spans[4], "Of each month", "DURATION" },
  { "keep-within-yearly", 0, 0, G_OPTION_ARG_STRING, &spans[5], "Of each year", "DURATION" },
  { "keep-tag", 0, 0, G_OPTION_ARG_STRING_ARRAY, &keep_tags,
    "Keep those with these tags; may be given again", "TAG[,TAG…]" },
  { "group-by", 0, 0, G_OPTION_ARG_STRING, &group_by,
    "The rules hold for each group by itself (host,paths)", "WHAT[,WHAT…]" },
  { "prune", 0, 0, G_OPTION_ARG_NONE, &prune, "Then remove the data no snapshot needs", NULL },
  { "max-unused", 0, 0, G_OPTION_ARG_STRING, &max_unused, "As with prune (5%)", "PERCENT%" },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run,
    "Only tell what would be removed, and why the rest stays", NULL },
  G_OPTION_ENTRY_NULL
};

static gboolean
parse_policy (SrRetentionPolicy *policy,
              GError           **error)
{
  int *const numbers[G_N_ELEMENTS (counts)] = {
    &policy->last, &policy->hourly, &policy->daily,
    &policy->weekly, &policy->monthly, &policy->yearly
  };
  SrRetentionSpan *const withins[G_N_ELEMENTS (spans)] = {
    &policy->within, &policy->within_hourly, &policy->within_daily,
    &policy->within_weekly, &policy->within_monthly, &policy->within_yearly
  };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i] != NULL && !sr_retention_count_parse (counts[i], numbers[i]))
      {
        g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                     "“%s” is no number of snapshots: it is 0 or more, or “unlimited”", counts[i]);
        return FALSE;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    if (spans[i] != NULL && !sr_retention_span_parse (spans[i], withins[i]))
      {
        g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                     "“%s” is no duration: it is like 1y5m7d2h (years, months, days, hours)",
                     spans[i]);
        return FALSE;
      }
  policy->tags = (const char *const *) keep_tags;
  return TRUE;
}

static gboolean
parse_groups (SrForgetOptions *options,
              GError         **error)
{
  const char *const lists[] = { group_by != NULL ? group_by : "host,paths", NULL };
  g_auto (GStrv)    words = sr_text_split_lists (lists);

  for (gsize i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], "host"))
      options->group_by_host = TRUE;
    else if (g_str_equal (words[i], "paths") || g_str_equal (words[i], "path"))
      options->group_by_paths = TRUE;
    else if (g_str_equal (words[i], "tags") || g_str_equal (words[i], "tag"))
      options->group_by_tags = TRUE;
    else
      {
        g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                     "“%s” cannot group snapshots: it is host, paths or tags", words[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_choice (const char *const       *arguments,
              const SrRetentionPolicy *policy,
              GError                 **error)
{
  gboolean    has_names = arguments[0] != NULL;
  gboolean    has_rules = !sr_retention_policy_is_empty (policy);
  const char *problem = NULL;

  if (has_names && has_rules)
    problem = "Snapshots and rules do not go together";
  else if (!has_names && !has_rules)
    problem = "There is nothing to forget: name snapshots, or give rules like --keep-daily 7";
  else if (max_unused != NULL && !prune)
    problem = "--max-unused goes with --prune only";
  if (problem == NULL)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, problem);
  return FALSE;
}

static void
add_decision (JsonBuilder            *builder,
              const SrForgetDecision *decision)
{
  json_builder_begin_object (builder);
  sr_cli_json_add_int (builder, "group", decision->group);
  sr_cli_json_add_bool (builder, "keep", decision->keep);
  sr_cli_json_add_strings (builder, "reasons", decision->reasons);
  json_builder_set_member_name (builder, "snapshot");
  json_builder_begin_object (builder);
  sr_cli_json_add_snapshot (builder, decision->snapshot);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
print_json (SrCli               *cli,
            GPtrArray           *decisions,
            const SrPrunerStats *stats)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sr_cli_json_add_bool (builder, "dry_run", dry_run);
  json_builder_set_member_name (builder, "decisions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < decisions->len; i++)
    add_decision (builder, g_ptr_array_index (decisions, i));
  json_builder_end_array (builder);
  if (prune)
    {
      json_builder_set_member_name (builder, "prune");
      json_builder_begin_object (builder);
      sr_prune_add_json (builder, stats);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static SrTable *
new_table (void)
{
  return sr_table_new ("", "ID", "Time", "Host", "Tags", "Paths", "Reasons", NULL);
}

static void
print_table (SrCli   *cli,
             SrTable *table)
{
  g_autofree char *text = sr_table_format (table, TRUE);

  sr_cli_say (cli, "%s", text);
}

static void
add_row (SrTable                *table,
         const SrForgetDecision *decision)
{
  const SrSnapshot *snapshot = decision->snapshot;
  g_autofree char  *tags = g_strjoinv (",", snapshot->tags);
  g_autofree char  *paths = g_strjoinv (" ", snapshot->paths);
  char              hex[SR_ID_HEX_SIZE];

  sr_id_to_hex (&snapshot->id, hex);
  sr_table_add (table, g_strdup (decision->keep ? "keep" : "remove"), g_strndup (hex, 8),
                sr_text_time (&snapshot->time),
                sr_text_name (snapshot->hostname != NULL ? snapshot->hostname : ""),
                sr_text_name (tags), sr_text_name (paths), g_strjoinv (", ", decision->reasons));
}

static void
print_text (SrCli     *cli,
            GPtrArray *decisions)
{
  g_autoptr (SrTable) table = new_table ();
  g_autofree char    *looked_at = NULL;
  guint               n_removed = 0;
  guint               group = 0;

  for (guint i = 0; i < decisions->len; i++)
    {
      const SrForgetDecision *decision = g_ptr_array_index (decisions, i);

      if (decision->group != group)
        {
          print_table (cli, table);
          sr_table_free (table);
          table = new_table ();
        }
      group = decision->group;
      n_removed += decision->keep ? 0 : 1;
      add_row (table, decision);
    }
  if (decisions->len > 0)
    print_table (cli, table);
  looked_at = sr_text_counted (decisions->len, "snapshot", "snapshots");
  sr_cli_say (cli, "%u of %s %s", n_removed, looked_at, dry_run ? "would be removed" : "removed");
}

static gboolean
run_forget (SrCli             *cli,
            const char *const *arguments,
            GError           **error)
{
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (GPtrArray) decisions = NULL;
  SrRetentionPolicy     policy = { 0 };
  SrPrunerOptions       prune_options;
  SrPrunerStats         stats = { 0 };
  SrSnapshotFilter      filter = sr_cli_get_filter (cli);
  SrForgetOptions       options = { .filter = &filter, .dry_run = dry_run };

  if (!parse_policy (&policy, error) || !parse_groups (&options, error) ||
      !check_choice (arguments, &policy, error) ||
      !sr_prune_parse_options (&prune_options, max_unused, dry_run, error))
    return FALSE;
  if (arguments[0] != NULL)
    options.snapshots = arguments;
  else
    options.policy = &policy;
  options.prune = prune ? &prune_options : NULL;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL || !sr_forget_run (repo, &options, &decisions, &stats, cli->progress,
                                      cli->cancellable, error))
    return FALSE;
  sr_status_line_end (cli->status);
  if (cli->json)
    {
      print_json (cli, decisions, &stats);
      return TRUE;
    }
  print_text (cli, decisions);
  if (prune)
    sr_prune_say (cli, &stats, dry_run);
  return TRUE;
}

const SrCliVerb sr_verb_forget = {
  .name = "forget",
  .arguments = "[SNAPSHOT…]",
  .summary = "Remove snapshots, by name or by how many are to be kept",
  .examples = "  strongroomctl forget --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --prune\n"
              "  strongroomctl forget --keep-within 2m --keep-tag yearly --dry-run\n"
              "  strongroomctl forget 1a2b3c4d\n",
  .entries = entries,
  .chooses = TRUE,
  .writes = TRUE,
  .run = run_forget,
};
