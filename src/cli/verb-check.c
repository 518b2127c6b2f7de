/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-check.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_PATHS 10

static gboolean read_data;
static char    *subset;

static const GOptionEntry entries[] = {
  { "read-data", 0, 0, G_OPTION_ARG_NONE, &read_data, "Read everything, not only the structure",
    NULL },
  { "read-data-subset", 0, 0, G_OPTION_ARG_STRING, &subset,
    "Only a part of it: one of T equal parts, or chosen at random", "N/T|X%|SIZE" },
  G_OPTION_ENTRY_NULL
};

static gboolean
parse_part (SrCheckerOptions *options,
            GError          **error)
{
  char end;

  if (sscanf (subset, "%u/%u%c", &options->subset_part, &options->subset_total, &end) == 2 &&
      options->subset_part >= 1 && options->subset_part <= options->subset_total &&
      options->subset_total <= 256)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "“%s” is no part: it is N/T with N from 1 to T, and T at most 256", subset);
  return FALSE;
}

static gboolean
parse_options (SrCheckerOptions *options,
               GError          **error)
{
  options->read_data = read_data || subset != NULL;
  if (subset == NULL)
    return TRUE;
  if (read_data)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "--read-data and --read-data-subset do not go together");
      return FALSE;
    }
  if (strchr (subset, '/') != NULL)
    return parse_part (options, error);
  if (g_str_has_suffix (subset, "%"))
    {
      if (!sr_text_parse_percent (subset, &options->subset_percent, error))
        return FALSE;
      if (options->subset_percent > 0.0)
        return TRUE;
    }
  else if (!sr_text_parse_size (subset, &options->subset_bytes, error))
    return FALSE;
  else if (options->subset_bytes > 0)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "--read-data-subset of nothing");
  return FALSE;
}

static void
add_finding (JsonBuilder     *builder,
             const SrFinding *finding)
{
  json_builder_begin_object (builder);
  sr_cli_json_add_string (builder, "kind", sr_finding_kind_name (finding->kind));
  sr_cli_json_add_bool (builder, "damage", sr_finding_is_damage (finding));
  sr_cli_json_add_string (builder, "file_type", sr_file_type_name (finding->type));
  sr_cli_json_add_bool (builder, "is_blob", finding->is_blob);
  sr_cli_json_add_id (builder, "id", &finding->id);
  if (finding->is_blob)
    sr_cli_json_add_id (builder, "pack", &finding->pack);
  sr_cli_json_add_string (builder, "message", finding->text);
  json_builder_set_member_name (builder, "snapshots");
  json_builder_begin_array (builder);
  for (guint i = 0; finding->snapshots != NULL && i < finding->snapshots->len; i++)
    {
      char hex[SR_ID_HEX_SIZE];

      json_builder_add_string_value (
          builder, sr_id_to_hex (&g_array_index (finding->snapshots, SrId, i), hex));
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "paths");
  json_builder_begin_array (builder);
  for (guint i = 0; finding->paths != NULL && i < finding->paths->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (finding->paths, i));
  json_builder_end_array (builder);
  sr_cli_json_add_int (builder, "paths_total", finding->n_paths);
  json_builder_end_object (builder);
}

