/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-report.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-repair.h"

static gboolean read_all_packs;
static gboolean read_data;
static gboolean forget;
static gboolean dry_run;

static const GOptionEntry entries[] = {
  { "read-all-packs", 0, 0, G_OPTION_ARG_NONE, &read_all_packs,
    "With index: read the header of every pack", NULL },
  { "read-data", 0, 0, G_OPTION_ARG_NONE, &read_data,
    "With index: read every pack whole, and take out what is damaged", NULL },
  { "forget", 0, 0, G_OPTION_ARG_NONE, &forget,
    "With snapshots: remove the damaged ones after that", NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Only tell what would be done", NULL },
  G_OPTION_ENTRY_NULL
};

/* A number of the result, and its member in JSON. */
typedef struct
{
  const char *member;
  guint64     value;
} Figure;

/* @text: how it is told without --json */
static void
print_result (SrCli        *cli,
              SrCliReport  *report,
              const Figure *figures,
              gsize         n_figures,
              const char   *text)
{
  g_autoptr (JsonBuilder) builder = NULL;

  sr_status_line_end (cli->status);
  if (!cli->json)
    {
      sr_cli_say (cli, "%s", text);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  sr_cli_json_add_bool (builder, "dry_run", dry_run);
  for (gsize i = 0; i < n_figures; i++)
    sr_cli_json_add_int (builder, figures[i].member, figures[i].value);
  sr_cli_report_add_json (report, builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_index_result (SrCli                     *cli,
                    SrCliReport               *report,
                    const SrRepairIndexResult *result)
{
  const Figure figures[] = {
    { "packs_read", result->packs_read },
    { "packs_gone", result->packs_gone },
    { "packs_unreadable", result->packs_unreadable },
    { "blobs_salvaged", result->blobs_salvaged },
    { "index_files_damaged", result->index_files_damaged },
    { "index_files_written", result->index_files_written },
  };
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text,
                          "Packs: %" G_GUINT64_FORMAT " read, %" G_GUINT64_FORMAT
                          " gone and taken out, %" G_GUINT64_FORMAT " damaged\n",
                          result->packs_read, result->packs_gone, result->packs_unreadable);
  if (result->packs_unreadable > 0)
    g_string_append_printf (text, "Blobs saved from damaged packs: %" G_GUINT64_FORMAT "\n",
                            result->blobs_salvaged);
  g_string_append_printf (text,
                          "Index files: %" G_GUINT64_FORMAT " damaged, %" G_GUINT64_FORMAT " %s",
                          result->index_files_damaged, result->index_files_written,
                          dry_run ? "would be written" : "written");
  print_result (cli, report, figures, G_N_ELEMENTS (figures), text->str);
}

static void
print_snapshots_result (SrCli                         *cli,
                        SrCliReport                   *report,
                        const SrRepairSnapshotsResult *result)
{
  const Figure figures[] = {
    { "snapshots_sound", result->snapshots_sound },
    { "snapshots_repaired", result->snapshots_repaired },
    { "snapshots_lost", result->snapshots_lost },
    { "files_lost", result->files_lost },
    { "dirs_lost", result->dirs_lost },
  };
  g_autofree char *text =
      g_strdup_printf ("Snapshots: %" G_GUINT64_FORMAT " sound, %" G_GUINT64_FORMAT
                       " %s, %" G_GUINT64_FORMAT " lost\n"
                       "Lost: files or parts of files: %" G_GUINT64_FORMAT
                       "; folders: %" G_GUINT64_FORMAT,
                       result->snapshots_sound, result->snapshots_repaired,
                       dry_run ? "would be repaired" : "repaired", result->snapshots_lost,
                       result->files_lost, result->dirs_lost);

  print_result (cli, report, figures, G_N_ELEMENTS (figures), text);
}

static gboolean
repair_index (SrCli       *cli,
              SrRepo      *repo,
              SrCliReport *report,
              GError     **error)
{
  SrRepairIndexResult result = { 0 };
  SrRepairDepth       depth = read_data        ? SR_REPAIR_ALL_DATA
                              : read_all_packs ? SR_REPAIR_ALL_HEADERS
                                               : SR_REPAIR_ODD_PACKS;

  if (!sr_repair_index_run (repo, depth, dry_run, sr_cli_report_func, report, &result,
                            cli->progress, cli->cancellable, error))
    return FALSE;
  print_index_result (cli, report, &result);
  return TRUE;
}

static gboolean
repair_snapshots (SrCli             *cli,
                  SrRepo            *repo,
                  const char *const *names,
                  SrCliReport       *report,
                  GError           **error)
{
  SrRepairSnapshotsResult result = { 0 };

  if (!sr_repair_snapshots_run (repo, names[0] != NULL ? names : NULL, forget, dry_run,
                                sr_cli_report_func, report, &result, cli->progress,
                                cli->cancellable, error))
    return FALSE;
  print_snapshots_result (cli, report, &result);
  return TRUE;
}

static gboolean
check_arguments (const char *const *arguments,
                 GError           **error)
{
  gboolean         index;
  g_autofree char *shown = NULL;

  if (!sr_cli_check_arguments (arguments, 1, G_MAXUINT, error))
    return FALSE;
  index = g_str_equal (arguments[0], "index");
  if (index && !sr_cli_check_arguments (arguments, 1, 1, error))
    return FALSE;
  if ((index && !forget) ||
      (g_str_equal (arguments[0], "snapshots") && !read_all_packs && !read_data))
    return TRUE;
  shown = sr_text_name (arguments[0]);
  if (index || g_str_equal (arguments[0], "snapshots"))
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“repair %s” has no such option", shown);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                 "“repair %s” is nothing: it is repair index or repair snapshots", shown);
  return FALSE;
}

static gboolean
run_repair (SrCli             *cli,
            const char *const *arguments,
            GError           **error)
{
  g_auto (SrCliReport) report = { 0 };
  g_autoptr (SrRepo)   repo = NULL;

  if (!check_arguments (arguments, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL)
    return FALSE;
  sr_cli_report_init (&report, cli);
  if (g_str_equal (arguments[0], "index"))
    return repair_index (cli, repo, &report, error);
  return repair_snapshots (cli, repo, arguments + 1, &report, error);
}

const SrCliVerb sr_verb_repair = {
  .name = "repair",
  .arguments = "index|snapshots [SNAPSHOT…]",
  .summary = "Mend a damaged vault as far as possible",
  .examples = "  strongroomctl repair index\n"
              "  strongroomctl repair index --read-data\n"
              "  strongroomctl repair snapshots --dry-run\n"
              "  strongroomctl repair snapshots 1a2b3c4d --forget\n",
  .entries = entries,
  .writes = TRUE,
  .run = run_repair,
};
