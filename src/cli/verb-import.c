/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-report.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-import.h"

static char   **tags;
static char    *host;
static char    *time_text;
static gboolean accept_broken;
static gboolean dry_run;

static const GOptionEntry entries[] = {
  { "tag", 0, 0, G_OPTION_ARG_STRING_ARRAY, &tags, "A tag of the snapshot", "TAG[,TAG…]" },
  { "host", 0, 0, G_OPTION_ARG_STRING, &host, "The computer it is of; else this one", "NAME" },
  { "time", 0, 0, G_OPTION_ARG_STRING, &time_text, "When the backup was made; else now", "TIME" },
  { "accept-broken", 0, 0, G_OPTION_ARG_NONE, &accept_broken,
    "Store what can be read of it although its verdict is broken", NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Do everything but store", NULL },
  G_OPTION_ENTRY_NULL
};

static void
print_json (SrCli                *cli,
            SrBackupFile         *file,
            const SrBackupResult *result,
            SrVerdict            *verdict,
            SrCliReport          *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (!dry_run)
    sr_cli_json_add_id (builder, "snapshot", &result->snapshot->id);
  sr_cli_json_add_bool (builder, "dry_run", dry_run);
  sr_cli_json_add_int (builder, "files", result->snapshot->summary.total_files_processed);
  sr_cli_json_add_int (builder, "bytes", result->snapshot->summary.total_bytes_processed);
  sr_cli_json_add_int (builder, "bytes_added", result->snapshot->summary.data_added_packed);
  json_builder_set_member_name (builder, "file");
  json_builder_begin_object (builder);
  sr_cli_json_add_file (builder, file);
  json_builder_end_object (builder);
  sr_cli_json_add_verdict (builder, verdict);
  sr_cli_report_add_json (report, builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_result (SrCli                *cli,
              SrBackupFile         *file,
              const SrBackupResult *result,
              SrVerdict            *verdict)
{
  const SrSnapshotSummary *summary = &result->snapshot->summary;
  g_autofree char         *size = sr_size_text (summary->total_bytes_processed);
  g_autofree char         *added = sr_size_text (summary->data_added_packed);
  g_autofree char         *files = NULL;
  char                     hex[SR_ID_HEX_SIZE];

  files = sr_text_counted (summary->total_files_processed, "file", "files");
  sr_cli_say_file (cli, file);
  if (!cli->quiet)
    sr_cli_print_verdict (cli, verdict);
  if (dry_run)
    sr_cli_say (cli, "Would store %s (%s), of it %s new", files, size, added);
  else
    sr_cli_say (cli, "Snapshot %.8s: %s (%s), of it %s new",
                sr_id_to_hex (&result->snapshot->id, hex), files, size, added);
}

/* Opened first: a snapshot of the same vault would take its lock as well. */
static gboolean
run_import (SrCli             *cli,
            const char *const *arguments,
            GError           **error)
{
  g_autoptr (SrBackupFile) file = NULL;
  g_autoptr (SrRepo)       repo = NULL;
  g_autoptr (SrVerdict)    verdict = NULL;
  g_auto (GStrv)           split_tags = NULL;
  g_auto (SrCliReport)     report = { 0 };
  SrBackupResult           result = { 0 };
  SrTime                   time;
  SrImportOptions          options = {
             .host = host,
             .accept = accept_broken,
             .dry_run = dry_run,
             .report = sr_cli_report_func,
             .user_data = &report,
  };
  gboolean done;

  if (!sr_cli_check_arguments (arguments, 1, 1, error) ||
      (time_text != NULL && !sr_text_parse_time (time_text, &time, error)))
    return FALSE;
  if (g_str_has_prefix (arguments[0], "snapshot:"))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "A snapshot lies in a vault already; “copy” brings it into another");
      return FALSE;
    }
  file = sr_cli_open_file (cli, arguments[0], error);
  if (file == NULL || !sr_cli_check_location (cli, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL)
    return FALSE;
  split_tags = sr_text_split_lists ((const char *const *) tags);
  options.tags = (const char *const *) split_tags;
  options.time = time_text != NULL ? &time : NULL;
  options.path = arguments[0];
  sr_cli_report_init (&report, cli);
  done = sr_import_run (repo, file, &options, &result, &verdict, cli->progress, cli->cancellable,
                        error);
  if (done)
    sr_progress_finish (cli->progress);
  if (done && cli->json)
    print_json (cli, file, &result, verdict, &report);
  else if (done)
    print_result (cli, file, &result, verdict);
  if (done && sr_verdict_get_level (verdict) < SR_VERDICT_INTACT)
    cli->exit_code = SR_EXIT_INCOMPLETE;
  sr_backup_result_clear (&result);
  return done;
}

const SrCliVerb sr_verb_import = {
  .name = "import",
  .arguments = "FILE",
  .summary = "Store a backup file in a vault, unpacked",
  .examples = "  strongroomctl import full-backup-2026-11-20.zip --vault /media/disk/vault\n"
              "  strongroomctl import nightly.backup --key-file key.txt --tag pos,nightly\n",
  .entries = entries,
  .opens_files = TRUE,
  .writes = TRUE,
  .run = run_import,
};