static void
print_json (SrCli                *cli,
            GPtrArray            *findings,
            const SrCheckerStats *stats,
            guint                 n_damages)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sr_cli_json_add_bool (builder, "sound", n_damages == 0);
  sr_cli_json_add_int (builder, "damages", n_damages);
  sr_cli_json_add_int (builder, "snapshots", stats->snapshots);
  sr_cli_json_add_int (builder, "trees", stats->trees);
  sr_cli_json_add_int (builder, "packs", stats->packs);
  sr_cli_json_add_int (builder, "blobs", stats->blobs);
  sr_cli_json_add_int (builder, "packs_read", stats->packs_read);
  sr_cli_json_add_int (builder, "bytes_read", stats->bytes_read);
  sr_cli_json_add_int (builder, "blobs_unused", stats->blobs_unused);
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < findings->len; i++)
    add_finding (builder, g_ptr_array_index (findings, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_finding (SrCli           *cli,
               const SrFinding *finding)
{
  guint shown = 0;

  if (!sr_finding_is_damage (finding))
    {
      sr_cli_say (cli, "%s", finding->text);
      return;
    }
  sr_cli_warn (cli, "%s", finding->text);
  for (guint i = 0; finding->snapshots != NULL && i < finding->snapshots->len; i++)
    {
      char hex[SR_ID_HEX_SIZE];

      sr_cli_warn (cli, "    affects snapshot %.8s",
                   sr_id_to_hex (&g_array_index (finding->snapshots, SrId, i), hex));
    }
  while (finding->paths != NULL && shown < finding->paths->len &&
         (cli->verbose || shown < SHOWN_PATHS))
    {
      g_autofree char *path = sr_text_name (g_ptr_array_index (finding->paths, shown++));

      sr_cli_warn (cli, "    affects %s", path);
    }
  if (finding->n_paths > shown)
    sr_cli_warn (cli, "    and %" G_GUINT64_FORMAT " more", finding->n_paths - shown);
}

static void
print_text (SrCli                *cli,
            const SrCheckerStats *stats,
            guint                 n_damages)
{
  g_autofree char *snapshots = sr_text_counted (stats->snapshots, "snapshot", "snapshots");
  g_autofree char *trees = sr_text_counted (stats->trees, "folder", "folders");
  g_autofree char *blobs = sr_text_counted (stats->blobs, "blob", "blobs");
  g_autofree char *packs = sr_text_counted (stats->packs, "pack", "packs");
  g_autofree char *read = sr_text_counted (stats->packs_read, "pack", "packs");
  g_autofree char *bytes = sr_size_text (stats->bytes_read);

  sr_cli_say (cli, "%s, %s, %s in %s", snapshots, trees, blobs, packs);
  if (stats->packs_read > 0)
    sr_cli_say (cli, "%s read and compared, %s", read, bytes);
  if (n_damages == 0)
    sr_cli_say (cli, "No damage was found%s.",
                stats->packs_read == 0 ? " in the structure (--read-data looks at all content)"
                                       : "");
  else
    sr_cli_warn (cli, "Damage was found in %u place%s.", n_damages, n_damages == 1 ? "" : "s");
}

static gboolean
run_check (SrCli             *cli,
           const char *const *arguments,
           GError           **error)
{
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  SrCheckOptions        options = { .no_lock = cli->no_lock };
  SrCheckerStats        stats = { 0 };
  guint                 n_damages = 0;
  gboolean              done;

  if (!sr_cli_check_arguments (arguments, 0, 0, error) ||
      !parse_options (&options.checker, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL)
    return FALSE;
  done = sr_check_run (repo, &options, &stats, &findings, cli->progress, cli->cancellable, error);
  sr_status_line_end (cli->status);
  /* What a cancelled check had found by then is worth knowing too. */
  for (guint i = 0; findings != NULL && i < findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (findings, i);

      n_damages += sr_finding_is_damage (finding) ? 1 : 0;
      if (!cli->json)
        print_finding (cli, finding);
    }
  if (!done)
    return FALSE;
  if (cli->json)
    print_json (cli, findings, &stats, n_damages);
  else
    print_text (cli, &stats, n_damages);
  if (n_damages > 0)
    cli->exit_code = SR_EXIT_DAMAGE;
  return TRUE;
}

const SrCliVerb sr_verb_check = {
  .name = "check",
  .summary = "Look for damage",
  .examples = "  strongroomctl check\n"
              "  strongroomctl check --read-data\n"
              "  strongroomctl check --read-data-subset 5%\n",
  .entries = entries,
  .run = run_check,
};
